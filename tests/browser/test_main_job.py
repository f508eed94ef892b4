"""From nothing to a playing video, as people do it: set-up, registration, upload, live status, playing."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser import commenting, watch_page
from tests.browser.accessibility import find_violations
from tests.browser.conftest import RunningSite
from tests.browser.keyboard import tab_to
from tests.browser.playing import current_time_s, decoded_height_px, shown_frames, wait_until_past
from tests.clips import run
from tests.file_server import serving_files
from tests.servers import wait_until
from vod_web.media.runner import Tools
from vod_web.media.test_clip import make_clip
from vod_web.media.tools import find_ffmpeg

READY_LIMIT_MS = 120_000
PASSWORD = "a long enough password"


@pytest.fixture(scope="module")
def holiday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds of moving picture with sound, 640 × 360 at 30 frames a second, and a subtitle at 2 s."""
    folder, ffmpeg = tmp_path_factory.mktemp("clip"), str(find_ffmpeg())
    bare = make_clip(folder / "bare.mp4", tools=Tools(ffmpeg), duration_s=12)
    (folder / "words.srt").write_text("1\n00:00:02,000 --> 00:00:04,000\nThe <i>sea</i>\n")
    path = folder / "my_holiday-2026.mp4"
    inputs = ["-i", str(bare), "-i", str(folder / "words.srt"), "-map", "0", "-map", "1"]
    run(ffmpeg, *inputs, "-c", "copy", "-c:s", "mov_text", "-metadata:s:s:0", "language=nor", str(path))
    return path


def _set_up(page: Page) -> None:
    page.goto("/")
    if urlsplit(page.url).path != "/setup":  # done in a first try, which failed later
        _sign_in(page, "ada")
        page.goto("/setup/proof")
        return
    page.get_by_label("Name of the site").fill("Village cinema")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("User name").fill("ada")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Set up and test").click()


def test_the_set_up_page_makes_the_admin_and_ends_with_a_clip_that_plays(new_page: Callable[[], Page]) -> None:
    page = new_page()
    page.goto("/")
    assert find_violations(page) == {}
    _set_up(page)
    expect(page.locator(".step")).to_have_count(6)
    expect(page.locator(".step-done")).to_have_count(6, timeout=READY_LIMIT_MS)
    assert find_violations(page) == {}
    expect(page.locator("[data-link='Player']")).to_contain_text("Your browser plays it")
    assert len(shown_frames(page, 3)) == 3
    page.goto("/setup")
    expect(page).to_have_url("/")


def test_somebody_registers_uploads_a_video_and_another_watches_it(
    new_page: Callable[[], Page], site: RunningSite, holiday: Path
) -> None:
    uploader = new_page()
    _register(uploader)
    address = _upload(uploader, holiday)
    expect(uploader.locator("[data-player]")).to_be_visible(timeout=READY_LIMIT_MS)
    _expect_no_more_polling(uploader)
    _watch(new_page(), address)


def test_a_video_plays_while_uploads_go_on_and_ends_when_its_page_is_left(
    new_page: Callable[[], Page], holiday: Path
) -> None:
    page = new_page()
    _sign_in(page)
    page.goto("/upload")
    _slow_down(page, bytes_per_s=6_000)
    other = holiday.with_name("other.mp4")
    other.write_bytes(holiday.read_bytes() + b"?")
    page.locator("[data-files]").set_input_files(other)
    expect(page.locator("[data-speed]")).to_contain_text("left")
    page.get_by_role("link", name="Home", exact=True).click()
    page.get_by_role("link", name="A week by the sea").first.click()
    page.locator("[data-player]").get_by_role("button", name="Play").first.click()
    wait_until_past(page, 0.5)
    page.evaluate("window.left = document.querySelector('video')")
    dock = page.get_by_role("complementary", name="Uploads")
    expect(dock).to_contain_text("Uploading 1 file")
    page.go_back()
    expect(page.locator("[data-player]")).to_have_count(0)
    assert page.evaluate("window.left.paused && !window.left.src")
    expect(dock).to_contain_text("Uploading 1 file")


