"""Replacing the file of a video, and bringing earlier ones back: over both storages and databases. No FFmpeg here."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from tests.conftest import with_settings
from tests.factories import make_admin, make_user, make_video
from tests.s3_server import S3Server, create_bucket
from tests.uploading import Sender, make_bytes
from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, Duplicate, Gone, NotFound, QuotaExceeded, SourceDamaged
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import (
    AuditEvent,
    Caption,
    CaptionOrigin,
    Encode,
    EncodeStatus,
    Job,
    JobKind,
    JobState,
    Source,
    SourceState,
    Upload,
    User,
    Video,
    VideoStatus,
    ViewingPosition,
)
from vod_web.queue import JobQueue
from vod_web.schemas.uploads import UploadComplete, UploadCreate
from vod_web.schemas.versions import VersionRead
from vod_web.services import processing, upload_completion, upload_removal, uploads, versions
from vod_web.services.bin import delete_video, purge_deleted, restore_video
from vod_web.services.positions import find_resume_s, set_position
from vod_web.services.processing.files import remove_old_files
from vod_web.services.processing.leases import claim_job, report_progress
from vod_web.services.processing.outcomes import fail_job, finishing
from vod_web.services.processing.publish import _complete_encode
from vod_web.services.processing.sweep import sweep_jobs
from vod_web.services.quotas import storage_used
from vod_web.services.version_removal import sweep_versions
from vod_web.services.video_telling import read_video
from vod_web.services.videos import get_video
from vod_web.storage import keys, open_storage
from vod_web.storage.base import Storage
from vod_web.storage.s3 import S3Storage

FIRST, SECOND, THIRD = make_bytes(3000, 1), make_bytes(5000, 2), make_bytes(7000, 3)
MADE_BYTES = 40
"""Of each rendition that these tests store."""
NOW = utc_now()
LATER = timedelta(days=31)


@pytest.fixture
def queue(redis_url: str) -> JobQueue:
    """A queue on a real server."""
    return JobQueue(redis_url)


@pytest.fixture(scope="session")
def own_bucket(s3_server: S3Server) -> S3Storage:
    """A bucket that only these tests use: they count what it holds."""
    storage = s3_server.storage(bucket="versions")
    create_bucket(storage)
    return storage


@pytest.fixture
def s3_storage(own_bucket: S3Storage) -> Iterator[Storage]:
    """That bucket, emptied afterwards."""
    yield own_bucket
    for prefix in ("sources/", "videos/"):
        own_bucket.delete_prefix(prefix)


@pytest.fixture
def local_storage(settings: Settings) -> Storage:
    """The files of this test's site."""
    return open_storage(settings)


@pytest.fixture
def storage(request: pytest.FixtureRequest) -> Storage:
    """Files on this machine; in a bucket where a test says so by `on_both_storages`."""
    found: Storage = request.getfixturevalue(f"{getattr(request, 'param', 'local')}_storage")
    return found


on_both_storages = pytest.mark.parametrize("storage", ["local", "s3"], indirect=True)


