"""What viewers do: watch a part of a film and come back to it, and all that they do by keyboard alone."""

from collections.abc import Callable, Iterator
from secrets import randbits

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import watch_page
from tests.browser.cinema import LADDER, Cinema, make_film, opening
from tests.browser.commenting import comment
from tests.browser.conftest import Complaints, RunningSite, running_site
from tests.browser.keyboard import fill_in, press, tab_to
from tests.browser.playing import current_time_s, wait_until_past
from tests.factories import make_video
from tests.servers import wait_until
from vod_web.core.clock import utc_now
from vod_web.models import Video
from vod_web.services.positions import set_position

TITLE = "A week by the sea"
LIMIT_MS = 40_000
PASSWORD = "a long enough password"
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
"""Chromium without a window says in its name that it is a program, and programs of visitors are not counted."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A new site with a very short ladder."""
    with running_site(tmp_path_factory.mktemp("site") / "data", VOD_LADDER=LADDER, VOD_WORKERS="1") as running:
        yield running


@pytest.fixture(scope="module")
def cinema(site: RunningSite) -> Iterator[Cinema]:
    """With people."""
    with opening(site) as cinema:
        yield cinema


@pytest.fixture(scope="module")
def film(cinema: Cinema, tmp_path_factory: pytest.TempPathFactory) -> Video:
    """Forty seconds."""
    return cinema.show(make_film(tmp_path_factory.mktemp("film"), 40), TITLE)


@pytest.fixture
def visitor(chromium: Browser, complaints: Complaints, cinema: Cinema) -> Iterator[Page]:
    """The browser of somebody without an account, who was not here before."""
    name = f"{PERSON} Trial/{randbits(32)}"
    context = chromium.new_context(base_url=cinema.url, locale="en-GB", user_agent=name)
    context.set_default_timeout(LIMIT_MS)
    page = context.new_page()
    complaints.watch(page)
    yield page
    context.close()


def play(page: Page) -> None:
    page.locator("[data-player]").get_by_role("button", name="Play").first.click()


def stop(page: Page) -> float:
    """Pause; gives the place."""
    page.locator("[data-player]").focus()
    page.keyboard.press("k")
    page.wait_for_function("() => document.querySelector('video').paused")
    return current_time_s(page)


def watch_a_part(page: Page, cinema: Cinema, film: Video) -> float:
    """Twelve seconds, which is a view; gives the place where it ends."""
    before = cinema.see(film).view_count
    page.goto(f"/watch/{film.public_id}")
    expect(page.locator("[data-player]")).to_be_visible()
    expect(page.locator(".player-resume")).to_have_count(0)
    play(page)
    wait_until_past(page, 12)
    place_s = stop(page)
    wait_until(lambda: cinema.see(film).view_count > before, what="the view is counted", limit_s=60)
    assert cinema.see(film).view_count == before + 1
    return place_s


def chip(page: Page) -> Locator:
    """What offers to go on."""
    return page.get_by_role("group", name="Where to begin")


def come_back(page: Page, film: Video, place_s: float) -> None:
    """The film stands where it was left, and goes on there, or begins anew."""
    page.goto(f"/watch/{film.public_id}")
    go_on = chip(page).get_by_role("button", name=f"Continue at 0:{int(place_s)}")
    expect(go_on).to_be_visible(timeout=LIMIT_MS)
    page.wait_for_function("at => Math.abs(document.querySelector('video').currentTime - at) < 1", arg=place_s)
    go_on.click()
    wait_until_past(page, place_s + 0.3)
    page.goto(f"/watch/{film.public_id}")
    chip(page).get_by_role("button", name="Start over").click()
    expect(chip(page)).to_have_count(0)
    page.wait_for_function("at => document.querySelector('video').currentTime < at", arg=place_s - 5)
    wait_until_past(page, 0.3)


def expect_bar(bar: Locator, place_s: float) -> None:
    """It shows how far the film was watched."""
    expect(bar).to_have_count(1)
    assert abs(float(bar.get_attribute("value") or 0) - place_s) < 1
    assert float(bar.get_attribute("max") or 0) == pytest.approx(40, abs=0.5)