def test_the_video_is_shared_and_plays_on_another_site(new_page: Callable[[], Page]) -> None:
    page = new_page()
    page.goto("/")
    page.get_by_role("link", name="A week by the sea").first.click()
    address = page.url
    page.locator("[data-player]").get_by_role("button", name="Play").first.click()
    wait_until_past(page, 2.0)
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share this video")
    begins = dialog.get_by_label("Time at which it starts")
    begins.fill("soon")
    expect(dialog.get_by_text("Write a time within the video, which is 0:12 long")).to_be_visible()
    expect(dialog.get_by_label("Link")).to_have_value(address)
    begins.fill("0:02")
    expect(dialog.get_by_role("checkbox", name="Start at")).to_be_checked()
    expect(dialog.get_by_text("Write a time within the video")).to_be_hidden()
    seconds = int(dialog.get_by_label("Link").input_value().removeprefix(f"{address}?t="))
    assert seconds == 2
    dialog.get_by_text("QR code").click()
    page.wait_for_function("() => document.querySelector('.share-qr').naturalWidth > 100")
    dialog.get_by_text("Embed on another page").click()
    code = dialog.get_by_label("HTML code").input_value()

    with serving_files() as elsewhere:  # at 127.0.0.1: another site than ours, which is at localhost
        body = f'<!doctype html><title>A blog</title><link rel="icon" href="data:,">{code}'
        blog = new_page()
        blog.goto(elsewhere.serve(body.encode(), "/post.html", headers={"Content-Type": "text/html"}))
        frame = blog.frame_locator("iframe")
        frame.get_by_role("button", name="Play").first.click()
        expect(frame.get_by_role("link", name="A week by the sea")).to_have_attribute("target", "_blank")
        inside = next(found for found in blog.frames if "/embed/" in found.url)
        inside.wait_for_function("s => document.querySelector('video').currentTime > s + 0.5", arg=seconds)


def test_somebody_comments_by_keyboard_alone(new_page: Callable[[], Page]) -> None:
    page = new_page()
    page.goto("/login?next=/")
    page.get_by_label("E-mail or user name").fill("grace")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="A week by the sea").first.click()
    written = commenting.comment(page, "Hello at 0:08")
    commenting.edit(page, written, "See what is there at 0:09")
    commenting.delete_and_undo(page, written, "See what is there at 0:09")
    commenting.answer(page, written, "I saw it")
    assert find_violations(page) == {}
    page.reload()
    commenting.tab_to_field(page)
    commenting.show_replies(page, written, "I saw it")
    tab_to(page, written.get_by_role("link", name="0:09"), "Shift+Tab")
    page.keyboard.press("Enter")
    wait_until_past(page, 8.9)


def test_captions_and_chapters_are_there_for_who_comes_back_to_an_open_page(new_page: Callable[[], Page]) -> None:
    page = new_page()
    _sign_in(page)
    page.get_by_role("link", name="A week by the sea").first.click()
    expect(page.locator(".player-captions")).to_have_count(2)
    _add_captions_and_chapters(page.context.new_page(), page.url.replace("/watch/", "/studio/videos/"))

    page.evaluate("document.getElementById('watch-status').dispatchEvent(new Event('watch-again'))")

    expect(page.locator(".player-tick")).to_have_count(1)
    page.wait_for_function("() => document.querySelector('[data-player]').player.captions.tracks.length === 2")
    page.get_by_role("link", name="The harbour").click()
    wait_until_past(page, 6)
    expect(page.locator("[data-chapter-list] [aria-current]")).to_contain_text("The harbour")
    expect(page.locator(".player-chapter-name")).to_have_text("The harbour")


def test_the_watch_page_has_more_than_a_player(new_page: Callable[[], Page]) -> None:
    page = new_page()
    page.goto("/")
    page.get_by_role("link", name="A week by the sea").first.click()
    watch_page.expect_nothing_jumped(page)
    watch_page.expect_a_short_way_to_the_first_segment(page)
    watch_page.read_transcript(page)
    watch_page.choose_looks(page)
    watch_page.press_keys(page)
    watch_page.show_stats(page)


def test_another_video_follows(new_page: Callable[[], Page], holiday: Path) -> None:
    page = new_page()
    _sign_in(page)
    page.goto("/upload")
    short = make_clip(holiday.with_name("short.mp4"), tools=Tools(str(find_ffmpeg())), duration_s=2)
    page.locator("[data-files]").set_input_files(short)
    page.wait_for_url("**/watch/*", timeout=30_000)
    expect(page.locator("[data-player]")).to_be_visible(timeout=READY_LIMIT_MS)
    _expect_no_more_polling(page)
    watch_page.go_on_at_the_end(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("A week by the sea")


def _sign_in(page: Page, username: str = "grace") -> None:
    page.goto("/login")
    page.get_by_label("E-mail or user name").fill(username)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Your account")).to_be_visible()


def _add_captions_and_chapters(page: Page, address: str) -> None:
    page.goto(f"{address}/captions")
    words = {"name": "film.de.srt", "mimeType": "text/plain", "buffer": b"1\n00:00:01,000 --> 00:00:02,000\nHallo\n"}
    page.get_by_label("Files").set_input_files(words)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".track")).to_have_count(2)
    page.goto(f"{address}/chapters")
    page.get_by_label("List of chapters").fill("0:00 The sea\nThe harbour")
    expect(page.locator(".chapters-mistakes")).to_contain_text("Line 2")
    page.get_by_label("List of chapters").fill("0:00 The sea\n0:06 The harbour")
    expect(page.locator(".chapters-check")).to_contain_text("2 chapters, not saved yet")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".chapters-check")).to_contain_text("2 chapters")
    expect(page.locator(".chapters-check")).not_to_contain_text("not saved yet")
    page.close()


