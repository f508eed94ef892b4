"""The API's calls about the picture of a video."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from tests.factories import bearer, make_admin, make_encode, make_user, make_video
from vod_web.db.session import current_session
from vod_web.media.uploaded_pictures import MOST_BYTES
from vod_web.models import AuditEvent, Visibility
from vod_web.resources import resources


def picture(kind: str = "PNG", size: tuple[int, int] = (320, 180)) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, "green").save(written, kind)
    return written.getvalue()


def test_a_picture_of_ones_own_is_shown_at_once_and_gives_way_to_ours(client: FlaskClient) -> None:
    ada = make_user()
    video = make_video(ada)
    make_encode(video, resources().storage, has_poster=True)
    headers = bearer(ada)
    address = f"/api/v1/videos/{video.public_id}/thumbnail"
    ours = client.get(f"/api/v1/videos/{video.public_id}", headers=headers).get_json()["urls"]["poster"]

    told = client.put(address, data=picture(), content_type="image/png", headers=headers).get_json()
    assert told["thumbnail"] == {"kind": "picture", "at_s": None, "is_made": True}
    poster = client.get(told["urls"]["poster"], buffered=True)
    assert (poster.status_code, poster.content_type) == (200, "image/jpeg")
    with Image.open(BytesIO(poster.data)) as shown:
        assert shown.size == (320, 180)
    assert told["size_bytes"]["renditions"] >= len(poster.data)
    page = client.get(f"/watch/{video.public_id}").get_data(as_text=True)
    assert told["urls"]["poster"].removeprefix("http://localhost") in page
    assert ours.removeprefix("http://localhost") not in page

    again = client.put(address, data=picture(), content_type="image/png", headers=headers).get_json()
    assert again["urls"]["poster"] != told["urls"]["poster"]
    told = client.delete(address, headers=headers).get_json()
    assert (told["thumbnail"]["kind"], told["urls"]["poster"]) == ("automatic", ours)


def test_a_time_is_kept_until_there_is_a_file(client: FlaskClient) -> None:
    ada = make_user()
    video = make_video(ada, duration_s=20.0)
    address, headers = f"/api/v1/videos/{video.public_id}/thumbnail", bearer(ada)
    told = client.put(address, json={"at_s": 12.5}, headers=headers).get_json()
    assert told["thumbnail"] == {"kind": "frame", "at_s": 12.5, "is_made": False}
    late = client.put(address, json={"at_s": 21}, headers=headers)
    assert (late.status_code, late.get_json()["errors"]) == (422, {"at_s": "The video is only 20.0 seconds long."})
    frames = client.get(f"{address}/frames", headers=headers).get_json()
    assert frames == {"state": "waiting", "frames": []}


@pytest.mark.parametrize(
    ("content", "status", "word"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422, "JPEG, PNG, WebP or AVIF"),
        (picture()[:-60], 422, "damaged"),
        (bytes(MOST_BYTES + 1), 413, "20 MiB"),
    ],
)
def test_what_is_refused_changes_nothing(client: FlaskClient, content: bytes, status: int, word: str) -> None:
    ada = make_user()
    video = make_video(ada)
    address, headers = f"/api/v1/videos/{video.public_id}/thumbnail", bearer(ada)
    before = client.put(address, data=picture(), content_type="image/png", headers=headers).get_json()
    answer = client.put(address, data=content, content_type="image/png", headers=headers)
    assert (answer.status_code, word in answer.get_json()["detail"]) == (status, True)
    after = client.get(f"/api/v1/videos/{video.public_id}", headers=headers).get_json()
    assert (after["urls"]["poster"], after["thumbnail"]) == (before["urls"]["poster"], before["thumbnail"])


def test_only_who_may_change_the_video_chooses_and_an_admin_leaves_a_note(client: FlaskClient) -> None:
    ada, stranger, admin = make_user(), make_user(), make_admin()
    video = make_video(ada, visibility=Visibility.PRIVATE)
    address = f"/api/v1/videos/{video.public_id}/thumbnail"
    for headers, status in ((bearer(stranger), 404), ({}, 401)):
        assert client.put(address, data=picture(), content_type="image/png", headers=headers).status_code == status
        assert client.delete(address, headers=headers).status_code == status
        assert client.get(f"{address}/frames", headers=headers).status_code == status
    told = client.put(address, data=picture(), content_type="image/png", headers=bearer(admin)).get_json()
    event = current_session().scalars(select(AuditEvent).where(AuditEvent.action == "video.thumbnail")).one()
    assert (event.actor_id, event.detail["kind"]) == (admin.id, "picture")
    assert client.get(told["urls"]["poster"], buffered=True).status_code == 200  # the address is the admin's key to it
    public = told["urls"]["poster"].split("/media/")[1].split("/", 1)[1]
    assert client.get(f"/media/public/{public}").status_code == 404
