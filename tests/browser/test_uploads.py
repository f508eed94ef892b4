"""Uploads that survive what happens to people: each ends with exactly the bytes of the file in the storage."""

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.accessibility import find_violations
from tests.browser.uploading import (
    LIMIT_MS,
    PART_BYTES,
    UploadSite,
    add_uploader,
    choose,
    expect_stored,
    expect_uploaded,
    fill_in_login,
    make_file,
    set_line,
    sign_in,
    slow_down,
    wait_for_percent,
)
from tests.servers import wait_until
from vod_web.media.runner import Tools
from vod_web.media.test_clip import make_clip
from vod_web.media.tools import find_ffmpeg

SLOW = 4 * PART_BYTES
"""Bytes a second at which a file of eight parts takes two seconds."""
DAMAGE_FIRST_PART = """
  const send = XMLHttpRequest.prototype.send;
  window.damaged = 0;
  XMLHttpRequest.prototype.send = function (body) {
    const isFirst = body instanceof Blob && !window.damaged;
    window.damaged += isFirst;
    send.call(this, isFirst ? new Blob([body.slice(0, 99), "?", body.slice(100)]) : body);
  };
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UploadSite]:
    """A site with small parts."""
    data_dir = tmp_path_factory.mktemp("site") / "data"
    add_uploader(data_dir)
    started = UploadSite(data_dir, VOD_UPLOAD_PART_BYTES=str(PART_BYTES))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def signed_in(chromium: Browser, site: UploadSite) -> str:
    """What a browser keeps of the sign-in; a path of a file."""
    context = chromium.new_context(base_url=site.url)
    context.set_default_timeout(LIMIT_MS)
    sign_in(context.new_page())
    path = site.data_dir / "browser.json"
    context.storage_state(path=path)
    context.close()
    return str(path)


@pytest.fixture
def open_page(chromium: Browser, site: UploadSite, signed_in: str) -> Iterator[Callable[[], Page]]:
    """Opens the upload page at each call, in a browser of its own that is signed in."""
    contexts = []

    def open_one() -> Page:
        context = chromium.new_context(base_url=site.url, storage_state=signed_in, locale="en-GB")
        context.set_default_timeout(LIMIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.goto("/upload")
        return page

    yield open_one
    for context in contexts:
        context.close()


def change(site: UploadSite, statement: str) -> None:
    """Something in the database, as if time had passed or an admin had been there."""
    with sqlite3.connect(site.data_dir / "vod.sqlite3", timeout=10) as database:
        database.execute(statement)
    database.close()


def note_parts(page: Page) -> list[str]:
    """The addresses of the parts that the page sends from now on."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "PUT":
            sent.append(request.url)

    page.on("request", note)
    return sent


def test_ten_files_go_up_at_once(open_page: Callable[[], Page], site: UploadSite, tmp_path: Path) -> None:
    files = [make_file(tmp_path, f"clip {number}.mp4", parts=2.5, seed=number) for number in range(10)]
    page = open_page()
    choose(page, *files)
    expect_uploaded(page, 10)
    assert page.url.endswith("/upload")
    expect_stored(site, *files)