def _register(page: Page) -> None:
    page.goto("/register")
    page.get_by_label("User name").fill("grace")
    page.get_by_label("E-mail").fill("grace@example.org")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("link", name="Upload").first).to_be_visible()


def _upload(page: Page, clip: Path) -> str:
    """Choose the file, type a title meanwhile, and land on the video's page; gives its address."""
    page.goto("/upload")
    _slow_down(page, bytes_per_s=clip.stat().st_size // 4)
    page.locator("input[type=file]").first.set_input_files(clip)
    row = page.locator(".upload-item")
    title = row.get_by_label("Title")
    expect(title).to_have_value("my holiday 2026")
    title.fill("A week by the sea")
    expect(row.locator("[data-speed]")).to_contain_text("left")
    page.wait_for_url("**/watch/*", timeout=30_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("A week by the sea")
    return page.url


def _slow_down(page: Page, *, bytes_per_s: int) -> None:
    """Give this page a slow line, as most people have."""
    line = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": bytes_per_s}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)


def _expect_no_more_polling(page: Page) -> None:
    """Nothing on the page asks again and again once the video is ready."""
    expect(page.locator("[hx-trigger*='every']")).to_have_count(0, timeout=READY_LIMIT_MS)


def _watch(page: Page, address: str) -> None:
    """A visitor finds it on the home page, plays, reads, seeks, and changes the quality."""
    page.goto("/")
    _see_preview(page)
    page.get_by_role("link", name="A week by the sea").first.click()
    expect(page).to_have_url(address)
    player = page.locator("[data-player]")
    player.get_by_role("button", name="Play").first.click()
    wait_until_past(page, 1.0)
    assert len(shown_frames(page, 4)) == 4
    _read_captions(page)

    page.keyboard.press("9")
    wait_until_past(page, 10.8)
    page.keyboard.press("0")
    page.wait_for_function("() => document.querySelector('video').currentTime < 5")

    _choose_quality(page, "240p")
    page.wait_for_function("() => document.querySelector('video').videoHeight === 240")
    _choose_quality(page, "360p")
    page.wait_for_function("() => document.querySelector('video').videoHeight === 360")
    assert decoded_height_px(page) == 360
    here = current_time_s(page)
    wait_until_past(page, here + 0.5)


def _has_preview(page: Page) -> bool:
    page.reload()
    return page.locator(".card [data-storyboard]").count() > 0


def _see_preview(page: Page) -> None:
    """While somebody points at a card, pictures of the whole video are shown on it; they are loaded only then."""
    wait_until(lambda: _has_preview(page), what="the storyboard is made, some time after the video is ready")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "storyboard" in request.url else None)
    page.locator(".card .thumb").first.hover()
    shown = page.locator(".card .thumb-frame")
    expect(shown).to_be_visible()
    assert [url.rpartition("/")[2] for url in asked] == ["storyboard.vtt", "storyboard-0.jpg"]
    place = "() => document.querySelector('.thumb-frame').style.backgroundPosition"
    first = page.evaluate(place)
    page.wait_for_function(f"first => ({place})() !== first", arg=first)
    page.mouse.move(1, 799)
    expect(shown).to_have_count(0)


def _read_captions(page: Page) -> None:
    """The subtitles of the file are offered as captions, are shown when they should be, and remembered."""
    player = page.locator("[data-player]")
    shown = player.locator(".player-captions p")
    expect(player.get_by_role("button", name="Captions")).to_have_attribute("aria-pressed", "false")
    page.evaluate("document.querySelector('video').pause()")
    page.evaluate("document.querySelector('video').currentTime = 2.1")
    page.keyboard.press("c")
    expect(shown).to_have_text("The sea")
    expect(shown).to_have_attribute("lang", "no")
    expect(shown.locator("i")).to_have_text("sea")
    page.evaluate("document.querySelector('video').currentTime = 4.1")
    expect(shown).to_have_count(0)
    assert page.evaluate("JSON.parse(localStorage['vod.captions']).language") == "no"
    player.get_by_role("button", name="Play").first.click()


def _choose_quality(page: Page, name: str) -> None:
    player = page.locator("[data-player]")
    player.hover()
    player.get_by_role("button", name="Settings").click()
    player.get_by_role("menuitem", name="Quality").click()
    player.get_by_role("menuitemradio", name=name).click()
