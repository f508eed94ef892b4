"""What a test asks of a player in a page."""

from playwright.sync_api import Page

LIMIT_MS = 20_000

SAMPLE = """
() => {
  const video = document.querySelector("video");
  const canvas = document.createElement("canvas");
  canvas.width = 32; canvas.height = 18;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 32, 18);
  return Array.from(context.getImageData(0, 0, 32, 18).data).join();
}
"""


def wait_until_past(page: Page, seconds: float) -> None:
    """Wait until the video has played past this point."""
    page.wait_for_function(
        "seconds => { const v = document.querySelector('video'); return v && !v.paused && v.currentTime > seconds; }",
        arg=seconds,
        timeout=LIMIT_MS,
    )


def current_time_s(page: Page) -> float:
    """Where the video is."""
    seconds: float = page.evaluate("document.querySelector('video').currentTime")
    return seconds


def shown_frames(page: Page, count: int) -> set[str]:
    """The pixels, scaled small, of this many frames as they are shown one after another while it plays."""
    frames = set()
    for _ in range(count):
        before = current_time_s(page)
        frames.add(page.evaluate(SAMPLE))
        wait_until_past(page, before + 0.25)
    return frames


def decoded_height_px(page: Page) -> int:
    """The height of the rendition that is shown."""
    height: int = page.evaluate("document.querySelector('video').videoHeight")
    return height
