"""What follows when a job is done, has failed, or was given up?"""

import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from vod_web.core.errors import EncodeFailed, SourceDamaged, StorageFailed, UnsupportedMedia, VodError
from vod_web.core.logging import get_logger
from vod_web.db.session import transaction
from vod_web.models import Caption, Encode, EncodeStatus, Job, JobState, Source, SourceState, Thumbnail, Video
from vod_web.queue import JobQueue
from vod_web.services.processing.leases import Lease, LeaseLost, lock_held_job, release
from vod_web.services.processing.outputs import SourceMissing
from vod_web.services.processing.progress import note_progress
from vod_web.services.processing.rows import cancel_jobs, lock_job
from vod_web.services.processing.standing import show_failure
from vod_web.services.processing.turns import SIDE_JOBS, advance, queue_job

RETRY_PAUSE_S = 10.0
"""How long to wait after the first error; four times as long after each further one."""
MOST_RETRIES = 3
OUTAGE_PAUSE_S = 300.0
MOST_OUTAGES = 288
"""A storage that does not work is no fault of a job, which then goes on trying for a day."""
LOSSES_AT_ONCE = 3
"""So often a job whose worker died begins again at once: machines are restarted, workers killed."""
LOSS_PAUSES_S = (2.0, 120.0)
"""After more losses it waits, at first and at most: what kills its workers must not keep them from others' videos."""
MOST_LOSSES = 30
"""A job that was begun so often and never ended is what kills them."""
LOG_CHARACTERS = 16 * 1024

FAILED = "This video could not be processed. Try again; if it fails again, tell an admin of this site."
STORAGE_AWAY = "The storage of this site did not work while this video was processed. Try again later."
NEVER_FINISHED = "Processing this video was interrupted too often. Try again; if it fails again, tell an admin."

log = get_logger(__name__)


@contextmanager
def finishing(
    lease: Lease, *, queue: JobQueue, now: datetime, result: dict[str, Any] | None = None, size_bytes: int = 0
) -> Iterator[Job]:
    """The transaction that ends a job well: write what it made inside the block; the next jobs are let in after it.

    `size_bytes` is what it has stored.

    Raises:
        LeaseLost: the job is not ours any more; nothing is written.
    """
    with transaction() as session:
        job = lock_held_job(session, lease)
        elapsed_s = (now - job.started_at).total_seconds() if job.started_at else 0.0
        job.state, job.progress, job.finished_at = JobState.DONE, 1.0, now
        job.speed = job.weight_s / elapsed_s if elapsed_s > 0 and job.weight_s else None
        job.lease_expires_at, job.result = None, result
        encode, video = job.encode, job.encode.video  # what is done inside may read the row of the job anew
        yield job
        encode.size_bytes += size_bytes
        session.flush()
        note_size(session, video)
        note_progress(session, encode_id=lease.encode_id, video_id=lease.video_id, now=now)
        advance(session, encode, video, queue=queue, now=now)


def note_size(session: Session, video: Video) -> None:
    """Write what the stored files of all encodes and captions of the video take together, and what of it is history."""
    former = select(Source.id).where(Source.video_id == video.id, Source.state == SourceState.FORMER)
    encodes = select(func.sum(Encode.size_bytes))
    encodes = encodes.where(Encode.video_id == video.id, Encode.files_removed_at.is_(None))
    captions = select(func.sum(Caption.size_bytes)).where(Caption.video_id == video.id)
    thumbnails = select(func.sum(Thumbnail.size_bytes)).where(Thumbnail.video_id == video.id)
    video.rendition_bytes = sum(session.scalar(part) or 0 for part in (encodes, captions, thumbnails))
    history = (
        select(func.sum(Source.size_bytes)).where(Source.id.in_(former)),
        encodes.where(Encode.source_id.in_(former)),
        captions.where(Caption.source_id.in_(former)),
    )
    video.version_bytes = sum(session.scalar(part) or 0 for part in history)


def fail_job(
    lease: Lease, error: Exception, *, queue: JobQueue, now: datetime, first_pause_s: float = RETRY_PAUSE_S
) -> None:
    """Note an error: try again later where that may help, else give up the job, and the video if it needs the job."""
    with transaction() as session:
        try:
            job = lock_held_job(session, lease)
        except LeaseLost:
            log.info("job_no_longer_ours", error=describe_error(error))
            return
        encode, video = job.encode, job.encode.video
        release(job)
        job.failures += 1
        job.error, job.log = describe_error(error), describe_log(error)
        pause_s = retry_pause_s(error, job.failures, first_pause_s)
        log.warning("job_failed", job=job.id, kind=job.kind.value, error=job.error, again_in_s=pause_s)
        if pause_s is not None:
            job.state, job.not_before = JobState.WAITING, now + timedelta(seconds=pause_s)
        else:
            give_up(session, job, explain(error), now=now)
        advance(session, encode, video, queue=queue, now=now)