class Studio:
    """One person with videos, and a worker that makes renditions out of nothing."""

    def __init__(self, owner: User, storage: Storage, queue: JobQueue, settings: Settings) -> None:
        self.owner, self.storage, self.queue, self.settings = owner, storage, queue, settings

    def upload(
        self, content: bytes, replaces: Video | None = None, actor: User | None = None, **more: object
    ) -> Upload:
        """Send all parts of a file, without completing it."""
        actor = actor or self.owner
        size = {"filename": f"{len(content)}.mp4", "size_bytes": len(content)}
        wanted = UploadCreate.model_validate(size | {"replaces": replaces and replaces.public_id} | more)
        upload = uploads.create_upload(actor, wanted, storage=self.storage, settings=self.settings)
        Sender(actor, storage=self.storage, settings=self.settings).send_all(upload, content)
        return upload

    def complete(self, upload: Upload, actor: User | None = None) -> Video:
        """All of it has arrived."""
        return upload_completion.complete_upload(
            actor or self.owner,
            upload.public_id,
            UploadComplete(),
            storage=self.storage,
            queue=self.queue,
            settings=self.settings,
        )

    def send(self, content: bytes, replaces: Video | None = None) -> Video:
        """Upload a file, as a new video or in the place of another file."""
        return self.complete(self.upload(content, replaces))

    def open_job(self, video: Video) -> Job | None:
        """The first job of the encode that is being made."""
        close_session()
        is_queued = (Job.state == JobState.QUEUED, Job.kind == JobKind.PREPARE)
        return current_session().scalar(select(Job).join(Job.encode).where(Encode.video_id == video.id, *is_queued))

    def make(self, video: Video, duration_s: float = 10.0) -> Encode:
        """Do all the work of the encode that is being made."""
        job = self.open_job(video)
        assert job is not None
        lease = claim_job(job.id, worker="w", lease_s=30.0, now=utc_now())
        assert lease is not None
        encode_id = current_session().get_one(Encode, lease.encode_id).public_id
        key = keys.segment_key(video.public_id, encode_id, "720p", 0)
        self.storage.put_bytes(key, bytes(MADE_BYTES), content_type="video/iso.segment")
        with finishing(lease, queue=self.queue, now=utc_now(), size_bytes=MADE_BYTES) as done:
            encode, source = done.encode, done.encode.source
            source.duration_s, source.frame_rate, source.width_px, source.height_px = duration_s, "25", 640, 360
            if source.state is SourceState.CURRENT:
                encode.video.duration_s = duration_s
            _complete_encode(current_session(), encode, encode.video, utc_now())
        return encode

    def fail(self, video: Video) -> None:
        """The file that is being made cannot be."""
        job = self.open_job(video)
        assert job is not None
        lease = claim_job(job.id, worker="w", lease_s=30.0, now=utc_now())
        assert lease is not None
        fail_job(lease, SourceDamaged("Half of it is missing."), queue=self.queue, now=utc_now())

    def ready(self, content: bytes = FIRST, duration_s: float = 10.0) -> Video:
        """A video that is made of this file."""
        video = self.send(content)
        self.make(video, duration_s)
        return self.see(video)

    def replace(self, video: Video, content: bytes = SECOND, duration_s: float = 20.0) -> Video:
        """Another file takes its place."""
        self.send(content, video)
        self.make(video, duration_s)
        return self.see(video)

    def see(self, video: Video) -> Video:
        """The video as it stands in the database."""
        close_session()
        return get_video(self.owner, video.public_id)

    def versions(self, video: Video, actor: User | None = None) -> list[VersionRead]:
        """As its owner sees them."""
        close_session()
        return versions.list_versions(actor or self.owner, video.public_id, settings=self.settings)

    def restore(self, video: Video, version: VersionRead, actor: User | None = None) -> Video:
        """With one click."""
        held = {"storage": self.storage, "queue": self.queue, "settings": self.settings}
        return versions.restore_version(actor or self.owner, video.public_id, version.id, **held)  # type: ignore[arg-type]

    def delete(self, video: Video, version: VersionRead, actor: User | None = None) -> Video:
        """Before its time."""
        held = {"storage": self.storage, "settings": self.settings}
        return versions.delete_version(actor or self.owner, video.public_id, version.id, **held)  # type: ignore[arg-type]

    def sweep(self, after: timedelta) -> None:
        """What workers do all the time, some time later."""
        now = utc_now() + after
        remove_old_files(storage=self.storage, now=now)
        sweep_versions(storage=self.storage, kept_for=versions.kept_for(self.settings), now=now)

    def plays(self, video: Video) -> bytes:
        """The file that is made what the video plays."""
        active = self.see(video).active_encode
        assert active is not None
        return self.storage.read_bytes(current_session().get_one(Source, active.source_id).key)

    def stored_bytes(self) -> int:
        """What is really there."""
        return sum(found.size_bytes for found in self.storage.list(""))

    def counted_bytes(self, video: Video) -> int:
        """What the site says that the video takes."""
        seen = self.see(video)
        return seen.source_bytes + seen.rendition_bytes


