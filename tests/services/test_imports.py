"""Files from real servers on loopback become the sources of videos, or are refused in a sentence, and leave nothing."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network

import pytest
from sqlalchemy import Engine, select

from tests.conftest import with_settings
from tests.factories import make_admin, make_user
from tests.file_server import FileServer, serving_files
from tests.uploading import make_bytes
from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, NotAllowed, NotFound, QuotaExceeded, RateLimited, UnsupportedMedia
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.jobs.importing import run_import
from vod_web.models import Import, ImportState, Job, JobState, Role, Source, User, Video, VideoStatus
from vod_web.queue import JobQueue
from vod_web.remote.addresses import AddressRefused
from vod_web.remote.downloads import Limits
from vod_web.schemas.imports import ImportCreate, ImportRetry
from vod_web.schemas.uploads import UploadDefaultsWrite
from vod_web.services import bin, import_fetching, imports, quotas, upload_defaults
from vod_web.services.import_fetching import Fetching
from vod_web.services.import_jobs import ImportLease, claim_import, take_back_expired_imports, take_back_imports_from
from vod_web.services.import_removal import expire_imports
from vod_web.services.throttle import Throttle
from vod_web.storage.base import Storage
from vod_web.storage.local import LocalStorage

PART_BYTES = 64 * 1024
CONTENT = b"\0\0\0\x18ftypmp42" + make_bytes(5 * PART_BYTES)
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()
LATER = timedelta(hours=1)


@dataclass
class Desk:
    """Where imports are begun and worked on, for one person."""

    person: User
    storage: Storage
    settings: Settings
    queue: JobQueue
    throttle: Throttle

    def begin(self, url: str, *, person: User | None = None, **said: object) -> Import:
        """An import that waits."""
        wanted = ImportCreate.model_validate({"url": url, **said})
        chosen = person or self.person
        return imports.create_import(
            chosen, wanted, storage=self.storage, settings=self.settings, throttle=self.throttle
        )

    def claim(self, now: datetime | None = None, worker: str = "one") -> ImportLease | None:
        """The next one's turn."""
        return claim_import(worker=worker, most=self.settings.imports, lease_s=30, now=now or utc_now())

    def attempt(self, lease: ImportLease | None) -> Fetching:
        """What a worker has at hand."""
        assert lease is not None
        return Fetching(lease, self.storage, self.queue, self.settings, Limits(max_bytes=0))

    def work(self, now: datetime | None = None) -> Import:
        """What a worker does when it is this import's turn; how it is afterwards."""
        attempt = self.attempt(self.claim(now))
        run_import(attempt, first_pause_s=10)
        return self.see(attempt.lease.import_id)

    def see(self, import_id: int) -> Import:
        """As it stands in the database."""
        close_session()
        return current_session().get_one(Import, import_id)

    def fetch(self, url: str, **said: object) -> Import:
        """An import, worked on once."""
        self.begin(url, **said)
        return self.work()

    def left(self) -> list[str]:
        """The keys of all that is stored, whole or in parts."""
        return [found.key for found in self.storage.list("")] + [
            found.key for found in self.storage.list_unfinished("")
        ]


@pytest.fixture(scope="module")
def server() -> Iterator[FileServer]:
    """A stranger's server."""
    with serving_files() as server:
        yield server


@pytest.fixture
def desk(database: Engine, settings: Settings, storage: LocalStorage, queue: JobQueue, throttle: Throttle) -> Desk:
    """A site that may ask this machine, with small parts."""
    changed = with_settings(settings, upload_part_bytes=PART_BYTES, import_networks=(ip_network("127.0.0.0/8"),))
    return Desk(make_user(), storage, changed, queue, throttle)


def video_of(found: Import) -> Video:
    """The video for which it is."""
    return current_session().get_one(Video, found.video_id)


def test_a_file_becomes_the_source_of_a_video(desk: Desk, server: FileServer) -> None:
    upload_defaults.set_defaults(desk.person, UploadDefaultsWrite(description="Hello."))
    url = server.serve(CONTENT, path="/my_holiday-2024.mp4", etag='"one"')
    begun = desk.begin(f"{url}?token=secret")
    assert (video_of(begun).title, video_of(begun).description) == ("my holiday 2024", "Hello.")
    assert video_of(begun).status is VideoStatus.UPLOADING

    found = desk.work()

    source = current_session().scalars(select(Source).where(Source.video_id == found.video_id)).one()
    assert (found.state, found.received_bytes, found.size_bytes) == (ImportState.DONE, len(CONTENT), len(CONTENT))
    assert (source.checksum_sha256, source.size_bytes) == (CHECKSUM, len(CONTENT))
    assert desk.storage.read_bytes(source.key) == CONTENT
    assert desk.left() == [source.key]
    assert video_of(found).status is VideoStatus.QUEUED
    assert found.url == url
    assert current_session().scalars(select(Job.state).where(Job.import_id == found.id)).one() is JobState.DONE


