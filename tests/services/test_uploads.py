"""Uploads, end to end below the web: over both storages and both databases."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError

import pytest
from sqlalchemy import Engine, delete, func, select, update

from tests.conftest import with_settings
from tests.factories import make_user, make_video
from tests.s3_server import S3Server, create_bucket
from tests.uploading import Sender, make_bytes, part_of
from vod_web.core.clock import utc_now
from vod_web.core.errors import (
    ChecksumMismatch,
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSignedIn,
    QuotaExceeded,
    RateLimited,
    StorageFailed,
    StorageFull,
    TooLarge,
    Unavailable,
    UnsupportedMedia,
)
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import Job, JobKind, Part, Role, Source, Upload, User, Video, VideoStatus, Visibility
from vod_web.queue import JobQueue
from vod_web.schemas.uploads import PartsRequest, PartTargetRead, SentPart, UploadComplete, UploadCreate
from vod_web.services import (
    quotas,
    upload_completion,
    upload_parts,
    upload_receiving,
    upload_removal,
    upload_room,
    uploads,
)
from vod_web.services.admin import get_overview
from vod_web.storage import open_storage
from vod_web.storage.base import Storage, UploadedPart
from vod_web.storage.s3 import S3Storage

MIB = 1024**2
SIZE = 17 * MIB
"""Two parts, the second one short."""
ALL = UploadComplete()


@pytest.fixture
def owner(database: Engine) -> User:
    """Somebody who may upload."""
    return make_user("ada")


@pytest.fixture
def local_storage(settings: Settings) -> Storage:
    """The files of this test's site."""
    return open_storage(settings)


@pytest.fixture(scope="session")
def own_bucket(s3_server: S3Server) -> S3Storage:
    """A bucket that only these tests use: they count what it holds."""
    storage = s3_server.storage(bucket="uploads")
    create_bucket(storage)
    return storage


@pytest.fixture
def s3_storage(own_bucket: S3Storage) -> Iterator[Storage]:
    """That bucket, emptied afterwards."""
    yield own_bucket
    own_bucket.delete_prefix("sources/")


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest) -> Storage:
    """Each storage in turn."""
    found: Storage = request.getfixturevalue(f"{request.param}_storage")
    return found


@pytest.fixture
def queue(settings: Settings) -> JobQueue:
    """The queue of this test's site."""
    return JobQueue(settings.redis_url)


@pytest.fixture
def sender(owner: User, storage: Storage, settings: Settings) -> Sender:
    """The owner's browser."""
    return Sender(owner, storage=storage, settings=settings)


@pytest.fixture
def begin(owner: User, storage: Storage, settings: Settings) -> Callable[..., Upload]:
    """Begins an upload of SIZE bytes by the owner, or as the arguments say."""

    def begin(**values: object) -> Upload:
        wanted = UploadCreate.model_validate({"filename": "clip.mp4", "size_bytes": SIZE, **values})
        return uploads.create_upload(owner, wanted, storage=storage, settings=settings)

    return begin


@pytest.fixture
def complete(owner: User, storage: Storage, settings: Settings, queue: JobQueue) -> Callable[..., Video]:
    """Completes one of the owner's uploads."""

    def complete(upload: Upload, wanted: UploadComplete = ALL, actor: User = owner) -> Video:
        return upload_completion.complete_upload(
            actor, upload.public_id, wanted, storage=storage, queue=queue, settings=settings
        )

    return complete


def stored_bytes(storage: Storage) -> int:
    """How many objects and open parts there are."""
    return len(list(storage.list(""))) + len(list(storage.list_unfinished("")))


def read_source(storage: Storage, video: Video) -> bytes:
    close_session()
    source = current_session().scalars(select(Source).where(Source.video_id == video.id)).one()
    return storage.read_bytes(source.key)


def test_an_upload_becomes_the_source_of_a_video_that_waits_for_its_turn(
    begin: Callable[..., Upload], complete: Callable[..., Video], sender: Sender, storage: Storage
) -> None:
    content = make_bytes(SIZE)
    upload = begin(filename="my_holiday-2024.mp4", visibility="private", checksum_sha256="ab" * 32)
    sender.send_all(upload, content)

    video = complete(upload)

    assert (video.title, video.visibility, video.status) == (
        "my holiday 2024",
        Visibility.PRIVATE,
        VideoStatus.QUEUED,
    )
    assert video.source_bytes == SIZE
    assert hashlib.sha256(read_source(storage, video)).digest() == hashlib.sha256(content).digest()
    source = current_session().scalars(select(Source)).one()
    assert (source.filename, source.checksum_sha256) == ("my_holiday-2024.mp4", "ab" * 32)
    assert [job.kind for job in current_session().scalars(select(Job))] == [JobKind.PREPARE]
    assert upload_parts.get_upload(sender.person, upload.public_id, storage=storage).received == [1, 2]