@pytest.fixture
def studio(database: Engine, storage: Storage, queue: JobQueue, settings: Settings) -> Studio:
    """Somebody who uploads."""
    return Studio(make_user("ada"), storage, queue, settings)


def states(found: list[VersionRead]) -> list[str]:
    """Each version by its size, in the order of the page."""
    return [f"{version.size_bytes} {version.state.value}" for version in found]


# a file takes the place of another one


@on_both_storages
def test_the_old_file_plays_until_the_new_one_is_ready(studio: Studio) -> None:
    video = studio.ready()
    published_at = video.published_at

    studio.send(SECOND, video)

    during = studio.see(video)
    assert (during.status, during.is_playable, during.progress, during.duration_s) == (
        VideoStatus.READY,
        True,
        1.0,
        10.0,
    )
    assert during.published_at == published_at
    assert studio.plays(video) == FIRST
    told = read_video(during, studio.owner, settings=studio.settings).replacement
    assert told is not None
    assert (told.status, told.filename, told.is_restored) == (VideoStatus.QUEUED, "5000.mp4", False)

    studio.make(video, duration_s=20.0)

    after = studio.see(video)
    assert (after.status, after.duration_s, after.published_at) == (VideoStatus.READY, 20.0, published_at)
    assert read_video(after, studio.owner, settings=studio.settings).replacement is None
    assert studio.plays(video) == SECOND
    assert states(studio.versions(video)) == ["5000 current", "3000 former"]
    assert studio.counted_bytes(video) == studio.stored_bytes() == storage_used(studio.owner)
    assert after.version_bytes == len(FIRST) + MADE_BYTES


def test_progress_is_told_of_the_new_file_alone(studio: Studio) -> None:
    video = studio.ready()
    studio.send(SECOND, video)
    job = studio.open_job(video)
    assert job is not None
    lease = claim_job(job.id, worker="w", lease_s=30.0, now=utc_now())
    assert lease is not None
    with transaction() as session:
        made = {"state": JobState.DONE, "weight_s": 5.0}, {"state": JobState.WAITING, "weight_s": 5.0}
        session.add_all(
            Job(encode_id=lease.encode_id, kind=JobKind.CHUNK, number=number, **values)
            for number, values in enumerate(made)
        )

    report_progress(lease, 0.5, None, lease_s=30.0, now=utc_now())

    seen = studio.see(video)
    assert (seen.status, seen.progress, seen.measured_at) == (VideoStatus.READY, 1.0, None)
    told = read_video(seen, studio.owner, settings=studio.settings).replacement
    assert told is not None
    assert (told.status, told.progress) == (VideoStatus.PROCESSING, 0.5)
    assert read_video(seen, None, settings=studio.settings).replacement is None


def test_a_file_that_cannot_be_processed_leaves_the_old_one_and_can_be_tried_again(studio: Studio) -> None:
    video = studio.ready()
    studio.send(SECOND, video)

    studio.fail(video)

    seen = studio.see(video)
    assert (seen.status, seen.status_reason, seen.is_playable) == (VideoStatus.READY, None, True)
    told = read_video(seen, studio.owner, settings=studio.settings).replacement
    assert told is not None
    assert (told.status, told.status_reason) == (VideoStatus.FAILED, "Half of it is missing.")
    assert studio.plays(video) == FIRST

    processing.retry_video(studio.owner, video.public_id, queue=studio.queue, settings=studio.settings)
    studio.make(video)
    assert studio.plays(video) == SECOND


@on_both_storages
def test_what_is_given_up_leaves_no_byte_and_the_old_file_plays_on(studio: Studio) -> None:
    video = studio.ready()
    before = studio.stored_bytes()
    studio.send(SECOND, video)
    [incoming, _] = studio.versions(video)

    studio.delete(video, incoming)

    assert states(studio.versions(video)) == ["3000 current"]
    assert studio.open_job(video) is None
    assert studio.counted_bytes(video) == studio.stored_bytes() == before
    studio.sweep(timedelta(minutes=3))
    close_session()
    assert len(current_session().scalars(select(Source)).all()) == 1
    assert len(current_session().scalars(select(Encode)).all()) == 1
    assert studio.plays(video) == FIRST