def test_a_network_that_was_cut_comes_back(open_page: Callable[[], Page], site: UploadSite, tmp_path: Path) -> None:
    file = make_file(tmp_path, "cut.mp4", parts=8, seed=20)
    page = open_page()
    line = slow_down(page, bytes_per_s=SLOW // 2)
    choose(page, file)
    wait_for_percent(page, 20)
    set_line(line, bytes_per_s=0, offline=True)
    expect(page.locator(".upload-item [data-state]")).to_contain_text("No connection")
    set_line(line, bytes_per_s=0)
    page.wait_for_url("**/watch/*")
    expect_stored(site, file)


def test_a_tab_that_was_killed_goes_on_with_the_same_file_only(
    open_page: Callable[[], Page], site: UploadSite, tmp_path: Path
) -> None:
    file = make_file(tmp_path, "killed.mp4", parts=10, seed=30)
    page = open_page()
    slow_down(page, bytes_per_s=SLOW)
    choose(page, file)
    wait_for_percent(page, 40)
    page.context.close()

    page = open_page()
    waiting = page.locator("[data-unfinished]", has_text="killed.mp4")
    expect(waiting.locator("[data-percent]")).to_contain_text("% of")
    choose_again(page, make_file(tmp_path, "other.mp4", parts=3, seed=31))
    expect(waiting.get_by_role("alert")).to_contain_text("other.mp4 is another file")
    changed = tmp_path / "changed.mp4"
    changed.write_bytes(b"?" + file.read_bytes()[1:])
    choose_again(page, changed)
    expect(waiting.get_by_role("alert")).to_contain_text("another content")

    sent = note_parts(page)
    choose_again(page, file)
    page.wait_for_url("**/watch/*")
    assert 0 < len(sent) < 11
    expect_stored(site, file)


def choose_again(page: Page, file: Path) -> None:
    """The file for the first upload that waits."""
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Choose the file").first.click()
    choosing.value.set_files(file)


def test_a_server_that_was_killed_goes_on(open_page: Callable[[], Page], site: UploadSite, tmp_path: Path) -> None:
    file = make_file(tmp_path, "server.mp4", parts=8, seed=40)
    page = open_page()
    line = slow_down(page, bytes_per_s=SLOW // 2)
    choose(page, file)
    wait_for_percent(page, 20)
    site.kill()
    expect(page.locator(".upload-item [data-state]")).to_contain_text("No connection")
    site.start()
    set_line(line, bytes_per_s=0)
    page.wait_for_url("**/watch/*")
    expect_stored(site, file)


def test_a_part_that_was_damaged_on_the_way_is_sent_again(
    open_page: Callable[[], Page], site: UploadSite, tmp_path: Path
) -> None:
    file = make_file(tmp_path, "damaged.mp4", parts=2, seed=50)
    page = open_page()
    page.evaluate(f"() => {{ {DAMAGE_FIRST_PART} }}")
    sent = note_parts(page)
    choose(page, file)
    page.wait_for_url("**/watch/*")
    assert len(sent) == 4  # two parts, a short third one, and one of them again
    expect_stored(site, file)


def test_a_quota_that_is_reached_is_said_before_sending(
    open_page: Callable[[], Page], site: UploadSite, tmp_path: Path
) -> None:
    file = make_file(tmp_path, "quota.mp4", parts=2, seed=60)
    change(site, "UPDATE users SET quota_bytes = 1000")
    page = open_page()
    expect(page.locator("#upload-limits")).to_contain_text("of your 1 kB")
    sent = note_parts(page)
    choose(page, file)
    expect(page.get_by_role("alert").filter(has_text="too much")).to_be_visible()
    assert sent == []
    change(site, "UPDATE users SET quota_bytes = NULL")
    page.get_by_role("button", name="Try again quota.mp4").click()
    page.wait_for_url("**/watch/*")
    expect_stored(site, file)


def test_a_file_that_was_uploaded_before_is_said_before_sending(
    open_page: Callable[[], Page], site: UploadSite, tmp_path: Path
) -> None:
    file = make_file(tmp_path, "twice.mp4", parts=2, seed=70)
    page = open_page()
    choose(page, file)
    page.wait_for_url("**/watch/*")

    page = open_page()
    sent = note_parts(page)
    choose(page, file)
    expect(page.get_by_role("link", name="twice", exact=True)).to_be_visible()
    assert sent == []
    page.get_by_role("button", name="Upload anyway").click()
    page.wait_for_url("**/watch/*")
    assert len(list(site.data_dir.glob("media/sources/*/*/source"))) >= 2
    assert len(sent) == 3


def test_whoever_was_signed_out_signs_in_and_goes_on(chromium: Browser, site: UploadSite, tmp_path: Path) -> None:
    file = make_file(tmp_path, "session.mp4", parts=8, seed=80)
    context = chromium.new_context(base_url=site.url)
    page = context.new_page()
    sign_in(page)
    page.goto("/upload")
    line = slow_down(page, bytes_per_s=SLOW // 2)
    choose(page, file)
    title = page.locator(".upload-item").get_by_label("Title")
    expect(title).to_have_value("session")
    title.fill("Typed before")
    wait_for_percent(page, 20)
    change(site, "DELETE FROM sign_ins WHERE id = (SELECT max(id) FROM sign_ins)")
    page.get_by_role("button", name="Sign in").click()
    set_line(line, bytes_per_s=0)
    fill_in_login(page)
    page.wait_for_url("**/watch/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Typed before")
    expect_stored(site, file)
    context.close()


def test_what_one_file_says_is_used_for_all(open_page: Callable[[], Page], site: UploadSite, tmp_path: Path) -> None:
    page = open_page()
    slow = slow_down(page, bytes_per_s=SLOW // 2)
    choose(page, *(make_file(tmp_path, f"all {number}.mp4", parts=80, seed=100 + number) for number in range(2)))
    first, second = page.locator(".upload-item").all()
    first.get_by_role("button", name="New playlist").click()
    page.get_by_role("textbox", name="Title").last.fill("Summer")
    page.get_by_role("button", name="Make it").click()
    expect(first.get_by_label("Playlist", exact=True).locator("option:checked")).to_have_text(
        "Summer"
    )  # and it is closed
    first.get_by_label("Publish", exact=True).select_option("at_time")
    first.get_by_label("Day and time").fill("2040-07-01T10:00")
    first.get_by_label("Time zone").fill("Europe/Berlin")
    first.get_by_label("Category").select_option("music")
    first.get_by_label("Comments").select_option("held")
    first.get_by_label("Licence").select_option("cc0-1.0")
    first.get_by_label("Recorded on").fill("2019-05-03")
    first.get_by_label("Downloads by others").select_option("made")
    first.get_by_role("checkbox", name="Sensitive content").check()
    first.get_by_role("button", name="Use for all files").click()
    dialog = page.get_by_role("dialog", name="Use for all files")
    for name in ("When it is published", "Playlist", "Comments", "Licence", "Recorded on", "Downloads", "Sensitive"):
        dialog.get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="Use for all", exact=True).click()
    for row, category in ((first, "music"), (second, "")):
        expect(row.locator("[data-saved]")).to_have_text("Saved.")
        expect(row.get_by_label("Category")).to_have_value(category)
        expect(row.get_by_label("Playlist", exact=True).locator("option:checked")).to_have_text("Summer")
    statement = "SELECT count(*) FROM videos JOIN playlist_items ON video_id = videos.id WHERE publish_at = ?"
    statement += " AND comment_rule = 'held' AND licence = 'cc0-1.0' AND recorded_on = '2019-05-03'"
    statement += " AND download_rule = 'made' AND is_sensitive"
    with closing(sqlite3.connect(site.data_dir / "vod.sqlite3")) as database:
        found = partial(database.execute, statement, ("2040-07-01 08:00:00.000000",))
        wait_until(lambda: found().fetchone() == (2,), what="both are saved")
    page.get_by_role("button", name="Cancel all", exact=True).click()
    page.get_by_role("button", name="Undo").click()
    set_line(slow, bytes_per_s=0)
    expect_uploaded(page, 2)


def test_uploads_go_on_while_other_pages_are_shown(
    open_page: Callable[[], Page], site: UploadSite, tmp_path: Path
) -> None:
    files = [make_file(tmp_path, f"dock {number}.mp4", parts=80, seed=90 + number) for number in range(2)]
    page = open_page()
    line = slow_down(page, bytes_per_s=SLOW // 2)
    choose(page, *files)
    title = page.locator(".upload-item").first.get_by_label("Title")
    expect(title).to_have_value("dock 0")
    title.fill("Kept")
    page.evaluate("window.isSameDocument = true")
    page.get_by_role("link", name="Home", exact=True).click()
    dock = page.get_by_role("complementary", name="Uploads")
    expect(dock).to_contain_text("Uploading 2 files")
    expect(page).to_have_url(f"{site.url}/")
    page.get_by_role("link", name="My videos").first.click()
    expect(page.get_by_role("heading", name="My videos")).to_be_visible()
    page.get_by_label("Search videos").fill("nothing")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?query=nothing")
    page.go_back()
    expect(page.get_by_role("heading", name="My videos")).to_be_visible()
    page.go_back()
    page.go_back()
    expect(page.locator(".upload-item")).to_have_count(2)
    expect(dock).to_be_hidden()
    assert page.evaluate("window.isSameDocument")
    page.get_by_role("link", name="Home", exact=True).click()
    dock.get_by_role("button", name="Show each upload").click()
    dock.get_by_role("button", name="Pause all uploads").click()
    expect(dock).to_contain_text("paused at")
    dock.get_by_role("button", name="Continue all uploads").click()
    set_line(line, bytes_per_s=0)
    expect(dock.get_by_text("Uploaded.")).to_have_count(3, timeout=LIMIT_MS)
    expect_stored(site, *files)
    page.get_by_role("link", name="My videos").first.click()
    expect(page.get_by_role("link", name="Kept", exact=True)).to_be_visible()
    assert page.evaluate("window.isSameDocument")


def test_every_state_of_uploads_is_accessible_in_light_and_dark(
    chromium: Browser, site: UploadSite, tmp_path: Path
) -> None:
    names = ("known.mp4", "pauses.mp4", "sends.mp4", "waits.mp4")
    attempt = secrets.randbelow(10**6)  # a second one must not find what the first has uploaded
    change(site, "DELETE FROM uploads")
    known, *files = (
        make_file(tmp_path, name, parts=2 if name == "known.mp4" else 80, seed=1000 + 4 * attempt + number)
        for number, name in enumerate(names)
    )
    text = tmp_path / "notes.txt"
    text.write_text("no video")
    context = chromium.new_context(base_url=site.url, locale="en-GB")
    context.set_default_timeout(LIMIT_MS)
    page = context.new_page()
    sign_in(page)
    page.goto("/upload")
    choose(page, known)
    page.wait_for_url("**/watch/*")

    page.goto("/upload")
    slow_down(page, bytes_per_s=SLOW // 2)
    page.set_viewport_size({"width": 390, "height": 844})
    choose(page, known, text, *files)
    page.get_by_role("button", name="Pause pauses.mp4").click()
    for status in ("duplicate", "failed", "paused", "sending"):
        expect(page.locator(f".upload-item[data-status='{status}']")).not_to_have_count(0)
    assert find_violations(page) == {}

    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="Home", exact=True).click()
    dock = page.get_by_role("complementary", name="Uploads")
    dock.get_by_role("button", name="Show each upload").click()
    expect(dock.get_by_role("listitem")).to_have_count(5)
    assert find_violations(page) == {}

    change(site, "DELETE FROM sign_ins WHERE id = (SELECT max(id) FROM sign_ins)")
    dock.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("dialog", name="Sign in to go on").get_by_role("textbox")).to_have_count(2)
    assert find_violations(page) == {}
    fill_in_login(page)
    expect(dock).to_contain_text("Uploading")

    page.close(run_before_unload=False)
    page = context.new_page()
    page.goto("/upload")
    expect(page.locator("[data-unfinished]")).to_have_count(3)
    assert find_violations(page) == {}
    page.get_by_role("button", name="Discard waits.mp4").click()
    expect(page.locator("[data-unfinished]")).to_have_count(2)
    expect(page.get_by_role("button", name="Choose the file").first).to_be_focused()
    context.close()


def test_a_file_is_uploaded_by_keyboard_and_its_progress_read_out(
    open_page: Callable[[], Page], site: UploadSite, tmp_path: Path
) -> None:
    file = make_file(tmp_path, "keys.mp4", parts=12, seed=220)
    page = open_page()
    line = slow_down(page, bytes_per_s=SLOW // 2)
    with page.expect_file_chooser() as choosing:  # before Tab: Chromium might take note of it only after the Space
        press_until(page, "Tab", "Choose files")
        page.keyboard.press("Space")
    choosing.value.set_files(file)
    expect(page.get_by_role("status").filter(has_text="keys.mp4: 10 %")).to_have_count(1)
    page.evaluate(HEAR)
    press_until(page, "Tab", "Pause keys.mp4")
    page.keyboard.press("Space")
    press_until(page, None, "Continue keys.mp4")
    page.keyboard.press("Space")
    press_until(page, None, "Pause keys.mp4")
    press_until(page, "Tab", "Title")
    page.keyboard.press("Control+A")
    page.keyboard.type("By keyboard")
    set_line(line, bytes_per_s=2 * SLOW)
    page.wait_for_function("() => window.heard.at(-1) === 'keys.mp4: uploaded'", timeout=LIMIT_MS)
    heard = page.evaluate("() => window.heard")
    assert "keys.mp4: paused" in heard
    steps = [words for words in heard if words.endswith("%")]
    assert len(steps) >= 3
    assert steps == sorted(set(steps), key=steps.index)
    assert all(words.endswith("0 %") for words in steps)
    page.wait_for_url("**/watch/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("By keyboard")
    expect_stored(site, file)


HEAR = """
() => {
  window.heard = [];
  const live = document.querySelector("body > [role='status']");
  new MutationObserver(() => window.heard.push(live.textContent)).observe(live, { childList: true });
}
"""


def press_until(page: Page, key: str | None, name: str) -> None:
    """Press the key until what has the focus has this name; without a key, look only."""
    focused = (
        "() => { const at = document.activeElement; return at.ariaLabel || at.labels?.[0]?.innerText || at.title }"
    )
    for _ in range(40):
        if name in page.evaluate(focused):
            return
        assert key, f"{name} does not have the focus"
        page.keyboard.press(key)
    raise AssertionError(f"{name} is not reached by {key}")


def test_a_frame_is_picked_by_keyboard_while_the_file_is_on_its_way(
    open_page: Callable[[], Page], site: UploadSite, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "sea.mp4", tools=Tools(str(find_ffmpeg())), duration_s=4)
    page = open_page()
    line = slow_down(page, bytes_per_s=PART_BYTES // 8)
    choose(page, clip)
    page.locator("[data-more] > summary").click()
    moment = page.get_by_label("Any moment of it")
    expect(moment).to_be_enabled()  # the browser shows the file that it has
    page.get_by_role("button", name="Pause sea.mp4").click()
    set_line(line, bytes_per_s=0)

    moment.focus()
    page.keyboard.press("End")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    chosen = float(moment.input_value())
    assert 3 < chosen < 4
    shows = "at => Math.abs(document.querySelector('[data-scrubber] video').currentTime - at) < 0.01"
    page.wait_for_function(shows, arg=chosen)
    page.get_by_role("button", name="Use this moment").click()

    expect(page.get_by_text("as soon as the file has arrived")).to_be_visible()
    with sqlite3.connect(site.data_dir / "vod.sqlite3") as database:
        newest = "SELECT thumbnail_kind, thumbnail_at_s FROM videos ORDER BY id DESC LIMIT 1"
        assert database.execute(newest).fetchone() == ("frame", chosen)