def test_a_sender_learns_checksums_by_which_it_knows_its_file_again(
    begin: Callable[..., Upload], sender: Sender, storage: Storage
) -> None:
    content = make_bytes(SIZE)
    upload = begin(part_checksums=True)
    sender.send(upload, 1, part_of(upload, content, 1))
    told = upload_parts.get_upload(sender.person, upload.public_id, storage=storage)
    assert told.samples == {1: hashlib.sha256(part_of(upload, content, 1)).hexdigest()}


def test_parts_may_come_in_any_order_and_are_reported(
    begin: Callable[..., Upload], sender: Sender, storage: Storage
) -> None:
    content = make_bytes(SIZE)
    upload = begin()

    sender.send(upload, 2, part_of(upload, content, 2))

    told = upload_parts.get_upload(sender.person, upload.public_id, storage=storage)
    assert (told.received, told.part_count, told.state) == ([2], 2, "open")


def test_a_missing_part_keeps_the_upload_open(
    begin: Callable[..., Upload], complete: Callable[..., Video], sender: Sender, storage: Storage
) -> None:
    content = make_bytes(SIZE)
    upload = begin()
    sender.send_all(upload, content, but=(1,))

    with pytest.raises(Conflict, match="missing part 1"):
        complete(upload)

    sender.send(upload, 1, part_of(upload, content, 1))
    assert read_source(storage, complete(upload)) == content


def test_wrong_bytes_are_refused_and_the_part_can_be_sent_again(
    begin: Callable[..., Upload], complete: Callable[..., Video], sender: Sender, storage: Storage
) -> None:
    content = make_bytes(MIB)
    upload = begin(size_bytes=MIB, part_checksums=True)

    with pytest.raises((ChecksumMismatch, HTTPError)):
        sender.send(upload, 1, make_bytes(MIB, seed=2), agreed=content)
    assert upload_parts.get_upload(sender.person, upload.public_id, storage=storage).received == []

    sender.send(upload, 1, content)
    assert read_source(storage, complete(upload)) == content


def test_a_part_may_be_sent_again(
    begin: Callable[..., Upload], complete: Callable[..., Video], sender: Sender, storage: Storage
) -> None:
    content = make_bytes(SIZE)
    upload = begin()
    sender.send_all(upload, content)
    sender.send(upload, 2, part_of(upload, content, 2))

    assert read_source(storage, complete(upload)) == content


def test_checksums_are_given_for_all_parts_or_none(begin: Callable[..., Upload], sender: Sender) -> None:
    with pytest.raises(InvalidInput, match="missing"):
        sender.target(begin(part_checksums=True), 1)
    with pytest.raises(InvalidInput, match="without"):
        sender.target(begin(), 1, checksum="ab" * 32)


def test_completing_names_the_parts_that_are_meant(
    begin: Callable[..., Upload], complete: Callable[..., Video], sender: Sender
) -> None:
    upload = begin(size_bytes=MIB)
    etag = sender.send(upload, 1, make_bytes(MIB))

    with pytest.raises(ChecksumMismatch, match="Part 1"):
        complete(upload, UploadComplete(parts=[SentPart(number=1, etag="0" * 32)]))

    assert complete(upload, UploadComplete(parts=[SentPart(number=1, etag=etag)])).status is VideoStatus.QUEUED


def test_completing_twice_makes_one_source(
    begin: Callable[..., Upload], complete: Callable[..., Video], sender: Sender
) -> None:
    upload = begin(size_bytes=MIB)
    sender.send_all(upload, make_bytes(MIB))

    assert complete(upload).id == complete(upload).id
    assert count(Source) == count(Job) == 1


