"""Sensitive videos on pages: blurred in lists, with a cover over the player, and without pictures elsewhere."""

import html
import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import bearer, make_admin, make_encode, make_unready_video, make_user, make_video, sign_in
from vod_web.db.session import current_session, transaction
from vod_web.models import Encode, Role, SensitiveRule, TokenScope, User, Video, VideoStatus
from vod_web.resources import resources

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def video(client: FlaskClient) -> Video:
    """A sensitive video of ada that plays."""
    client.application.config["WTF_CSRF_ENABLED"] = False
    video = make_video(make_user("ada"), "Shipwreck", is_sensitive=True, tags=["sea"])
    make_encode(video, resources().storage)
    return video


def owner() -> User:
    return current_session().scalars(select(User).where(User.username == "ada")).one()


def test_nothing_is_loaded_or_played_before_somebody_asks_for_it(client: FlaskClient, video: Video) -> None:
    address = f"/watch/{video.public_id}?t=10"
    page = client.get(address).text
    assert "Sensitive content" in page
    assert "Shipwreck" in page
    assert "data-player" not in page
    assert 'rel="preload"' not in page
    assert "poster.jpg" not in page.split("<main")[1]
    assert "data-storyboard" not in page
    asked = client.post(f"/watch/{video.public_id}/reveal", data={"next": address})
    assert (asked.status_code, asked.headers["Location"]) == (303, address)
    page = client.get(address).text
    assert "data-player" in page
    assert "Sensitive content" not in page
    other = make_video(owner(), "Other", is_sensitive=True)
    assert "Sensitive content" in client.get(f"/watch/{other.public_id}").text, "it was asked for one alone"


def test_the_way_back_leads_nowhere_else(client: FlaskClient, video: Video) -> None:
    asked = client.post(f"/watch/{video.public_id}/reveal", data={"next": "//evil.example"})
    assert asked.headers["Location"] == f"/watch/{video.public_id}"


def test_the_address_alone_takes_no_cover_off(client: FlaskClient, video: Video) -> None:
    for query in ("reveal=1", "revealed=1", f"next=/watch/{video.public_id}"):
        assert "data-player" not in client.get(f"/watch/{video.public_id}?{query}").text


def test_the_owner_and_who_wants_to_see_such_videos_see_no_cover(client: FlaskClient, video: Video) -> None:
    for person in (owner(), make_user(sensitive_rule=SensitiveRule.SHOW)):
        sign_in(client, person)
        assert "data-player" in client.get(f"/watch/{video.public_id}").text
        assert "thumb-blurred" not in client.get("/").text
    sign_in(client, make_user(sensitive_rule=SensitiveRule.HIDE))
    assert "data-player" not in client.get(f"/watch/{video.public_id}").text


def test_a_video_that_begins_to_play_comes_under_its_cover(client: FlaskClient) -> None:
    video = make_unready_video(make_user("ada"), VideoStatus.PROCESSING, is_sensitive=True, is_playable=True)
    make_encode(video, resources().storage)
    status = client.get(f"/watch/{video.public_id}/status?shown=place", headers=FRAGMENT).text
    assert "Sensitive content" in status
    assert "data-player" not in status


def test_cards_say_so_and_are_blurred(client: FlaskClient, video: Video) -> None:
    for address in ("/", "/newest", "/search?query=shipwreck", "/@ada"):
        page = client.get(address).text
        cards = [card for card in page.split("<article")[1:] if video.public_id in card]
        assert cards, address
        for card in cards:
            assert "thumb-blurred" in card, address
            assert "Sensitive</span>" in card
            assert '<span class="visually-hidden">Sensitive video</span>' in card
            assert "storyboard.vtt" not in card


def test_who_comes_next_shows_no_picture(client: FlaskClient, video: Video) -> None:
    other = make_video(owner(), "Harbour", tags=["sea"])
    make_encode(other, resources().storage)
    page = client.get(f"/watch/{other.public_id}").text
    (link,) = re.findall(r"<a hidden data-next-video[^>]+>", page)
    assert video.public_id in link
    assert "data-poster" not in link


