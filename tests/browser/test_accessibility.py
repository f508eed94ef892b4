"""Every page of the site, looked at by axe in light and in dark: that there is nothing to complain of."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import find_violations
from tests.browser.conftest import RunningSite, running_site
from tests.browser.lively import LOOKERS, LivelySite, filling
from tests.factories import make_video
from tests.rights.table import ELSEWHERE, TABLE
from vod_web.services.notification_settings import mail_stop_token
from vod_web.services.passwords import make_reset_link

WATCHED_ELSEWHERE: dict[str, Callable[[LivelySite], str]] = {
    "GET /password/<secret>": lambda site: (
        urlsplit(make_reset_link(site.people.of["admin"], "named", settings=site.settings)).path
    ),
    "GET /notifications/mail/<token>": lambda site: (
        "/notifications/mail/" + mail_stop_token(site.owner.id, secret_key=site.settings.secret_key)
    ),
}
"""Pages whose address is a secret."""
NO_PAGES = {
    "GET /static/<path:filename>",
    "GET /media/<token>/<video_id>/<encode_id>/<path:path>",
    "GET /feeds/channels/<username>/podcast.xml",
    "GET /pictures/<name>",
    "GET /notifications/<kind>/<subject>",
    "GET /readyz",
    "GET /oembed",
    "GET /sitemap-<int:page>.xml",
    "GET /setup",  # a page as long as there is no admin: tests/browser/test_main_job.py looks at it
}
FEWEST = 55
"""So many pages there are at least."""
AS_VISITOR = ["/", "/newest", "/popular", "/search?query=boats", "/search?query=nothing-like-it", "/@owner"]
ODD = ["/nowhere", "/watch/AAAAAAAAAAA", "/password/wrong", "/search?length=x", "/notifications/mail/wrong"]
STICKING_OUT = """
() => {
  const page = document.documentElement;
  const nav = document.querySelector(".site-nav").getBoundingClientRect();
  const links = [...document.querySelectorAll(".site-nav .nav-link")].filter((link) => link.checkVisibility());
  const isWide = (link) => link.scrollWidth > link.clientWidth || link.getBoundingClientRect().right > nav.right;
  const wide = links.filter(isWide);
  return [...(page.scrollWidth > page.clientWidth ? ["the page"] : []), ...wide.map((link) => link.textContent)];
}
"""
"""What is wider than its place."""


PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"/>'
PHONE = ["/", "/search?query=boats", "/@owner", "/studio", "/upload", "/history", "/playlists", "/account"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A new site with a very short ladder."""
    with running_site(tmp_path_factory.mktemp("site") / "data", VOD_LADDER="240", VOD_WORKERS="1") as running:
        yield running


@pytest.fixture(scope="module")
def lively(site: RunningSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivelySite]:
    """On which something of everything has happened."""
    with filling(site, tmp_path_factory.mktemp("clip")) as lively:
        yield lively


@pytest.fixture(scope="module")
def page(chromium: Browser, lively: LivelySite) -> Iterator[Page]:
    """One for all: to open a browser for each would take longer than to look."""
    context = chromium.new_context(base_url=lively.url, viewport={"width": 1280, "height": 800}, locale="en-GB")
    context.set_default_timeout(40_000)
    yield context.new_page()
    context.close()


def look(page: Page, paths: list[str]) -> dict[str, object]:
    """What is wrong, by path."""
    found = {}
    for path in paths:
        page.goto(path)
        if wrong := find_violations(page):
            found[path] = wrong
    return found


def test_every_page_has_no_violation(page: Page, lively: LivelySite) -> None:
    got = [address for address in TABLE if address.startswith("GET ") and " /api/" not in address]
    seen = [where for address in [*got, "GET /api/v1/docs"] if (where := lively.find_page(address, TABLE[address]))]
    assert len(seen) >= FEWEST
    found: dict[str, object] = {}
    for who in LOOKERS:
        lively.become(page, who)
        found |= look(page, [path for sees, path in seen if sees == who])
    found |= look(page, [find(lively) for find in WATCHED_ELSEWHERE.values()])
    assert found == {}


def test_no_page_is_forgotten() -> None:
    addresses = {address for address in ELSEWHERE if address.startswith("GET ") and " /api/" not in address}
    assert addresses == NO_PAGES | WATCHED_ELSEWHERE.keys()


def test_what_visitors_see_and_pages_of_errors_have_none(page: Page, lively: LivelySite) -> None:
    lively.become(page, "visitor")
    videos = (lively.film.public_id, lively.scheduled)
    assert look(page, [*AS_VISITOR, *ODD, *(f"/watch/{video_id}" for video_id in videos)]) == {}


def test_videos_that_do_not_play_have_none(page: Page, lively: LivelySite) -> None:
    lively.become(page, "owner")
    assert look(page, [f"/watch/{video_id}" for video_id in lively.unready]) == {}
    lively.become(page, "stranger")
    scheduled = (f"/watch/{lively.scheduled}", f"/embed/{lively.scheduled}")
    assert look(page, [f"/watch/{lively.deleted}", *scheduled, "/admin"]) == {}


def test_pages_on_a_phone_have_none(page: Page, lively: LivelySite) -> None:
    lively.become(page, "owner")
    page.set_viewport_size({"width": 390, "height": 844})
    try:
        assert look(page, [*PHONE, f"/watch/{lively.film.public_id}", f"/watch/{lively.film.public_id}/download"]) == {}
        for address in ("/account", "/account/tokens"):
            page.goto(address)
            expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=1)
    finally:
        page.set_viewport_size({"width": 1280, "height": 800})