def test_the_server_may_give_the_file_a_better_name(desk: Desk, server: FileServer) -> None:
    headers = {"Content-Disposition": 'attachment; filename="../Grand_Opening.mkv"'}
    url = server.serve(CONTENT, path="/download", headers=headers)

    found = desk.fetch(url)
    named = desk.fetch(url, title="Mine")

    assert (found.filename, video_of(found).title) == ("Grand_Opening.mkv", "Grand Opening")
    assert video_of(named).title == "Mine"


def test_a_file_of_unknown_length_is_taken(desk: Desk, server: FileServer) -> None:
    found = desk.fetch(server.serve(CONTENT, says_length=False))

    assert (found.state, found.size_bytes) == (ImportState.DONE, len(CONTENT))


@pytest.mark.parametrize(("is_same", "first_byte"), [(True, f"bytes={2 * PART_BYTES}-"), (False, None)])
def test_what_broke_off_goes_on_if_the_file_is_the_same(
    desk: Desk, server: FileServer, is_same: bool, first_byte: str | None
) -> None:
    """In the next attempt, as after the death of a worker: nothing but the rows and the storage is kept."""
    url = server.serve(CONTENT, etag='"one"', cuts=[2 * PART_BYTES + 1000, 0, 0])
    begun = desk.fetch(url)
    assert (begun.state, begun.stored_bytes) == (ImportState.WAITING, 2 * PART_BYTES)
    assert begun.error == "The connection to 127.0.0.1 broke off."
    content = CONTENT if is_same else CONTENT[::-1].replace(CONTENT[::-1][:12], CONTENT[:12])
    server.serve(content, etag='"one"' if is_same else '"two"')

    found = desk.work(utc_now() + LATER)

    ranges = [request.headers.get("Range") for request in server.requests if request.path == "/film.mp4"]
    assert ranges[-1] == f"bytes={2 * PART_BYTES}-"
    assert (found.state, found.error) == (ImportState.DONE, None)
    assert desk.storage.read_bytes(found.key) == content
    source = current_session().scalars(select(Source)).one()
    assert source.checksum_sha256 == hashlib.sha256(content).hexdigest()
    assert list(desk.storage.list_unfinished("")) == []


def test_a_line_that_breaks_again_and_again_is_no_failure_as_long_as_something_comes(
    desk: Desk, server: FileServer
) -> None:
    url = server.serve(CONTENT, etag='"one"', cuts=[PART_BYTES + 10] * 4)

    assert desk.fetch(url).state is ImportState.DONE


@pytest.mark.parametrize(
    ("served", "sentence", "code"),
    [
        ({"status": 404}, "The server answered 404 (Not Found).", "fetch_failed"),
        ({"content": b"<!DOCTYPE html><title>x"}, "This is a web page, not a video.", "unsupported_media"),
        ({"content": b"x" * 99, "headers": {"Content-Type": "text/html"}}, "This is a web page", "unsupported_media"),
        ({"content": b"%PDF-1.7" + bytes(9000)}, "not a video: it is a PDF document", "unsupported_media"),
        ({"content": b""}, "The server sent an empty file.", "fetch_failed"),
        ({"status": 302, "headers": {"Location": "http://10.0.0.1/x.mp4"}}, "private address", "address_refused"),
        ({"content": CONTENT, "headers": {"Content-Disposition": "x; filename=a.zip"}}, "archive", "unsupported_media"),
    ],
)
def test_what_cannot_be_fetched_is_told_and_leaves_nothing(
    desk: Desk, server: FileServer, served: dict[str, object], sentence: str, code: str
) -> None:
    found = desk.fetch(server.serve(**served))  # type: ignore[arg-type] # the fields by name

    assert found.state is ImportState.FAILED
    assert sentence in (found.error or "")
    assert (found.error_code, found.parts_id) == (code, "")
    assert (video_of(found).status, video_of(found).status_reason) == (VideoStatus.DRAFT, found.error)
    assert desk.left() == []


def test_servers_that_are_away_are_asked_again_three_times(desk: Desk, server: FileServer) -> None:
    now = utc_now()
    found = desk.fetch(server.serve(status=503))
    for _ in range(3):
        assert found.state is ImportState.WAITING
        assert desk.claim() is None
        now += LATER
        found = desk.work(now)

    assert (found.state, found.error) == (ImportState.FAILED, "The server answered 503 (Service Unavailable).")