def test_completing_in_many_threads_makes_one_source(
    begin: Callable[..., Upload], complete: Callable[..., Video], sender: Sender, storage: Storage
) -> None:
    content = make_bytes(SIZE)
    upload = begin()
    sender.send_all(upload, content)
    close_session()
    barrier = threading.Barrier(4)

    def work() -> object:
        barrier.wait()
        return complete(upload).status

    assert in_threads(work, 4) == [VideoStatus.QUEUED] * 4
    assert count(Source) == count(Job) == 1
    assert storage.stat(upload.key).size_bytes == SIZE


def test_completing_again_finishes_what_a_killed_request_began(
    begin: Callable[..., Upload], complete: Callable[..., Video], sender: Sender, storage: Storage
) -> None:
    content = make_bytes(SIZE)
    upload = begin()
    sender.send_all(upload, content)
    parts = upload_parts.list_received_parts(upload, storage=storage)
    storage.complete_parts(upload.key, upload.parts_id, parts, size_bytes=SIZE)  # and then the power failed

    assert read_source(storage, complete(upload)) == content


def test_aborting_leaves_neither_bytes_nor_draft(
    begin: Callable[..., Upload], sender: Sender, storage: Storage
) -> None:
    upload = begin()
    sender.send_all(upload, make_bytes(SIZE), but=(2,))

    uploads.abort_upload(sender.person, upload.public_id, storage=storage)

    assert stored_bytes(storage) == 0
    assert count(Upload) == count(Part) == count(Video) == 0
    with pytest.raises(NotFound):
        sender.target(upload, 1)


def test_a_complete_upload_cannot_be_aborted(
    begin: Callable[..., Upload], complete: Callable[..., Video], sender: Sender, storage: Storage
) -> None:
    upload = begin(size_bytes=MIB)
    sender.send_all(upload, make_bytes(MIB))
    complete(upload)

    with pytest.raises(Conflict, match="complete already"):
        uploads.abort_upload(sender.person, upload.public_id, storage=storage)


def test_expired_uploads_leave_no_byte(
    begin: Callable[..., Upload], complete: Callable[..., Video], sender: Sender, storage: Storage
) -> None:
    done = begin(size_bytes=MIB)
    sender.send_all(done, make_bytes(MIB))
    video = complete(done)
    sender.send_all(begin(), make_bytes(SIZE), but=(1,))
    untouched = begin()

    assert upload_removal.expire_uploads(storage=storage, now=utc_now() + timedelta(days=6)) == 0
    assert upload_removal.expire_uploads(storage=storage, now=utc_now() + timedelta(days=8)) == 2

    assert [stored.key for stored in storage.list("")] == [done.key]
    assert list(storage.list_unfinished("")) == []
    close_session()
    assert current_session().scalars(select(Video.id)).all() == [video.id]
    assert untouched.key != done.key


def test_activity_puts_the_expiry_off(
    begin: Callable[..., Upload], sender: Sender, storage: Storage, settings: Settings
) -> None:
    upload = begin()
    later = utc_now() + timedelta(days=5)

    upload_parts.list_part_targets(
        sender.person,
        upload.public_id,
        PartsRequest(numbers=[1]),
        storage=storage,
        settings=settings,
        own_address=lambda number, token: "",
        now=later,
    )

    assert upload_removal.expire_uploads(storage=storage, now=later + timedelta(days=6)) == 0


def test_an_upload_whose_video_was_deleted_goes_with_the_next_sweep(
    begin: Callable[..., Upload], complete: Callable[..., Video], sender: Sender, storage: Storage
) -> None:
    upload = begin(size_bytes=MIB)
    sender.send_all(upload, make_bytes(MIB))
    with transaction() as session:
        video = session.get_one(Video, upload.video_id)
        video.status, video.deleted_at = VideoStatus.DELETED, utc_now()

    assert upload_removal.expire_uploads(storage=storage) == 1
    assert stored_bytes(storage) == 0


def test_a_removal_that_was_interrupted_goes_on(begin: Callable[..., Upload], storage: Storage) -> None:
    upload = begin()
    with transaction() as session:
        session.get_one(Upload, upload.id).state = uploads.UploadState.ABORTED

    assert upload_removal.expire_uploads(storage=storage) == 1
    assert stored_bytes(storage) == 0


def test_parts_whose_id_was_never_written_down_go_with_the_upload(
    begin: Callable[..., Upload], sender: Sender, storage: Storage
) -> None:
    upload = begin()
    sender.send(upload, 1, part_of(upload, make_bytes(SIZE), 1))
    with transaction() as session:
        session.get_one(Upload, upload.id).parts_id = ""  # the process died before

    assert stored_bytes(storage) == 1
    assert upload_removal.expire_uploads(storage=storage, now=utc_now() + timedelta(days=8)) == 1
    assert stored_bytes(storage) == 0