def test_a_film_that_was_watched_in_part_is_counted_once_and_goes_on_where_it_was_left(
    new_page: Callable[[], Page], cinema: Cinema, film: Video
) -> None:
    page = new_page()
    cinema.enter(page)
    place_s = watch_a_part(page, cinema, film)
    counted = cinema.see(film).view_count

    page.goto("/")
    row = page.get_by_role("region", name="Continue watching")
    expect(row.get_by_role("heading", name=TITLE)).to_be_visible()
    expect_bar(row.locator(".thumb-watched"), place_s)
    page.goto("/history")
    expect_bar(page.locator(".history-entry .thumb-watched"), place_s)
    come_back(page, film, place_s)

    assert cinema.see(film).view_count == counted
    assert cinema.see(film).watched_s >= 11


def test_comments_in_view_wait_for_the_first_picture(visitor: Page, film: Video) -> None:
    visitor.set_viewport_size({"width": 1280, "height": 1600})
    watch_page.expect_comments_to_wait_for_the_first_picture(visitor, f"/watch/{film.public_id}")


def test_a_film_is_in_the_history_as_soon_as_some_of_it_was_watched(
    new_page: Callable[[], Page], cinema: Cinema, film: Video
) -> None:
    page = new_page()
    cinema.enter(page)
    page.goto(f"/watch/{film.public_id}")
    play(page)
    wait_until_past(page, 3)
    page.goto("/history")
    expect(page.locator(".history-entry")).to_have_count(1)

    page.goto(f"/watch/{film.public_id}")
    play(page)
    wait_until_past(page, 6)
    page.get_by_role("button", name="Menu").click()
    place_s = current_time_s(page)
    page.get_by_role("link", name="History", exact=True).click(delay=200)  # as long as a finger stays
    page.wait_for_url("**/history")
    expect(page.locator(".history-entry .thumb-watched")).to_have_count(1)
    assert float(page.locator(".history-entry .thumb-watched").get_attribute("value") or 0) >= place_s - 1


def test_what_is_taken_out_of_the_history_can_come_back(
    new_page: Callable[[], Page], cinema: Cinema, film: Video
) -> None:
    page = new_page()
    set_position(cinema.enter(page), film.public_id, 15.0, now=utc_now())
    page.goto("/history")
    entries = page.locator(".history-entry")
    page.get_by_role("button", name=f"Remove {TITLE} from your history").click()
    expect(entries).to_have_count(0)
    page.goto("/history")
    expect(page.get_by_role("heading", name="Your history is empty")).to_be_visible()
    page.goto(f"/watch/{film.public_id}")  # which plays by itself, and stands in the history again
    expect(page.locator("[data-player]")).to_be_visible()
    expect(chip(page)).to_have_count(0)

    set_position(cinema.enter(page), film.public_id, 15.0, now=utc_now())
    page.goto("/history")
    page.get_by_role("button", name=f"Remove {TITLE} from your history").click()
    page.get_by_role("button", name="Undo").click()
    expect(entries).to_have_count(1)
    come_back(page, film, 15.0)


def test_who_starts_over_before_anything_is_loaded_sees_the_beginning(
    new_page: Callable[[], Page], cinema: Cinema, film: Video
) -> None:
    page = new_page()
    set_position(cinema.enter(page), film.public_id, 15.0, now=utc_now())
    page.route("**/*.m4s", lambda _: None)  # they wait
    page.goto(f"/watch/{film.public_id}")
    chip(page).get_by_role("button", name="Start over").click()
    page.unroute("**/*.m4s")  # and go on
    wait_until_past(page, 0.3)
    assert current_time_s(page) < 10


def test_a_visitor_goes_on_in_the_same_browser(
    visitor: Page, new_page: Callable[[], Page], cinema: Cinema, film: Video
) -> None:
    place_s = watch_a_part(visitor, cinema, film)
    visitor.goto("/newest")
    expect_bar(visitor.locator(".card", has_text=TITLE).locator(".thumb-watched"), place_s)
    come_back(visitor, film, place_s)
    other = new_page()
    other.goto(f"/watch/{film.public_id}")
    expect(other.locator("[data-player]")).to_be_visible()
    expect(chip(other)).to_have_count(0)


def test_a_frame_on_another_site_plays_when_the_time_of_its_video_has_come(
    new_page: Callable[[], Page], cinema: Cinema, film: Video
) -> None:
    page = new_page()
    page.clock.install()
    with cinema.keeping_back(film):
        page.goto(f"/embed/{film.public_id}?autoplay=1")
        expect(page.get_by_role("heading", name="This video is still to come")).to_be_visible()
        with page.expect_response(f"**/embed/{film.public_id}*"):
            page.clock.fast_forward("05:00")
        expect(page.locator("[data-player]")).to_have_count(0)
    page.clock.fast_forward("05:00")
    expect(page.locator("[data-player]")).to_be_visible(timeout=LIMIT_MS)
    wait_until_past(page, 1)


