"""The home page, and the list of what is popular."""

import re
from datetime import timedelta

from flask.testing import FlaskClient

from tests.databases import on_both
from tests.factories import bearer, make_user, make_video, sign_in
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.db.session import transaction
from vod_web.models import User, Video, VideoDay, Visibility
from vod_web.services.popular import rank_popular
from vod_web.services.positions import set_position
from vod_web.services.subscriptions import subscribe

pytestmark = on_both
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


def rows(page: str) -> dict[str, list[str]]:
    """The titles of the videos in each row, by the heading's id."""
    found = {}
    for part in page.split('<section class="shelf" aria-labelledby="')[1:]:
        name, rest = part.split('"', 1)
        found[name] = re.findall(
            r'<h3 class="card-title"><a class="clamp-2"[^>]*>(.*?)</a>', rest.split("</section>")[0]
        )
    return found


def watch_much(video: Video, views: int) -> None:
    """So many people watched it today."""
    with transaction() as session:
        session.add(VideoDay(video_id=video.id, day=utc_now().date(), views=views, watched_s=0.0))
    rank_popular(now=utc_now())


def fill(person: User, number: int) -> None:
    """A video for each of the rows."""
    ada = make_user()
    subscribe(person, ada.username, now=utc_now())
    begun = make_video(make_user(), f"begun {number}", published_at=utc_now() - timedelta(days=3))
    set_position(person, begun.public_id, 30.0, now=utc_now())
    watch_much(make_video(make_user(), f"popular {number}", published_at=utc_now() - timedelta(days=2)), number + 1)
    make_video(ada, f"followed {number}")


def test_each_row_holds_what_its_heading_says(client: FlaskClient) -> None:
    person = make_user()
    fill(person, 0)
    sign_in(client, person)
    page = client.get("/").text
    assert rows(page) == {
        "unfinished": ["begun 0"],
        "followed": ["followed 0"],
        "popular": ["popular 0"],
        "newest": ["followed 0", "popular 0", "begun 0"],
    }
    for address in ("/history?unfinished=1", "/subscriptions", "/popular", "/newest"):
        assert f'<a href="{address}">' in page
        assert client.get(address).status_code == 200
    assert 'class="thumb-watched" max="64.0" value="30.0"' in page


def test_visitors_have_the_rows_that_are_for_everybody(client: FlaskClient) -> None:
    fill(make_user(), 0)
    make_video(make_user(), "inside", visibility=Visibility.INTERNAL)
    page = client.get("/").text
    assert rows(page) == {"popular": ["popular 0"], "newest": ["followed 0", "popular 0", "begun 0"]}
    assert "data-visitor" in page


def test_the_newest_go_on_on_their_own_page(client: FlaskClient) -> None:
    ada = make_user("ada")
    for number in range(26):
        make_video(ada, f"film {number:02}")
    page = client.get("/").text
    assert len(rows(page)["newest"]) == 24
    address = re.search(r'href="(/newest\?cursor=[^"]+)"', page)[1].replace("&amp;", "&")
    fragment = client.get(address, headers=FRAGMENT).text
    assert re.findall(r'<h3 class="card-title"><a[^>]*>(.*?)</a>', fragment) == ["film 01", "film 00"]


def test_the_page_makes_as_many_queries_for_many_as_for_few(client: FlaskClient) -> None:
    person = make_user()
    sign_in(client, person)
    counts = []
    for number in range(2):
        for more in range(3):
            fill(person, number * 3 + more)
        client.get("/")
        with counted_queries() as statements:
            client.get("/")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 16, statements


def test_what_is_popular_has_a_page_for_each_time(client: FlaskClient) -> None:
    ada = make_user("ada")
    for number in range(3):
        watch_much(make_video(ada, f"film {number}", view_count=number + 1), number + 1)
    for address in ("/popular", "/popular/day", "/popular/week", "/popular/month", "/popular/all"):
        page = client.get(address).text
        assert re.findall(r'<h2 class="card-title"><a[^>]*>(.*?)</a>', page) == ["film 2", "film 1", "film 0"]
        assert f'<a class="tab" href="{address}" aria-current="page">' in page
    assert client.get("/popular/century").status_code == 404
    first = client.get("/popular?limit=2").text
    address = re.search(r'href="(/popular\?[^"]*cursor=[^"]+)"', first)[1].replace("&amp;", "&")
    assert "film 0" in client.get(address, headers=FRAGMENT).text
    assert client.get(address.replace("/popular", "/popular/week")).status_code == 422


def test_nothing_popular_is_said_in_words(client: FlaskClient) -> None:
    make_video(make_user())
    assert "Nothing was watched in this time" in client.get("/popular").text
    assert "Popular now" not in client.get("/").text


def test_programs_ask_for_what_is_popular(client: FlaskClient) -> None:
    ada = make_user("ada")
    watch_much(make_video(ada, "film"), 3)
    told = client.get("/api/v1/popular?popular_in=week", headers=bearer(ada)).json
    assert [video["title"] for video in told["items"]] == ["film"]
    assert client.get("/api/v1/popular?popular_in=century", headers=bearer(ada)).status_code == 422
