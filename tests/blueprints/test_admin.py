"""The admin pages: who gets in, what the tables show, and what the buttons do, with htmx and without."""

import json
import re
from datetime import timedelta
from typing import get_args

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import with_settings
from tests.databases import on_both
from tests.factories import make_admin, make_encode, make_unready_video, make_user, make_video, sign_in
from tests.queries import counted_queries
from vod_web.blueprints.admin.audit import WORDS_OF_DEEDS
from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import (
    Encode,
    Job,
    JobKind,
    JobState,
    RegistrationPolicy,
    Role,
    User,
    Video,
    VideoStatus,
    Visibility,
    Worker,
)
from vod_web.resources import resources
from vod_web.schemas.admin import AuditFilter, WorkersChange
from vod_web.services import accounts, audit, site

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
PAGES = ("", "/health", "/users", "/users/new", "/videos", "/jobs", "/jobs/1", "/settings", "/audit")
DEEDS = (
    "/users/ada/role",
    "/users/ada/suspend",
    "/users/ada/unsuspend",
    "/users/ada/reset-link",
    "/users/new",
    "/videos/abcdefghijk/retry",
    "/videos/abcdefghijk/reencode",
    "/videos/abcdefghijk/cancel",
    "/videos/abcdefghijk/delete",
    "/videos/abcdefghijk/restore",
    "/jobs/1/retry",
    "/jobs/1/cancel",
    "/workers",
    "/workers/box-1/drain",
    "/settings",
)


@pytest.fixture(autouse=True)
def root(app: Flask, client: FlaskClient) -> User:
    """An admin, who is signed in."""
    app.config["WTF_CSRF_ENABLED"] = False
    admin = make_admin(created_at=utc_now() - timedelta(days=900))
    sign_in(client, admin)
    return admin


def make_job(video: Video, state: JobState = JobState.FAILED, **values: object) -> Job:
    """A job of a new encode of the video."""
    encode = make_encode(video, resources().storage, is_active=False)
    known: dict[str, object] = {"kind": JobKind.POSTER, "attempt": 1, "error": "FFmpeg ended with status 1"}
    with transaction() as session:
        job = Job(encode_id=encode.id, state=state, **(known | values))
        session.add(job)
    return job


def shown(page: TestResponse) -> list[str]:
    """The first cell of each row, in words."""
    cells = re.findall(r'<td class="cell-main">(.*?)</td>', page.text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]


def names(page: TestResponse) -> list[str]:
    """The people of the table."""
    return re.findall(r'<a class="link-quiet" href="/@([^"]+)"', page.text)


def toast_of(answer: TestResponse) -> str:
    message: str = json.loads(answer.headers["HX-Trigger"])["toast"]["message"]
    return message


@pytest.mark.parametrize("path", PAGES)
def test_pages_let_only_admins_in(client: FlaskClient, path: str) -> None:
    sign_in(client, make_user("mod", Role.MODERATOR))
    assert client.get(f"/admin{path}").status_code == 403

    client.delete_cookie("vod_sign_in")
    visitor = client.get(f"/admin{path}")
    assert (visitor.status_code, visitor.location.partition("?")[0]) == (303, "/login")


@pytest.mark.parametrize("path", DEEDS)
def test_deeds_are_for_admins_alone(client: FlaskClient, path: str) -> None:
    sign_in(client, make_user("mod", Role.MODERATOR))
    assert client.post(f"/admin{path}").status_code == 403

    client.delete_cookie("vod_sign_in")
    assert client.post(f"/admin{path}").location.partition("?")[0] == "/login"


