"""Errors that nobody foresaw, as browsers and programs get to know of them."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_admin, sign_in
from tests.servers import free_port
from vod_web.db.engine import make_engine
from vod_web.db.session import bind_sessions, close_session

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(params=["sqlite:////nowhere/vod.sqlite3", "postgresql+psycopg://vod@127.0.0.1:{port}/vod"])
def without_database(app: Flask, request: pytest.FixtureRequest) -> Iterator[FlaskClient]:
    """A browser of a site whose database does not answer; errors are told as they are on real sites."""
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    close_session()
    bind_sessions(make_engine(request.param.format(port=free_port())))
    yield app.test_client()
    close_session()


@pytest.mark.parametrize("path", ["/", "/watch/AAAAAAAAAAA", "/search?query=film", "/nowhere"])
def test_a_page_says_that_the_database_does_not_answer(without_database: FlaskClient, path: str) -> None:
    answer = without_database.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "<h1>Not available right now</h1>" in answer.text
    assert "database does not answer" in answer.text
    assert "app-" in answer.text, "it looks like the site"
    assert "psycopg" not in answer.text
    assert "sqlite" not in answer.text


def test_programs_and_fragments_are_told_in_their_way(without_database: FlaskClient) -> None:
    told = without_database.get("/api/v1/videos/AAAAAAAAAAA", headers={"Authorization": "Bearer vod_" + "x" * 43})
    assert (told.status_code, told.headers["Retry-After"]) == (503, "5")
    assert told.mimetype == "application/problem+json"
    assert (told.json or {})["code"] == "unavailable"
    toast = without_database.get("/search?query=film", headers=FRAGMENT)
    assert toast.status_code == 503
    assert "database does not answer" in toast.headers["HX-Trigger"]


def test_a_mistake_of_ours_is_told_with_the_frame_of_the_site(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make_admin()
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    monkeypatch.setattr("vod_web.blueprints.library.render", lambda *_, **__: {}["mistake"])
    answer = app.test_client().get("/")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "site-header" in answer.text
    assert "mistake" not in answer.text


def test_a_number_that_no_database_holds_is_no_address(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, make_admin())
    assert client.get(f"/sitemap-{2**63}.xml").status_code == 404
    assert client.get(f"/admin/jobs/{2**63}").status_code == 404
