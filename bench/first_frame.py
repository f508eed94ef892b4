"""How soon is the first picture there after a video's page is asked for, and how soon does it move after a click?

Each visit is by a browser that was never here, with a profile of its own, and that has just been started; the server
is warm. By turns with them a page is opened that holds nothing but a video of the same picture, as one file: with what
a browser needs for that on this machine, at this moment, the times are compared.
"""

import argparse
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from bench.parts.bare_page import bare_page
from bench.parts.page_timing import CLICK, SHIFT, WATCH, first_picture_of, stages_of, until_first_picture
from bench.parts.processes import run_measured
from bench.parts.site import Site, running_site
from vod_web.cli.console import stop_on_terminate
from vod_web.media.tools import find_ffmpeg

READY_LIMIT_S = 900
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
BY_ITSELF = "--autoplay-policy=no-user-gesture-required"
QUIET_LOAD = 2
BAR_MS = 1000
"""Within which the first picture is to be there."""

Visit = Callable[[Page, str], dict[str, float]]


def main() -> int:
    """Put a film on a fresh site, open its page in Chromium again and again, and print when what was there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="of each kind of visit, at least 7 (default 9)")
    parser.add_argument("--settle", type=float, default=10, help="seconds of rest before measuring (default 10)")
    arguments = parser.parse_args()
    stop_on_terminate()
    program = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    if program is None:
        raise SystemExit("Chromium is not installed")
    with TemporaryDirectory(prefix="vod-frame-") as folder, running_site() as site:
        video_id = _prepare(site, Path(folder) / "film.mp4")
        with bare_page(Path(folder) / "film.mp4") as bare, sync_playwright() as playwright:
            time.sleep(arguments.settle)
            _say_load("before")
            addresses = dict.fromkeys(VISITS, f"{site.url}/watch/{video_id}") | {BARE: bare}
            measured = _measure(playwright, program, addresses, max(7, arguments.rounds))
            _say_load("after")
    for what, rounds in measured.items():
        _print_table(what, rounds)
    _print_ratios(measured)
    median = _median(measured[PLAYING])
    shift = max(one["layout shift"] for rounds in measured.values() for one in rounds if "layout shift" in one)
    print(f"\nfirst picture after {median:.0f} ms (bar {BAR_MS}), layout shift {shift:g} (bar 0)")
    return 0 if median < BAR_MS and shift == 0 else 1


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
    site.call("PATCH", f"/videos/{video_id}", {"visibility": "public"})
    return video_id


def _measure(
    playwright: Playwright, program: str, addresses: dict[str, str], rounds: int
) -> dict[str, list[dict[str, float]]]:
    """All kinds of visits by turns, and one round more than is counted: the first warms the server up."""
    measured: dict[str, list[dict[str, float]]] = {what: [] for what in VISITS}
    for number in range(rounds + 1):
        for what, visit in VISITS.items():
            with _new_browser(playwright, program) as browser:
                page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
                page.add_init_script(WATCH)
                times = visit(page, addresses[what])
            if number:
                measured[what].append(times)
    return measured


@contextmanager
def _new_browser(playwright: Playwright, program: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=program, args=[*FLAGS, BY_ITSELF])
    try:
        yield browser
    finally:
        browser.close()


def _open_to_play(page: Page, address: str) -> dict[str, float]:
    """Somebody comes who goes on watching: it plays by itself."""
    page.add_init_script("sessionStorage.setItem('vod.begin', '*')")
    return _open(page, address)


def _open(page: Page, address: str) -> dict[str, float]:
    until_first_picture(page, lambda: page.goto(address, wait_until="commit"))
    stages = stages_of(page)
    return stages | {"layout shift": page.evaluate(SHIFT)}


def _open_bare(page: Page, address: str) -> dict[str, float]:
    """Nothing but the video."""
    until_first_picture(page, lambda: page.goto(address, wait_until="commit"))
    return {PICTURE: first_picture_of(page)}


def _click_when_it_waits(page: Page, address: str) -> dict[str, float]:
    """Somebody reads first, and presses play then."""
    _open(page, address)
    page.wait_for_load_state("networkidle")
    loaded_s = page.evaluate("document.querySelector('video').buffered.end(0)")
    return {"moving picture after the click": page.evaluate(CLICK), "loaded before it, s": loaded_s}


def _click_on_a_card(page: Page, address: str) -> dict[str, float]:
    """From the home page to the page of the video, with what the browser has kept of it; it waits for a click there."""
    page.goto(address.partition("/watch/")[0])
    page.wait_for_load_state("networkidle")
    card = f"a[href^='/watch/{address.rpartition('/')[2]}']"
    until_first_picture(page, lambda: page.click(card))
    return stages_of(page)


PICTURE = "first picture"
PLAYING = "navigation, plays by itself"
BARE = "a page with nothing but a video, one file"
VISITS: dict[str, Visit] = {
    PLAYING: _open_to_play,
    "navigation, waits for a click": _open,
    "from a card of the home page": _click_on_a_card,
    "a click on play, where the page has waited": _click_when_it_waits,
    BARE: _open_bare,
}


def _print_table(what: str, rounds: list[dict[str, float]]) -> None:
    print(f"\n{what} ({len(rounds)} times), ms{'':<22}{'median':>9}{'best':>9}{'worst':>9}")
    names = dict.fromkeys(name for one in rounds for name in one)
    rows: list[tuple[str, list[float]]] = [(name, sorted(one[name] for one in rounds if name in one)) for name in names]
    for name, values in rows:
        print(f"  {name:<52}{statistics.median(values):9.1f}{values[0]:9.1f}{values[-1]:9.1f}")


def _print_ratios(measured: dict[str, list[dict[str, float]]]) -> None:
    """They say more than the times where the machine has other work."""
    bare = _median(measured[BARE])
    print(f"\n{PICTURE}, compared with that of {BARE}")
    for what, rounds in measured.items():
        if what != BARE and PICTURE in rounds[0]:
            print(f"  {what:<52}{_median(rounds) / bare:9.2f}")


def _median(rounds: list[dict[str, float]]) -> float:
    return statistics.median(one[PICTURE] for one in rounds)


def _say_load(when: str) -> None:
    load = os.getloadavg()[0]
    warning = "  (times say little: other work is going on)" if load > QUIET_LOAD else ""
    print(f"load {when}: {load:.1f}{warning}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