def test_what_a_worker_still_stores_of_a_file_that_was_given_up_goes_later(studio: Studio) -> None:
    video = studio.ready()
    studio.send(SECOND, video)
    job = studio.open_job(video)
    assert job is not None
    close_session()
    encode_id = current_session().get_one(Encode, job.encode_id).public_id
    before = studio.stored_bytes() - len(SECOND)
    studio.delete(video, studio.versions(video)[0])
    late = keys.media_key(video.public_id, encode_id, "720p/0.m4s")
    studio.storage.put_bytes(late, b"late", content_type="text/plain")

    studio.sweep(timedelta(seconds=10))
    assert current_session().scalar(select(Source).where(Source.state == SourceState.DISCARDED)) is not None
    studio.sweep(timedelta(minutes=3))

    assert studio.stored_bytes() == before
    assert current_session().scalar(select(Source).where(Source.state == SourceState.DISCARDED)) is None


def test_a_third_file_takes_the_place_of_one_that_is_being_processed(studio: Studio) -> None:
    video = studio.ready()
    studio.send(SECOND, video)
    studio.send(THIRD, video)

    assert states(studio.versions(video)) == ["7000 incoming", "3000 current"]
    studio.make(video)
    assert studio.plays(video) == THIRD
    studio.sweep(timedelta(minutes=3))
    assert studio.counted_bytes(video) == studio.stored_bytes()
    assert states(studio.versions(video)) == ["7000 current", "3000 former"]


def test_of_two_files_on_their_way_the_second_is_refused(studio: Studio) -> None:
    video = studio.ready()
    first = studio.upload(SECOND, video)
    with pytest.raises(Conflict, match="is being uploaded already"):
        studio.upload(THIRD, video)
    uploads.abort_upload(studio.owner, first.public_id, storage=studio.storage)
    assert studio.plays(video) == FIRST
    studio.upload(THIRD, video)


def test_a_file_takes_the_place_at_once_of_one_that_is_not_whole(studio: Studio) -> None:
    video = studio.send(FIRST)

    studio.send(SECOND, video)

    assert studio.see(video).status is VideoStatus.QUEUED
    assert states(studio.versions(video)) == ["5000 current", "3000 former"]
    studio.fail(video)
    assert studio.see(video).status is VideoStatus.FAILED
    studio.restore(video, studio.versions(video)[1])
    assert studio.see(video).status is VideoStatus.QUEUED
    studio.make(video)
    assert studio.plays(video) == FIRST
    assert states(studio.versions(video)) == ["3000 current", "5000 former"]


def test_a_file_before_the_first_one_has_arrived_is_refused(studio: Studio) -> None:
    upload = studio.upload(FIRST)
    with pytest.raises(Conflict, match="has not arrived yet"):
        studio.upload(SECOND, upload.video)


def test_encoding_anew_waits_for_the_new_file_and_is_ended_by_it(studio: Studio) -> None:
    admin, video = make_admin(), studio.ready()
    processing.reencode_video(admin, video.public_id, queue=studio.queue, settings=studio.settings)
    assert studio.see(video).status is VideoStatus.QUEUED

    studio.send(SECOND, video)

    assert (studio.see(video).status, studio.see(video).progress) == (VideoStatus.READY, 1.0)
    with pytest.raises(Conflict, match="new file"):
        processing.reencode_video(admin, video.public_id, queue=studio.queue, settings=studio.settings)
    studio.make(video)
    assert studio.plays(video) == SECOND


def test_a_worker_that_dies_over_the_new_file_is_followed_by_another(studio: Studio) -> None:
    video = studio.ready()
    studio.send(SECOND, video)
    job = studio.open_job(video)
    assert job is not None
    claim_job(job.id, worker="dead", lease_s=30.0, now=utc_now())

    sweep_jobs(queue=studio.queue, now=utc_now() + timedelta(minutes=1))

    assert studio.see(video).status is VideoStatus.READY
    studio.make(video)
    assert studio.plays(video) == SECOND


