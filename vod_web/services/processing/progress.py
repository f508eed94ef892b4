"""How far is a video, and how long will the rest take?"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vod_web.models import Encode, Job, JobKind, JobState, Rendition, Video
from vod_web.services.processing.rows import OPEN_ENCODES
from vod_web.services.processing.turns import MAIN_JOBS

MOST_UNPUBLISHED = 0.99
"""The last hundredth is the publishing."""


@dataclass(frozen=True)
class JobProgress:
    """What the measuring needs to know of a job."""

    kind: JobKind
    number: int
    state: JobState
    weight_s: float
    progress: float
    speed: float | None
    """Seconds of its weight done in a second."""
    makes: Collection[str] = ()
    """The renditions of which it makes a piece."""

    @property
    def done_s(self) -> float:
        """How much of its weight is done."""
        return self.weight_s if self.state is JobState.DONE else self.weight_s * self.progress

    @property
    def left_s(self) -> float:
        """How much of its weight is to be done."""
        return self.weight_s - self.done_s


@dataclass(frozen=True)
class EncodeProgress:
    """How far an encode is."""

    progress: float
    """0 to 1."""
    eta_s: float | None
    """None as long as no speed was measured."""


def measure_progress(jobs: Iterable[JobProgress]) -> EncodeProgress:
    """How far an encode is, judging by those of its jobs that make renditions."""
    main = [job for job in jobs if job.kind in MAIN_JOBS]
    total_s = sum(job.weight_s for job in main)
    if not total_s:
        return EncodeProgress(0.0, None)
    return EncodeProgress(sum(job.done_s for job in main) / total_s, _measure_eta(main))


def _measure_eta(main: list[JobProgress]) -> float | None:
    """What is left, at the speed of the workers that are at it; where none is just now, at that of one of before.

    At least as long as the slowest of the jobs at work will take.
    """
    running = [job for job in main if job.state is JobState.RUNNING and job.speed]
    done = [job.speed for job in main if job.state is JobState.DONE and job.speed]
    rate = sum(job.speed or 0.0 for job in running) or (sum(done) / len(done) if done else 0.0)
    if not rate:
        return None
    slowest_s = max((job.left_s / job.speed for job in running if job.speed), default=0.0)
    return max(sum(job.left_s for job in main) / rate, slowest_s)


def note_progress(session: Session, *, encode_id: int, video_id: int) -> None:
    """Write the progress of the video and its renditions from that of its jobs; the video must be locked.

    Does nothing once the encode is over: side jobs are not counted.
    """
    if session.scalar(select(Encode.status).where(Encode.id == encode_id)) not in OPEN_ENCODES:
        return
    columns = (Job.kind, Job.number, Job.state, Job.weight_s, Job.progress, Job.speed, Job.makes)
    jobs = [JobProgress(*row) for row in session.execute(select(*columns).where(Job.encode_id == encode_id))]
    measured = measure_progress(jobs)
    session.execute(
        update(Video)
        .where(Video.id == video_id)
        .values(
            progress=min(measured.progress, MOST_UNPUBLISHED),
            eta_s=measured.eta_s,
            updated_at=Video.updated_at,  # it is people's changes that count there
        )
    )
    _note_renditions(session, encode_id, jobs)


def _note_renditions(session: Session, encode_id: int, jobs: list[JobProgress]) -> None:
    """A rendition is as far as the jobs that make pieces of it."""
    for rendition in session.scalars(select(Rendition).where(Rendition.encode_id == encode_id)):
        makers = [job for job in jobs if rendition.name in job.makes]
        rendition.progress = measure_progress(makers).progress
        rendition.is_complete = bool(makers) and all(job.state is JobState.DONE for job in makers)