def test_a_failed_import_is_tried_again_on_demand(desk: Desk, server: FileServer) -> None:
    found = desk.fetch(server.serve(status=404))
    server.serve(CONTENT)

    imports.retry_import(desk.person, found.public_id, ImportRetry(), settings=desk.settings)
    with pytest.raises(Conflict, match="failed"):
        imports.retry_import(desk.person, found.public_id, ImportRetry(), settings=desk.settings)

    assert desk.work().state is ImportState.DONE


@pytest.mark.parametrize("says_length", [True, False])
def test_quota_bounds_what_is_fetched_announced_or_not(desk: Desk, server: FileServer, says_length: bool) -> None:
    with transaction() as session:
        session.get_one(User, desk.person.id).quota_bytes = 3 * PART_BYTES

    found = desk.fetch(server.serve(CONTENT, says_length=says_length))

    assert (found.state, found.error_code) == (ImportState.FAILED, "quota_exceeded")
    assert "too much" in (found.error or "")
    assert desk.left() == []


def test_the_largest_size_bounds_what_is_fetched(desk: Desk, server: FileServer) -> None:
    desk.settings = with_settings(desk.settings, max_upload_bytes=100_000)

    for says_length in (True, False):
        found = desk.fetch(server.serve(CONTENT, says_length=says_length))
        assert found.error == "This file is larger than 100 kB, the most that is allowed."
    assert desk.left() == []


def test_what_is_on_its_way_counts_as_stored(desk: Desk, server: FileServer) -> None:
    desk.fetch(server.serve(CONTENT, etag='"one"', cuts=[2 * PART_BYTES, 0]))

    assert quotas.storage_used(desk.person) == len(CONTENT)
    assert quotas.uploaded_since(desk.person, utc_now() - LATER) == len(CONTENT)


def test_a_file_that_the_person_has_is_told_if_they_want_that(desk: Desk, server: FileServer) -> None:
    url = server.serve(CONTENT)
    first = desk.fetch(url, title="The first")

    again = desk.fetch(url, allow_duplicate=False)
    assert (again.error, again.error_code) == ('You have this file already: it is the video "The first".', "duplicate")
    assert desk.left() == [first.key]
    imports.retry_import(desk.person, again.public_id, ImportRetry(allow_duplicate=True), settings=desk.settings)
    assert desk.work().state is ImportState.DONE
    assert desk.fetch(url).state is ImportState.DONE


@pytest.mark.parametrize("how", ["cancelled", "deleted"])
def test_an_import_that_nobody_wants_any_more_stops_and_leaves_nothing(
    desk: Desk, server: FileServer, how: str
) -> None:
    desk.begin(server.serve(CONTENT, etag='"one"', cuts=[2 * PART_BYTES, 0]))
    found = desk.work()
    attempt = desk.attempt(desk.claim(utc_now() + LATER))
    owner_sees = imports.get_import(desk.person, found.public_id)
    if how == "cancelled":
        imports.cancel_import(desk.person, found.public_id, storage=desk.storage)
    else:
        bin.delete_video(desk.person, owner_sees.video.public_id, now=utc_now())
        expire_imports(storage=desk.storage, now=utc_now())
    server.serve(CONTENT, etag='"one"')

    run_import(attempt, first_pause_s=10)

    close_session()
    assert current_session().get(Import, found.id) is None
    assert desk.left() == []
    with pytest.raises(NotFound):
        imports.get_import(desk.person, found.public_id)
    assert current_session().get(Video, found.video_id) is None


def test_what_failed_is_forgotten_in_time_with_its_draft(desk: Desk, server: FileServer) -> None:
    failed = desk.fetch(server.serve(status=404))
    done = desk.fetch(server.serve(CONTENT))
    assert expire_imports(storage=desk.storage, now=utc_now()) == 0

    assert expire_imports(storage=desk.storage, now=utc_now() + timedelta(days=8)) == 2

    assert current_session().scalars(select(Import)).all() == []
    assert current_session().get(Video, failed.video_id) is None
    assert current_session().get(Video, done.video_id) is not None
    assert desk.storage.exists(done.key)


def test_bytes_of_a_failure_that_was_not_cleaned_up_go_with_the_next_sweep(desk: Desk, server: FileServer) -> None:
    """The process died between the row and the storage."""
    found = desk.fetch(server.serve(CONTENT, etag='"one"', cuts=[2 * PART_BYTES, 0]))
    with transaction() as session:
        session.get_one(Import, found.id).state = ImportState.FAILED
    assert desk.left() == [found.key]

    assert expire_imports(storage=desk.storage, now=utc_now()) == 1

    assert desk.left() == []
    assert desk.see(found.id).parts_id == ""


