"""The file of a video is replaced while somebody watches it, and brought back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Complaints, RunningSite, running_site
from tests.browser.playing import wait_until_past
from tests.browser.uploading import add_uploader, choose, sign_in
from vod_web.media.runner import Tools
from vod_web.media.test_clip import make_clip
from vod_web.media.tools import find_ffmpeg

READY_LIMIT_MS = 90_000
LIMIT_MS = 60_000
LENGTH = "seconds => Math.round(document.querySelector('video')?.duration) === seconds"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A site with a very short ladder and somebody who may upload."""
    data_dir = tmp_path_factory.mktemp("site") / "data"
    data_dir.mkdir()
    add_uploader(data_dir)
    with running_site(data_dir, VOD_LADDER="240", VOD_WORKERS="2") as running:
        yield running


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One of 20 seconds and one of 14, so that none is over before a busy machine has looked at it."""
    folder, tools = tmp_path_factory.mktemp("clips"), Tools(str(find_ffmpeg()))
    return tuple(make_clip(folder / f"{length}_seconds.mp4", tools=tools, duration_s=length) for length in (20, 14))  # type: ignore[return-value]


def watch(page: Page, address: str, seconds: int) -> None:
    """Load the page of the video, whose file has this length, and play it."""
    page.goto(address)
    page.wait_for_function(LENGTH, arg=seconds)  # by then the player listens
    page.locator("[data-player]").get_by_role("button", name="Play").first.click()
    wait_until_past(page, 0.3)


def test_the_old_file_plays_on_and_the_new_one_after_it_and_the_old_one_again(
    new_page: Callable[[], Page], complaints: Complaints, clips: tuple[Path, Path]
) -> None:
    old, new = clips
    owner, viewer = new_page(), new_page()
    for page in (owner, viewer):
        page.set_default_timeout(LIMIT_MS)
    sign_in(owner)
    owner.goto("/upload")
    choose(owner, old)
    owner.wait_for_url("**/watch/*", timeout=READY_LIMIT_MS)
    address = owner.url
    expect(owner.locator("#watch-status")).not_to_contain_text("Processing", timeout=READY_LIMIT_MS)
    watch(viewer, address, 20)

    owner.goto(address.replace("/watch/", "/studio/videos/") + "/file")
    expect(owner.locator("#file")).to_contain_text("There are none.")
    choose(owner, old)
    expect(owner.locator(".upload-item")).to_contain_text("This is the file that the video has already.")
    refused = [one for one in complaints.found if "409 (Conflict)" in one]  # the browser tells of every refusal
    assert len(refused) == 1
    complaints.found.remove(refused[0])
    choose(owner, new)
    expect(owner.locator("#file")).to_contain_text("14_seconds.mp4", timeout=READY_LIMIT_MS)
    expect(owner.locator("#file-coming")).to_have_count(0, timeout=READY_LIMIT_MS)
    expect(owner.locator("#file dl").first).to_contain_text("14_seconds.mp4")
    expect(owner.locator(".upload-item")).to_have_count(0)

    viewer.evaluate("const v = document.querySelector('video'); v.currentTime = 9; v.play()")  # it may be at its end
    wait_until_past(viewer, 9.5)
    watch(viewer, address, 14)

    owner.get_by_role("button", name="Restore").click()
    expect(owner.locator("#file dl").first).to_contain_text("20_seconds.mp4", timeout=READY_LIMIT_MS)
    watch(viewer, address, 20)
    wait_until_past(viewer, 6)