def test_an_object_whose_completion_was_never_written_down_goes_with_the_upload(
    begin: Callable[..., Upload], sender: Sender, storage: Storage
) -> None:
    upload = begin(size_bytes=MIB)
    sender.send_all(upload, make_bytes(MIB))
    parts = storage.list_parts(upload.key, upload.parts_id) or [UploadedPart(1, MIB, "received")]
    storage.complete_parts(upload.key, upload.parts_id, parts, size_bytes=MIB)  # and then the process died

    assert stored_bytes(storage) == 1
    assert upload_removal.expire_uploads(storage=storage, now=utc_now() + timedelta(days=8)) == 1
    assert stored_bytes(storage) == 0


@pytest.mark.parametrize("is_row_gone", [True, False])
def test_parts_opened_for_an_upload_that_was_removed_meanwhile_are_closed(
    begin: Callable[..., Upload], storage: Storage, monkeypatch: pytest.MonkeyPatch, is_row_gone: bool
) -> None:
    open_parts = storage.begin_parts

    def open_slowly(*arguments: Any, **named: Any) -> str:
        """The storage took its time, and the sweep was there."""
        parts_id = open_parts(*arguments, **named)
        gone = delete(Upload) if is_row_gone else update(Upload).values(state=uploads.UploadState.EXPIRED)
        with transaction() as session:
            session.execute(gone)
        return parts_id

    monkeypatch.setattr(storage, "begin_parts", open_slowly)
    with pytest.raises(NotFound, match="given up"):
        begin()
    assert stored_bytes(storage) == 0