def test_a_follower_with_the_bell_is_told_of_a_new_video(
    new_page: Callable[[], Page], cinema: Cinema, film: Video
) -> None:
    page = new_page()
    page.set_default_timeout(LIMIT_MS)
    cinema.enter(page)
    page.goto(f"/watch/{film.public_id}")
    page.get_by_role("button", name="Subscribe to Grace").click()
    bell = page.get_by_role("button", name="Tell me of new videos of Grace")
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "true", timeout=LIMIT_MS)

    title = make_video(cinema.owner, f"News {randbits(32)}").title
    wait_until(lambda: has_news(page), what="the bell counts it", limit_s=120)
    page.goto("/subscriptions")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.goto("/notifications")
    page.get_by_role("button", name="Mark as read").click()
    expect(page.locator(".notification", has_text=title)).to_have_count(1)
    expect(page.locator(".notification-unread")).to_have_count(0)
    expect(page.get_by_role("link", name="Notifications", exact=True)).to_be_visible()

    page.goto(f"/watch/{film.public_id}")
    page.get_by_role("button", name="Subscribed to Grace").click()
    page.locator(".toast", has_text="You no longer follow Grace.").get_by_role("button", name="Undo").click()
    expect(bell).to_have_attribute("aria-pressed", "true", timeout=LIMIT_MS)
    page.reload()
    expect(bell).to_have_attribute("aria-pressed", "true")


def has_news(page: Page) -> bool:
    """Whether the bell of a page that is opened now counts something."""
    page.goto("/")
    return page.get_by_role("link", name="Notifications, 1 new").count() == 1


def test_somebody_does_everything_by_keyboard_alone(new_page: Callable[[], Page], cinema: Cinema, film: Video) -> None:
    page, suffix = new_page(), randbits(32)  # the site may have somebody of an earlier try
    page.set_default_timeout(LIMIT_MS)
    page.goto("/")
    register(page, f"kay{suffix}")
    search(page, "week")
    expect(page.locator("[data-player]")).to_be_visible()
    watch(page)
    comment(page, "I was there")
    save(page, f"Evening {suffix}")
    find_in_library(page, f"Evening {suffix}")


def register(page: Page, name: str) -> None:
    """Make an account."""
    press(page, page.get_by_role("link", name="Register").first)
    expect(page.get_by_role("heading", level=1)).to_have_text("Make an account")
    fill_in(page, "User name", name)
    fill_in(page, "E-mail", f"{name}@example.org")
    fill_in(page, "Password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your account")).to_be_visible()


def search(page: Page, word: str) -> None:
    """By the suggestions to all that was found, and from there to the film."""
    field = page.get_by_role("combobox", name="Search videos").or_(page.get_by_role("textbox", name="Search videos"))
    tab_to(page, field)
    page.keyboard.type(word)
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    expect(options.first).to_contain_text(TITLE)
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Results for “{word}”")
    press(page, page.get_by_role("link", name=TITLE))
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def watch(page: Page) -> None:
    """Play, seek, pause."""
    page.wait_for_function("() => document.querySelector('[data-player]').player")
    tab_to(page, page.locator("[data-player]"))
    page.keyboard.press("Space")
    wait_until_past(page, 0.3)
    page.keyboard.press("l")
    wait_until_past(page, 10.1)
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => document.querySelector('video').currentTime < 10")
    page.keyboard.press("k")
    page.wait_for_function("() => document.querySelector('video').paused")


def save(page: Page, name: str) -> None:
    """Into a new playlist."""
    opener = page.get_by_role("link", name="Save", exact=True)
    press(page, opener, "Shift+Tab")
    dialog = page.get_by_role("dialog", name="Save to playlist")
    expect(dialog.get_by_label("Watch later")).to_be_focused()
    press(page, dialog.locator("summary"))
    fill_in(page, "Title", name)
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("status")).to_have_text(f"Saved in “{name}”.")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def find_in_library(page: Page, name: str) -> None:
    """The playlist, and the film in it."""
    press(page, page.get_by_role("button", name="Menu"), "Shift+Tab")
    press(page, page.get_by_role("link", name="Playlists"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Playlists")
    press(page, page.get_by_role("link", name=name))
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    press(page, page.get_by_role("link", name=TITLE))
    expect(page.locator("[data-player]")).to_be_visible()
