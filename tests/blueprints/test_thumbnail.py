"""The page on which the picture of a video is chosen, with and without JavaScript."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.test_thumbnails import picture
from tests.factories import make_user, make_video, sign_in
from vod_web.models import Video
from vod_web.services.videos import get_video

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(autouse=True)
def without_csrf(app: Flask) -> None:
    """What every form has is tested elsewhere."""
    app.config["WTF_CSRF_ENABLED"] = False


def send(client: FlaskClient, video: Video, content: bytes, **headers: str) -> tuple[int, str]:
    form = {"picture": (BytesIO(content), "holiday.jpg"), "position": "0.25"}
    answer = client.post(f"/studio/videos/{video.public_id}/thumbnail/picture", data=form, headers=headers)
    return answer.status_code, answer.get_data(as_text=True)


def test_a_picture_is_taken_by_a_plain_form_and_by_htmx(client: FlaskClient) -> None:
    ada = make_user()
    video = make_video(ada)
    sign_in(client, ada)
    address = f"/studio/videos/{video.public_id}/thumbnail"
    page = client.get(address).get_data(as_text=True)
    assert "It is chosen by itself" in page
    assert 'enctype="multipart/form-data"' in page

    assert send(client, video, picture(size=(2000, 1200)))[0] == 303
    page = client.get(address).get_data(as_text=True)
    assert "A picture of your own." in page
    poster = get_video(ada, video.public_id).thumbnail
    assert poster is not None
    assert f"thumbnails/{poster.name}/poster.jpg" in page

    status, part = send(client, video, picture("WEBP"), **HTMX)
    assert (status, "<html" in part, f'id="thumbnail-{video.public_id}"' in part) == (200, False, True)
    answer = client.post(f"{address}/automatic")
    assert (answer.status_code, answer.location) == (303, address)


def test_what_is_no_picture_is_said_beside_the_field_and_nothing_changes(client: FlaskClient) -> None:
    ada = make_user()
    video = make_video(ada)
    sign_in(client, ada)
    for headers in ({}, HTMX):
        for content in (b"<!doctype html><script>alert(1)</script>", b""):
            status, page = send(client, video, content, **headers)
            assert (status, 'class="field-error"' in page) == (422, True)
    assert get_video(ada, video.public_id).thumbnail is None


def test_a_frame_is_chosen_by_its_time_and_strangers_see_nothing(client: FlaskClient) -> None:
    ada, stranger = make_user(), make_user()
    video = make_video(ada, duration_s=30.0, visibility="private")
    sign_in(client, ada)
    address = f"/studio/videos/{video.public_id}/thumbnail"
    assert client.post(f"{address}/frame", data={"at_s": "7.2"}).status_code == 303
    assert "The frame at 0:07, as soon as the file has arrived." in client.get(address).get_data(as_text=True)
    late = client.post(f"{address}/frame", data={"at_s": "99"}, headers=HTMX)
    assert (late.status_code, "only 30.0 seconds" in late.get_data(as_text=True)) == (422, True)
    sign_in(client, stranger)
    assert client.get(address).status_code == 404
    assert client.post(f"{address}/frame", data={"at_s": "1"}).status_code == 404
    assert send(client, video, picture())[0] == 404