@on_both_storages
def test_a_video_that_is_deleted_meanwhile_takes_everything_with_it(studio: Studio) -> None:
    video = studio.replace(studio.ready())
    studio.send(THIRD, video)
    open_upload = studio.upload(FIRST, video)
    delete_video(studio.owner, video.public_id, now=utc_now())

    with pytest.raises(Conflict):
        studio.complete(open_upload)
    upload_removal.expire_uploads(storage=studio.storage)
    restore_video(studio.owner, video.public_id, now=utc_now())
    assert (studio.see(video).status, studio.see(video).is_playable) == (VideoStatus.READY, True)
    assert states(studio.versions(video)) == ["7000 incoming", "5000 current", "3000 former"]

    delete_video(studio.owner, video.public_id, now=utc_now())
    purge_deleted(storage=studio.storage, now=utc_now() + timedelta(days=8))
    assert studio.stored_bytes() == 0
    assert not list(studio.storage.list_unfinished(""))
    close_session()
    assert current_session().scalars(select(Source)).all() == []


def test_what_was_there_before_is_noticed(studio: Studio) -> None:
    def mark(content: bytes) -> str:
        return hashlib.sha256(content).hexdigest()

    video = studio.complete(studio.upload(FIRST, fingerprint=mark(FIRST)))
    studio.make(video)
    with pytest.raises(Duplicate, match="has already"):
        studio.upload(FIRST, video, fingerprint=mark(FIRST), allow_duplicate=False)
    studio.complete(studio.upload(SECOND, video, fingerprint=mark(SECOND)))
    with pytest.raises(Duplicate, match="being processed"):
        studio.upload(SECOND, video, fingerprint=mark(SECOND), allow_duplicate=False)
    studio.make(video)
    with pytest.raises(Duplicate, match="can be restored"):
        studio.upload(FIRST, video, fingerprint=mark(FIRST), allow_duplicate=False)
    studio.upload(FIRST, fingerprint=mark(FIRST), allow_duplicate=False)  # a video of its own, as no other plays it


def test_the_quota_counts_every_version(studio: Studio) -> None:
    video = studio.replace(studio.ready())
    room = len(FIRST) + len(SECOND) + 2 * MADE_BYTES + len(THIRD)
    studio.settings = with_settings(studio.settings, user_quota_bytes=room - 1)
    with pytest.raises(QuotaExceeded):
        studio.upload(THIRD, video)
    studio.settings = with_settings(studio.settings, user_quota_bytes=room)
    studio.upload(THIRD, video)
    assert storage_used(studio.owner) == room


# earlier versions


@on_both_storages
def test_an_earlier_version_is_back_at_once(studio: Studio) -> None:
    video = studio.replace(studio.ready())
    former = studio.versions(video)[1]
    assert former.is_instant
    assert former.stored_bytes == len(FIRST) + MADE_BYTES

    studio.restore(video, former)

    seen = studio.see(video)
    assert (seen.status, seen.duration_s, seen.is_playable) == (VideoStatus.READY, 10.0, True)
    assert studio.plays(video) == FIRST
    assert states(studio.versions(video)) == ["3000 current", "5000 former"]
    studio.sweep(timedelta(hours=7))
    assert studio.counted_bytes(video) == studio.stored_bytes()
    studio.restore(video, studio.versions(video)[1])
    assert studio.plays(video) == SECOND


def test_an_earlier_version_whose_renditions_are_gone_is_made_again(studio: Studio) -> None:
    video = studio.replace(studio.ready())
    former = studio.versions(video)[1]
    with transaction() as session:
        lost = select(Encode).where(Encode.video_id == video.id, Encode.is_active.is_(False))
        session.scalars(lost).one().files_removed_at = utc_now()

    studio.restore(video, former)

    assert studio.plays(video) == SECOND
    told = read_video(studio.see(video), studio.owner, settings=studio.settings).replacement
    assert told is not None
    assert told.is_restored
    studio.delete(video, former)  # thought better of
    assert states(studio.versions(video)) == ["5000 current", "3000 former"]
    studio.restore(video, former)
    studio.make(video)
    assert studio.plays(video) == FIRST


