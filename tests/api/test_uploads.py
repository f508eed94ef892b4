"""The parts protocol as programs speak it."""

import base64
import hashlib
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import bearer, make_user, sign_in
from tests.queries import counted_queries
from tests.uploading import make_bytes
from vod_web.db.session import current_session
from vod_web.models import Role, Source, TokenScope, User, Video
from vod_web.resources import resources

MIB = 1024**2
SIZE = 17 * MIB
API = "/api/v1"


@pytest.fixture
def owner(app: Flask) -> User:
    """Somebody who may upload."""
    return make_user("ada")


@pytest.fixture
def headers(owner: User) -> dict[str, str]:
    """The owner's token."""
    return bearer(owner, TokenScope.UPLOAD)


def begin(client: FlaskClient, headers: dict[str, str], **values: object) -> dict[str, Any]:
    wanted = {"filename": "clip.mp4", "size_bytes": SIZE} | values
    answer = client.post(f"{API}/uploads", json=wanted, headers=headers)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json
    return told


def address(client: FlaskClient, headers: dict[str, str], upload: dict[str, Any], number: int) -> str:
    """The address of a part, without its host."""
    answer = client.post(f"{API}/uploads/{upload['id']}/parts", json={"numbers": [number]}, headers=headers)
    [target] = answer.json
    assert (target["number"], target["method"], target["headers"]) == (number, "PUT", {})
    url = urlsplit(target["url"])
    assert (url.scheme, url.netloc) == ("http", "localhost")
    return f"{url.path}?{url.query}"


def test_listing_costs_the_same_number_of_queries_for_any_length(client: FlaskClient, headers: dict[str, str]) -> None:
    counts = []
    for length in (1, 4):
        while len(client.get(f"{API}/uploads", headers=headers).get_json()["items"]) < length:
            upload = begin(client, headers)
            client.put(address(client, headers, upload, 2), data=b"x" * (SIZE - upload["part_size_bytes"]))
        with counted_queries() as statements:
            listed = client.get(f"{API}/uploads", headers=headers).get_json()["items"]
        assert [upload["received"] for upload in listed] == [[2]] * length
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_program_uploads_a_video(client: FlaskClient, headers: dict[str, str]) -> None:
    content = make_bytes(SIZE)
    upload = begin(client, headers, title="A film", visibility="unlisted")
    assert (upload["part_count"], upload["received"], upload["state"]) == (2, [], "open")

    for number, start in ((1, 0), (2, upload["part_size_bytes"])):
        data = content[start : start + upload["part_size_bytes"]]
        answer = client.put(address(client, headers, upload, number), data=data)
        assert (answer.status_code, answer.headers["ETag"]) == (204, f'"{hashlib.sha256(data).hexdigest()}"')
    assert client.get(f"{API}/uploads/{upload['id']}", headers=headers).json["received"] == [1, 2]

    for _ in range(2):
        answer = client.post(f"{API}/uploads/{upload['id']}/complete", headers=headers)
        assert answer.status_code == 202
        told = answer.json
        assert (told["id"], told["title"], told["visibility"]) == (upload["video_id"], "A film", "unlisted")
        assert (told["status"], told["size_bytes"]["source"]) == ("queued", SIZE)
    source = current_session().scalars(select(Source)).one()
    assert resources().storage.read_bytes(source.key) == content


def test_a_part_needs_nothing_but_its_address(client: FlaskClient, owner: User, headers: dict[str, str]) -> None:
    upload = begin(client, headers, size_bytes=MIB)
    url = address(client, headers, upload, 1)
    client.application.config["WTF_CSRF_ENABLED"] = True
    sign_in(client, owner)  # a browser sends its cookies along, and no CSRF token

    assert client.put(url, data=make_bytes(MIB)).status_code == 204


def test_bodies_that_the_server_ends_are_read_to_their_end(client: FlaskClient, headers: dict[str, str]) -> None:
    upload = begin(client, headers, size_bytes=3 * MIB)
    url = address(client, headers, upload, 1)

    answer = client.put(url, data=make_bytes(3 * MIB), environ_overrides={"wsgi.input_terminated": True})
    assert answer.status_code == 204


