"""The state machine of encodes and jobs: leases, fences, turns, errors, the sweep. No FFmpeg here."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from tests.factories import make_admin, make_user, make_video
from vod_web.core.errors import (
    Conflict,
    EncodeFailed,
    NotAllowed,
    NotFound,
    SourceDamaged,
    StorageFailed,
    StorageFull,
    UnsupportedMedia,
)
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import (
    Encode,
    EncodeStatus,
    Job,
    JobKind,
    JobState,
    Rendition,
    RenditionKind,
    Source,
    User,
    Video,
    VideoStatus,
    Worker,
)
from vod_web.queue import JobQueue, Urgency
from vod_web.services import processing
from vod_web.services.processing.files import remove_dropped, remove_old_files
from vod_web.services.processing.leases import Lease, LeaseLost, claim_job, renew_lease, report_progress
from vod_web.services.processing.outcomes import fail_job, finishing, give_back, take_back_from
from vod_web.services.processing.outputs import SourceMissing
from vod_web.services.processing.publish import make_playable
from vod_web.services.processing.sweep import sweep_jobs
from vod_web.services.processing.turns import FIRST_PLACE, LADDER_PLACE, POSTER_PLACE, choose_next
from vod_web.services.processing.workers import report_worker
from vod_web.storage.keys import segment_key
from vod_web.storage.local import LocalStorage

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
LEASE_S = 30.0


@pytest.fixture
def owner(database: Engine) -> User:
    """Somebody who uploads."""
    return make_user()


@pytest.fixture
def video(owner: User) -> Video:
    """A video whose file has just arrived."""
    return make_video(owner, status=VideoStatus.UPLOADING, is_playable=False, published_at=None)


@pytest.fixture
def encode(video: Video, queue: JobQueue, settings: Settings) -> Encode:
    """The first encode of the video, just begun."""
    encode = begin(video, queue, settings)
    close_session()
    return encode


def begin(video: Video, queue: JobQueue, settings: Settings, now: datetime = NOW) -> Encode:
    """Begin an encode of a source that is nowhere."""
    with transaction() as session:
        key = f"sources/{video.public_id}/{now.timestamp():.0f}/source"
        source = session.scalar(select(Source).where(Source.key == key))
        if source is None:
            source = Source(video_id=video.id, key=key, filename="a.mp4", size_bytes=1)
            session.add(source)
            session.flush()
        return processing.begin_encode(video, source, queue=queue, settings=settings, now=now)


def jobs_of(encode: Encode) -> list[Job]:
    """The jobs of an encode, as they stand in the database."""
    close_session()
    return list(current_session().scalars(select(Job).where(Job.encode_id == encode.id).order_by(Job.id)))


def job_of(encode: Encode, kind: JobKind, number: int = 0) -> Job:
    """One job of an encode, as it stands in the database."""
    return next(job for job in jobs_of(encode) if job.kind is kind and job.number == number)


def fresh(video: Video) -> Video:
    """The video as it stands in the database."""
    close_session()
    return current_session().get_one(Video, video.id)


def fresh_encode(encode: Encode) -> Encode:
    """The encode as it stands in the database."""
    close_session()
    return current_session().get_one(Encode, encode.id)


def claim(job: Job, worker: str = "w1", now: datetime = NOW) -> Lease:
    """Take a job that can be taken."""
    lease = claim_job(job.id, worker=worker, lease_s=LEASE_S, now=now)
    assert lease is not None
    return lease


def prepare(encode: Encode, queue: JobQueue, chunks: int = 2, audio: int = 1, now: datetime = NOW) -> None:
    """End the first job of the encode as the planning does, with chunks of 10 s."""
    lease = claim(job_of(encode, JobKind.PREPARE), now=now)
    with finishing(lease, queue=queue, now=now) as job:
        wanted = [(JobKind.CHUNK, number, 10.0, LADDER_PLACE if number else FIRST_PLACE) for number in range(chunks)]
        wanted += [(JobKind.AUDIO, number, 0.3, FIRST_PLACE) for number in range(audio)]
        wanted += [(JobKind.POSTER, 0, 0.0, POSTER_PLACE)]
        wanted += [(kind, 0, 0.0, LADDER_PLACE) for kind in (JobKind.STORYBOARD, JobKind.PUBLISH)]
        current_session().add_all(
            Job(encode_id=job.encode_id, kind=kind, number=number, weight_s=weight, place=place)
            for kind, number, weight, place in wanted
        )


def finish(job: Job, queue: JobQueue, now: datetime = NOW + timedelta(seconds=5)) -> None:
    """Do a job that is queued."""
    with finishing(claim(job), queue=queue, now=now):
        pass


def states(encode: Encode) -> dict[str, str]:
    """The state of each job by name."""
    return {f"{job.kind.value}-{job.number}": job.state.value for job in jobs_of(encode)}


# beginning


def test_an_encode_begins_with_one_urgent_job(video: Video, encode: Encode, queue: JobQueue) -> None:
    assert states(encode) == {"prepare-0": "queued"}
    assert queue.depths() == {"urgent": 1, "normal": 0, "low": 0}
    assert fresh(video).status is VideoStatus.QUEUED


def test_nothing_is_queued_when_the_transaction_rolls_back(video: Video, queue: JobQueue, settings: Settings) -> None:
    video_id = video.id
    with pytest.raises(RuntimeError), transaction():
        begin(video, queue, settings)
        raise RuntimeError

    assert queue.depths()["urgent"] == 0
    assert current_session().get_one(Video, video_id).status is VideoStatus.UPLOADING


def test_an_encode_begins_also_while_the_queue_server_is_away(video: Video, settings: Settings) -> None:
    encode = begin(video, JobQueue("redis://127.0.0.1:1/0"), settings)

    assert states(encode) == {"prepare-0": "queued"}


def test_a_new_encode_cancels_the_one_that_is_not_over(
    video: Video, encode: Encode, queue: JobQueue, settings: Settings
) -> None:
    lease = claim(job_of(encode, JobKind.PREPARE))
    begin(video, queue, settings, NOW + timedelta(seconds=1))

    assert fresh_encode(encode).status is EncodeStatus.CANCELLED
    with pytest.raises(LeaseLost):
        renew_lease(lease, lease_s=LEASE_S, now=NOW)


def test_places_in_the_queue_count_those_who_came_before(owner: User, queue: JobQueue, settings: Settings) -> None:
    videos = [make_video(owner, status=VideoStatus.UPLOADING) for _ in range(3)]
    encodes = [begin(video, queue, settings) for video in videos]
    claim(job_of(encodes[0], JobKind.PREPARE))

    assert [processing.queue_position(fresh(video)) for video in videos] == [None, 1, 2]
    assert processing.queue_positions([fresh(video) for video in videos]) == {videos[1].id: 1, videos[2].id: 2}
    with transaction() as session:
        session.get_one(Video, videos[1].id).status = VideoStatus.DELETED
    assert processing.queue_position(fresh(videos[2])) == 1


# leases and fences


def test_a_job_can_be_claimed_once(encode: Encode) -> None:
    job = job_of(encode, JobKind.PREPARE)

    assert claim_job(job.id, worker="w1", lease_s=LEASE_S, now=NOW) is not None
    assert claim_job(job.id, worker="w2", lease_s=LEASE_S, now=NOW) is None
    assert claim_job(job.id + 1000, worker="w2", lease_s=LEASE_S, now=NOW) is None


def test_claiming_the_first_job_shows_that_the_video_is_processed(video: Video, encode: Encode) -> None:
    lease = claim(job_of(encode, JobKind.PREPARE))

    assert (lease.attempt, lease.kind) == (1, JobKind.PREPARE)
    assert fresh(video).status is VideoStatus.PROCESSING
    assert fresh_encode(encode).status is EncodeStatus.PROCESSING


def test_a_renewed_lease_is_not_taken_back(encode: Encode, queue: JobQueue) -> None:
    lease = claim(job_of(encode, JobKind.PREPARE))
    renew_lease(lease, lease_s=LEASE_S, now=NOW + timedelta(seconds=25))

    assert sweep_jobs(queue=queue, now=NOW + timedelta(seconds=40)) == 0
    assert states(encode) == {"prepare-0": "running"}


def test_a_lease_that_ran_out_goes_to_another_and_its_fence_is_refused(encode: Encode, queue: JobQueue) -> None:
    silent = claim(job_of(encode, JobKind.PREPARE))
    later = NOW + timedelta(seconds=31)
    sweep_jobs(queue=queue, now=later)
    second = claim(job_of(encode, JobKind.PREPARE), worker="w2", now=later)

    assert second.attempt == 2
    with pytest.raises(LeaseLost):
        renew_lease(silent, lease_s=LEASE_S, now=later)
    with pytest.raises(LeaseLost), finishing(silent, queue=queue, now=later):
        raise AssertionError("a result was let in")
    fail_job(silent, EncodeFailed("too late"), queue=queue, now=later)
    give_back(silent, queue=queue, now=later)
    assert job_of(encode, JobKind.PREPARE).fence == second.fence


def test_a_worker_that_starts_again_takes_up_its_jobs_at_once(encode: Encode, queue: JobQueue) -> None:
    claim(job_of(encode, JobKind.PREPARE), worker="w1")

    assert take_back_from("w2", queue=queue, now=NOW) == 0
    assert take_back_from("w1", queue=queue, now=NOW) == 1
    assert states(encode) == {"prepare-0": "queued"}


def test_a_job_given_back_has_not_been_tried(encode: Encode, queue: JobQueue) -> None:
    give_back(claim(job_of(encode, JobKind.PREPARE)), queue=queue, now=NOW + timedelta(seconds=1))

    job = job_of(encode, JobKind.PREPARE)
    assert (job.state, job.attempt, job.worker, job.fence) == (JobState.QUEUED, 0, None, None)
    assert queue.depths()["urgent"] == 2  # the old hint, which finds a job queued too, and the new one


def test_a_job_that_kills_its_workers_is_given_up(video: Video, encode: Encode, queue: JobQueue) -> None:
    now, waited_s = NOW, []
    while fresh(video).status in (VideoStatus.QUEUED, VideoStatus.PROCESSING):
        claim(job_of(encode, JobKind.PREPARE), now=now)
        take_back_from("w1", queue=queue, now=now)
        waits_until = job_of(encode, JobKind.PREPARE).not_before
        waited_s.append((waits_until - now).total_seconds() if waits_until else 0)
        now = max(now, waits_until or now)
        sweep_jobs(queue=queue, now=now)

    assert waited_s == [0, 0, 0, 2, 4, 8, 16, 32, 64, *[120] * 20, 0]
    assert states(encode) == {"prepare-0": "failed"}
    assert fresh(video).status is VideoStatus.FAILED
    assert "interrupted too often" in (fresh(video).status_reason or "")


def test_the_job_of_a_deleted_video_stops_and_waits(video: Video, encode: Encode, queue: JobQueue) -> None:
    prepare(encode, queue)
    lease = claim(job_of(encode, JobKind.CHUNK))
    with transaction() as session:
        session.get_one(Video, video.id).status = VideoStatus.DELETED

    with pytest.raises(LeaseLost):
        report_progress(lease, 0.5, 1.0, lease_s=LEASE_S, now=NOW)
    assert claim_job(job_of(encode, JobKind.AUDIO).id, worker="w1", lease_s=LEASE_S, now=NOW) is None
    assert states(encode)["audio-0"] == "waiting"


def test_the_jobs_of_a_restored_video_go_on(video: Video, encode: Encode, queue: JobQueue) -> None:
    with transaction() as session:
        session.get_one(Video, video.id).status = VideoStatus.DELETED
    assert claim_job(job_of(encode, JobKind.PREPARE).id, worker="w1", lease_s=LEASE_S, now=NOW) is None
    assert sweep_jobs(queue=queue, now=NOW) == 0
    assert states(encode) == {"prepare-0": "waiting"}
    with transaction() as session:
        session.get_one(Video, video.id).status = VideoStatus.QUEUED

    sweep_jobs(queue=queue, now=NOW)

    assert states(encode) == {"prepare-0": "queued"}


# turns


def test_the_window_lets_the_first_chunk_and_the_sound_in_first(encode: Encode, queue: JobQueue) -> None:
    prepare(encode, queue, chunks=6)

    assert [name for name, state in states(encode).items() if state == "queued"] == [
        "chunk-0",
        "chunk-1",
        "chunk-2",
        "audio-0",
        "poster-0",
    ]
    assert queue.depths() == {"urgent": 3, "normal": 3, "low": 0}  # the hint of the first job was not taken


def test_a_finished_chunk_lets_the_next_one_in(encode: Encode, queue: JobQueue) -> None:
    prepare(encode, queue, chunks=6)
    finish(job_of(encode, JobKind.CHUNK), queue)

    assert states(encode)["chunk-3"] == "queued"
    assert states(encode)["chunk-4"] == "waiting"


def test_the_window_grows_with_the_workers(encode: Encode, queue: JobQueue) -> None:
    for number in range(6):
        row = Worker(name=f"w{number}", host="h", pid=1, queues="", started_at=NOW)
        report_worker(row, now=NOW)
    prepare(encode, queue, chunks=9)

    assert sum(state == "queued" for name, state in states(encode).items() if name.startswith(("chunk", "audio"))) == 8


def test_publishing_waits_for_all_chunks_and_sound_but_not_for_pictures(encode: Encode, queue: JobQueue) -> None:
    prepare(encode, queue, chunks=1)
    finish(job_of(encode, JobKind.CHUNK), queue)
    assert states(encode)["publish-0"] == "waiting"
    finish(job_of(encode, JobKind.AUDIO), queue)

    assert states(encode)["publish-0"] == "queued"
    assert states(encode)["poster-0"] == "queued"


def test_a_storyboard_is_made_of_the_finished_ladder(encode: Encode, queue: JobQueue) -> None:
    prepare(encode, queue, chunks=2)
    finish(job_of(encode, JobKind.CHUNK), queue)
    assert states(encode)["storyboard-0"] == "waiting"
    finish(job_of(encode, JobKind.CHUNK, 1), queue)

    assert states(encode)["storyboard-0"] == "queued"


def test_a_job_in_its_pause_has_no_turn() -> None:
    job = Job(kind=JobKind.CHUNK, number=0, state=JobState.WAITING, not_before=NOW)

    assert choose_next([job], window=4, now=NOW - timedelta(seconds=1)) == []
    assert choose_next([job], window=4, now=NOW) == [job]


# errors


def test_a_passing_error_is_tried_again_after_growing_pauses(video: Video, encode: Encode, queue: JobQueue) -> None:
    now = NOW
    for pause_s in (10, 40, 160):
        fail_job(claim(job_of(encode, JobKind.PREPARE), now=now), StorageFailed("away"), queue=queue, now=now)
        assert states(encode) == {"prepare-0": "waiting"}
        assert sweep_jobs(queue=queue, now=now + timedelta(seconds=pause_s - 1)) == 0
        now += timedelta(seconds=pause_s)
        assert sweep_jobs(queue=queue, now=now) == 1
        assert states(encode) == {"prepare-0": "queued"}
    fail_job(claim(job_of(encode, JobKind.PREPARE), now=now), SourceMissing("gone"), queue=queue, now=now)

    assert states(encode) == {"prepare-0": "failed"}
    assert (fresh(video).status, fresh(video).status_reason) == (VideoStatus.FAILED, "gone")


def test_a_storage_that_is_away_for_hours_fails_no_video(video: Video, encode: Encode, queue: JobQueue) -> None:
    now = NOW
    while now < NOW + timedelta(hours=2):
        fail_job(claim(job_of(encode, JobKind.PREPARE), now=now), StorageFull("full"), queue=queue, now=now)
        now += timedelta(seconds=300)
        sweep_jobs(queue=queue, now=now)
    assert (states(encode), fresh(video).status) == ({"prepare-0": "queued"}, VideoStatus.PROCESSING)

    job = job_of(encode, JobKind.PREPARE)
    with transaction() as session:
        session.get_one(Job, job.id).failures = 288
    fail_job(claim(job_of(encode, JobKind.PREPARE), now=now), StorageFull("full"), queue=queue, now=now)
    assert "storage" in (fresh(video).status_reason or "")


@pytest.mark.parametrize("kind", [UnsupportedMedia, SourceDamaged])
def test_a_permanent_error_fails_the_video_at_once_with_its_sentence(
    video: Video, encode: Encode, queue: JobQueue, kind: type[UnsupportedMedia] | type[SourceDamaged]
) -> None:
    error = kind("This file is not a video: it is a text file.")
    fail_job(claim(job_of(encode, JobKind.PREPARE)), error, queue=queue, now=NOW)

    found = fresh(video)
    assert (found.status, found.status_reason) == (VideoStatus.FAILED, "This file is not a video: it is a text file.")
    assert fresh_encode(encode).failure == found.status_reason


def test_the_admin_sees_ffmpegs_log_and_the_owner_does_not(video: Video, encode: Encode, queue: JobQueue) -> None:
    prepare(encode, queue)
    now = NOW
    for _ in range(4):
        error = EncodeFailed("FFmpeg failed with status 1.", log="$ ffmpeg -i x\n\nInvalid data")
        fail_job(claim(job_of(encode, JobKind.CHUNK), now=now), error, queue=queue, now=now)
        now += timedelta(seconds=200)
        sweep_jobs(queue=queue, now=now)

    job = job_of(encode, JobKind.CHUNK)
    assert (job.state, job.error) == (JobState.FAILED, "FFmpeg failed with status 1.")
    assert job.log == "$ ffmpeg -i x\n\nInvalid data"
    assert "FFmpeg" not in (fresh(video).status_reason or "")
    assert {state for name, state in states(encode).items() if name not in ("chunk-0", "prepare-0")} == {"cancelled"}


@pytest.mark.parametrize("kind", [JobKind.POSTER, JobKind.STORYBOARD])
def test_a_side_job_cannot_fail_the_video(kind: JobKind, video: Video, encode: Encode, queue: JobQueue) -> None:
    prepare(encode, queue, chunks=1)
    finish(job_of(encode, JobKind.CHUNK), queue)
    fail_job(claim(job_of(encode, kind)), UnsupportedMedia("no picture"), queue=queue, now=NOW)

    assert job_of(encode, kind).state is JobState.FAILED
    assert fresh(video).status is VideoStatus.PROCESSING


def test_a_failed_reencode_leaves_the_video_that_plays(
    video: Video, encode: Encode, queue: JobQueue, settings: Settings
) -> None:
    publish(video, encode)
    second = begin(fresh(video), queue, settings, NOW + timedelta(days=1))
    fail_job(claim(job_of(second, JobKind.PREPARE)), UnsupportedMedia("no"), queue=queue, now=NOW)

    assert (fresh(video).status, fresh(video).is_playable) == (VideoStatus.READY, True)
    assert fresh_encode(encode).is_active


# the sweep


def test_a_wiped_queue_hears_of_its_jobs_again(encode: Encode, queue: JobQueue) -> None:
    queue.connection.flushdb()

    assert sweep_jobs(queue=queue, now=NOW + timedelta(seconds=4)) == 0  # a worker may have the hint in hand
    assert sweep_jobs(queue=queue, now=NOW + timedelta(seconds=6)) == 1
    assert queue.depths()["urgent"] == 1
    assert sweep_jobs(queue=queue, now=NOW + timedelta(seconds=20)) == 0


def test_the_sweep_waits_for_a_queue_server_that_is_away(encode: Encode) -> None:
    assert sweep_jobs(queue=JobQueue("redis://127.0.0.1:1/0"), now=NOW + timedelta(seconds=60)) == 0
    assert states(encode) == {"prepare-0": "queued"}


# publishing, files


def publish(video: Video, encode: Encode, now: datetime = NOW) -> None:
    """Let the encode be watched, as the last job does."""
    with transaction() as session:
        made, shown = session.get_one(Encode, encode.id), session.get_one(Video, video.id)
        made.status, made.finished_at = EncodeStatus.READY, now
        shown.status = VideoStatus.READY
        make_playable(session, made, shown, now)


def test_a_new_encode_takes_the_place_of_the_old_one(
    video: Video, encode: Encode, queue: JobQueue, settings: Settings
) -> None:
    publish(video, encode)
    later = NOW + timedelta(days=1)
    second = begin(fresh(video), queue, settings, later)
    publish(video, second, later)

    assert not fresh_encode(encode).is_active
    assert fresh_encode(second).is_active
    assert fresh(video).published_at == NOW


def test_files_of_a_superseded_encode_go_after_its_last_viewers(
    video: Video, encode: Encode, queue: JobQueue, settings: Settings, storage: LocalStorage
) -> None:
    publish(video, encode)
    second = begin(fresh(video), queue, settings, NOW + timedelta(days=1))
    publish(video, second, NOW + timedelta(days=1))
    kept = [segment_key(video.public_id, made.public_id, "360p", 0) for made in (encode, second)]
    for key in kept:
        storage.put_bytes(key, b"x", content_type="video/mp4")

    assert remove_old_files(storage=storage, now=NOW + timedelta(days=1, hours=5)) == 0
    assert remove_old_files(storage=storage, now=NOW + timedelta(days=1, hours=7)) == 1
    assert [found.key for found in storage.list("")] == kept[1:]
    assert remove_old_files(storage=storage, now=NOW + timedelta(days=2)) == 0


def test_files_of_a_cancelled_encode_go_soon(owner: User, video: Video, encode: Encode, storage: LocalStorage) -> None:
    storage.put_bytes(segment_key(video.public_id, encode.public_id, "360p", 0), b"x", content_type="video/mp4")
    processing.cancel_video(owner, video.public_id, now=NOW)

    assert remove_old_files(storage=storage, now=NOW + timedelta(minutes=1)) == 0
    assert remove_old_files(storage=storage, now=NOW + timedelta(minutes=3)) == 1
    assert list(storage.list("")) == []


class _StuckStorage(LocalStorage):
    """A disk on which the files of one encode cannot be removed."""

    stuck = ""

    def delete_prefix(self, prefix: str) -> int:
        if self.stuck in prefix:
            raise StorageFailed("The site's disk does not work as it should.")
        return super().delete_prefix(prefix)


def test_files_that_cannot_be_removed_keep_no_others_from_going(
    owner: User, video: Video, encode: Encode, queue: JobQueue, settings: Settings, tmp_path: Path
) -> None:
    storage = _StuckStorage(tmp_path / "media")
    second = begin(video, queue, settings)
    processing.cancel_video(owner, video.public_id, now=NOW)
    for made in (encode, second):
        add_rendition(made, "source", dropped_at=NOW)
        storage.put_bytes(segment_key(video.public_id, made.public_id, "source", 0), b"x", content_type="video/mp4")
    storage.stuck = encode.public_id

    later = NOW + timedelta(hours=7)
    assert remove_dropped(storage=storage, now=later) == 1
    assert remove_old_files(storage=storage, now=later) == 1
    assert [fresh_encode(made).files_removed_at for made in (encode, second)] == [None, later]
    storage.stuck = "nothing"
    assert remove_dropped(storage=storage, now=later) == 1
    assert remove_old_files(storage=storage, now=later) == 1


def test_all_files_of_a_video_go_together(video: Video, encode: Encode, storage: LocalStorage) -> None:
    other = segment_key("other", encode.public_id, "360p", 0)
    for key in (
        segment_key(video.public_id, encode.public_id, "360p", 0),
        f"sources/{video.public_id}/a/source",
        other,
    ):
        storage.put_bytes(key, b"x", content_type="video/mp4")

    processing.delete_files(video, storage=storage)
    processing.delete_files(video, storage=storage)

    assert [found.key for found in storage.list("")] == [other]


# progress


def test_reports_reach_the_video_and_its_renditions(video: Video, encode: Encode, queue: JobQueue) -> None:
    prepare(encode, queue, chunks=2, audio=0)
    make_renditions(encode)
    updated_at = fresh(video).updated_at
    lease = claim(job_of(encode, JobKind.CHUNK))
    report_progress(lease, 0.5, 2.0, lease_s=LEASE_S, now=later(5))

    found = fresh(video)
    assert (found.progress, found.eta_s) == (pytest.approx(0.25), pytest.approx(8.5))
    assert (found.measured_at, found.updated_at) == (later(5), updated_at)
    rendition = current_session().scalars(select(Rendition)).one()
    assert (rendition.progress, rendition.eta_s) == (pytest.approx(0.25), pytest.approx(8.5))
    assert fresh_encode(encode).speed == pytest.approx(2.0)

    report_progress(lease, 0.9, 2.0, lease_s=LEASE_S, now=later(5.5))
    assert fresh(video).progress == pytest.approx(0.25)
    assert job_of(encode, JobKind.CHUNK).progress == pytest.approx(0.9)


def make_renditions(encode: Encode) -> None:
    """One rendition, of which all chunks make a piece."""
    with transaction() as session:
        session.add(Rendition(encode_id=encode.id, kind=RenditionKind.VIDEO, name="360p"))
        session.execute(update(Job).where(Job.kind == JobKind.CHUNK).values(makes=["360p"]))
    close_session()


def later(seconds: float) -> datetime:
    """So long after everything began."""
    return NOW + timedelta(seconds=seconds)


def test_other_videos_take_their_turns(
    owner: User, video: Video, encode: Encode, queue: JobQueue, settings: Settings
) -> None:
    prepare(encode, queue, chunks=2, audio=0)
    lease = claim(job_of(encode, JobKind.CHUNK))
    report_progress(lease, 0.5, 2.0, lease_s=LEASE_S, now=later(5))
    alone_s = fresh(video).eta_s

    other = make_video(owner, status=VideoStatus.UPLOADING, is_playable=False, published_at=None)
    beside = begin(other, queue, settings, later(5))
    prepare(beside, queue, chunks=2, audio=0, now=later(5))
    report_progress(lease, 0.7, 2.0, lease_s=LEASE_S, now=later(6))
    assert alone_s == pytest.approx(8.5)
    assert fresh(video).eta_s == pytest.approx(7.5)  # ours are both before the first one of the other

    report_progress(claim(job_of(beside, JobKind.CHUNK), "w2"), 0.1, None, lease_s=LEASE_S, now=later(7))
    # of it nothing is measured: it goes at the speed of ours, whose jobs are before its second one
    assert fresh(other).eta_s == pytest.approx(1 + 4.5 + 5 + 5, abs=0.1)


def test_nothing_is_promised_before_a_speed_is_measured(video: Video, encode: Encode, queue: JobQueue) -> None:
    prepare(encode, queue, chunks=2, audio=0)
    report_progress(claim(job_of(encode, JobKind.CHUNK)), 0.1, None, lease_s=LEASE_S, now=later(1))

    assert (fresh(video).progress, fresh(video).eta_s) == (pytest.approx(0.05), None)


# what people do


def test_a_failed_video_can_be_tried_again_by_its_owner(
    owner: User, video: Video, encode: Encode, queue: JobQueue, settings: Settings
) -> None:
    with pytest.raises(Conflict):
        processing.retry_video(owner, video.public_id, queue=queue, settings=settings)
    fail_job(claim(job_of(encode, JobKind.PREPARE)), UnsupportedMedia("no"), queue=queue, now=NOW)

    retried = processing.retry_video(owner, video.public_id, queue=queue, settings=settings)

    assert (retried.status, retried.status_reason) == (VideoStatus.QUEUED, None)
    assert current_session().scalars(select(Encode.status).order_by(Encode.id)).all() == ["failed", "queued"]


def test_strangers_cannot_retry_cancel_or_reencode(
    video: Video, encode: Encode, queue: JobQueue, settings: Settings
) -> None:
    stranger = make_user()
    with pytest.raises(NotAllowed):
        processing.retry_video(stranger, video.public_id, queue=queue, settings=settings)
    with pytest.raises(NotAllowed):
        processing.cancel_video(stranger, video.public_id)
    with pytest.raises(NotAllowed):
        processing.reencode_video(stranger, video.public_id, queue=queue, settings=settings)
    with pytest.raises(NotAllowed):
        processing.retry_job(stranger, jobs_of(encode)[0].id, queue=queue, now=NOW)


def test_a_cancelled_video_stops_and_says_so(owner: User, video: Video, encode: Encode, queue: JobQueue) -> None:
    prepare(encode, queue)
    lease = claim(job_of(encode, JobKind.CHUNK))
    processing.cancel_video(owner, video.public_id)

    with pytest.raises(LeaseLost):
        report_progress(lease, 0.5, 1.0, lease_s=LEASE_S, now=NOW)
    assert fresh(video).status is VideoStatus.FAILED
    assert set(states(encode).values()) == {"done", "cancelled"}
    with pytest.raises(Conflict):
        processing.cancel_video(owner, video.public_id)


def test_an_admin_lets_a_failed_job_go_on_where_it_stopped(video: Video, encode: Encode, queue: JobQueue) -> None:
    admin = make_admin()
    prepare(encode, queue)
    finish(job_of(encode, JobKind.CHUNK), queue)
    failed = job_of(encode, JobKind.CHUNK, 1)
    fail_job(claim(failed), UnsupportedMedia("no"), queue=queue, now=NOW)
    assert fresh(video).status is VideoStatus.FAILED

    processing.retry_job(admin, failed.id, queue=queue, now=NOW)

    assert fresh(video).status is VideoStatus.PROCESSING
    assert states(encode) | {"chunk-0": "done", "chunk-1": "queued", "audio-0": "queued"} == states(encode)
    with pytest.raises(Conflict):
        processing.retry_job(admin, failed.id, queue=queue, now=NOW)


def test_an_admin_gives_a_job_up(video: Video, encode: Encode, queue: JobQueue) -> None:
    admin = make_admin()
    prepare(encode, queue)
    processing.cancel_job(admin, job_of(encode, JobKind.POSTER).id, queue=queue, now=NOW)
    assert fresh(video).status is VideoStatus.PROCESSING

    processing.cancel_job(admin, job_of(encode, JobKind.CHUNK).id, queue=queue, now=NOW)

    assert fresh(video).status is VideoStatus.FAILED
    with pytest.raises(NotFound):
        processing.cancel_job(admin, 10_000, queue=queue, now=NOW)


def test_urgencies_are_named_in_the_order_of_serving() -> None:
    assert [urgency.value for urgency in Urgency] == ["urgent", "normal", "low"]


# playing early


def add_rendition(encode: Encode, name: str, **values: object) -> None:
    """A row of a picture."""
    with transaction() as session:
        session.add(Rendition(encode_id=encode.id, kind=RenditionKind.VIDEO, name=name, **values))


def test_files_of_a_replaced_copy_go_after_its_last_viewers(
    video: Video, encode: Encode, storage: LocalStorage
) -> None:
    publish(video, encode)
    add_rendition(encode, "source", size_bytes=3, dropped_at=NOW)
    add_rendition(encode, "720p", size_bytes=2)
    with transaction() as session:
        session.get_one(Encode, encode.id).size_bytes = 5
    kept = [segment_key(video.public_id, encode.public_id, name, 0) for name in ("720p", "source")]
    for key in kept:
        storage.put_bytes(key, b"x", content_type="video/mp4")

    assert remove_dropped(storage=storage, now=NOW + timedelta(hours=5)) == 0
    assert remove_dropped(storage=storage, now=NOW + timedelta(hours=7)) == 1
    assert [found.key for found in storage.list("")] == kept[:1]
    assert (fresh_encode(encode).size_bytes, fresh(video).rendition_bytes) == (2, 2)
    assert remove_dropped(storage=storage, now=NOW + timedelta(hours=8)) == 0


def test_a_rendition_is_as_far_as_its_own_jobs(video: Video, encode: Encode, queue: JobQueue) -> None:
    prepare(encode, queue, chunks=2, audio=0)
    for number, name in enumerate(("360p", "720p")):
        add_rendition(encode, name)
        job = job_of(encode, JobKind.CHUNK, number)
        with transaction() as session:
            session.get_one(Job, job.id).makes = [name]
    finish(job_of(encode, JobKind.CHUNK), queue)

    close_session()
    rows = current_session().scalars(select(Rendition).order_by(Rendition.id)).all()
    assert [(row.name, row.progress, row.is_complete) for row in rows] == [("360p", 1.0, True), ("720p", 0.0, False)]
