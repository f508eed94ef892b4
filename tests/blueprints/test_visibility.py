"""Who may do what with a video of which visibility: pages, API, playlists, segments, lists and search alike."""

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from tests.factories import bearer, make_admin, make_encode, make_user, make_video, sign_in
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


@dataclass(frozen=True)
class Scene:
    """A video and everybody who may come by."""

    video: Video
    people: dict[str, User | None]


def make_scene(visibility: Visibility, **values: object) -> Scene:
    """A video with named viewers, and one person of each kind."""
    people: dict[str, User | None] = {
        "visitor": None,
        "stranger": make_user("stranger", Role.VIEWER),
        "named": make_user("named", Role.VIEWER),
        "owner": make_user("owner"),
        "moderator": make_user("moderator", Role.MODERATOR),
        "admin": make_admin("admin1"),
    }
    video = make_video(people["owner"], "Lighthouse", visibility=visibility, viewers=[people["named"]], **values)
    make_encode(video, resources().storage)
    return Scene(video, people)


@pytest.mark.parametrize("visibility", list(Visibility))
@pytest.mark.parametrize("who", WHO)
def test_who_watches_and_finds(client: FlaskClient, visibility: Visibility, who: str) -> None:
    scene = make_scene(visibility)
    person, public_id = scene.people[who], scene.video.public_id
    if person:
        sign_in(client, person)
    watches, finds = who in WATCHES[visibility], who in FINDS[visibility]
    assert client.get(f"/watch/{public_id}").status_code == (200 if watches else 404)
    assert client.get(f"/watch/{public_id}/status").status_code == (200 if watches else 404)
    assert ("Lighthouse" in client.get("/").text) == finds
    assert (f"/watch/{public_id}" in client.get("/search?query=lighthouse").text) == finds
    assert (f"/watch/{public_id}" in client.get("/@owner").text) == (finds or who == "owner")
    edit = client.get(f"/studio/videos/{public_id}").status_code
    assert edit == (200 if who in CHANGES else 404 if not watches else 401 if person is None else 403)
    for path in ("multivariant.m3u8", "720p/media.m3u8", "720p/0.m4s", "720p/init.mp4"):
        assert plays(client, scene, person, path) == watches


def plays(client: FlaskClient, scene: Scene, person: User | None, path: str) -> bool:
    """Whether a token that is made out to this person opens the file, though nobody would have made it."""
    loaded = get_video(scene.people["owner"], scene.video.public_id)
    address = media_address(loaded, person, path, secret_key=resources().settings.secret_key)
    return client.get(address, buffered=True).status_code == 200


@pytest.mark.parametrize("visibility", list(Visibility))
@pytest.mark.parametrize("who", WHO[1:])
def test_who_may_do_what_by_the_api(client: FlaskClient, visibility: Visibility, who: str) -> None:
    scene = make_scene(visibility)
    person, address = scene.people[who], f"/api/v1/videos/{scene.video.public_id}"
    assert person is not None
    headers = bearer(person)
    watches, finds, changes = who in WATCHES[visibility], who in FINDS[visibility], who in CHANGES
    refused = 403 if watches else 404
    assert client.get(address, headers=headers).status_code == (200 if watches else 404)
    assert client.put(address + "/position", json={"position_s": 3}, headers=headers).status_code == (
        200 if watches else 404
    )
    listed = client.get("/api/v1/videos?query=lighthouse", headers=headers).get_json()["items"]
    assert bool(listed) == (finds or who == "owner")
    channel = client.get("/api/v1/users/owner/videos", headers=headers).get_json()["items"]
    assert bool(channel) == (finds or who == "owner")
    assert client.post(address + "/retry", headers=headers).status_code == (409 if changes else refused)
    assert client.patch(address, json={"title": "New"}, headers=headers).status_code == (200 if changes else refused)
    assert client.delete(address, headers=headers).status_code == (204 if changes else refused)


def test_visitors_have_no_api(client: FlaskClient) -> None:
    scene = make_scene(Visibility.PUBLIC)
    assert client.get(f"/api/v1/videos/{scene.video.public_id}").status_code == 401
    assert client.get("/api/v1/videos").status_code == 401


@pytest.mark.parametrize("visibility", list(Visibility))
@pytest.mark.parametrize("who", WHO)
def test_who_knows_of_deleted_and_blocked_videos(client: FlaskClient, visibility: Visibility, who: str) -> None:
    deleted = make_scene(visibility, status=VideoStatus.DELETED, former_status=VideoStatus.READY)
    person = deleted.people[who]
    owner = deleted.people["owner"]
    assert owner is not None
    blocked = make_video(owner, "Lantern", visibility=visibility, status=VideoStatus.BLOCKED)
    if person:
        sign_in(client, person)
    expected = 410 if who in WATCHES[visibility] else 404
    assert client.get(f"/watch/{deleted.video.public_id}").status_code == expected
    judges = who in ("owner", "moderator", "admin")
    assert client.get(f"/watch/{blocked.public_id}").status_code == (200 if judges else 404)
    listed = client.get("/").text + client.get("/search?query=lantern").text
    assert "Lighthouse" not in listed
    assert blocked.public_id not in listed
