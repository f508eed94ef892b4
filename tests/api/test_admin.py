"""The API's calls for admins."""

import pytest
from flask.testing import FlaskClient

from tests.factories import bearer, make_admin, make_encode, make_unready_video, make_user, make_video
from vod_web.db.session import transaction
from vod_web.models import Job, JobKind, JobState, Role, TokenScope, VideoStatus
from vod_web.resources import resources

LISTS = ("users", "videos", "jobs")


@pytest.mark.parametrize("name", LISTS)
def test_lists_want_an_admin_and_the_scope(client: FlaskClient, name: str) -> None:
    address = f"/api/v1/admin/{name}"

    assert client.get(address).status_code == 401
    assert client.get(address, headers=bearer(make_user("mod", Role.MODERATOR))).status_code == 403
    assert client.get(address, headers=bearer(make_admin(), TokenScope.READ)).status_code == 403


def test_people_are_told_with_what_they_store(client: FlaskClient) -> None:
    make_video(make_user("ada"), source_bytes=5, rendition_bytes=7)

    told = client.get("/api/v1/admin/users?query=ada", headers=bearer(make_admin())).get_json()

    assert told["next"] is None
    assert [(user["username"], user["video_count"], user["stored_bytes"]) for user in told["items"]] == [("ada", 1, 12)]
    assert "password_hash" not in told["items"][0]


def test_videos_of_everybody_are_told_in_all_states_page_by_page(client: FlaskClient) -> None:
    headers = bearer(make_admin())
    make_video(make_user(), "Sunset")
    make_unready_video(make_user(), VideoStatus.FAILED, "Broken")

    first = client.get("/api/v1/admin/videos?sort=title&limit=1", headers=headers).get_json()
    second = client.get(f"/api/v1/admin/videos?sort=title&limit=1&cursor={first['next']}", headers=headers).get_json()

    assert [item["title"] for item in first["items"] + second["items"]] == ["Broken", "Sunset"]
    assert second["next"] is None


def test_jobs_are_told_with_their_video(client: FlaskClient) -> None:
    video = make_video(make_user())
    encode = make_encode(video, resources().storage)
    with transaction() as session:
        session.add(Job(encode_id=encode.id, kind=JobKind.AUDIO, state=JobState.FAILED, error="No sound"))

    told = client.get("/api/v1/admin/jobs?state=failed", headers=bearer(make_admin())).get_json()

    assert [(job["video_id"], job["kind"], job["error"]) for job in told["items"]] == [
        (video.public_id, "audio", "No sound")
    ]
