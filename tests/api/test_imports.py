"""Imports as programs have them."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import bearer, make_user
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.db.session import transaction
from vod_web.models import Import, ImportState, Job, JobState, TokenScope, Visibility

FILM = "https://films.example.org/opening_night.mp4?key=1"


def test_an_import_is_begun_followed_and_cancelled(client: FlaskClient) -> None:
    person = make_user()
    headers = bearer(person, TokenScope.UPLOAD)
    wanted = {"url": FILM, "visibility": "private", "tags": ["Opera"]}

    made = client.post("/api/v1/imports", json=wanted, headers=headers)
    assert made.status_code == 201
    told = made.get_json()
    assert (told["state"], told["received_bytes"], told["size_bytes"]) == ("waiting", 0, None)
    assert (told["filename"], told["host"], told["url"]) == ("opening_night.mp4", "films.example.org", FILM)
    with transaction() as session:
        found = session.scalars(select(Import)).one()
        found.state, found.size_bytes, found.received_bytes, found.speed_bps = ImportState.FETCHING, 1000, 400, 60.0
    seen = client.get(f"/api/v1/imports/{told['id']}", headers=headers).get_json()
    assert (seen["received_bytes"], seen["size_bytes"], seen["eta_s"]) == (400, 1000, 10.0)
    assert [one["id"] for one in client.get("/api/v1/imports", headers=headers).get_json()["items"]] == [told["id"]]
    everything = bearer(person)
    video = client.get(f"/api/v1/videos/{told['video_id']}", headers=everything).get_json()
    assert (video["title"], video["visibility"], video["tags"]) == ("opening night", Visibility.PRIVATE, ["opera"])

    assert client.delete(f"/api/v1/imports/{told['id']}", headers=headers).status_code == 204
    assert client.get(f"/api/v1/imports/{told['id']}", headers=headers).status_code == 404
    assert client.get(f"/api/v1/videos/{told['video_id']}", headers=everything).status_code == 404


def test_a_failed_import_is_tried_again(client: FlaskClient) -> None:
    headers = bearer(make_user())
    address = f"/api/v1/imports/{client.post('/api/v1/imports', json={'url': FILM}, headers=headers).get_json()['id']}"
    assert client.post(f"{address}/retry", json={}, headers=headers).status_code == 409
    with transaction() as session:
        session.scalars(select(Import)).one().state = ImportState.FAILED
        session.scalars(select(Job)).one().state = JobState.FAILED

    tried = client.post(f"{address}/retry", json={"allow_duplicate": False}, headers=headers)

    assert (tried.status_code, tried.get_json()["state"]) == (200, "waiting")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"url": "http://127.0.0.1/film.mp4"}, 422, "address_refused"),
        ({"url": "https://a:b@example.org/film.mp4"}, 422, "address_refused"),
        ({"url": "ftp://example.org/film.mp4"}, 422, "address_refused"),
        ({"url": "https://example.org/film.zip"}, 415, "unsupported_media"),
        ({}, 422, "invalid_input"),
    ],
)
def test_what_is_refused_says_why(client: FlaskClient, body: dict[str, str], status: int, code: str) -> None:
    answer = client.post("/api/v1/imports", json=body, headers=bearer(make_user()))

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    if status == 422:
        assert list(answer.get_json()["errors"]) == ["url"]


def test_imports_of_others_are_not_there(client: FlaskClient) -> None:
    mine = client.post("/api/v1/imports", json={"url": FILM}, headers=bearer(make_user())).get_json()
    stranger = bearer(make_user())

    address = f"/api/v1/imports/{mine['id']}"
    assert client.get(address, headers=stranger).status_code == 404
    assert client.post(f"{address}/retry", json={}, headers=stranger).status_code == 404
    assert client.delete(address, headers=stranger).status_code == 404
    assert client.get("/api/v1/imports", headers=stranger).get_json() == {"items": [], "next": None}


def test_a_list_takes_a_fixed_number_of_queries(client: FlaskClient) -> None:
    headers = bearer(make_user())
    for _ in range(6):
        client.post("/api/v1/imports", json={"url": FILM}, headers=headers)
    with transaction() as session:
        session.scalars(select(Import)).first().finished_at = utc_now() - timedelta(hours=2)  # type: ignore[union-attr] # six

    with counted_queries() as queries:
        assert len(client.get("/api/v1/imports", headers=headers).get_json()["items"]) == 6
    assert len(queries) <= 4
