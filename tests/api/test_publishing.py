"""Upload defaults, playlists and the time of publishing, as programs speak of them."""

from flask import Flask
from flask.testing import FlaskClient

from tests.factories import bearer, make_user, make_video
from vod_web.models import TokenScope

API = "/api/v1"


def test_a_program_schedules_a_video_and_puts_it_into_a_playlist(app: Flask, client: FlaskClient) -> None:
    ada = make_user("ada")
    headers = bearer(ada, TokenScope.UPLOAD, TokenScope.READ)
    video = make_video(ada)
    made = client.post(f"{API}/playlists", json={"title": "Trips"}, headers=headers)
    assert (made.status_code, made.json["title"], made.json["visibility"]) == (201, "Trips", "private")
    changes = {"publish": "at_time", "publish_at": "2030-07-01T10:00:00+02:00", "category": "travel", "language": "de"}
    changes |= {"licence": "cc-by-4.0", "recorded_on": "2019-05-03"}
    changed = client.patch(
        f"{API}/videos/{video.public_id}", json=changes | {"playlists": [made.json["id"]]}, headers=headers
    ).json
    assert (changed["publish"], changed["publish_at"], changed["published_at"]) == (
        "at_time",
        "2030-07-01T08:00:00Z",
        None,
    )
    assert (changed["category"], changed["language"]) == ("travel", "de")
    assert (changed["licence"], changed["recorded_on"]) == ("cc-by-4.0", "2019-05-03")
    assert changed["licence_url"] == "https://creativecommons.org/licenses/by/4.0/"
    mine = client.get(f"{API}/playlists", headers=headers).json["items"]
    assert [(one["id"], one["item_count"]) for one in mine] == [(made.json["id"], 1)]
    assert (
        client.get(f"{API}/videos/{video.public_id}", headers=bearer(make_user(), TokenScope.READ)).status_code == 404
    )


def test_a_program_chooses_what_uploads_begin_with(app: Flask, client: FlaskClient) -> None:
    headers = bearer(make_user("ada"), TokenScope.UPLOAD, TokenScope.READ)
    address = f"{API}/me/upload-defaults"
    assert client.get(address, headers=headers).json["visibility"] == "public"
    put = client.put(address, json={"visibility": "private", "tags": ["sea"]}, headers=headers)
    assert (put.status_code, put.json["visibility"]) == (200, "private")
    new = {"filename": "a.mp4", "size_bytes": 1000, "fingerprint": "same"}
    upload = client.post(f"{API}/uploads", json=new, headers=headers).json
    video = client.get(f"{API}/videos/{upload['video_id']}", headers=headers).json
    assert (video["visibility"], video["tags"]) == ("private", ["sea"])


def test_a_program_may_ask_not_to_upload_a_file_twice(app: Flask, client: FlaskClient) -> None:
    headers = bearer(make_user("ada"), TokenScope.UPLOAD, TokenScope.READ)
    new = {"filename": "a.mp4", "size_bytes": 4, "fingerprint": "same"}
    upload = client.post(f"{API}/uploads", json=new, headers=headers).json
    [target] = client.post(f"{API}/uploads/{upload['id']}/parts", json={"numbers": [1]}, headers=headers).json
    assert client.put(target["url"], data=b"abcd").status_code == 204
    assert client.post(f"{API}/uploads/{upload['id']}/complete", json={}, headers=headers).status_code == 202
    refused = client.post(f"{API}/uploads", json=new | {"allow_duplicate": False}, headers=headers)
    assert (refused.status_code, refused.json["code"]) == (409, "duplicate")
    assert refused.json["about"] == {"id": upload["video_id"], "title": "a"}
