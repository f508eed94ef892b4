"""What a worker has at hand while it is at a job."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, QueuePool, select

from tests.factories import make_user, make_video
from vod_web.core.clock import utc_now
from vod_web.core.settings import Settings
from vod_web.db.session import current_session, transaction
from vod_web.media.runner import Tools
from vod_web.models import Job, Source, VideoStatus
from vod_web.queue import JobQueue
from vod_web.services import processing
from vod_web.services.processing.attempts import Attempt, WorkerStopped
from vod_web.services.processing.leases import LeaseLost, claim_job
from vod_web.services.processing.outcomes import take_back_from
from vod_web.storage.local import LocalStorage


@pytest.fixture
def attempt(database: Engine, settings: Settings, redis_url: str, tmp_path: Path) -> Iterator[Attempt]:
    """An attempt at the first job of a video."""
    queue = JobQueue(redis_url)
    video = make_video(make_user(), status=VideoStatus.UPLOADING)
    with transaction() as session:
        source = Source(video_id=video.id, key="sources/a/b/source", filename="a.mp4", size_bytes=1)
        session.add(source)
        session.flush()
        processing.begin_encode(video, source, queue=queue, settings=settings)
    job_id = current_session().scalars(select(Job.id)).one()
    lease = claim_job(job_id, worker="w", lease_s=30, now=utc_now())
    assert lease is not None
    storage = LocalStorage(tmp_path / "media")
    yield Attempt(lease, storage, queue, settings, tools=Tools("ffmpeg"), folder=tmp_path / "scratch" / "1-1")
    queue.connection.close()


def held_connections(engine: Engine) -> int:
    """How many connections to the database are in use."""
    assert isinstance(engine.pool, QueuePool)
    return engine.pool.checkedout()


def test_slow_work_holds_no_database_connection(attempt: Attempt, database: Engine) -> None:
    current_session().scalars(select(Job)).all()
    assert held_connections(database) == 1
    with attempt.slow_work():
        assert held_connections(database) == 0
        attempt.report(0.5)
        assert held_connections(database) == 0


def test_reports_are_written_once_a_second_at_most(attempt: Attempt) -> None:
    attempt.report(0.25)
    attempt.report(0.75)

    assert current_session().scalars(select(Job.progress)).one() == 0.25


def test_a_stop_in_slow_work_ends_it_at_once(attempt: Attempt) -> None:
    with pytest.raises(WorkerStopped), attempt.slow_work():
        attempt.stop()
        raise AssertionError("it went on")


def test_a_stop_elsewhere_waits_for_slow_work(attempt: Attempt) -> None:
    attempt.stop()

    with pytest.raises(WorkerStopped):
        attempt.report(0.1)
    with pytest.raises(WorkerStopped), attempt.slow_work():
        raise AssertionError("it went on")


def test_a_lease_that_the_beat_finds_lost_ends_the_work(attempt: Attempt) -> None:
    attempt.renew()
    attempt.report(0.1)
    take_back_from("w", queue=attempt.queue, now=utc_now())
    attempt.renew()

    with pytest.raises(LeaseLost), attempt.slow_work():
        raise AssertionError("it went on")


def test_the_scratch_begins_empty_and_goes(attempt: Attempt) -> None:
    attempt.folder.mkdir(parents=True)
    (attempt.folder / "old").touch()
    attempt.make_folder()
    assert list(attempt.folder.iterdir()) == []

    attempt.remove_folder()
    attempt.remove_folder()
    assert not attempt.folder.exists()