def test_no_version_is_restored_while_another_file_is_processed(studio: Studio) -> None:
    video = studio.replace(studio.ready())
    studio.send(THIRD, video)
    with pytest.raises(Conflict, match="Cancel that first"):
        studio.restore(video, studio.versions(video)[2])
    with pytest.raises(Conflict, match="Only an earlier version"):
        studio.restore(video, studio.versions(video)[1])


@on_both_storages
def test_a_version_goes_when_its_time_is_over(studio: Studio) -> None:
    video = studio.replace(studio.ready())
    studio.sweep(timedelta(days=29))
    assert states(studio.versions(video)) == ["5000 current", "3000 former"]

    studio.sweep(LATER)
    studio.sweep(LATER + timedelta(minutes=3))

    assert states(studio.versions(video)) == ["5000 current"]
    assert studio.counted_bytes(video) == studio.stored_bytes() == len(SECOND) + MADE_BYTES
    assert studio.see(video).version_bytes == 0
    close_session()
    assert len(current_session().scalars(select(Encode)).all()) == 1


@on_both_storages
def test_a_version_can_be_deleted_before_its_time(studio: Studio) -> None:
    video = studio.replace(studio.ready())
    [current, former] = studio.versions(video)
    with pytest.raises(Conflict, match="file in use"):
        studio.delete(video, current)

    studio.delete(video, former)

    assert studio.counted_bytes(video) == studio.stored_bytes() == len(SECOND) + MADE_BYTES
    with pytest.raises(NotFound):
        studio.restore(video, former)


def test_where_no_versions_are_kept_the_old_file_goes_after_some_hours(studio: Studio) -> None:
    studio.settings = with_settings(studio.settings, keep_versions_days=0)
    video = studio.replace(studio.ready())
    former = current_session().scalars(select(Source).where(Source.state == SourceState.FORMER)).one()
    assert states(studio.versions(video)) == ["5000 current"]
    with pytest.raises(NotFound):
        versions.find_original(studio.owner, video.public_id, former.public_id, settings=studio.settings)
    studio.sweep(timedelta(hours=5))
    assert studio.stored_bytes() > len(SECOND) + MADE_BYTES
    studio.sweep(timedelta(hours=7))
    assert studio.stored_bytes() == len(SECOND) + MADE_BYTES


def test_the_newest_renditions_of_a_version_are_kept_and_older_ones_go(studio: Studio) -> None:
    video = studio.ready()
    processing.reencode_video(make_admin(), video.public_id, queue=studio.queue, settings=studio.settings)
    studio.make(video)
    studio.replace(video)

    studio.sweep(timedelta(hours=7))

    assert studio.stored_bytes() == len(FIRST) + len(SECOND) + 2 * MADE_BYTES
    studio.restore(video, studio.versions(video)[1])
    active = studio.see(video).active_encode
    assert active is not None
    assert studio.storage.exists(keys.segment_key(video.public_id, active.public_id, "720p", 0))


def test_captions_of_a_file_go_with_it_and_those_that_people_added_stay(studio: Studio) -> None:
    video = studio.ready()
    source = current_session().scalars(select(Source)).one()
    text = {"language": "en", "label": "English", "size_bytes": 5}
    with transaction() as session:
        embedded = {"origin": CaptionOrigin.EMBEDDED, "source_id": source.id, "name": "a" * 20}
        session.add(Caption(video_id=video.id, **embedded, **text))
        session.add(Caption(video_id=video.id, origin=CaptionOrigin.UPLOADED, name="b" * 20, **text))
    for name in ("a" * 20, "b" * 20):
        studio.storage.put_bytes(keys.captions_key(video.public_id, name), b"WEBVT", content_type="text/vtt")

    playlist = keys.multivariant_key(video.public_id, studio.see(video).active_encode.public_id)  # type: ignore[union-attr]
    text_of_it = b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n720p/media.m3u8\n"
    studio.storage.put_bytes(playlist, text_of_it, content_type="text/plain")

    studio.replace(video)
    seen = read_video(studio.see(video), studio.owner, settings=studio.settings)
    assert len(seen.captions) == 1
    studio.restore(video, studio.versions(video)[1])
    assert len(read_video(studio.see(video), studio.owner, settings=studio.settings).captions) == 2
    assert b"b" * 20 in studio.storage.read_bytes(playlist)  # they may have been added while the other file was in use
    studio.restore(video, studio.versions(video)[1])
    studio.delete(video, studio.versions(video)[1])

    assert not studio.storage.exists(keys.captions_key(video.public_id, "a" * 20))
    assert studio.storage.exists(keys.captions_key(video.public_id, "b" * 20))