@on_both
def test_overview_counts_and_asks_for_the_lights(client: FlaskClient) -> None:
    make_video(make_user())

    page = client.get("/admin").text

    assert 'hx-get="/admin/health" hx-trigger="load"' in page
    assert 'href="/admin/health"' in page, "without scripts the lights are a link away"


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_lights_say_what_is_wrong_and_how_to_mend_it(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.get("/admin/health", headers=headers)

    assert ("<html" in answer.text) is (not headers)
    assert "No worker has reported" in answer.text
    assert "python worker.py" in answer.text
    assert "light-good" in answer.text


@on_both
@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_users_are_found_by_name_role_and_state(client: FlaskClient, headers: dict[str, str]) -> None:
    make_user("ada", Role.VIEWER)
    make_user("grace", Role.UPLOADER, is_suspended=True)

    def found(query: str) -> list[str]:
        return names(client.get(f"/admin/users?{query}", headers=headers))

    assert found("query=AD") == ["ada"]
    assert found("query=grace@example") == ["grace"]
    assert found("role=viewer") == ["ada"]
    assert found("is_suspended=true") == ["grace"]
    assert found("is_suspended=false&sort=username") == ["ada", "root"]
    assert found("query=%25") == []
    assert "Nobody found" in client.get("/admin/users?query=nobody", headers=headers).text


USER_COLUMNS = ("username", "role", "videos", "stored", "last_seen_at", "created_at")


@on_both
@pytest.mark.parametrize("column", USER_COLUMNS)
def test_users_are_sorted_by_every_column_both_ways_over_all_pages(client: FlaskClient, column: str) -> None:
    now = utc_now()
    for number, name in enumerate(("ada", "grace", "linus")):
        person = make_user(name, list(Role)[number], created_at=now + timedelta(days=number))
        with transaction() as session:
            session.merge(person).last_seen_at = now + timedelta(days=number) if number else None
        for _ in range(number):
            make_video(person, source_bytes=1000)
    up, down = (pages_of(client, f"/admin/users?role=&sort={sign}{column}&limit=2") for sign in ("", "-"))
    others = {"ada", "grace", "linus"}

    assert len(up) == len(down) == 4
    assert [name for name in up if name in others][-2:] == ["grace", "linus"] or column == "last_seen_at"
    assert [name for name in down if name in others][:2] == ["linus", "grace"]


def pages_of(client: FlaskClient, address: str) -> list[str]:
    """The people on all pages, by following the links."""
    found: list[str] = []
    while address:
        page = client.get(address)
        assert page.status_code == 200
        found += names(page)
        link = re.search(r'href="([^"]+)" rel="next"', page.text)
        address = link[1].replace("&amp;", "&") if link else ""
    return found


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("users", USER_COLUMNS),
        ("videos", ("title", "owner", "status", "visibility", "size_bytes", "duration_s", "created_at")),
        ("jobs", ("progress", "attempt", "created_at")),
        ("audit", ("created_at", "action", "target")),
    ],
)
def test_every_sortable_column_links_to_both_directions(
    client: FlaskClient, table: str, columns: tuple[str, ...]
) -> None:
    make_job(make_video(make_user()))
    client.post("/admin/users/root/role", data={"role": "admin"})
    client.post("/admin/settings", data={"name": "Films", "registration": "open"})

    for column in columns:
        up = client.get(f"/admin/{table}?sort={column}&query=")
        down = client.get(f"/admin/{table}?sort=-{column}&query=")
        assert f"sort=-{column}" in up.text
        assert 'aria-sort="ascending"' in up.text
        assert f"sort={column}" in down.text
        assert 'aria-sort="descending"' in down.text


@on_both
@pytest.mark.parametrize("column", ["title", "owner", "status", "visibility", "size_bytes", "duration_s", "created_at"])
def test_videos_are_sorted_by_every_column_both_ways_over_all_pages(client: FlaskClient, column: str) -> None:
    now, zoe = utc_now(), make_user("zoe")
    values = (VideoStatus.READY, Visibility.PUBLIC), (VideoStatus.BLOCKED, Visibility.INTERNAL)
    for number, (status, visibility) in enumerate(values):
        make_video(
            make_user("ada") if not number else zoe,
            f"Video {number}",
            status=status,
            visibility=visibility,
            source_bytes=number * 1000,
            duration_s=float(number + 1),
            created_at=now + timedelta(days=number),
        )

    for sign, order in (("", ["Video 0", "Video 1"]), ("-", ["Video 1", "Video 0"])):
        first = client.get(f"/admin/videos?sort={sign}{column}&limit=1")
        link = re.search(r'href="([^"]+)" rel="next"', first.text)
        assert link is not None
        second = client.get(link[1].replace("&amp;", "&"))
        assert shown(first) + shown(second) == order


