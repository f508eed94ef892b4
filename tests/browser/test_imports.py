"""Files of other servers, from an address that is pasted to a video that is being prepared."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Complaints, RunningSite, running_site
from tests.browser.uploading import LIMIT_MS, add_uploader, sign_in
from tests.file_server import FileServer, serving_files
from tests.uploading import make_bytes

FILM = b"\0\0\0\x18ftypmp42" + make_bytes(400_000)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A site with a worker, that may ask this machine, and with somebody who may upload."""
    data_dir = tmp_path_factory.mktemp("site") / "data"
    data_dir.mkdir()
    add_uploader(data_dir)
    settings = {"VOD_WORKERS": "1", "VOD_IMPORT_NETWORKS": "127.0.0.0/8", "VOD_UPLOAD_PART_BYTES": "65536"}
    with running_site(data_dir, **settings) as running:
        yield running


@pytest.fixture
def server() -> Iterator[FileServer]:
    """A stranger's server."""
    with serving_files() as server:
        yield server


def paste(page: Page, text: str) -> None:
    """What Ctrl-V does while nothing is being typed into."""
    page.evaluate(
        """text => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const how = { clipboardData, bubbles: true, cancelable: true };
            document.body.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        text,
    )


def test_addresses_that_are_pasted_become_videos_with_their_forms(
    chromium: Browser, site: RunningSite, server: FileServer, complaints: Complaints
) -> None:
    film = server.serve(FILM, path="/opening_night.mp4", holds_after=200_000)
    gone = server.serve(path="/gone.mp4", status=404)
    context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(LIMIT_MS)
    sign_in(page)
    page.goto("/upload")
    complaints.watch(page)

    paste(page, f"{film}\n{gone}")
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_focused()
    page.keyboard.press("Enter")

    rows = page.locator("[data-import]")
    expect(rows).to_have_count(2)
    first, second = rows.filter(has_text="opening_night.mp4"), rows.filter(has_text="gone.mp4")
    expect(second).to_contain_text("The server answered 404 (Not Found).", timeout=LIMIT_MS)
    expect(first).to_contain_text(" %", timeout=LIMIT_MS)
    first.get_by_label("Title", exact=True).fill("The great evening")
    expect(first.locator("[data-saved]")).to_have_text("Saved.")
    page.reload()
    expect(rows).to_have_count(2)
    server.go_on()
    expect(first).to_contain_text("All of it is here.", timeout=LIMIT_MS)
    second.get_by_role("button", name="Discard gone.mp4").click()
    expect(rows).to_have_count(1)
    first.get_by_role("link", name="Open the video").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("The great evening")
    stored = [path for path in Path(site.data_dir, "media", "sources").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in stored] == [FILM]
    context.close()
