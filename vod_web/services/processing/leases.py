"""Whose is a job, and until when?

A worker holds a job by a lease that it renews while it works. The fence names the attempt: whoever comes with
another one, because the lease ran out or the job was cancelled, may neither report nor finish.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vod_web.core.ids import new_public_id
from vod_web.db.session import transaction
from vod_web.models import EncodeStatus, Job, JobKind, JobState, Video
from vod_web.queue import Urgency
from vod_web.services.processing.progress import note_progress
from vod_web.services.processing.rows import HELD_STATUSES, WANTED_ENCODES, lock_job, lock_video
from vod_web.services.processing.standing import show_at_work
from vod_web.services.processing.turns import urgency_of

LEASE_S = 30.0
"""How long a worker may be silent before its job is given to another."""


class LeaseLost(Exception):
    """The job is not ours any more: another has it, or nobody wants it now. Stop, and leave no trace."""


@dataclass(frozen=True)
class Lease:
    """One attempt at one job, by one worker."""

    job_id: int
    encode_id: int
    video_id: int
    kind: JobKind
    number: int
    attempt: int
    fence: str
    worker: str
    weight_s: float
    is_urgent: bool
    """Somebody waits for what it makes."""


def claim_job(job_id: int, *, worker: str, lease_s: float, now: datetime) -> Lease | None:
    """Take a job from the queue; None when it is not there to be taken."""
    with transaction() as session:
        job = lock_job(session, job_id)
        if job is None or job.state is not JobState.QUEUED:
            return None
        video, encode = job.encode.video, job.encode
        if encode.status not in WANTED_ENCODES or video.status in HELD_STATUSES:
            job.state = JobState.WAITING if encode.status in WANTED_ENCODES else JobState.CANCELLED
            return None
        job.state, job.worker, job.fence = JobState.RUNNING, worker, new_public_id()
        job.attempt += 1
        job.lease_expires_at = now + timedelta(seconds=lease_s)
        job.started_at, job.finished_at = now, None
        job.progress, job.speed, job.error, job.log = 0.0, None, None, None
        if encode.status is EncodeStatus.QUEUED:
            encode.status, encode.started_at = EncodeStatus.PROCESSING, now
            show_at_work(encode)
        return Lease(
            job_id=job.id,
            encode_id=encode.id,
            video_id=video.id,
            kind=job.kind,
            number=job.number,
            attempt=job.attempt,
            fence=job.fence,
            worker=worker,
            weight_s=job.weight_s,
            is_urgent=urgency_of(job) is Urgency.URGENT,
        )


def renew_lease(lease: Lease, *, lease_s: float, now: datetime) -> None:
    """Hold the job for another while.

    Raises:
        LeaseLost: it is not ours any more.
    """
    with transaction() as session:
        _renew(session, lease, lease_s, now)


def report_progress(lease: Lease, progress: float, speed: float | None, *, lease_s: float, now: datetime) -> None:
    """Hold the job for another while, and let people see how far it is (0 to 1) and how fast.

    Raises:
        LeaseLost: it is not ours any more, or its video was deleted.
    """
    with transaction() as session:
        lock_video(session, lease.video_id)
        _renew(session, lease, lease_s, now, progress=progress, speed=speed)
        status = session.scalar(select(Video.status).where(Video.id == lease.video_id))
        if status is None or status in HELD_STATUSES:
            raise LeaseLost
        note_progress(session, encode_id=lease.encode_id, video_id=lease.video_id, now=now, is_report=True)


def _renew(session: Session, lease: Lease, lease_s: float, now: datetime, **values: float | None) -> None:
    held = session.execute(
        update(Job)
        .where(Job.id == lease.job_id, Job.fence == lease.fence, Job.state == JobState.RUNNING)
        .values(lease_expires_at=now + timedelta(seconds=lease_s), **values)
        .execution_options(synchronize_session=False)
        .returning(Job.id)
    ).one_or_none()
    if held is None:
        raise LeaseLost


def lock_held_job(session: Session, lease: Lease) -> Job:
    """The job of this lease with its encode, video and source, ours alone until the transaction ends.

    Raises:
        LeaseLost: it is not ours any more.
    """
    job = lock_job(session, lease.job_id)
    if job is None or job.fence != lease.fence or job.state is not JobState.RUNNING:
        raise LeaseLost
    return job


def release(job: Job) -> None:
    """Nobody holds the job any more."""
    job.fence = job.worker = job.lease_expires_at = job.speed = None
    job.progress = 0.0