@on_both
def test_videos_are_found_in_every_state_by_words_owner_and_state(client: FlaskClient) -> None:
    ada = make_user("ada")
    make_video(ada, "Sunset")
    make_video(make_user(), "Sunrise", visibility=Visibility.PRIVATE)
    make_unready_video(ada, VideoStatus.FAILED, "Broken", status_reason="The file is damaged.")
    make_video(ada, "Binned", status=VideoStatus.DELETED, deleted_at=utc_now())

    def found(query: str) -> list[str]:
        return sorted(shown(client.get(f"/admin/videos?{query}")))

    assert found("") == ["Binned", "Broken The file is damaged.", "Sunrise", "Sunset"]
    assert found("query=sun") == ["Sunrise", "Sunset"]
    assert found("owner=ADA&status=ready") == ["Sunset"]
    assert found("visibility=private") == ["Sunrise"]
    assert found("status=deleted") == ["Binned"]


def test_a_wrong_value_in_the_address_is_told_and_an_unknown_name_does_no_harm(client: FlaskClient) -> None:
    assert client.get("/admin/users?sort=password_hash").status_code == 422
    assert client.get("/admin/users?utm_source=mail").status_code == 200


@on_both
@pytest.mark.parametrize("page", ["users", "videos", "jobs", "audit"])
def test_tables_take_as_many_queries_for_many_rows_as_for_one(client: FlaskClient, page: str) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            make_job(make_video(make_user(), tags=["a"]))
        client.post("/admin/settings", data={"name": "Films", "registration": "open"})

    def ask() -> int:
        close_session()
        with counted_queries() as statements:
            assert client.get(f"/admin/{page}").status_code == 200
        return len(statements)

    add(1)
    ask()
    few = ask()
    add(6)

    assert ask() == few
    assert few <= 12


def test_a_deed_goes_back_to_where_it_was_done(client: FlaskClient) -> None:
    make_user("ada", Role.VIEWER)
    came_from = "http://localhost/admin/users?role=viewer&sort=-username"

    answer = client.post("/admin/users/ada/role", data={"role": "uploader"}, headers={"Referer": came_from})

    assert (answer.status_code, answer.location) == (303, "/admin/users?role=viewer&sort=-username")
    assert "ada now has the role uploader." in client.get("/admin/users").text


@pytest.mark.parametrize(
    "came_from",
    ["", "http://evil.example/admin/users", "http://localhost//evil.example/admin/", "http://localhost/@ada", "::"],
)
def test_a_deed_goes_nowhere_else(client: FlaskClient, came_from: str) -> None:
    make_user("ada", Role.VIEWER)

    answer = client.post("/admin/users/ada/role", data={"role": "uploader"}, headers={"Referer": came_from})

    assert answer.location == "/admin/users"


def test_a_deed_by_htmx_says_what_it_did_and_that_the_list_changed(client: FlaskClient) -> None:
    make_user("ada", Role.VIEWER)

    answer = client.post("/admin/users/ada/role", data={"role": "moderator"}, headers=FRAGMENT)

    assert answer.status_code == 204
    assert toast_of(answer) == "ada now has the role moderator."
    assert "list-changed" in json.loads(answer.headers["HX-Trigger"])
    assert 'hx-trigger="list-changed"' in client.get("/admin/users", headers=FRAGMENT).text


def test_the_last_admin_stays(client: FlaskClient) -> None:
    plain = client.post("/admin/users/root/role", data={"role": "viewer"})
    fragment = client.post("/admin/users/root/role", data={"role": "viewer"}, headers=FRAGMENT)

    assert plain.status_code == fragment.status_code == 409
    assert "only admin" in plain.text
    assert "only admin" in toast_of(fragment)
    assert client.post("/admin/users/root/suspend").status_code == 409
    assert client.get("/admin").status_code == 200


def test_suspending_shuts_out_at_once_and_can_be_undone(client: FlaskClient, app: Flask) -> None:
    ada = make_user("ada")
    other = app.test_client()
    sign_in(other, ada)

    client.post("/admin/users/ada/suspend", data={"reason": "Uploaded adverts"})

    assert other.get("/account").status_code == 303
    assert "Uploaded adverts" in client.get("/admin/users").text

    client.post("/admin/users/ada/unsuspend")
    sign_in(other, accounts.get_user("ada"))
    assert other.get("/account").status_code == 200


def test_a_reset_link_is_shown_once_and_works(client: FlaskClient) -> None:
    make_user("ada")

    answer = client.post("/admin/users/ada/reset-link")
    page = answer.text
    link = re.search(r"<code>http://[^/]+(/password/[^<]+)</code>", page)

    assert link is not None
    client.delete_cookie("vod_sign_in")
    opened = client.get(link[1])
    assert opened.status_code == 200
    assert {page.headers["Cache-Control"] for page in (answer, opened)} == {"no-store"}