@pytest.mark.parametrize(
    "take_back",
    [
        lambda: take_back_expired_imports(now=utc_now() + LATER),
        lambda: take_back_imports_from("one", now=utc_now()),
    ],
)
def test_the_import_of_a_dead_worker_goes_on(desk: Desk, server: FileServer, take_back: Callable[[], int]) -> None:
    desk.begin(server.serve(CONTENT))
    frozen = desk.attempt(desk.claim())
    assert desk.claim() is None
    assert take_back() == 1

    found = desk.work(utc_now() + 2 * LATER)
    run_import(frozen, first_pause_s=10)  # it wakes up, and finds that it is another's now

    assert (found.state, desk.left()) == (ImportState.DONE, [found.key])
    assert current_session().scalars(select(Source)).all() != []
    assert take_back() == 0


def test_a_server_that_is_silent_has_no_speed(desk: Desk, server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_fetching, "SILENT_S", -1.0)
    desk.begin(server.serve(CONTENT))
    attempt = desk.attempt(desk.claim())
    with transaction() as session:
        session.get_one(Import, attempt.lease.import_id).speed_bps = 1e6

    attempt.renew()

    assert desk.see(attempt.lease.import_id).speed_bps is None


def test_a_worker_that_is_told_to_end_gives_the_import_back(desk: Desk, server: FileServer) -> None:
    desk.begin(server.serve(CONTENT))
    attempt = desk.attempt(desk.claim())
    attempt.is_stop_wanted = True

    run_import(attempt, first_pause_s=10)

    job = current_session().scalars(select(Job)).one()
    assert (job.state, job.attempt, job.fence) == (JobState.WAITING, 0, None)
    assert desk.work().state is ImportState.DONE


def test_one_person_has_all_places_but_one_and_people_take_turns(desk: Desk, server: FileServer) -> None:
    desk.settings = with_settings(desk.settings, imports=3)
    url, other = server.serve(CONTENT), make_user()
    for person in (desk.person, desk.person, desk.person, other, other):
        desk.begin(url, person=person)
    order: Sequence[ImportLease | None] = [desk.claim() for _ in range(4)]

    owners = [desk.see(lease.import_id).owner_id for lease in order if lease]
    assert owners == [desk.person.id, other.id, desk.person.id]
    assert order[3] is None
    run_import(desk.attempt(order[1]), first_pause_s=10)
    last = desk.claim()
    assert last is not None
    assert desk.see(last.import_id).owner_id == other.id


def test_what_can_be_refused_without_asking_is_refused_at_once(desk: Desk) -> None:
    for url, kind in (
        ("http://10.0.0.1/film.mp4", AddressRefused),
        ("http://[::1]/film.mp4", AddressRefused),
        ("https://a:b@example.org/film.mp4", AddressRefused),
        ("https://example.org/notes.pdf", UnsupportedMedia),
    ):
        with pytest.raises(kind):
            desk.begin(url)
    with pytest.raises(NotAllowed):
        desk.begin("https://example.org/film.mp4", person=make_user(role=Role.VIEWER))
    desk.settings = with_settings(desk.settings, imports=0)
    with pytest.raises(NotAllowed, match="does not fetch"):
        desk.begin("https://example.org/film.mp4")
    assert current_session().scalars(select(Video)).all() == []


def test_imports_are_bounded_for_each_person(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_OPEN", 2)
    with transaction() as session:
        session.get_one(User, desk.person.id).quota_bytes = 10
    for _ in range(2):
        desk.begin("https://example.org/film.mp4")
    with pytest.raises(RateLimited, match="2 files are being fetched"):
        desk.begin("https://example.org/film.mp4")
    monkeypatch.setattr(imports, "BEGUN", imports.Limit("few", 1, 3600, "That was often."))
    desk.begin("https://example.org/film.mp4", person=make_user())
    with transaction() as session:
        session.get_one(User, desk.person.id).quota_bytes = 1
        session.add(Video(owner_id=desk.person.id, title="x", source_bytes=5))
    with pytest.raises(QuotaExceeded):
        desk.begin("https://example.org/film.mp4")
    with pytest.raises(RateLimited, match="That was often"):
        desk.begin("https://example.org/film.mp4")


def test_an_import_is_its_owners_and_the_admins(desk: Desk) -> None:
    found = desk.begin("https://example.org/film.mp4")

    assert [one.id for one in imports.list_imports(desk.person)] == [found.id]
    assert imports.get_import(make_admin(), found.public_id).id == found.id
    stranger = make_user()
    assert imports.list_imports(stranger) == []
    for act in (
        lambda: imports.get_import(stranger, found.public_id),
        lambda: imports.cancel_import(stranger, found.public_id, storage=desk.storage),
    ):
        with pytest.raises(NotFound):
            act()
