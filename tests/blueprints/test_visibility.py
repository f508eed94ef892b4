"""Who may do what with a video of which visibility: pages, API, playlists, segments, lists and search alike."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import bearer, make_admin, make_encode, make_user, make_video, sign_in, sign_out
from vod_web.models import Role, User, Video, VideoStatus, Visibility
from vod_web.resources import resources
from vod_web.services.playback import media_address
from vod_web.services.videos import get_video

WHO = ("visitor", "stranger", "named", "owner", "moderator", "admin")

WATCHES = {
    Visibility.PUBLIC: set(WHO),
    Visibility.UNLISTED: set(WHO),
    Visibility.INTERNAL: set(WHO) - {"visitor"},
    Visibility.PRIVATE: {"named", "owner", "moderator", "admin"},
}
FINDS = {
    Visibility.PUBLIC: set(WHO),
    Visibility.UNLISTED: set(),
    Visibility.INTERNAL: set(WHO) - {"visitor"},
    Visibility.PRIVATE: set(),
}
CHANGES = {"owner", "admin"}


People = dict[str, User | None]


@pytest.fixture
def people(app: Flask) -> People:
    """One person of each kind."""
    return {
        "visitor": None,
        "stranger": make_user("stranger", Role.VIEWER),
        "named": make_user("named", Role.VIEWER),
        "owner": make_user("owner"),
        "moderator": make_user("moderator", Role.MODERATOR),
        "admin": make_admin("admin1"),
    }


def publish(people: People, visibility: Visibility, title: str = "Lighthouse", **values: object) -> Video:
    """A video of the owner with a named viewer."""
    owner, named = people["owner"], people["named"]
    assert owner is not None
    return make_video(owner, title, visibility=visibility, viewers=[named], **values)


def become(client: FlaskClient, person: User | None) -> None:
    """From now on the client is this person's browser."""
    sign_out(client)
    if person:
        sign_in(client, person)


@pytest.mark.parametrize("visibility", list(Visibility))
def test_who_watches_and_finds(client: FlaskClient, people: People, visibility: Visibility) -> None:
    video = publish(people, visibility)
    make_encode(video, resources().storage)
    address = f"/watch/{video.public_id}"
    for who, person in people.items():
        become(client, person)
        watches, finds = who in WATCHES[visibility], who in FINDS[visibility]
        assert client.get(address).status_code == (200 if watches else 404), who
        assert client.get(address + "/status").status_code == (200 if watches else 404), who
        assert ("Lighthouse" in client.get("/").text) == finds, who
        assert (address in client.get("/search?query=lighthouse").text) == finds, who
        assert (address in client.get("/@owner").text) == (finds or who == "owner"), who
        edit = client.get(f"/studio/videos/{video.public_id}").status_code
        assert edit == (200 if who in CHANGES else 404 if not watches else 303 if person is None else 403), who
        for path in ("multivariant.m3u8", "720p/media.m3u8", "720p/0.m4s", "720p/init.mp4"):
            assert plays(client, people, video, person, path) == watches, (who, path)


def plays(client: FlaskClient, people: People, video: Video, person: User | None, path: str) -> bool:
    """Whether a token that is made out to this person opens the file, though nobody would have made it."""
    loaded = get_video(people["owner"], video.public_id)
    address = media_address(loaded, person, path, secret_key=resources().settings.secret_key)
    return client.get(address, buffered=True).status_code == 200


@pytest.mark.parametrize("visibility", list(Visibility))
def test_who_may_do_what_by_the_api(client: FlaskClient, people: People, visibility: Visibility) -> None:
    for who, person in people.items():
        if person is None:
            continue
        video, headers = publish(people, visibility, f"Lighthouse of {who}"), bearer(person)
        address = f"/api/v1/videos/{video.public_id}"
        watches, finds, changes = who in WATCHES[visibility], who in FINDS[visibility], who in CHANGES
        refused, position = 403 if watches else 404, {"position_s": 3}
        assert client.get(address, headers=headers).status_code == (200 if watches else 404), who
        positioned = client.put(address + "/position", json=position, headers=headers)
        assert positioned.status_code == (200 if watches else 404), who
        for lists in (f"/api/v1/videos?query={who}", f"/api/v1/users/owner/videos?query={who}"):
            listed = client.get(lists, headers=headers).get_json()["items"]
            assert bool(listed) == (finds or who == "owner"), (who, lists)
        assert client.post(address + "/retry", headers=headers).status_code == (409 if changes else refused), who
        patched = client.patch(address, json={"title": "New"}, headers=headers)
        assert patched.status_code == (200 if changes else refused), who
        assert client.delete(address, headers=headers).status_code == (204 if changes else refused), who


def test_visitors_have_no_api(client: FlaskClient, people: People) -> None:
    video = publish(people, Visibility.PUBLIC)
    assert client.get(f"/api/v1/videos/{video.public_id}").status_code == 401
    assert client.get("/api/v1/videos").status_code == 401


@pytest.mark.parametrize("visibility", list(Visibility))
def test_who_knows_of_deleted_and_blocked_videos(client: FlaskClient, people: People, visibility: Visibility) -> None:
    deleted = publish(people, visibility, status=VideoStatus.DELETED, former_status=VideoStatus.READY)
    blocked = publish(people, visibility, "Lantern", status=VideoStatus.BLOCKED)
    for who, person in people.items():
        become(client, person)
        expected = 410 if who in WATCHES[visibility] else 404
        assert client.get(f"/watch/{deleted.public_id}").status_code == expected, who
        judges = who in ("owner", "moderator", "admin")
        assert client.get(f"/watch/{blocked.public_id}").status_code == (200 if judges else 404), who
        listed = client.get("/").text + client.get("/search?query=lantern").text
        assert "Lighthouse" not in listed, who
        assert blocked.public_id not in listed, who