def test_messengers_and_search_engines_get_no_picture(client: FlaskClient, video: Video) -> None:
    page = client.get(f"/watch/{video.public_id}").text
    assert "og:image" not in page
    assert '<meta name="rating" content="adult">' in page
    found = re.search(r'<script type="application/ld\+json">(.+?)</script>', page)
    assert found is not None
    told = json.loads(found[1])
    assert told["isFamilyFriendly"] is False
    assert "thumbnailUrl" not in told
    base_url = resources().settings.base_url
    oembed = client.get("/oembed", query_string={"url": f"{base_url}/watch/{video.public_id}"}).get_json()
    assert "thumbnail_url" not in oembed
    calm = make_video(owner(), "Calm")
    assert '"isFamilyFriendly": true' in client.get(f"/watch/{calm.public_id}").text


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_feeds_have_no_picture_of_it(client: FlaskClient, video: Video, form: str) -> None:
    text = client.get(f"/feeds/videos.{form}").text
    assert video.public_id in text
    assert "poster.jpg" not in text
    if form == "rss":
        assert '<media:rating scheme="urn:simple">adult</media:rating>' in text


def test_a_podcast_says_that_it_is_explicit(client: FlaskClient, video: Video) -> None:
    sign_in(client, owner())
    client.post("/account/podcast", data={"is_on": "true"})
    address = "/feeds/channels/ada/podcast.xml"
    assert client.get(address).text.count("<itunes:explicit>false<") == 1, "nothing is in it yet"
    with transaction() as session:
        session.scalars(select(Encode).where(Encode.video_id == video.id)).one().episode_bytes = 5
    assert client.get(address).text.count("<itunes:explicit>true<") == 2


def test_a_frame_on_another_site_shows_it_by_a_link_that_ends(client: FlaskClient, video: Video) -> None:
    page = client.get(f"/embed/{video.public_id}?autoplay=1&title=0").text
    assert "data-player" not in page
    assert "poster.jpg" not in page
    assert "preload" not in page
    found = re.search(r'href="(/embed/[^"]+reveal=[^"]+)"', page)
    assert found is not None
    asked = client.get(html.unescape(found[1])).text
    assert "data-player" in asked
    assert "data-autoplay" in asked, "the rest of the address stays"
    assert "data-player" not in client.get(f"/embed/{video.public_id}?reveal=1").text


def test_a_person_chooses(client: FlaskClient, video: Video) -> None:
    person = make_user("bob")
    sign_in(client, person)
    assert re.search(r'value="" [^>]*checked|value=""[^>]* checked', client.get("/account/watching").text)
    assert "Shipwreck" in client.get("/newest").text
    saved = client.post("/account/watching", data={"rule": "hide"})
    assert saved.status_code == 303
    assert "Shipwreck" not in client.get("/newest").text
    assert client.post("/account/watching", data={"rule": "odd"}).status_code == 422
    client.post("/account/watching", data={"rule": ""})
    assert "Shipwreck" in client.get("/newest").text


def test_an_admin_decides_for_visitors(client: FlaskClient, video: Video) -> None:
    admin = client.application.test_client()
    sign_in(admin, make_admin())
    form = {"name": "VOD", "registration": "open"}
    assert "Shipwreck" in client.get("/newest").text
    assert admin.post("/admin/settings", data=form | {"sensitive_rule": "hide"}).status_code == 303
    assert "Shipwreck" not in client.get("/newest").text
    admin.post("/admin/settings", data=form | {"sensitive_rule": "show"})
    assert "data-player" in client.get(f"/watch/{video.public_id}").text


