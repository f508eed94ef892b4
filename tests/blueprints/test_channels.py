"""The pages of a channel, and the one on which its owner changes it."""

import json
import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.test_thumbnails import picture
from tests.blueprints.test_library import FRAGMENT, titles
from tests.factories import make_unready_video, make_user, make_video, sign_in, sign_out
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.models import Role, User, VideoStatus, Visibility
from vod_web.services import people
from vod_web.services.accounts import get_user

MOST_QUERIES = 11
DAY = utc_now().replace(year=2020)


@pytest.fixture(autouse=True)
def without_csrf(app: Flask) -> None:
    """What every form has is tested elsewhere."""
    app.config["WTF_CSRF_ENABLED"] = False


def send(client: FlaskClient, kind: str, content: bytes) -> tuple[int, str]:
    form = {"picture": (BytesIO(content), "me.png"), "position": "0.5"}
    answer = client.post(f"/account/pictures/{kind}", data=form)
    return answer.status_code, answer.text


def make_three(ada: User) -> None:
    for number, views in ((1, 5), (2, 900), (3, 20)):
        make_video(ada, f"film {number}", view_count=views, published_at=DAY.replace(month=number, day=1))


def test_videos_are_sorted_and_searched_within_the_channel(client: FlaskClient) -> None:
    ada = make_user("ada")
    make_three(ada)
    make_video(make_user("bob"), "film of another")
    assert titles(client.get("/@ada").text) == ["film 3", "film 2", "film 1"]
    assert titles(client.get("/@ada?sort=-views").text) == ["film 2", "film 3", "film 1"]
    assert titles(client.get("/@ada?sort=published_at").text) == ["film 1", "film 2", "film 3"]
    assert titles(client.get("/@ada?sort=nonsense").text) == ["film 3", "film 2", "film 1"]
    found = client.get("/@ada?query=film+2")
    assert titles(found.text) == ["film 2"]
    assert 'value="film 2"' in found.text
    assert "No video of this channel" in client.get("/@ada?query=zzz").text
    fragment = client.get("/@ada?sort=-views", headers=FRAGMENT).text
    assert (titles(fragment)[0], "<html" in fragment, 'id="channel-videos"' in fragment) == ("film 2", False, True)


@pytest.mark.parametrize("sort", ["", "&sort=-views", "&sort=published_at"])
def test_each_order_is_paged_with_the_same_number_of_queries(client: FlaskClient, sort: str) -> None:
    ada = make_user("ada")
    for number in range(7):
        make_video(ada, f"film {number}", view_count=number, tags=["a"])
    client.get("/@ada")  # once in a process it is asked whether the site is set up
    with counted_queries() as few:
        page = client.get(f"/@ada?limit=2{sort}").text
    with counted_queries() as many:
        client.get(f"/@ada?limit=6{sort}")
    assert len(few) == len(many) <= MOST_QUERIES
    seen = titles(page)
    while link := re.search(r'<a class="button" href="(/@ada\?[^"]*cursor=[^"]+)"', page):
        page = client.get(link[1].replace("&amp;", "&"), headers=FRAGMENT).text
        seen += titles(page)
    assert sorted(seen) == [f"film {number}" for number in range(7)]


def test_about_says_what_strangers_may_know(client: FlaskClient) -> None:
    ada = make_user(
        "ada",
        about="Films with @bob. See https://example.org/films\n<script>alert(1)</script>",
        links=[{"title": "My shop", "url": "https://shop.example.org/"}, {"title": "", "url": "http://a.example/b"}],
        created_at=DAY.replace(month=3, day=12),
    )
    make_three(ada)
    make_video(ada, "hidden", view_count=10_000, visibility=Visibility.PRIVATE)
    make_unready_video(ada, VideoStatus.FAILED)
    make_user("bob")
    page = client.get("/@ada/about").text
    assert 'href="https://example.org/films"' in page
    assert 'Films with <a href="/@bob">@bob</a>.' in page
    assert "<script>alert" not in page
    assert re.search(r'href="https://shop\.example\.org/" rel="me nofollow ugc noopener noreferrer"', page)
    for said in ("My shop", "a.example/b", "12 March 2020", "925 views", "3 videos"):
        assert said in page
    assert "Edit" not in page
    assert client.get("/@nobody/about").status_code == 404