def test_another_persons_upload_is_not_there(
    begin: Callable[..., Upload], complete: Callable[..., Video], storage: Storage, settings: Settings
) -> None:
    upload = begin()
    other = make_user("eve", Role.ADMIN)
    stranger = Sender(other, storage=storage, settings=settings)

    for attempt in (
        lambda: upload_parts.get_upload(other, upload.public_id, storage=storage),
        lambda: stranger.target(upload, 1),
        lambda: complete(upload, actor=other),
        lambda: uploads.abort_upload(other, upload.public_id, storage=storage),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert uploads.list_open_uploads(other) == []


def second_of(wanted: UploadCreate) -> UploadCreate:
    """Another file, for which there is room only without the first."""
    return wanted.model_copy(update={"size_bytes": int(wanted.size_bytes * 1.7)})


@pytest.mark.parametrize("storage", ["local"], indirect=True)
class TestBeforeTheFirstByte:
    """What is refused, and that nothing is left of it."""

    def test_visitors_and_viewers_may_not_upload(self, storage: Storage, settings: Settings, owner: User) -> None:
        wanted = UploadCreate(filename="clip.mp4", size_bytes=SIZE)
        with pytest.raises(NotSignedIn):
            uploads.create_upload(None, wanted, storage=storage, settings=settings)
        with pytest.raises(NotAllowed):
            uploads.create_upload(make_user(role=Role.VIEWER), wanted, storage=storage, settings=settings)

    def test_a_file_above_the_limit_is_refused(self, owner: User, storage: Storage, settings: Settings) -> None:
        small = with_settings(settings, max_upload_bytes=1_000_000)
        with pytest.raises(TooLarge, match=r"1\.5 MB; the largest allowed is 1 MB"):
            uploads.create_upload(
                owner, UploadCreate(filename="a.mp4", size_bytes=1_500_000), storage=storage, settings=small
            )
        assert count(Video) == count(Upload) == 0

    @pytest.mark.parametrize("filename", ["holiday.JPG", "notes.txt", "song.mp3", "all.zip"])
    def test_what_is_obviously_no_video_is_refused(self, begin: Callable[..., Upload], filename: str) -> None:
        with pytest.raises(UnsupportedMedia, match="only videos"):
            begin(filename=filename)

    @pytest.mark.parametrize("filename", ["clip", "clip.MOV", "clip.dav", ".mp4"])
    def test_a_name_that_may_be_video_is_tried(self, begin: Callable[..., Upload], filename: str) -> None:
        assert begin(filename=filename).filename == filename

    def test_the_quota_counts_what_is_stored_and_what_is_on_the_way(
        self, owner: User, storage: Storage, settings: Settings, begin: Callable[..., Upload]
    ) -> None:
        make_video(owner, source_bytes=3 * MIB, rendition_bytes=2 * MIB)
        make_video(make_user(), source_bytes=500 * MIB)
        begin()
        limited = with_settings(settings, user_quota_bytes=23 * MIB)

        assert quotas.storage_used(owner) == 22 * MIB
        with pytest.raises(QuotaExceeded, match=r"2\.1 MB, and 1 MB of your 24\.1 MB are left: 1 MB too much"):
            uploads.create_upload(
                owner, UploadCreate(filename="a.mp4", size_bytes=2 * MIB), storage=storage, settings=limited
            )
        uploads.create_upload(owner, UploadCreate(filename="a.mp4", size_bytes=MIB), storage=storage, settings=limited)

    def test_a_persons_own_quota_comes_before_the_sites(
        self, storage: Storage, settings: Settings, database: Engine
    ) -> None:
        person = make_user(quota_bytes=10 * MIB)
        limits = uploads.get_limits(person, settings=with_settings(settings, user_quota_bytes=1))
        assert limits.quota.left_bytes == 10 * MIB

    def test_what_may_be_uploaded_in_a_day_is_counted_apart(
        self, owner: User, storage: Storage, settings: Settings
    ) -> None:
        limited = with_settings(settings, user_daily_bytes=10 * MIB)
        wanted = UploadCreate(filename="a.mp4", size_bytes=6 * MIB)
        uploads.create_upload(owner, wanted, storage=storage, settings=limited)
        assert uploads.get_limits(owner, settings=limited).quota.left_today_bytes == 4 * MIB
        with pytest.raises(
            QuotaExceeded, match=r"4\.2 MB of the 10\.5 MB that you may upload within 24 hours are left"
        ):
            uploads.create_upload(owner, wanted, storage=storage, settings=limited)
        tomorrow = utc_now() + timedelta(hours=25)
        assert uploads.create_upload(owner, wanted, storage=storage, settings=limited, now=tomorrow)

    def test_two_uploads_at_once_do_not_both_get_the_last_of_the_quota(
        self, owner: User, storage: Storage, settings: Settings
    ) -> None:
        limited = with_settings(settings, user_quota_bytes=30 * MIB)
        barrier = threading.Barrier(4)

        def work() -> object:
            barrier.wait()
            try:
                uploads.create_upload(
                    owner, UploadCreate(filename="a.mp4", size_bytes=SIZE), storage=storage, settings=limited
                )
            except QuotaExceeded:
                return "refused"
            return "begun"

        assert sorted(str(outcome) for outcome in in_threads(work, 4)) == ["begun", "refused", "refused", "refused"]

    def test_a_disk_that_is_nearly_full_takes_nothing(
        self, owner: User, storage: Storage, settings: Settings, begin: Callable[..., Upload]
    ) -> None:
        free_bytes = storage.free_bytes()
        assert free_bytes is not None
        huge = with_settings(settings, max_upload_bytes=free_bytes * 2)
        with pytest.raises(StorageFull, match="nearly full"):
            uploads.create_upload(
                owner, UploadCreate(filename="a.mp4", size_bytes=free_bytes), storage=storage, settings=huge
            )
        assert stored_bytes(storage) == 0
        admin = make_user(role=Role.ADMIN)
        assert get_overview(admin, now=utc_now()).upload_refused_at is not None
        assert get_overview(admin, now=utc_now() + timedelta(days=2)).upload_refused_at is None

    def test_room_is_promised_to_uploads_that_go_on_and_to_no_others(self, begin: Callable[..., Upload]) -> None:
        begin()
        free_bytes = upload_room.KEPT_FREE_BYTES + SIZE + MIB
        upload_room.require_disk_room(MIB, free_bytes, now=utc_now())
        with pytest.raises(StorageFull, match="nearly full"):
            upload_room.require_disk_room(MIB + 1, free_bytes, now=utc_now())
        upload_room.require_disk_room(SIZE, free_bytes, now=utc_now() + timedelta(hours=26))

    def test_a_person_has_so_many_uploads_on_the_way_and_no_more(
        self, owner: User, storage: Storage, settings: Settings, begin: Callable[..., Upload]
    ) -> None:
        few = with_settings(settings, user_open_uploads=2)
        first = begin()
        begin()
        wanted = UploadCreate(filename="a.mp4", size_bytes=MIB)
        with pytest.raises(RateLimited, match="2 uploads that are not finished") as refusal:
            uploads.create_upload(owner, wanted, storage=storage, settings=few)
        assert refusal.value.retry_after_s == 30
        assert uploads.create_upload(make_user(), wanted, storage=storage, settings=few)
        uploads.abort_upload(owner, first.public_id, storage=storage)

        assert uploads.create_upload(owner, wanted, storage=storage, settings=few)

    def test_what_a_person_announces_and_does_not_send_keeps_no_room_from_others(
        self, owner: User, storage: Storage, settings: Settings, sender: Sender, begin: Callable[..., Upload]
    ) -> None:
        content = make_bytes(SIZE)
        limited = with_settings(settings, user_open_bytes=SIZE + MIB)
        upload = begin()
        second = UploadCreate(filename="a.mp4", size_bytes=2 * MIB)
        with pytest.raises(RateLimited, match=r"still have to send 17\.8 MB; 18\.9 MB may be on the way at once"):
            uploads.create_upload(owner, second, storage=storage, settings=limited)
        sender.send(upload, 1, part_of(upload, content, 1))

        assert uploads.create_upload(owner, second, storage=storage, settings=limited)

    def test_a_person_may_send_one_file_that_fits_and_not_announce_more_than_half_of_the_room(
        self, owner: User, storage: Storage, settings: Settings
    ) -> None:
        free_bytes = storage.free_bytes()
        assert free_bytes is not None
        large = with_settings(settings, max_upload_bytes=free_bytes, user_open_bytes=free_bytes)
        wanted = UploadCreate(filename="a.mp4", size_bytes=int(free_bytes * 0.4))
        uploads.create_upload(owner, wanted, storage=storage, settings=large)
        with pytest.raises(RateLimited, match="may be on the way at once"):
            uploads.create_upload(owner, wanted, storage=storage, settings=large)
        with pytest.raises(StorageFull):
            uploads.create_upload(make_user(), second_of(wanted), storage=storage, settings=large)
        two_days_later = utc_now() + timedelta(days=2)

        assert uploads.create_upload(
            make_user(), second_of(wanted), storage=storage, settings=large, now=two_days_later
        ), "an upload of which nothing comes holds no room"

    def test_when_storage_fails_nothing_is_left_behind(
        self, owner: User, storage: Storage, settings: Settings, s3_server: S3Server
    ) -> None:
        broken = s3_server.storage(bucket="absent")
        with pytest.raises(StorageFailed):
            uploads.create_upload(
                owner, UploadCreate(filename="a.mp4", size_bytes=MIB), storage=broken, settings=settings
            )
        assert quotas.storage_used(owner) == 0
        assert upload_removal.expire_uploads(storage=storage) == 1
        assert count(Upload) == count(Video) == 0


@pytest.mark.parametrize("storage", ["local"], indirect=True)
class TestReceiving:
    """Parts that the site itself receives."""

    def test_a_part_of_another_size_is_refused_before_it_is_read(
        self, begin: Callable[..., Upload], sender: Sender
    ) -> None:
        upload = begin(size_bytes=MIB)
        target = sender.target(upload, 1)
        for size_bytes in (MIB - 1, MIB + 1, 10**12):
            with pytest.raises(InvalidInput, match=f"has {MIB} bytes"):
                sender.receive(upload, target, Unreadable(), size_bytes=size_bytes)

    def test_fewer_bytes_than_announced_do_not_count(
        self, begin: Callable[..., Upload], sender: Sender, storage: Storage
    ) -> None:
        upload = begin(size_bytes=MIB)
        sender.send(upload, 1, make_bytes(MIB))
        with pytest.raises(InvalidInput):
            sender.receive(upload, sender.target(upload, 1), Stream(make_bytes(1000)), size_bytes=MIB)
        assert upload_parts.get_upload(sender.person, upload.public_id, storage=storage).received == []

    def test_a_part_is_never_held_in_memory(self, begin: Callable[..., Upload], sender: Sender) -> None:
        upload = begin()
        stream = Stream(make_bytes(16 * MIB))
        sender.receive(upload, sender.target(upload, 1), stream, size_bytes=16 * MIB)
        assert 0 < stream.largest_read <= MIB

    def test_a_digest_in_the_request_is_checked(self, begin: Callable[..., Upload], sender: Sender) -> None:
        upload = begin(size_bytes=MIB)
        content = make_bytes(MIB)
        target = sender.target(upload, 1)
        with pytest.raises(ChecksumMismatch):
            sender.receive(upload, target, Stream(content), size_bytes=MIB, digest=bytes(32))
        right = hashlib.sha256(content).digest()
        assert sender.receive(upload, target, Stream(content), size_bytes=MIB, digest=right) == right.hex()

    def test_addresses_are_for_one_part_of_one_upload(self, begin: Callable[..., Upload], sender: Sender) -> None:
        upload, other = begin(), begin()
        target = sender.target(upload, 1)
        with pytest.raises(NotAllowed):
            sender.receive(other, target, Unreadable(), size_bytes=16 * MIB)
        with pytest.raises(NotAllowed):
            sender.receive(upload, target.model_copy(update={"number": 2}), Unreadable(), size_bytes=MIB)
        with pytest.raises(NotAllowed):
            sender.receive(upload, target.model_copy(update={"url": target.url + "x"}), Unreadable(), size_bytes=MIB)

    def test_there_is_no_part_beyond_the_last(self, begin: Callable[..., Upload], sender: Sender) -> None:
        with pytest.raises(InvalidInput, match="parts 1 to 2"):
            sender.target(begin(), 3)

    def test_a_request_that_hangs_is_overtaken_and_writes_no_more(
        self, begin: Callable[..., Upload], complete: Callable[..., Video], sender: Sender, storage: Storage
    ) -> None:
        content = make_bytes(MIB)
        upload = begin(size_bytes=MIB)
        target = sender.target(upload, 1)
        close_session()
        hanging = Stream(make_bytes(MIB, seed=2), is_gated=True)
        outcomes: list[str] = []

        def hang() -> None:
            try:
                outcomes.append(sender.receive(upload, target, hanging, size_bytes=MIB))
            except Conflict as error:
                outcomes.append(error.message)
            finally:
                close_session()

        first = threading.Thread(target=hang, daemon=True)
        first.start()
        assert hanging.was_gated.wait(10)

        etag = sender.receive(upload, target, Stream(content), size_bytes=MIB)
        hanging.gate.set()
        first.join(10)

        assert etag == hashlib.sha256(content).hexdigest()
        assert outcomes == ["This part was sent again meanwhile."]
        assert upload_parts.get_upload(sender.person, upload.public_id, storage=storage).received == [1]
        assert read_source(storage, complete(upload)) == content

    def test_slow_senders_leave_room_for_others(
        self, begin: Callable[..., Upload], sender: Sender, settings: Settings, storage: Storage
    ) -> None:
        upload = begin(size_bytes=MIB)
        target = sender.target(upload, 1)
        close_session()
        slow = [Stream(make_bytes(MIB), is_gated=True) for _ in range(upload_receiving.seats.most_of_client)]
        threads = [
            threading.Thread(target=_quietly, args=(sender, upload, target, stream), daemon=True) for stream in slow
        ]
        for thread in threads:
            thread.start()
        assert all(stream.was_gated.wait(10) for stream in slow)
        with pytest.raises(Unavailable, match="Many parts"):
            sender.receive(upload, target, Unreadable(), size_bytes=MIB)
        other = Sender(make_user("grace"), storage=storage, settings=settings)
        wanted = UploadCreate(filename="a.mp4", size_bytes=1000)
        assert other.send(
            uploads.create_upload(other.person, wanted, storage=storage, settings=settings), 1, make_bytes(1000)
        )
        for stream in slow:
            stream.gate.set()
        for thread in threads:
            thread.join(20)
        assert sender.receive(upload, target, Stream(make_bytes(MIB)), size_bytes=MIB)

    def test_the_last_of_two_versions_of_a_part_counts(
        self, begin: Callable[..., Upload], complete: Callable[..., Video], sender: Sender, storage: Storage
    ) -> None:
        upload = begin(size_bytes=MIB)
        sender.send(upload, 1, make_bytes(MIB, seed=2))
        sender.send(upload, 1, make_bytes(MIB, seed=3))

        assert read_source(storage, complete(upload)) == make_bytes(MIB, seed=3)

    def test_parts_arrive_in_parallel(
        self, begin: Callable[..., Upload], complete: Callable[..., Video], sender: Sender, storage: Storage
    ) -> None:
        content = make_bytes(SIZE)
        upload = begin()
        numbers = iter((1, 2))
        lock = threading.Lock()

        def work() -> object:
            with lock:
                number = next(numbers)
            return sender.send(upload, number, part_of(upload, content, number))

        in_threads(work, 2)
        assert read_source(storage, complete(upload)) == content

    def test_nothing_is_received_for_a_complete_upload(
        self, begin: Callable[..., Upload], complete: Callable[..., Video], sender: Sender, storage: Storage
    ) -> None:
        content = make_bytes(MIB)
        upload = begin(size_bytes=MIB)
        target = sender.target(upload, 1)
        sender.put(upload, target, content)
        video = complete(upload)
        with pytest.raises(Conflict, match="complete"):
            sender.receive(upload, target, Unreadable(), size_bytes=MIB)
        assert read_source(storage, video) == content


@pytest.mark.parametrize(
    ("size_bytes", "part_size_bytes"),
    [(1, 16 * MIB), (160_000 * MIB, 16 * MIB), (160_000 * MIB + 1, 17 * MIB), (64 * 1024**3, 16 * MIB)],
)
def test_part_sizes_keep_within_what_s3_takes(size_bytes: int, part_size_bytes: int) -> None:
    assert uploads.choose_part_size(size_bytes, smallest_bytes=16 * MIB) == part_size_bytes
    assert -(-size_bytes // part_size_bytes) <= 10_000


class Stream:
    """A body that comes in; gated, it waits after its first bytes."""

    def __init__(self, content: bytes, *, is_gated: bool = False) -> None:
        self.content = memoryview(content)
        self.largest_read = 0
        self.was_read = False
        self.was_gated = threading.Event()
        self.gate = threading.Event()
        if not is_gated:
            self.gate.set()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        self.largest_read = max(self.largest_read, size)
        if self.was_read:
            self.was_gated.set()
            assert self.gate.wait(10)
        self.was_read = True
        data, self.content = self.content[: min(size, MIB // 2)], self.content[min(size, MIB // 2) :]
        return bytes(data)


def _quietly(sender: Sender, upload: Upload, target: PartTargetRead, stream: Stream) -> None:
    """Send a part that another request may overtake."""
    try:
        sender.receive(upload, target, stream, size_bytes=MIB)
    except Conflict:
        pass
    finally:
        close_session()


class Unreadable:
    """A body that must not be read."""

    def read(self, size: int = -1) -> bytes:
        """Never."""
        raise AssertionError("this should have been refused before it was read")


@pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
def test_two_hundred_uploads_to_s3_at_once_are_neither_lost_nor_mixed_up(
    owner: User, s3_storage: Storage, settings: Settings, queue: JobQueue
) -> None:
    settings = with_settings(settings, user_open_uploads=200)
    sender = Sender(owner, storage=s3_storage, settings=settings)
    close_session()

    def begin(number: int) -> tuple[Upload, bytes]:
        content = make_bytes(1000 + number, seed=number)
        wanted = UploadCreate(filename=f"{number}.mp4", size_bytes=len(content))
        return uploads.create_upload(owner, wanted, storage=s3_storage, settings=settings), content

    def finish(begun: tuple[Upload, bytes]) -> tuple[str, bytes]:
        upload, content = begun
        sender.send_all(upload, content)
        upload_completion.complete_upload(
            owner, upload.public_id, ALL, storage=s3_storage, queue=queue, settings=settings
        )
        close_session()
        return upload.key, content

    with ThreadPoolExecutor(8) as senders:
        begun = list(senders.map(begin, range(200)))  # all are open before the first is finished
        wanted = dict(senders.map(finish, begun))
        keys = sorted(stored.key for stored in s3_storage.list("sources/"))
        assert dict(zip(keys, senders.map(s3_storage.read_bytes, keys), strict=True)) == wanted
    assert len(wanted) == 200
    assert list(s3_storage.list_unfinished("")) == []


def in_threads(work: Callable[[], object], number: int) -> list[object]:
    """What so many threads that do the same at once give; raises what any of them raises."""
    outcomes: list[object] = []

    def run() -> None:
        try:
            outcomes.append(work())
        except BaseException as error:
            outcomes.append(error)
        finally:
            close_session()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return outcomes


def count(model: type) -> int:
    """How many rows there are."""
    close_session()
    return current_session().scalar(select(func.count()).select_from(model)) or 0
