"""The part of the upload page for files on other servers, with and without scripts."""

import html

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import make_admin, make_user, sign_in
from tests.queries import counted_queries
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import AuditEvent, Import, ImportState, Job, JobState, User
from vod_web.resources import resources
from vod_web.schemas.imports import ImportCreate
from vod_web.services import imports

FILM = "https://films.example.org/opening_night.mp4"
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def person(client: FlaskClient) -> User:
    """Somebody who is signed in in this browser; forms need no token."""
    client.application.config["WTF_CSRF_ENABLED"] = False
    person = make_user()
    sign_in(client, person)
    return person


def begin(person: User, url: str = FILM, **values: object) -> Import:
    """An import in this state."""
    held = resources()
    wanted = ImportCreate(url=url)
    found = imports.create_import(person, wanted, storage=held.storage, settings=held.settings, throttle=held.throttle)
    with transaction() as session:
        kept = session.get_one(Import, found.id)
        for name, value in values.items():
            setattr(kept, name, value)
        session.scalars(select(Job).where(Job.import_id == found.id)).one().state = (
            JobState.FAILED if kept.state is ImportState.FAILED else JobState.WAITING
        )
    return found


def words(text: str) -> str:
    """The text on one line."""
    return " ".join(html.unescape(text).split())


def test_several_addresses_are_several_imports_without_a_script(client: FlaskClient, person: User) -> None:
    typed = f"{FILM}\nhttp://10.0.0.1/x.mp4\n\n https://example.org/two of three.mkv "
    answer = client.post("/upload/imports", data={"addresses": typed})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/upload")

    page = words(client.get("/upload").text)

    assert "opening_night.mp4" in page
    assert "two of three.mkv" in page
    assert "Waiting for its turn" in page
    assert "http://10.0.0.1/x.mp4: 10.0.0.1 is a private address" in page


def test_with_a_script_the_rows_are_added_and_what_was_refused_stays_in_the_field(
    client: FlaskClient, person: User
) -> None:
    answer = client.post("/upload/imports", data={"addresses": f"{FILM} http://10.0.0.1/x.mp4"}, headers=HTMX)
    page = words(answer.text)

    assert answer.status_code == 422
    assert 'hx-swap-oob="afterbegin:#import-list"' in page
    assert 'hx-trigger="every 2s"' in page
    assert "> http://10.0.0.1/x.mp4</textarea>" in page
    assert "10.0.0.1 is a private address" in page
    empty = client.post("/upload/imports", data={"addresses": " "}, headers=HTMX)
    assert "Paste an address." in empty.text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"state": ImportState.FETCHING}, "Asking films.example.org"),
        (
            {"state": ImportState.FETCHING, "size_bytes": 4_000_000, "received_bytes": 1_000_000, "speed_bps": 1e6},
            "25 % · 1 MB",
        ),
        ({"state": ImportState.FETCHING, "received_bytes": 2_000_000}, "2 MB so far"),
        ({"error": "The server answered 503."}, "The server answered 503. It is tried again by itself."),
        ({"state": ImportState.FAILED, "error": "The server answered 404."}, "The server answered 404."),
        ({"state": ImportState.FAILED, "error": "You have it.", "error_code": "duplicate"}, "Import anyway"),
    ],
)
def test_where_an_import_is_stands_in_words(
    client: FlaskClient, person: User, values: dict[str, object], said: str
) -> None:
    begin(person, **values)

    assert said in words(client.get("/upload").text)
    assert said in words(client.get("/upload/imports", headers=HTMX).text)


def test_asking_ends_when_nothing_changes_by_itself(client: FlaskClient, person: User) -> None:
    begin(person, state=ImportState.FAILED, error="Gone.")

    assert "every 2s" not in client.get("/upload/imports", headers=HTMX).text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_failed_import_is_tried_again_and_cancelled(
    client: FlaskClient, person: User, headers: dict[str, str]
) -> None:
    found = begin(person, state=ImportState.FAILED, error_code="duplicate", allow_duplicate=False)
    address = f"/upload/imports/{found.public_id}"

    tried = client.post(f"{address}/retry", data={"allow_duplicate": "1"}, headers=headers)
    assert tried.status_code == (200 if headers else 303)
    close_session()
    kept = current_session().get_one(Import, found.id)
    assert (kept.state, kept.allow_duplicate) == (ImportState.WAITING, True)
    assert client.post(f"{address}/cancel", headers=headers).status_code == (200 if headers else 303)
    close_session()
    assert current_session().get(Import, found.id) is None


def test_where_imports_are_turned_off_nothing_is_offered(
    client: FlaskClient, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(resources().settings.__dict__, "imports", 0)

    assert "Import from an address" not in client.get("/upload").text


def test_the_page_takes_a_fixed_number_of_queries(client: FlaskClient, person: User) -> None:
    begin(person)
    client.get("/upload")
    with counted_queries() as few:
        client.get("/upload")
    for _ in range(5):
        begin(person)
    close_session()  # or what was read to begin them would be known to the page
    with counted_queries() as many:
        client.get("/upload")
    assert len(many) == len(few)


def test_admins_see_imports_among_the_jobs_and_may_end_and_repeat_them(client: FlaskClient, person: User) -> None:
    found = begin(person, state=ImportState.FAILED, error="The server answered 404.")
    job_id = current_session().scalars(select(Job.id)).one()
    sign_in(client, make_admin())

    assert "opening night" in client.get("/admin/jobs?kind=import").text
    assert "opening night" in client.get(f"/admin/jobs/{job_id}").text
    assert client.post(f"/admin/jobs/{job_id}/retry").status_code == 303
    close_session()
    assert current_session().get_one(Import, found.id).state is ImportState.WAITING
    assert client.post(f"/admin/jobs/{job_id}/cancel").status_code == 303
    close_session()
    assert current_session().get(Import, found.id) is None
    deeds = current_session().scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert deeds == ["job.retry", "job.cancel"]