def test_a_position_beyond_the_new_length_begins_at_the_start(studio: Studio) -> None:
    video, viewer = studio.ready(duration_s=600.0), make_user()
    set_position(viewer, video.public_id, 300.0, now=NOW)
    assert find_resume_s(viewer, studio.see(video)) == 300.0

    studio.replace(video, duration_s=60.0)

    assert find_resume_s(viewer, studio.see(video)) is None
    assert set_position(viewer, video.public_id, 320.0, now=NOW) == 60.0  # by a player that has the old file open
    assert find_resume_s(viewer, studio.see(video)) is None
    studio.restore(video, studio.versions(video)[1])
    assert current_session().scalars(select(ViewingPosition)).one().position_s == 60.0


# who may


def test_strangers_know_of_nothing_and_what_admins_do_is_noted(studio: Studio) -> None:
    video = studio.replace(studio.ready())
    with transaction() as session:
        session.get_one(Video, video.id).visibility = "private"  # type: ignore[assignment]
    former, stranger, admin = studio.versions(video)[1], make_user(), make_admin()
    for act in (
        lambda: studio.versions(video, stranger),
        lambda: studio.restore(video, former, stranger),
        lambda: studio.delete(video, former, stranger),
        lambda: studio.upload(THIRD, video, stranger),
        lambda: versions.find_original(stranger, video.public_id, former.id, settings=studio.settings),
    ):
        with pytest.raises(NotFound):
            act()
    other = make_video(admin)
    with pytest.raises(NotFound):
        versions.find_original(admin, other.public_id, former.id, settings=studio.settings)

    versions.find_original(admin, video.public_id, former.id, settings=studio.settings)
    studio.complete(studio.upload(THIRD, video, admin), admin)
    studio.delete(video, studio.versions(video)[0], admin)
    studio.restore(video, former, admin)
    studio.delete(video, studio.versions(video)[1], admin)
    close_session()
    deeds = current_session().scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert deeds == [
        "video.download_original",
        "video.replace",
        "video.cancel_replacement",
        "video.restore_version",
        "video.delete_version",
    ]


def test_a_deleted_video_has_no_versions_for_anybody(studio: Studio) -> None:
    video = studio.replace(studio.ready())
    delete_video(studio.owner, video.public_id, now=utc_now())
    with pytest.raises(Gone):
        studio.versions(video)


def test_a_blocked_video_keeps_its_file(studio: Studio) -> None:
    video = studio.replace(studio.ready())
    with transaction() as session:
        session.get_one(Video, video.id).status = VideoStatus.BLOCKED
    former = studio.versions(video)[1]
    with pytest.raises(Conflict, match="blocked"):
        studio.upload(THIRD, video)
    with pytest.raises(Conflict, match="blocked"):
        studio.restore(studio.see(video), former)


def test_an_encode_of_a_file_that_was_given_up_does_not_go_on(studio: Studio) -> None:
    video = studio.ready()
    studio.send(SECOND, video)
    studio.fail(video)
    failed = current_session().scalars(select(Job).join(Job.encode).where(Encode.status == EncodeStatus.FAILED)).first()
    assert failed is not None
    studio.delete(video, studio.versions(video)[0])
    with pytest.raises(Conflict):
        processing.retry_job(make_admin(), failed.id, queue=studio.queue, now=utc_now())