def test_moderators_mark_from_the_page_and_owners_see_that_they_cannot_take_it_back(client: FlaskClient) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = False
    ada = make_user("ada")
    video = make_video(ada, "Calm")
    sign_in(client, ada)
    assert "Mark as sensitive" not in client.get(f"/watch/{video.public_id}").text
    sign_in(client, make_user(role=Role.MODERATOR))
    address = f"/watch/{video.public_id}/sensitive"
    assert address in client.get(f"/watch/{video.public_id}").text
    assert client.post(address, data={"is_sensitive": "true"}).status_code == 303
    sign_in(client, ada)
    edit = client.get(f"/studio/videos/{video.public_id}").text
    assert re.search(r'name="is_sensitive"[^>]* checked[^>]* disabled', edit)
    form = {"title": "Mine", "description": "", "tags": "", "visibility": "public", "viewers": ""}
    assert client.post(f"/studio/videos/{video.public_id}", data=form).status_code == 303
    kept = current_session().get_one(Video, video.id)
    assert (kept.title, kept.is_sensitive) == ("Mine", True)


def test_owners_mark_in_the_studio_and_begin_uploads_so(client: FlaskClient) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = False
    ada = make_user("ada")
    video = make_video(ada, "Calm")
    sign_in(client, ada)
    address = f"/studio/videos/{video.public_id}"
    form = {"title": "Calm", "description": "", "tags": "", "visibility": "public", "viewers": ""}
    client.post(address, data=form | {"is_sensitive": "1"})
    assert current_session().get_one(Video, video.id).is_sensitive
    assert "Sensitive</span>" in client.get("/studio").text
    assert "thumb-blurred" not in client.get("/studio").text
    client.post(address, data=form)
    assert not current_session().get_one(Video, video.id).is_sensitive
    client.post("/account/uploads", data={"visibility": "public", "is_sensitive": "1"})
    assert re.search(r'name="is_sensitive"[^>]* checked', client.get("/upload").text)


def test_a_program_marks_chooses_and_is_told(client: FlaskClient, video: Video) -> None:
    person = make_user()
    headers = bearer(person, TokenScope.READ, TokenScope.UPLOAD)
    told = client.get(f"/api/v1/videos/{video.public_id}", headers=headers).json
    assert (told["is_sensitive"], told["is_blurred"], told["is_marked_by_moderator"]) == (True, True, False)
    choice = client.get("/api/v1/me/sensitive-videos", headers=headers).json
    assert choice == {"rule": None, "site_rule": "blur"}
    changed = client.put("/api/v1/me/sensitive-videos", json={"rule": "hide"}, headers=headers).json
    assert changed == {"rule": "hide", "site_rule": "blur"}
    assert client.get("/api/v1/videos", headers=headers).json["items"] == []
    mine = client.patch(
        f"/api/v1/videos/{make_video(person).public_id}", json={"is_sensitive": True}, headers=headers
    ).json
    assert mine["is_sensitive"] is True
    moderator = bearer(make_user(role=Role.MODERATOR))
    address = f"/api/v1/videos/{video.public_id}/sensitivity"
    marked = client.put(address, json={"is_sensitive": True}, headers=moderator).json
    assert marked["is_marked_by_moderator"] is True
    assert client.put(address, json={"is_sensitive": False}, headers=headers).status_code == 403
    refused = client.patch(
        f"/api/v1/videos/{video.public_id}", json={"is_sensitive": False}, headers=bearer(owner(), TokenScope.UPLOAD)
    )
    assert refused.status_code == 403


def test_it_stands_for_no_playlist(client: FlaskClient, video: Video) -> None:
    headers = bearer(owner(), TokenScope.READ, TokenScope.UPLOAD)
    made = client.post("/api/v1/playlists", json={"title": "Trips", "visibility": "public"}, headers=headers).json
    client.post(f"/api/v1/playlists/{made['id']}/items", json={"video_id": video.public_id}, headers=headers)
    assert client.get(f"/api/v1/playlists/{made['id']}", headers=headers).json["urls"]["cover"] is None
    page = client.get(f"/playlists/{made['id']}").text
    assert "og:image" not in page
    assert "thumb-blurred" in page