def test_other_sites_are_told_of_the_channel(client: FlaskClient, app: Flask) -> None:
    make_user(
        "ada", about='Films "and" more', avatar_name="abcdefghijk", links=[{"title": "", "url": "https://a.example"}]
    )
    page = client.get("/@ADA?sort=-views&utm=1").text
    assert re.search(r'rel="canonical" href="https?://[^"/]+/@ada"', page)
    assert 'property="og:type" content="profile"' in page
    assert re.search(r'property="og:image" content="https?://[^"/]+/pictures/abcdefghijk"', page)
    told = json.loads(re.search(r'application/ld\+json">(.*?)</script>', page, re.S)[1])  # type: ignore[index]
    assert (told["@type"], told["mainEntity"]["alternateName"]) == ("ProfilePage", "@ada")
    assert told["mainEntity"]["sameAs"] == ["https://a.example"]


def test_the_channel_of_who_is_shut_out_is_not_there_but_for_moderators(client: FlaskClient) -> None:
    make_video(make_user("eve"), "film")
    root = make_user("root", Role.ADMIN)
    people.suspend_user(root, "eve")
    for address in ("/@eve", "/@eve/about"):
        assert client.get(address).status_code == 404
        sign_in(client, root)
        assert "This account is suspended" in client.get(address).text
        sign_out(client)
    assert "/@eve" not in client.get("/sitemap/0.xml").text


def test_an_avatar_is_sent_shown_everywhere_removed_and_brought_back(client: FlaskClient) -> None:
    ada = make_user("ada")
    make_video(ada, "film")
    sign_in(client, ada)
    assert send(client, "avatar", picture(size=(300, 200)))[0] == 303
    name = get_user("ada").avatar_name
    for address in ("/", "/@ada", "/account"):
        assert f"/pictures/{name}?width=" in client.get(address).text
    sent = client.get(f"/pictures/{name}?width=80", buffered=True)
    assert (sent.status_code, sent.content_type) == (200, "image/jpeg")
    assert sent.headers["Cache-Control"].startswith("public, max-age=")
    assert client.get("/pictures/abcdefghijk").status_code == 404

    assert client.post("/@ada/pictures/avatar/remove").location == "/account"
    page = client.get("/account").text
    assert "/pictures/" not in page.replace("/account/pictures/", "")
    assert f"/account/pictures/{name}/restore" in page
    client.post(f"/account/pictures/{name}/restore")
    assert get_user("ada").avatar_name == name


def test_what_is_no_picture_is_said_beside_its_field(client: FlaskClient) -> None:
    sign_in(client, make_user("ada"))
    for kind, content, said in (
        ("avatar", b"nothing of the kind", "not a picture of a kind"),
        ("banner", b"", "Choose a picture first"),
    ):
        status, page = send(client, kind, content)
        assert status == 422
        assert re.search(rf'id="{kind}-file-error">.*?{said}', page, re.S)
    assert send(client, "poster", picture())[0] == 404


def test_strangers_change_nothing(client: FlaskClient) -> None:
    make_user("ada", avatar_name="abcdefghijk")
    assert client.post("/@ada/pictures/avatar/remove").status_code in (303, 401)
    assert client.post("/account/pictures/avatar").status_code in (303, 401)
    sign_in(client, make_user("eve"))
    assert "Remove the picture" not in client.get("/@ada").text
    assert client.post("/@ada/pictures/avatar/remove").status_code == 403
    assert get_user("ada").avatar_name == "abcdefghijk"


def test_moderators_are_offered_to_remove_pictures(client: FlaskClient) -> None:
    make_user("ada", banner_name="abcdefghijk")
    sign_in(client, make_user("mo", Role.MODERATOR))
    page = client.get("/@ada").text
    assert "/@ada/pictures/banner/remove" in page
    assert "/@ada/pictures/avatar/remove" not in page


def test_links_are_kept_in_their_order_and_mistakes_are_said_beside_them(client: FlaskClient) -> None:
    sign_in(client, make_user("ada"))
    form = {
        "display_name": "Ada L.",
        "about": "Films",
        "link_titles": ["Shop", "gone", ""],
        "link_urls": ["shop.example.org", "", "https://b.example/x?y=1"],
    }
    assert client.post("/account", data=form).status_code == 303
    kept = get_user("ada")
    assert (kept.display_name, kept.about) == ("Ada L.", "Films")
    expected = [{"title": "Shop", "url": "https://shop.example.org"}, {"title": "", "url": "https://b.example/x?y=1"}]
    assert kept.links == expected

    for address in ("javascript:alert(1)", "https://", "ftp://a.example", "https://a b.example", "https://u@a.example"):
        answer = client.post("/account", data=form | {"link_urls": ["https://a.example", address]})
        assert answer.status_code == 422
        assert 'id="link-url-2-error"' in answer.text
    assert client.post("/account", data=form | {"link_urls": ["a.example"] * 9}).status_code == 422
    assert get_user("ada").links == expected
