"""How soon is the first picture there after a video's page is asked for, and how soon does it move after a click?"""

import argparse
import shutil
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Browser, sync_playwright

from bench.parts.processes import run_measured
from bench.parts.site import Site, running_site
from vod_web.cli.console import stop_on_terminate
from vod_web.media.tools import find_ffmpeg

READY_LIMIT_S = 600
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WATCH = """
addEventListener("DOMContentLoaded", () => {
  const video = document.querySelector("video");
  video.requestVideoFrameCallback(() => (window.firstFrame = performance.now()));
});
"""
CLICK = """
() => new Promise((resolve) => {
  const video = document.querySelector("video");
  const begun = performance.now();
  const onFrame = (_now, { mediaTime }) => {
    if (mediaTime > 0.05) resolve(performance.now() - begun);
    else video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);
  document.querySelector(".player-big").click();
})
"""
SHIFT = """
() => new Promise((resolve) => {
  const observer = new PerformanceObserver(() => {});
  observer.observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() =>
    resolve(observer.takeRecords().reduce((sum, { value }) => sum + value, 0))));
})
"""


def main() -> int:
    """Put a film on a fresh site, open its page in Chromium again and again, and print the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    stop_on_terminate()
    program = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    if program is None:
        raise SystemExit("Chromium is not installed")
    with TemporaryDirectory(prefix="vod-frame-") as folder, running_site() as site:
        video_id = _prepare(site, Path(folder) / "film.mp4")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            rounds = [_open(browser, f"{site.url}/watch/{video_id}") for _ in range(arguments.rounds + 1)][1:]
            browser.close()
    for name in rounds[0]:
        values = sorted(one[name] for one in rounds)
        print(f"{name:<28} median {statistics.median(values):8.3f}   worst {values[-1]:8.3f}", flush=True)
    return 0


def _prepare(site: Site, film: Path) -> str:
    """Upload half a minute of 1080p, and wait until all of it is made."""
    source = ["-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=30", "-f", "lavfi", "-i", "sine=frequency=330"]
    encoded = ["-t", "30", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(film)]
    run_measured([str(find_ffmpeg()), "-v", "error", *source, *encoded])
    video_id, deadline = site.upload(film), time.monotonic() + READY_LIMIT_S
    while site.call("GET", f"/videos/{video_id}")["status"] != "ready":
        if time.monotonic() > deadline:
            raise SystemExit("the film was not ready in time")
        time.sleep(1)
    return video_id


def _open(browser: Browser, address: str) -> dict[str, float]:
    """One visit by somebody who was never here."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(WATCH)
    answer: Any = page.goto(address)
    page.wait_for_function("() => window.firstFrame")
    timing = answer.request.timing
    seen = {
        "page answered, ms": timing["responseEnd"],
        "first picture, ms": page.evaluate("window.firstFrame"),
        "layout shift": page.evaluate(SHIFT),
        "moving after a click, ms": page.evaluate(CLICK),
    }
    context.close()
    return seen


if __name__ == "__main__":
    sys.exit(main())