def test_a_person_is_added_and_chooses_the_password(client: FlaskClient) -> None:
    assert client.get("/admin/users/new").status_code == 200

    answer = client.post("/admin/users/new", data={"username": "Ada", "email": "ada@example.org", "role": "viewer"})

    assert "/password/" in answer.text
    assert names(client.get("/admin/users?role=viewer")) == ["Ada"]


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_a_name_that_is_taken_is_told_beside_its_field(client: FlaskClient, headers: dict[str, str]) -> None:
    make_user("ada")
    person = {"username": "ADA", "email": "other@example.org", "role": "viewer"}

    answer = client.post("/admin/users/new", data=person, headers=headers)

    assert answer.status_code == 422
    assert "This user name is taken." in answer.text
    assert 'value="other@example.org"' in answer.text
    assert 'value="viewer" checked' in answer.text


def test_a_failed_video_is_tried_again_from_the_table(client: FlaskClient) -> None:
    video = make_unready_video(make_user(), VideoStatus.FAILED)
    make_encode(video, resources().storage, is_active=False)

    answer = client.post(f"/admin/videos/{video.public_id}/retry", headers=FRAGMENT)

    assert toast_of(answer) == "“A video” is processed again."
    assert status_of(video) is VideoStatus.QUEUED

    client.post(f"/admin/videos/{video.public_id}/cancel")
    assert status_of(video) is VideoStatus.FAILED


def test_a_ready_video_is_encoded_anew_and_plays_on(client: FlaskClient) -> None:
    video = make_video(make_user())
    make_encode(video, resources().storage)

    answer = client.post(f"/admin/videos/{video.public_id}/reencode", follow_redirects=True)

    assert "it plays on meanwhile" in answer.text
    assert current_session().get_one(Video, video.id, populate_existing=True).is_playable


@on_both
def test_a_video_goes_to_the_bin_and_comes_back(client: FlaskClient) -> None:
    video = make_video(make_user())

    client.post(f"/admin/videos/{video.public_id}/delete")
    assert status_of(video) is VideoStatus.DELETED

    client.post(f"/admin/videos/{video.public_id}/restore")
    assert status_of(video) is VideoStatus.READY
    said = client.get("/admin/audit?query=A video").text
    assert "Deleted a video" in said
    assert "Brought a video back" in said
    assert f'href="/watch/{video.public_id}"' in said


def status_of(video: Video) -> VideoStatus:
    return current_session().get_one(Video, video.id, populate_existing=True).status


@on_both
def test_jobs_are_found_by_video_worker_state_and_kind(client: FlaskClient) -> None:
    sunset = make_video(make_user(), "Sunset")
    make_job(sunset)
    make_job(make_video(make_user(), "Sunrise"), JobState.DONE, kind=JobKind.AUDIO, worker="box-1", error=None)

    def found(query: str) -> list[str]:
        return sorted(shown(client.get(f"/admin/jobs?{query}", headers=FRAGMENT)))

    assert found("query=sun") == ["Sunrise", "Sunset FFmpeg ended with status 1"]
    assert found(f"query={sunset.public_id}") == ["Sunset FFmpeg ended with status 1"]
    assert found("query=box-1") == ["Sunrise"]
    assert found("state=done") == found("kind=audio") == ["Sunrise"]
    assert found("state=running") == []


def test_the_job_table_keeps_asking_and_keeps_its_filters(client: FlaskClient) -> None:
    make_job(make_video(make_user()))

    page = client.get("/admin/jobs?state=failed&sort=-attempt").text

    assert 'hx-get="/admin/jobs?state=failed&amp;sort=-attempt" hx-trigger="every 3s, list-changed"' in page


def test_workers_show_whether_they_are_there(client: FlaskClient) -> None:
    assert "No worker is running" in client.get("/admin/jobs").text
    with transaction() as session:
        session.add(Worker(name="box-1", host="box", pid=1, seen_at=utc_now()))
        session.add(Worker(name="box-2", host="box", pid=2, seen_at=utc_now() - timedelta(minutes=2)))

    page = client.get("/admin/jobs").text

    assert "Waits for work" in page
    assert "Silent" in page


