"""Whose turn is it?

Of each video only a window of jobs is on the queue, so that one long film does not stand before everybody else's
first minute. Whatever ends a job calls `advance`, which lets the next ones in.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from vod_web.db.session import after_commit
from vod_web.models import Encode, Job, JobKind, JobState, Video
from vod_web.queue import JobQueue, Urgency
from vod_web.services.processing.rows import HELD_STATUSES, WANTED_ENCODES, list_encode_jobs
from vod_web.services.processing.workers import count_workers

SMALLEST_WINDOW = 4
"""How many jobs of one video are on the queue or at work, where there are few workers."""
WINDOW_OVER_WORKERS = 2
"""With many workers: one job for each, and so many more that none waits for the next."""
ASKED_FOR = frozenset({JobKind.PIECE, JobKind.FRAMES, JobKind.THUMBNAIL})
"""Made when somebody wants it, who waits for it then."""
SIDE_JOBS = ASKED_FOR | {JobKind.POSTER, JobKind.SUBTITLES, JobKind.STORYBOARD, JobKind.LOUDNESS}
"""They cannot fail a video, and it is ready without them."""
MAIN_JOBS = frozenset({JobKind.CHUNK, JobKind.AUDIO})
"""They fill the window, and the video is ready when all are done."""

FIRST_PLACE = 0
"""The pieces with which a video begins to play."""
POSTER_PLACE = 1
"""For the cards of the library; then captions: a second or two of work, and who needs them needs them at once."""
EARLY_PLACE = 2
"""The rest of what plays while better qualities are being made."""
LADDER_PLACE = 3
"""Those, and everything of a video that cannot play early."""


def urgency_of(job: Job) -> Urgency:
    """Which queue a job goes to."""
    is_first = job.kind in MAIN_JOBS and job.place == FIRST_PLACE
    if job.kind in (JobKind.PREPARE, JobKind.PUBLISH, *ASKED_FOR) or is_first:
        return Urgency.URGENT
    return Urgency.LOW if job.kind in (JobKind.STORYBOARD, JobKind.LOUDNESS) else Urgency.NORMAL


def choose_next(jobs: Sequence[Job], *, window: int, now: datetime) -> list[Job]:
    """The waiting jobs of one encode that may go on the queue now, in this order.

    Pieces that players ask for do not wait for a turn: see `wishes`.
    """
    ready = [job for job in jobs if _is_due(job, now) and _can_begin(job, jobs)]
    at_work = sum(job.kind in MAIN_JOBS and job.state in (JobState.QUEUED, JobState.RUNNING) for job in jobs)
    main = sorted((job for job in ready if job.kind in MAIN_JOBS), key=_place)
    others = [job for job in ready if job.kind not in MAIN_JOBS]
    return sorted([*main[: max(0, window - at_work)], *others], key=_place)


def _is_due(job: Job, now: datetime) -> bool:
    return job.state is JobState.WAITING and (job.not_before is None or job.not_before <= now)


def _can_begin(job: Job, jobs: Sequence[Job]) -> bool:
    """Whether all that the job needs is done."""
    if job.kind is JobKind.PREPARE:
        return True
    if job.kind is JobKind.PUBLISH:
        return all(other.state is JobState.DONE for other in jobs if other.kind in MAIN_JOBS)
    if job.kind is JobKind.STORYBOARD:
        return all(other.state is JobState.DONE for other in jobs if other.kind is JobKind.CHUNK)
    if job.kind is JobKind.LOUDNESS:
        return all(other.state is JobState.DONE for other in jobs if other.kind is JobKind.AUDIO)
    return True


def _place(job: Job) -> tuple[int, int]:
    """As the plan has it, picture and sound of one number beside each other."""
    return job.place, job.number


def queue_job(job: Job, *, queue: JobQueue, now: datetime) -> None:
    """Put a job on the queue when the open transaction has committed."""
    job.state = JobState.QUEUED
    job.queued_at = now
    job.not_before = None
    after_commit(partial(queue.put, job.id, now, urgency_of(job), at_front=job.wanted_at is not None))


def advance(session: Session, encode: Encode, video: Video, *, queue: JobQueue, now: datetime) -> int:
    """Let in the jobs of an encode whose turn it is, and say how many; the encode must be locked."""
    if encode.status not in WANTED_ENCODES or video.status in HELD_STATUSES:
        return 0
    session.flush()
    chosen = choose_next(list_encode_jobs(session, encode.id), window=measure_window(now), now=now)
    for job in chosen:
        queue_job(job, queue=queue, now=now)
    return len(chosen)


def measure_window(now: datetime) -> int:
    """How many jobs of one video may be on the queue or at work, by the workers that are there."""
    return choose_window(count_workers(now=now))


def choose_window(workers: int) -> int:
    """The same, for so many workers."""
    return max(SMALLEST_WINDOW, workers + WINDOW_OVER_WORKERS)