def test_wrong_bytes_are_told_by_their_code(client: FlaskClient, headers: dict[str, str]) -> None:
    content = make_bytes(MIB)
    upload = begin(client, headers, size_bytes=MIB)
    url = address(client, headers, upload, 1)
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()

    answer = client.put(url, data=make_bytes(MIB, seed=2), headers={"Content-Digest": f"sha-256=:{digest}:"})
    assert (answer.status_code, answer.json["code"]) == (422, "checksum_mismatch")
    answer = client.put(url, data=content, headers={"Content-Digest": "sha-256=:nonsense:"})
    assert answer.status_code == 422
    answer = client.put(url, data=content, headers={"Content-Digest": f"md5=:abc:, sha-256=:{digest}:"})
    assert answer.status_code == 204


def test_a_huge_part_is_refused_by_its_announcement(client: FlaskClient, headers: dict[str, str]) -> None:
    upload = begin(client, headers, size_bytes=MIB)
    url = address(client, headers, upload, 1)

    answer = client.put(url, data=b"x", headers={"Content-Length": str(10**12)})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["size_bytes"])
    answer = client.put(url, data=make_bytes(MIB - 1))
    assert answer.status_code == 422


def test_an_address_that_was_changed_is_worth_nothing(client: FlaskClient, headers: dict[str, str]) -> None:
    upload = begin(client, headers)
    url = address(client, headers, upload, 1)

    assert client.put(url.replace("/parts/1?", "/parts/2?"), data=b"x").status_code == 403
    assert client.put(url.split("?")[0], data=b"x").status_code == 403


def test_missing_parts_are_a_conflict(client: FlaskClient, headers: dict[str, str]) -> None:
    upload = begin(client, headers)
    answer = client.post(f"{API}/uploads/{upload['id']}/complete", json={}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (409, "parts_missing")
    assert "missing parts 1, 2" in answer.json["detail"]


def test_an_upload_is_given_up(client: FlaskClient, headers: dict[str, str]) -> None:
    upload = begin(client, headers)
    assert [item["id"] for item in client.get(f"{API}/uploads", headers=headers).json["items"]] == [upload["id"]]

    assert client.delete(f"{API}/uploads/{upload['id']}", headers=headers).status_code == 204

    assert client.get(f"{API}/uploads/{upload['id']}", headers=headers).status_code == 404
    assert client.get(f"{API}/uploads", headers=headers).json["items"] == []
    assert current_session().scalars(select(Video)).all() == []


def test_another_persons_upload_is_not_found(client: FlaskClient, headers: dict[str, str]) -> None:
    upload = begin(client, headers)
    other = bearer(make_user("eve", Role.ADMIN))
    path = f"{API}/uploads/{upload['id']}"

    assert client.get(path, headers=other).status_code == 404
    assert client.post(f"{path}/parts", json={"numbers": [1]}, headers=other).status_code == 404
    assert client.post(f"{path}/complete", headers=other).status_code == 404
    assert client.delete(path, headers=other).status_code == 404


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"size_bytes": 0}, 422, "invalid_input"),
        ({"filename": ""}, 422, "invalid_input"),
        ({"checksum_sha256": "abc"}, 422, "invalid_input"),
        ({"size_bytes": 10**15}, 413, "too_large"),
        ({"filename": "letter.pdf"}, 415, "unsupported_media"),
    ],
)
def test_what_cannot_be_uploaded_is_refused_at_once(
    client: FlaskClient, headers: dict[str, str], values: dict[str, object], status: int, code: str
) -> None:
    wanted = {"filename": "clip.mp4", "size_bytes": SIZE} | values
    answer = client.post(f"{API}/uploads", json=wanted, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_the_quota_is_told_in_words(client: FlaskClient) -> None:
    headers = bearer(make_user(quota_bytes=10 * MIB))
    answer = client.post(f"{API}/uploads", json={"filename": "clip.mp4", "size_bytes": SIZE}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (409, "quota_exceeded")
    assert "too much" in answer.json["detail"]


def test_only_uploaders_with_the_scope_may_upload(client: FlaskClient, owner: User) -> None:
    wanted = {"filename": "clip.mp4", "size_bytes": SIZE}
    viewer = bearer(make_user(role=Role.VIEWER))

    assert client.post(f"{API}/uploads", json=wanted).status_code == 401
    assert client.post(f"{API}/uploads", json=wanted, headers=bearer(owner, TokenScope.READ)).status_code == 403
    assert client.post(f"{API}/uploads", json=wanted, headers=viewer).status_code == 403
