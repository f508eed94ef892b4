"""When was what there, on the way from the address of a video to its first picture?"""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

WATCH = """
const marks = (window.marks = {});
const note = (name) => (marks[name] ??= performance.now());
addEventListener("DOMContentLoaded", () => {
  const video = document.querySelector("video");
  if (!video) return;
  video.requestVideoFrameCallback(() => {
    note("firstPicture");
    console.debug("first picture");
  });
  for (const name of ["loadedmetadata", "canplay"]) video.addEventListener(name, () => note(name));
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
_TOLD = """
() => ({
  marks,
  page: performance.getEntriesByType("navigation")[0].toJSON(),
  files: performance.getEntriesByType("resource").map((one) => one.toJSON()),
})
"""


def until_first_picture(page: Page, act: Callable[[], object]) -> None:
    """Act, and wait for the picture: the page says when it is there, for asking it would take time from it."""
    with page.expect_console_message(lambda message: message.text == "first picture"):
        act()


def first_picture_of(page: Page) -> float:
    """Milliseconds after the page was asked for."""
    return float(page.evaluate("marks.firstPicture"))


def stages_of(page: Page) -> dict[str, float]:
    """Milliseconds after the page was asked for, in the order in which things come; then what it cost.

    What did not happen by then has no value.
    """
    told: Any = page.evaluate(_TOLD)
    marks, answer, files = told["marks"], told["page"], told["files"]

    def arrived(*endings: str) -> float | None:
        """The first file of this kind was here."""
        return min((one["responseEnd"] for one in files if one["name"].endswith(endings)), default=None)

    pictures = [one for one in files if one["name"].endswith(".m4s") and "/audio-" not in one["name"]]
    first = min(pictures, key=lambda one: float(one["startTime"]))
    before = [one for one in files if one["startTime"] < first["startTime"]]
    scripts = [one for one in before if one["name"].endswith(".js")]
    beside = [one for one in scripts if "/hls-" not in one["name"] and "/player-" not in one["name"]]
    stages = {
        "page, first byte": answer["responseStart"],
        "page, last byte": answer["responseEnd"],
        "list of qualities": arrived("/multivariant.m3u8"),
        "scripts, last byte": max(one["responseEnd"] for one in scripts),
        "scripts have run": answer["domContentLoadedEventEnd"],
        "playlists": arrived("/media.m3u8"),
        "init segments": arrived("/init.mp4"),
        "first segment, asked for": first["startTime"],
        "first segment, last byte": first["responseEnd"],
        "size and length known": marks.get("loadedmetadata"),
        "first picture": marks["firstPicture"],
        "can play": marks.get("canplay"),
        "requests before the first segment, number": len(before),
        "scripts beside the player, kB": sum(one["encodedBodySize"] for one in beside) / 1000,
        "all scripts, kB": sum(one["encodedBodySize"] for one in scripts) / 1000,
    }
    return {name: value for name, value in stages.items() if value is not None}