def retry_pause_s(error: Exception, failures: int, first_s: float = RETRY_PAUSE_S) -> float | None:
    """How long to wait after so many errors of a job, of which this is the last; None when no other try helps."""
    if isinstance(error, (UnsupportedMedia, SourceDamaged)):
        return None
    if failures <= MOST_RETRIES:
        return first_s * 4.0 ** (failures - 1)
    is_outage = isinstance(error, StorageFailed) and not isinstance(error, SourceMissing)
    return OUTAGE_PAUSE_S if is_outage and failures <= MOST_OUTAGES else None


def loss_pause_s(losses: int) -> float:
    """How long to wait after a job has lost so many workers."""
    first_s, longest_s = LOSS_PAUSES_S
    return min(longest_s, first_s * 2.0 ** (losses - LOSSES_AT_ONCE - 1)) if losses > LOSSES_AT_ONCE else 0.0


def give_up(session: Session, job: Job, sentence: str, *, now: datetime) -> None:
    """The job has failed for good, and with it its encode, unless it is a side job."""
    job.state, job.finished_at = JobState.FAILED, now
    if job.kind in SIDE_JOBS:
        return
    encode = job.encode
    session.flush()
    cancel_jobs(session, encode.id)
    encode.status, encode.failure, encode.finished_at = EncodeStatus.FAILED, sentence, now
    show_failure(session, encode, sentence, now)


def describe_error(error: Exception) -> str:
    """What went wrong, for the admin."""
    return error.message if isinstance(error, VodError) else f"{type(error).__name__}: {error}"


def describe_log(error: Exception) -> str:
    """FFmpeg's command and the end of its log, or where in our code it happened."""
    if isinstance(error, EncodeFailed) and error.log:
        return error.log[-LOG_CHARACTERS:]
    return "".join(traceback.format_exception(error))[-LOG_CHARACTERS:]


def explain(error: Exception) -> str:
    """What the owner of the video is told."""
    if isinstance(error, (UnsupportedMedia, SourceDamaged, SourceMissing)):
        return error.message
    return STORAGE_AWAY if isinstance(error, StorageFailed) else FAILED


def give_back(lease: Lease, *, queue: JobQueue, now: datetime) -> None:
    """Put a job back that we cannot finish now through no fault of its own; the attempt does not count."""
    with transaction() as session:
        try:
            job = lock_held_job(session, lease)
        except LeaseLost:
            return
        job.attempt -= 1
        release(job)
        queue_job(job, queue=queue, now=now)
    log.info("job_given_back", job=lease.job_id)


def take_back_expired(*, queue: JobQueue, now: datetime) -> int:
    """Put the jobs back whose worker has fallen silent; returns how many."""
    return _take_back([Job.lease_expires_at < now], queue=queue, now=now)


def take_back_from(worker: str, *, queue: JobQueue, now: datetime) -> int:
    """Put the jobs back that a worker of this name had, which is known to be dead; returns how many."""
    return _take_back([Job.worker == worker], queue=queue, now=now)


def _take_back(conditions: Sequence[ColumnElement[bool]], *, queue: JobQueue, now: datetime) -> int:
    with transaction() as session:
        held = session.execute(select(Job.id, Job.fence).where(Job.state == JobState.RUNNING, *conditions)).all()
    return sum(_take_back_one(job_id, fence, queue=queue, now=now) for job_id, fence in held)


def _take_back_one(job_id: int, fence: str | None, *, queue: JobQueue, now: datetime) -> bool:
    """Put one job back, unless somebody did so or its worker has ended it meanwhile."""
    with transaction() as session:
        job = lock_job(session, job_id)
        if job is None or job.fence != fence or job.state is not JobState.RUNNING:
            return False
        log.warning("job_lost", job=job.id, kind=job.kind.value, worker=job.worker, attempt=job.attempt)
        release(job)
        losses = job.attempt - job.failures
        pause_s = loss_pause_s(losses)
        if losses >= MOST_LOSSES:
            encode, video, job.error = job.encode, job.encode.video, NEVER_FINISHED
            give_up(session, job, NEVER_FINISHED, now=now)
            advance(session, encode, video, queue=queue, now=now)
        elif pause_s:
            job.state, job.not_before = JobState.WAITING, now + timedelta(seconds=pause_s)
        else:
            queue_job(job, queue=queue, now=now)
    return True
