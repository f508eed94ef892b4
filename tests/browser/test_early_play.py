"""Watching a video while most of it is still to be made."""

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import RunningSite, running_site
from tests.browser.playing import current_time_s, shown_frames, wait_until_past
from tests.browser.test_main_job import READY_LIMIT_MS, _register, _set_up, _upload
from tests.servers import wait_until
from vod_web.media.tools import find_ffmpeg

DURATION_S = 150
LATE_S = 141
"""Where nothing is made yet when somebody begins to watch, and no segment begins."""
PICTURE_LIMIT_MS = 15_000
"""From the click to a picture, while every other worker is busy: 5 s where the machine does nothing else besides."""
PLAYABLE_LIMIT_MS = 30_000
BETTER_LIMIT_MS = 240_000

CLICK = """
seconds => {
  const video = document.querySelector("video");
  const clickedAt = performance.now();
  window.picture = new Promise((resolve) => {
    const onFrame = (_now, frame) => {
      if (frame.mediaTime >= seconds - 0.1) resolve(performance.now() - clickedAt);
      else video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  });
  document.querySelector("[data-player]").dispatchEvent(
    new CustomEvent("vod:seek", { detail: { time: seconds, play: true } })
  );
}
"""


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A site with one worker for everything, and the one that only does what somebody waits for; new for each try."""
    with running_site(tmp_path_factory.mktemp("site") / "data", VOD_LADDER="360,480", VOD_WORKERS="1") as running:
        yield running


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some minutes with sound, 854 × 480, in a codec that no browser plays."""
    folder = tmp_path_factory.mktemp("clip")
    ten, path = folder / "ten.mp4", folder / "my_holiday-2026.mp4"
    inputs = ["-f", "lavfi", "-i", "testsrc2=size=854x480:rate=30", "-f", "lavfi", "-i", "sine=frequency=440"]
    _ffmpeg(*inputs, "-t", "10", "-c:v", "mpeg4", "-q:v", "8", "-c:a", "aac", str(ten))
    _ffmpeg("-stream_loop", "-1", "-i", str(ten), "-t", str(DURATION_S), "-c", "copy", str(path))
    return path


def _ffmpeg(*arguments: str) -> None:
    subprocess.run([str(find_ffmpeg()), "-v", "error", "-y", *arguments], check=True, stdin=subprocess.DEVNULL)


def test_a_video_is_watched_anywhere_while_it_is_made(
    new_page: Callable[[], Page], site: RunningSite, journey: Path
) -> None:
    page = new_page()
    _set_up(page)
    expect(page.locator(".step-done")).to_have_count(6, timeout=READY_LIMIT_MS)
    page = new_page()
    _register(page)
    _upload(page, journey)

    _play_at_once(page)
    _seek_to_what_is_not_made(page, site)
    _stay_until_it_is_better(page)


def _play_at_once(page: Page) -> None:
    """The player comes by itself, with the whole length, while the line below it says what is to come."""
    player = page.locator("[data-player]")
    expect(player).to_be_visible(timeout=PLAYABLE_LIMIT_MS)
    expect(page.locator("#watch-status")).to_contain_text("360p ready, 480p")
    player.get_by_role("button", name="Play").first.click()
    page.wait_for_function(
        "duration => document.querySelector('video').duration > duration",
        arg=DURATION_S - 2,
        timeout=PLAYABLE_LIMIT_MS,
    )


def _seek_to_what_is_not_made(page: Page, site: RunningSite) -> None:
    """A picture is there within seconds, and no word of an error."""
    late = LATE_S // 4
    assert all(int(path.stem) < late for path in _pictures(site)), "everything is made: this shows nothing"
    wait_until(lambda: _busy_chunks(site) > 0, what="the worker is busy")

    page.evaluate(CLICK, LATE_S)
    took_ms = page.evaluate("window.picture")

    assert took_ms < PICTURE_LIMIT_MS
    wait_until_past(page, LATE_S + 0.5)
    assert len(shown_frames(page, 3)) == 3
    expect(page.locator("[data-player]")).not_to_have_attribute("data-failed", "")
    assert len(_pictures(site)) < DURATION_S // 4, "what nobody asked for was made"
    page.evaluate("document.querySelector('video').currentTime = 20")


def _pictures(site: RunningSite) -> list[Path]:
    """The segments that are there."""
    return [*site.data_dir.glob("**/quick/*.m4s"), *site.data_dir.glob("**/360p/*.m4s")]


def _busy_chunks(site: RunningSite) -> int:
    """How many chunks of the ladder are being made at this moment."""
    with closing(sqlite3.connect(f"file:{site.data_dir}/vod.sqlite3?mode=ro", uri=True)) as database:
        chunks = "SELECT count(*) FROM jobs WHERE kind = 'chunk' AND state = 'running'"
        return int(database.execute(chunks).fetchone()[0])


def _stay_until_it_is_better(page: Page) -> None:
    """The line disappears, the player goes on, and offers the new quality after the next pause."""
    wait_until_past(page, 21)
    page.evaluate("window.playerBefore = document.querySelector('[data-player]').player")
    page.evaluate("document.querySelector('video').pause()")
    here = current_time_s(page)
    expect(page.locator("[hx-trigger*='every']")).to_have_count(0, timeout=BETTER_LIMIT_MS)
    page.wait_for_function(
        "() => window.playerBefore.source.levels.some((level) => level.height === 480)", timeout=PLAYABLE_LIMIT_MS
    )
    assert abs(current_time_s(page) - here) < 0.5, "it jumped, or forgot for a moment where it was"
    expect(page.locator("[data-player]")).not_to_have_attribute("data-failed", "")
    page.locator("[data-player]").get_by_role("button", name="Play").first.click()
    page.evaluate("window.playerBefore.source.chooseHeight(480)")
    wait_until_past(page, here + 1)
    page.wait_for_function("() => document.querySelector('video').videoHeight === 480", timeout=PLAYABLE_LIMIT_MS)
