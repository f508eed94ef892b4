"""The first visit: every page leads to the form, the form makes the admin, and then it is gone."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.factories import PASSWORD, make_admin, make_user, sign_in
from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict
from vod_web.db.session import current_session, transaction
from vod_web.models import Encode, EncodeStatus, User, Worker
from vod_web.services import setup, site

FORM = {
    "site_name": "Films",
    "registration": "viewers",
    "email": "ada@example.org",
    "username": "ada",
    "password": PASSWORD,
}
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(autouse=True)
def no_csrf(app: Flask) -> None:
    """The forms' tokens are tested with the sign-in pages."""
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.parametrize("page", ["/", "/login", "/register", "/search?query=x", "/@ada", "/admin", "/upload", "/none"])
def test_before_there_is_an_account_every_page_leads_to_the_form(client: FlaskClient, page: str) -> None:
    answer = client.get(page)

    assert (answer.status_code, answer.location) == (303, "/setup")
    assert client.get("/setup").status_code == 200


def test_health_scripts_and_api_answer_before_the_set_up(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_set_up_signs_in_and_leads_to_the_proof(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post("/setup", data=FORM, headers=headers)

    assert answer.headers.get("HX-Redirect", answer.location) == "/setup/proof"
    assert answer.status_code == (204 if headers else 303)
    assert site.get_site().name == "Films"
    page = client.get("/setup/proof").text
    assert 'hx-trigger="every 1s"' in page
    assert 'http-equiv="refresh"' in page, "it works without scripts"
    assert page.count("step-done") == 2
    assert client.get("/admin").status_code == 200


def test_mistakes_are_told_beside_their_fields_and_nothing_typed_is_lost(client: FlaskClient) -> None:
    answer = client.post("/setup", data=FORM | {"email": "ada", "password": "swordf"})

    assert answer.status_code == 422
    assert "This is not an e-mail address" in answer.text
    assert "Use at least 8 characters." in answer.text
    assert 'value="Films"' in answer.text
    assert 'value="viewers" checked' in answer.text
    assert "swordf" not in answer.text
    assert not site.is_set_up()


def test_the_form_is_gone_once_there_is_an_account(client: FlaskClient) -> None:
    make_user()

    assert client.get("/setup").location == "/"
    assert client.post("/setup", data=FORM).location == "/"
    assert current_session().scalar(select(func.count()).select_from(User)) == 1


def test_whoever_comes_a_moment_too_late_is_told(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_late(_form: object) -> User:
        raise Conflict("Somebody has set up this site already.")

    monkeypatch.setattr(setup, "set_up", too_late)

    answer = client.post("/setup", data=FORM)

    assert answer.location == "/login"


@pytest.mark.parametrize(
    ("method", "page"), [("GET", "/setup/proof"), ("POST", "/setup/proof"), ("POST", "/setup/proof/remove")]
)
def test_only_admins_see_and_start_the_proof(client: FlaskClient, method: str, page: str) -> None:
    make_admin()

    visitor = client.open(page, method=method)
    sign_in(client, make_user())
    viewer = client.open(page, method=method)

    assert (visitor.status_code, visitor.location.partition("?")[0]) == (303, "/login")
    assert viewer.status_code == 403


def test_the_page_offers_the_test_where_there_is_no_clip(client: FlaskClient) -> None:
    sign_in(client, make_admin())

    page = client.get("/setup/proof").text

    assert "Begin the test" in page
    assert "hx-trigger" not in page.partition('id="links"')[2].partition("<ol")[0]


def test_a_finished_clip_brings_the_page_with_the_player(client: FlaskClient) -> None:
    sign_in(client, make_admin())
    client.post("/setup/proof")
    with transaction() as session:
        encode = session.scalars(select(Encode)).one()
        encode.status, encode.is_active = EncodeStatus.READY, True

    fragment = client.get("/setup/proof", headers=FRAGMENT)
    page = client.get("/setup/proof").text

    assert fragment.headers["HX-Refresh"] == "true"
    assert "data-player" not in fragment.text, "the player is never in what is swapped"
    assert "data-autoplay data-muted" in page
    assert page.count("step-done") == 5
    assert "every 1s" not in page
    assert "http-equiv" not in page


def test_a_busy_worker_is_named(client: FlaskClient) -> None:
    sign_in(client, make_admin())
    client.post("/setup/proof")
    with transaction() as session:
        encode = session.scalars(select(Encode)).one()
        encode.created_at = utc_now()
        session.add(Worker(name="box-1", host="box", pid=1, job_id=99, seen_at=utc_now()))

    answer = client.get("/setup/proof", headers=FRAGMENT)

    assert "box-1 works at other jobs" in answer.text
    assert answer.text.lstrip().startswith("<div")
    assert "HX-Refresh" not in answer.headers


def test_the_clip_can_be_removed(client: FlaskClient) -> None:
    sign_in(client, make_admin())
    client.post("/setup/proof")

    answer = client.post("/setup/proof/remove", follow_redirects=True)

    assert "The test clip is removed." in answer.text
    assert "Begin the test" in client.get("/setup/proof").text


def test_a_test_that_fails_ends_the_asking_and_offers_another(client: FlaskClient) -> None:
    sign_in(client, make_admin())
    client.post("/setup/proof")
    with transaction() as session:
        encode = session.scalars(select(Encode)).one()
        encode.status, encode.failure = EncodeStatus.FAILED, "It cannot be read."

    page = client.get("/setup/proof").text

    assert client.get("/setup/proof", headers=FRAGMENT).headers["HX-Refresh"] == "true"
    assert "Something does not work" in page
    assert "It cannot be read." in page
    assert "every 1s" not in page
    assert "Test again" in page
