"""The buttons to follow a channel, and the pages of what is followed."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.factories import make_user, make_video, sign_in
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.models import Role, User, Visibility
from vod_web.services.subscriptions import get_standing, subscribe

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
MOST_QUERIES = 16


@pytest.fixture
def ada(client: FlaskClient) -> User:
    """A channel. Forms need no token."""
    client.application.config["WTF_CSRF_ENABLED"] = False
    return make_user("ada", display_name="Ada <b>")


@pytest.fixture
def vera(client: FlaskClient) -> User:
    """A viewer, whose browser asks."""
    vera = make_user("vera", Role.VIEWER)
    sign_in(client, vera)
    return vera


def buttons(page: str, username: str = "ada") -> list[tuple[str, str]]:
    """The name and the state of the buttons to follow a channel."""
    [place] = re.findall(rf'<div class="follow" id="follow-{username}"[^>]*>(.*?)</div>', page, re.DOTALL)
    found = re.findall(r"<button ([^>]*)>(.*?)</button>", place, re.DOTALL)
    names = [re.search('aria-label="([^"]*)"', head) for head, _ in found]
    texts = [name[1] if name else re.sub("<[^>]*>", "", body) for name, (_, body) in zip(names, found, strict=True)]
    states = [re.findall('aria-pressed="([^"]*)"', head)[0] for head, _ in found]
    return list(zip(map(html.unescape, texts), states, strict=True))


def test_a_channel_is_followed_by_a_plain_form_which_leads_back(client: FlaskClient, ada: User, vera: User) -> None:
    address = f"/watch/{make_video(ada).public_id}"
    for page in ("/@ada", address):
        assert buttons(client.get(page).text) == [("Subscribe to Ada <b>", "false")]
    response = client.post("/subscriptions/ada", data={"wish": "bell", "next": address})
    assert (response.status_code, response.location) == (303, address)
    for page in ("/@ada", address):
        text = client.get(page).text
        assert buttons(text) == [("Subscribed to Ada <b>", "true"), ("Tell me of new videos of Ada <b>", "true")]
        assert "1 follower<" in text
    client.post("/subscriptions/ada", data={"wish": "on"})
    assert not get_standing(vera, ada).has_bell
    assert client.post("/subscriptions/ada", data={"wish": "off"}).location == "/@ada"
    assert not get_standing(vera, ada).is_followed


def test_by_htmx_the_buttons_and_the_count_are_replaced(client: FlaskClient, ada: User, vera: User) -> None:
    response = client.post("/subscriptions/ada", data={"wish": "on"}, headers=FRAGMENT)
    assert "<html" not in response.text
    assert buttons(response.text)[0] == ("Subscribed to Ada <b>", "true")
    assert 'id="followers-ada" hx-swap-oob="true">1 follower<' in response.text
    assert "You follow Ada" in response.headers["HX-Trigger"]
    response = client.post("/subscriptions/ada", data={"wish": "off"}, headers=FRAGMENT)
    assert '"url": "/subscriptions/ada?wish=on"' in response.headers["HX-Trigger"]
    assert '"about": "following ada"' in response.headers["HX-Trigger"]
    undone = client.post("/subscriptions/ada?wish=on", headers=FRAGMENT)
    assert '"about": "following ada"' in undone.headers["HX-Trigger"]
    assert 'id="follow-ada" hx-swap-oob="true"' in undone.text
    assert get_standing(vera, ada).is_followed


def test_whoever_is_not_signed_in_is_led_to_it_and_back(client: FlaskClient, ada: User) -> None:
    address = f"/watch/{make_video(ada).public_id}?t=5"
    page = client.get(address).text
    link = re.search(r'<a class="button button-primary" href="(/login\?[^"]+)">Subscribe<', page)
    assert link is not None
    assert client.get(html.unescape(link[1])).status_code == 200
    assert parse_qs(urlsplit(html.unescape(link[1])).query)["next"] == [address]
    assert client.post("/subscriptions/ada", data={"wish": "on"}).status_code in (303, 401)
    assert urlsplit(client.get("/subscriptions").location or "").path == "/login"
    assert ada.follower_count == 0


def test_ones_own_channel_has_no_button_and_cannot_be_followed(client: FlaskClient, ada: User) -> None:
    sign_in(client, ada)
    assert 'class="follow"' not in client.get("/@ada").text
    assert client.post("/subscriptions/ada", data={"wish": "on"}).status_code == 409


def test_a_change_needs_the_csrf_token(client: FlaskClient, ada: User, vera: User) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True
    for address in ("/subscriptions/ada", "/subscriptions/ada?wish=on"):
        assert client.post(address, data={"wish": "on"}).status_code == 400
    assert not get_standing(vera, ada).is_followed


@pytest.mark.parametrize("data", [{}, {"wish": "x"}, {"wish": "on", "next": "//elsewhere.example"}])
def test_what_no_button_sends_leads_nowhere_else(
    client: FlaskClient, ada: User, vera: User, data: dict[str, str]
) -> None:
    response = client.post("/subscriptions/ada", data=data)
    assert response.status_code == 422 or response.location == "/@ada"
    assert client.post("/subscriptions/nobody-here", data={"wish": "on"}).status_code == 404


def test_the_feed_has_what_is_new_on_followed_channels(client: FlaskClient, ada: User, vera: User) -> None:
    assert "You follow no channel yet" in client.get("/subscriptions").text
    subscribe(vera, "ada", now=utc_now())
    assert "Nothing new yet" in client.get("/subscriptions").text
    make_video(ada, "public film")
    make_video(ada, "private film", visibility=Visibility.PRIVATE)
    make_video(make_user("bob"), "film of bob")
    page = client.get("/subscriptions").text
    assert "public film" in page
    assert "private film" not in page
    assert "film of bob" not in page


def test_the_feed_goes_on_by_fragment(client: FlaskClient, ada: User, vera: User) -> None:
    subscribe(vera, "ada", now=utc_now())
    for number in range(3):
        make_video(ada, f"film {number}")
    link = re.search(r'href="(/subscriptions\?[^"]*cursor=[^"]+)"', client.get("/subscriptions?limit=2").text)
    assert link is not None
    fragment = client.get(html.unescape(link[1]), headers=FRAGMENT).text
    assert "film 0" in fragment
    assert "<html" not in fragment


def test_the_list_of_channels_offers_undo_without_a_script(client: FlaskClient, ada: User, vera: User) -> None:
    subscribe(vera, "ada", has_bell=True, now=utc_now())
    page = client.get("/subscriptions/channels").text
    assert buttons(page)[1][1] == "true"
    left = client.post("/subscriptions/ada", data={"wish": "off", "next": "/subscriptions/channels"}).location
    page = client.get(left).text
    assert "You no longer follow Ada &lt;b&gt;." in page
    form = re.search(r'<form method="post" action="/subscriptions/ada".*?</form>', page, re.DOTALL)
    assert form is not None
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
    assert client.post("/subscriptions/ada", data=fields).location == "/subscriptions/channels"
    assert get_standing(vera, ada).has_bell
    assert "You no longer follow" not in client.get(left).text
    for odd in ("?left=x", "?left=ada&wish=y", "?left=nobody-here&wish=on"):
        assert client.get("/subscriptions/channels" + odd).status_code == 200


def test_pages_of_what_is_followed_make_a_constant_number_of_queries(client: FlaskClient, vera: User) -> None:
    client.get("/")  # that the person was seen is written once
    counts: dict[str, list[int]] = {"/subscriptions": [], "/subscriptions/channels": []}
    for _ in range(2):
        for _ in range(5):
            channel = make_user()
            make_video(channel)
            subscribe(vera, channel.username, now=utc_now())
        for address, seen in counts.items():
            with counted_queries() as statements:
                client.get(address)
            seen.append(len([text for text in statements if not text.startswith("BEGIN")]))
    for first, second in counts.values():
        assert first == second <= MOST_QUERIES
