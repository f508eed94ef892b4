"""The page of a scheduled video: its title, its picture, its time, a button, and nothing that plays."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import bearer, make_encode, make_user, make_video, sign_in
from vod_web.core.clock import utc_now
from vod_web.db.session import close_session, transaction
from vod_web.models import EmbedRule, PublishRule, User, Video, Visibility
from vod_web.resources import resources
from vod_web.services import premieres
from vod_web.services.publication import publish_due

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def owner(app: Flask) -> User:
    """Whose video is to come; forms need no token here."""
    app.config["WTF_CSRF_ENABLED"] = False
    return make_user("ada")


def scheduled(owner: User, title: str = "Friday film", **values: object) -> Video:
    plan = {"publish_rule": PublishRule.AT_TIME, "publish_at": utc_now() + timedelta(days=3), "published_at": None}
    video = make_video(owner, title, description="The secret of it", **(plan | values))
    make_encode(video, resources().storage)
    return video


def publish(video: Video) -> None:
    """Its time has come."""
    with transaction() as session:
        session.get_one(Video, video.id, populate_existing=True).publish_at = utc_now()
    publish_due(now=utc_now())
    premieres.remind_of_published(now=utc_now())
    close_session()


@pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.UNLISTED])
def test_a_visitor_with_the_link_sees_when_it_comes(client: FlaskClient, owner: User, visibility: Visibility) -> None:
    video = scheduled(owner, visibility=visibility)
    page = client.get(f"/watch/{video.public_id}")
    assert page.status_code == 200
    assert "Friday film" in page.text
    assert video.publish_at is not None
    assert video.publish_at.isoformat() in page.text
    assert '<meta name="robots" content="noindex">' in page.text
    assert f"/login?next=/watch/{video.public_id}" in page.text
    for hidden in ("The secret of it", "data-player", ".m3u8", "storyboard", "transcript"):
        assert hidden not in page.text


def test_of_a_sensitive_video_not_even_the_picture_is_shown(client: FlaskClient, owner: User) -> None:
    page = client.get(f"/watch/{scheduled(owner, is_sensitive=True).public_id}").text
    assert "Friday film" in page
    assert "poster.jpg" not in page


def test_nothing_but_its_picture_is_handed_out(client: FlaskClient, owner: User) -> None:
    video = scheduled(owner)
    found = re.search(r'src="(/media/[^"]+/)poster\.jpg"', client.get(f"/watch/{video.public_id}").text)
    assert found is not None
    folder = found[1]
    assert client.get(f"{folder}poster.jpg", buffered=True).status_code == 200
    for name in ("multivariant.m3u8", "720p/0.m4s", "720p/init.mp4", "storyboard.vtt", "storyboard-0.jpg"):
        assert client.get(folder + name).status_code == 404
        assert client.get(re.sub("/media/[^/]+", "/media/public", folder) + name).status_code == 404
    for page in ("status", "transcript", "comments", "qr.svg"):
        assert client.get(f"/watch/{video.public_id}/{page}").status_code == 404


def test_a_frame_on_another_site_says_when_it_comes_and_then_plays(client: FlaskClient, owner: User) -> None:
    video = scheduled(owner, embed_rule=EmbedRule.LISTED, embed_sites=["https://friends.example"])
    frame = client.get(f"/embed/{video.public_id}?autoplay=1")
    assert frame.status_code == 200
    assert "https://friends.example" in frame.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame.headers
    assert video.publish_at is not None
    assert video.publish_at.isoformat() in frame.text
    assert 'data-next-look-s="300"' in frame.text
    for hidden in ("The secret of it", "data-player", ".m3u8", "storyboard", "transcript"):
        assert hidden not in frame.text
    publish(video)
    assert "data-player" in client.get(f"/embed/{video.public_id}?autoplay=1").text


def test_a_frame_looks_again_when_its_time_has_come(client: FlaskClient, owner: User) -> None:
    video = scheduled(owner, publish_at=utc_now() + timedelta(seconds=100))
    wait = re.search(r'data-next-look-s="(\d+)"', client.get(f"/embed/{video.public_id}").text)
    assert wait is not None
    assert 60 < int(wait[1]) <= 100


def test_a_frame_says_nothing_of_a_private_video_that_is_to_come(client: FlaskClient, owner: User) -> None:
    frame = client.get(f"/embed/{scheduled(owner, visibility=Visibility.PRIVATE).public_id}")
    assert frame.status_code == 404
    assert "Friday film" not in frame.text


def test_it_is_in_no_list(client: FlaskClient, owner: User) -> None:
    video = scheduled(owner)
    for path in ("/", "/newest", "/popular", "/@ada", "/search?query=friday", "/feeds/videos.rss", "/sitemap.xml"):
        assert video.public_id not in client.get(path).text


def test_being_reminded_is_switched_on_and_off(client: FlaskClient, owner: User) -> None:
    video, fan = scheduled(owner), make_user()
    sign_in(client, fan)
    page, action = f"/watch/{video.public_id}", f"/watch/{video.public_id}/reminder"
    answer = client.post(action, data={"is_wanted": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert 'aria-pressed="true"' in client.get(page).text
    fragment = client.post(action, data={"is_wanted": "0"}, headers=FRAGMENT).text
    assert fragment.strip().startswith('<div class="reminder"')
    assert 'id="reminder-button" name="is_wanted" value="1" aria-pressed="false"' in fragment
    client.post(action, data={"is_wanted": "1"})
    publish(video)
    assert "It can be watched now: Friday film" in client.get("/notifications").text
    assert client.post(action, data={"is_wanted": "1"}).status_code == 404


def test_the_page_goes_over_to_the_video(client: FlaskClient, owner: User) -> None:
    video = scheduled(owner)
    place = client.get(f"/watch/{video.public_id}/premiere", headers=FRAGMENT).text
    assert place.strip().startswith('<div class="watch-player"')
    assert "every 20s" in place
    publish(video)
    answer = client.get(f"/watch/{video.public_id}/premiere", headers=FRAGMENT)
    assert answer.headers["HX-Refresh"] == "true"
    assert client.get(f"/watch/{video.public_id}/premiere").headers["Location"] == f"/watch/{video.public_id}"
    assert "data-player" in client.get(f"/watch/{video.public_id}").text


def test_one_that_is_late_says_so(client: FlaskClient, owner: User) -> None:
    video = scheduled(owner, publish_at=utc_now() - timedelta(minutes=1))
    assert "Its time has come" in client.get(f"/watch/{video.public_id}").text


def test_its_owner_sees_the_video_and_what_others_see(client: FlaskClient, owner: User) -> None:
    video = scheduled(owner)
    sign_in(client, owner)
    page = client.get(f"/watch/{video.public_id}").text
    assert "data-player" in page
    assert f'href="/watch/{video.public_id}/premiere"' in page
    assert "This video is still to come" in client.get(f"/watch/{video.public_id}/premiere").text


def test_by_the_api(client: FlaskClient, owner: User) -> None:
    video, headers = scheduled(owner), bearer(make_user())
    path = f"/api/v1/videos/{video.public_id}"
    told = client.get(f"{path}/premiere", headers=headers).get_json()
    assert (told["title"], told["has_reminder"]) == ("Friday film", False)
    assert told["poster_url"].startswith("http://localhost/media/")
    assert client.put(f"{path}/reminder", headers=headers).get_json()["has_reminder"] is True
    assert client.delete(f"{path}/reminder", headers=headers).status_code == 204
    assert client.get(f"{path}/premiere", headers=headers).get_json()["has_reminder"] is False
    publish(video)
    assert client.get(f"{path}/premiere", headers=headers).status_code == 404