def test_nothing_sticks_out_of_a_page_of_any_width(page: Page, lively: LivelySite) -> None:
    lively.become(page, "admin")
    video = make_video(lively.owner, "Long words " * 27)
    try:
        for width in (360, 390, 640, 768, 1024, 1280):
            page.set_viewport_size({"width": width, "height": 700})
            for path in ("/", "/search?length=short", f"/watch/{video.public_id}/comments", "/watch-later"):
                page.goto(path)
                assert page.evaluate(STICKING_OUT) == [], (width, path)
    finally:
        page.set_viewport_size({"width": 1280, "height": 800})


def test_all_tabs_of_the_account_are_in_sight_where_there_is_room(page: Page, lively: LivelySite) -> None:
    lively.become(page, "owner")
    page.goto("/account")
    for tab in page.locator(".tabs .tab").all():
        expect(tab).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("link", name="Uploads", exact=True)).to_be_in_viewport(ratio=1)


def test_a_picture_that_was_chosen_says_that_it_is_not_sent_yet(page: Page, lively: LivelySite) -> None:
    lively.become(page, "owner")
    page.goto("/account")
    kept = page.get_by_text("Not saved yet: press “Use this banner”")
    field = page.get_by_label("A banner", exact=True)
    field.set_input_files({"name": "a.svg", "mimeType": "image/svg+xml", "buffer": PICTURE})
    expect(kept).to_be_visible()
    expect(page.get_by_text("Not saved yet: press “Use this picture”")).to_be_hidden()
    assert find_violations(page) == {}
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("#main").get_by_role("link", name="your channel").click()
    expect(kept).to_be_visible()
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Discard").click()
    expect(kept).to_be_hidden()
    expect(field).to_have_value("")
    page.locator("#main").get_by_role("link", name="your channel").click()
    expect(page).to_have_url(re.compile("/@owner$"))


def test_what_opens_on_the_watch_page_has_none(page: Page, lively: LivelySite) -> None:
    lively.become(page, "stranger")
    page.goto(f"/watch/{lively.film.public_id}")
    page.wait_for_function("() => document.querySelector('[data-player]')?.player")
    for button, heading in (("Share", "Share this video"), ("Save", "Save to playlist"), ("Report", "Report")):
        opener = page.get_by_role("button", name=button, exact=True)
        opener.or_(page.get_by_role("link", name=button, exact=True)).first.click()
        dialog = page.get_by_role("dialog", name=heading)
        expect(dialog).to_be_visible()
        assert find_violations(page) == {}, button
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    page.locator("[data-player]").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert find_violations(page) == {}
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Transcript", exact=True).click()
    page.locator("[data-player]").hover()
    page.locator("[data-player]").get_by_role("button", name="Settings").click()
    expect(page.get_by_role("menuitem", name="Quality")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Keys")).to_be_in_viewport(ratio=1)
    assert find_violations(page) == {}


def test_the_list_of_chapters_does_not_grow_when_its_pictures_come(page: Page, lively: LivelySite) -> None:
    lively.become(page, "stranger")

    def height_px(picture_is_there: str) -> float:
        page.goto(f"/watch/{lively.film.public_id}")
        page.locator("#watch-chapters").scroll_into_view_if_needed()
        page.wait_for_function(f"() => {picture_is_there}")
        box = page.locator("[data-chapter-list] a").first.bounding_box()
        assert box is not None
        return box["height"]

    with_pictures = height_px("document.querySelector('[data-tile]').style.width !== ''")
    page.route("**/*.vtt", lambda route: route.abort())
    without = height_px("document.querySelector('[data-player]').player")
    page.unroute("**/*.vtt")
    assert with_pictures == without


def test_a_player_that_failed_says_so_in_words(page: Page, lively: LivelySite) -> None:
    lively.become(page, "stranger")
    page.goto(f"/watch/{lively.film.public_id}")
    page.wait_for_function("() => document.querySelector('[data-player]')?.player")
    failure = {"title": "The connection was lost", "text": "Try again.", "detail": "fragLoadError"}
    page.evaluate("failure => document.querySelector('[data-player]').player.overlay.fail(failure)", failure)
    card = page.locator(".player-error")
    expect(card.get_by_text("The connection was lost")).to_be_visible()
    expect(card.get_by_text("fragLoadError")).to_be_hidden()
    assert find_violations(page) == {}
    card.get_by_text("Details").click()
    expect(card.get_by_text("fragLoadError")).to_be_visible()


def test_the_menu_of_a_small_player_is_a_sheet(page: Page, lively: LivelySite) -> None:
    lively.become(page, "stranger")
    page.set_viewport_size({"width": 390, "height": 844})
    try:
        page.goto(f"/watch/{lively.film.public_id}")
        page.wait_for_function("() => document.querySelector('[data-player]')?.player")
        page.locator("[data-player]").get_by_role("button", name="Settings").click()
        menu = page.get_by_role("menu", name="Settings")
        for name in ("Quality", "Keys"):
            expect(menu.get_by_role("menuitem", name=name)).to_be_in_viewport(ratio=1)
        heights = menu.locator(".player-menu-item").evaluate_all("items => items.map((item) => item.offsetHeight)")
        assert min(heights) >= 44
        assert find_violations(page) == {}
        menu.get_by_role("menuitem", name="Speed").click()
        menu.get_by_role("menuitemradio", name="1.5").click()
        expect(menu).to_be_hidden()
    finally:
        page.set_viewport_size({"width": 1280, "height": 800})
