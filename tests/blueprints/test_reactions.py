"""The buttons under a video, and the page of liked videos."""

import pytest
from flask.testing import FlaskClient

from tests.factories import bearer, make_user, make_video, sign_in
from tests.queries import counted_queries
from vod_web.models import TokenScope
from vod_web.services import site

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(autouse=True)
def forms(client: FlaskClient) -> None:
    """Forms are taken without their token, which tests of forms in general ask for."""
    client.application.config["WTF_CSRF_ENABLED"] = False


def test_a_press_likes_and_a_second_takes_it_back(client: FlaskClient) -> None:
    video, bob = make_video(make_user("ada")), make_user("bob")
    sign_in(client, bob)
    address = f"/watch/{video.public_id}/reaction"
    assert 'aria-pressed="true"' not in client.get(f"/watch/{video.public_id}").text
    answer = client.post(address, data={"kind": "like"})
    assert (answer.status_code, answer.location) == (303, f"/watch/{video.public_id}")
    page = client.get(f"/watch/{video.public_id}").text
    assert 'value="" class="button" id="reaction-like" aria-pressed="true"' in page
    assert "You like this video." in page
    fragment = client.post(address, data={"kind": "dislike"}, headers=FRAGMENT).text
    assert 'id="reaction-dislike" aria-pressed="true"' in fragment
    assert 'id="reaction-like" aria-pressed="false"' in fragment
    assert "<html" not in fragment
    assert 'aria-pressed="true"' not in client.post(address, data={"kind": ""}, headers=FRAGMENT).text
    assert client.post(address, data={"kind": "love"}).status_code == 422


def test_visitors_are_led_to_the_sign_in_page_and_back(client: FlaskClient) -> None:
    video = make_video(make_user())
    page = client.get(f"/watch/{video.public_id}").text
    assert f'href="/login?next=/watch/{video.public_id}&amp;reason=like" aria-label="I like this' in page
    answer = client.post(f"/watch/{video.public_id}/reaction", data={"kind": "like"}, headers=FRAGMENT)
    assert answer.headers["HX-Redirect"].startswith("/login")


def test_a_site_without_likes_shows_none(client: FlaskClient) -> None:
    video, bob = make_video(make_user()), make_user()
    site.change_site(site.Site(has_reactions=False))
    sign_in(client, bob)
    page = client.get(f"/watch/{video.public_id}").text
    assert "reaction-like" not in page
    assert "/liked" not in page
    told = client.get(f"/api/v1/videos/{video.public_id}", headers=bearer(bob)).get_json()
    assert (told["likes"], told["dislikes"]) == (None, None)


def test_the_liked_page_makes_the_same_queries_for_one_and_for_many(client: FlaskClient) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    sign_in(client, bob)
    assert "No liked videos yet" in client.get("/liked").text

    def like(title: str) -> None:
        client.post(f"/watch/{make_video(ada, title).public_id}/reaction", data={"kind": "like"})

    like("First")
    with counted_queries() as few:
        assert "First" in client.get("/liked").text
    for number in range(5):
        like(f"Another {number}")
    with counted_queries() as many:
        assert "Another 4" in client.get("/liked").text
    assert len(many) == len(few)


@pytest.mark.parametrize("scope", [TokenScope.READ, TokenScope.UPLOAD])
def test_programs_like_with_the_right_scope(client: FlaskClient, scope: TokenScope) -> None:
    video, bob = make_video(make_user()), make_user("bob")
    address, headers = f"/api/v1/videos/{video.public_id}/reaction", bearer(bob, TokenScope.READ, scope)
    answer = client.put(address, json={"kind": "like"}, headers=headers)
    assert answer.status_code == (200 if scope is TokenScope.UPLOAD else 403)
    liked = client.get("/api/v1/liked", headers=headers).get_json()["items"]
    if scope is TokenScope.UPLOAD:
        assert answer.get_json() == {"kind": "like", "likes": 1, "dislikes": 0}
        assert [one["id"] for one in liked] == [video.public_id]
        assert client.put(address, json={"kind": None}, headers=headers).get_json()["likes"] == 0
    else:
        assert liked == []
    assert client.get(address, headers=headers).get_json()["kind"] is None