@on_both
def test_a_worker_is_drained_and_another_number_chosen(client: FlaskClient, root: User) -> None:
    settings = resources().settings
    with transaction() as session:
        session.add(Worker(name="box-1", host="box", pid=1, queues="urgent", cpu_cores=1.25, seen_at=utc_now()))
    page = client.get("/admin/jobs").text
    assert "Only for what viewers wait for" in page
    assert ">1.2</td>" in page
    assert f'value="{settings.workers}"' in page

    assert toast_of(client.post("/admin/workers/box-1/drain", headers=FRAGMENT)) == "box-1 ends when its job is done."
    assert "Drain box-1" not in client.get("/admin/jobs").text
    assert client.post("/admin/workers", data={"count": "5"}).status_code == 303
    assert site.get_worker_count(settings).count == 5
    first = site.get_worker_count(settings)
    client.post("/admin/workers", data={"count": "5"})
    assert site.get_worker_count(settings) != first
    assert client.post("/admin/workers", data={"count": "0"}).status_code == 422
    assert [event.action for event in audit.list_events(root, AuditFilter()).items][-3:] == [
        "site.workers",
        "site.workers",
        "worker.drain",
    ]


def test_where_no_workers_are_wanted_none_can_be_chosen(root: User) -> None:
    elsewhere = with_settings(resources().settings, workers=0)
    with pytest.raises(Conflict):
        site.decide_worker_count(root, WorkersChange(count=3), settings=elsewhere, now=utc_now())
    site.decide_worker_count(root, WorkersChange(count=3), settings=resources().settings, now=utc_now())

    assert site.get_worker_count(elsewhere).count == 0


def test_the_first_job_tells_what_the_plan_leaves_out_and_why(client: FlaskClient) -> None:
    job = make_job(make_video(make_user()), JobState.DONE, kind=JobKind.PREPARE)
    with transaction() as session:
        session.get_one(Encode, job.encode_id).plan = {
            "copy_refusals": ["it is hevc, not H.264"],
            "captions_left_out": ["track 3 (German): its subtitles are pictures, not text (hdmv_pgs_subtitle)"],
        }

    page = client.get(f"/admin/jobs/{job.id}").text

    assert "it is hevc, not H.264" in page
    assert "its subtitles are pictures" in page


@on_both
def test_a_job_shows_its_error_and_log_and_is_tried_again(client: FlaskClient) -> None:
    job = make_job(make_video(make_user()), log="ffmpeg -i source\nInvalid data found")

    page = client.get(f"/admin/jobs/{job.id}").text
    assert "FFmpeg ended with status 1" in page
    assert "Invalid data found" in page

    answer = client.post(f"/admin/jobs/{job.id}/retry", headers=FRAGMENT)
    assert toast_of(answer) == "The job is on the queue again."
    assert state_of(job) is JobState.QUEUED
    assert "every 2s" in client.get(f"/admin/jobs/{job.id}").text

    client.post(f"/admin/jobs/{job.id}/cancel")
    assert state_of(job) is JobState.CANCELLED


def state_of(job: Job) -> JobState:
    return current_session().get_one(Job, job.id, populate_existing=True).state


def test_what_is_impossible_is_told_in_words(client: FlaskClient) -> None:
    address = f"/admin/jobs/{make_job(make_video(make_user()), JobState.DONE).id}/retry"

    plain = client.post(address)
    fragment = client.post(address, headers=FRAGMENT)

    assert plain.status_code == 409
    assert "Only a job that failed or was cancelled can be tried again." in plain.text
    assert toast_of(fragment) == "Only a job that failed or was cancelled can be tried again."
    assert client.get("/admin/jobs/999").status_code == 404


@on_both
def test_settings_hold_at_once_and_are_in_the_log(client: FlaskClient) -> None:
    client.post("/admin/settings", data={"name": "Films", "registration": "closed"})

    assert site.get_site() == site.Site(name="Films", registration=RegistrationPolicy.CLOSED)
    log = client.get("/admin/audit?action=site.change").text
    assert "Changed the settings" in log
    assert "registration: closed" in log
    assert shown(client.get("/admin/audit?query=nobody")) == []


def test_every_deed_that_is_kept_has_words() -> None:
    assert set(get_args(audit.Deed)) == set(WORDS_OF_DEEDS)


def test_settings_with_mistakes_come_back_filled_in(client: FlaskClient) -> None:
    answer = client.post("/admin/settings", data={"name": "", "registration": "closed"})

    assert answer.status_code == 422
    assert 'value="closed" checked' in answer.text
