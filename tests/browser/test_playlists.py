"""Playlists by keyboard and by pointer: made, filled, put in order, and played on."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.accessibility import find_violations
from tests.browser.conftest import RunningSite, running_site
from tests.browser.playing import wait_until_past
from tests.browser.uploading import LIMIT_MS, add_uploader, choose, sign_in
from tests.servers import wait_until
from vod_web.core.ids import new_public_id
from vod_web.media.runner import Tools
from vod_web.media.test_clip import make_clip
from vod_web.media.tools import find_ffmpeg

TITLES = ["Alpha", "Bravo", "Charlie"]
MOST_TABS = 90
FREE_BOX = b"\0\0\0\x08free"
"""Room in an MP4 that nobody reads: it makes another file of the same video."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A site with a very short ladder and somebody who may upload."""
    data_dir = tmp_path_factory.mktemp("site") / "data"
    data_dir.mkdir()
    add_uploader(data_dir)
    with running_site(data_dir, VOD_LADDER="240", VOD_WORKERS="2") as running:
        yield running


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three short ones, made as one; each name becomes a title."""
    folder = tmp_path_factory.mktemp("clips")
    clip = make_clip(folder / "clip.mp4", tools=Tools(str(find_ffmpeg())), duration_s=5)
    paths = [folder / f"{title}.mp4" for title in TITLES]
    for number, path in enumerate(paths, 1):
        path.write_bytes(clip.read_bytes() + FREE_BOX * number)
    return paths


@pytest.fixture(scope="module")
def library(chromium: Browser, site: RunningSite, clips: list[Path]) -> None:
    """Somebody has three videos that play."""
    context = chromium.new_context(base_url=site.url)
    page = context.new_page()
    page.set_default_timeout(LIMIT_MS)
    sign_in(page)
    page.goto("/upload")
    choose(page, *clips)

    def playable() -> bool:
        items = page.request.get("/api/v1/videos?owner=ada").json()["items"]
        return sum(video["is_playable"] and video["status"] == "ready" for video in items) == len(TITLES)

    wait_until(playable, what="three videos play", limit_s=240)
    context.close()


@pytest.fixture
def page(new_page: Callable[[], Page], library: None) -> Page:
    """The browser of their owner."""
    page = new_page()
    page.set_default_timeout(LIMIT_MS)
    sign_in(page)
    return page


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus."""
    for _ in range(MOST_TABS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {wanted}")


def open_dialog(page: Page, title: str) -> Locator:
    """The dialog for saving, from the menu of a card, by keyboard."""
    page.goto("/")
    menu = page.get_by_label(f"Actions for {title}").first
    tab_to(page, menu)
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_text("Save to playlist…")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Save to playlist")
    expect(dialog.get_by_label("Watch later")).to_be_focused()
    return dialog


def rows(page: Page) -> list[str]:
    """The titles of the playlist's page, in order."""
    return [str(row.get_attribute("data-title")) for row in page.locator("[data-item]").all()]


def test_a_playlist_is_made_filled_ordered_and_played(page: Page) -> None:
    name = f"Evening {new_public_id()}"  # the site may have one of an earlier try
    dialog = open_dialog(page, "Alpha")
    assert find_violations(page) == {}
    tab_to(page, dialog.locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, dialog.get_by_label("Title"))
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("status")).to_have_text(f"Saved in “{name}”.")
    expect(dialog.get_by_role("checkbox", name=name)).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Actions for Alpha").first).to_be_focused()
    for title in TITLES[1:]:
        dialog = open_dialog(page, title)
        tab_to(page, dialog.get_by_role("checkbox", name=name))
        page.keyboard.press("Space")
        expect(dialog.get_by_role("status")).to_have_text(f"Saved in “{name}”.")

    page.goto("/playlists")
    tab_to(page, page.get_by_role("link", name=name))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert rows(page) == TITLES
    assert find_violations(page) == {}
    tab_to(page, page.get_by_role("button", name="Move Charlie"))
    page.keyboard.press("Home")
    expect(page.locator("[data-moved]")).to_have_text("Charlie is now number 1.")
    first = page.get_by_role("link", name="Charlie").get_attribute("href") or ""
    expect(page.get_by_role("link", name="Play all")).to_have_attribute("href", first)
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-moved]")).to_have_text("Charlie is now number 2.")
    expect(page.get_by_role("button", name="Move Charlie")).to_be_focused()
    page.reload()
    assert rows(page) == ["Alpha", "Charlie", "Bravo"]

    drag(page, "Bravo", onto="Alpha")
    expect(page.locator("[data-moved]")).to_have_text("Bravo is now number 1.")
    page.reload()
    assert rows(page) == ["Bravo", "Alpha", "Charlie"]

    page.get_by_role("link", name="Play all").click()
    wait_until_past(page, 0.2)
    expect(page.locator("[data-playing]")).to_contain_text("1 of 3")
    page.evaluate("() => { const v = document.querySelector('video'); v.currentTime = v.duration - 0.4; }")
    expect(page.get_by_role("heading", level=1)).to_have_text("Alpha", timeout=LIMIT_MS)
    wait_until_past(page, 0.2)
    expect(page.locator("[data-playing]")).to_contain_text("2 of 3")
    page.locator("[data-player]").focus()
    page.keyboard.press("Shift+P")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bravo")


def drag(page: Page, title: str, *, onto: str) -> None:
    """The row by its handle, above another one."""
    start = page.get_by_role("button", name=f"Move {title}").bounding_box()
    end = page.get_by_role("button", name=f"Move {onto}").bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=12)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"], steps=4)
    page.mouse.up()


def test_watch_later_is_one_click_with_undo(page: Page) -> None:
    page.goto("/")
    page.locator(".card").first.hover()
    page.get_by_role("button", name="Watch later: Charlie").click()
    toast = page.locator(".toast", has_text="Added to Watch later.")
    toast.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="Removed from Watch later.")).to_be_visible()
    page.locator(".card").first.hover()
    page.get_by_role("button", name="Watch later: Charlie").click()
    expect(page.locator(".toast", has_text="Added to Watch later.")).to_be_visible()
    expect(page.locator(".toast")).to_have_count(1)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="Removed from Watch later.")).to_be_visible()
    page.goto("/watch-later")
    assert rows(page) == []
    assert find_violations(page) == {}
