"""How far is a video, and how long will the rest take? Written to its rows, where pages and the API read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vod_web.models import Encode, JobState, Rendition, Source, SourceState, Video
from vod_web.services.processing.forecast import (
    JobProgress,
    foretell,
    measure_part,
    measure_speed,
    plan_turns,
    steady,
)
from vod_web.services.processing.rows import OPEN_ENCODES
from vod_web.services.processing.workload import read_jobs, read_workload

MOST_UNPUBLISHED = 0.99
"""The last hundredth is the publishing."""
PUBLISHING_S = 1.0
MEASURE_INTERVAL_S = 0.9
"""Of many workers that report of one video in the same second, one measures."""

_ENCODE = (
    select(Encode.status, Encode.cost, Encode.started_at, Encode.source_id, Source.state)
    .add_columns(Video.eta_s, Video.measured_at)
    .add_columns(Source.eta_s.label("incoming_eta_s"), Source.measured_at.label("incoming_measured_at"))
    .join(Encode.video)
    .join(Encode.source)
)


def note_progress(session: Session, *, encode_id: int, video_id: int, now: datetime, is_report: bool = False) -> None:
    """Write the progress of an encode's video and renditions from that of its jobs; the video must be locked.

    That of a file which is to take the place of another one is written to that file. Does nothing once the encode is
    over: side jobs are not counted. A report is left out where another one was noted a moment ago.
    """
    row = session.execute(_ENCODE.where(Encode.id == encode_id)).one_or_none()
    if row is None or row.status not in OPEN_ENCODES:
        return
    is_incoming = row.state is SourceState.INCOMING
    eta_s, measured_at = (row.incoming_eta_s, row.incoming_measured_at) if is_incoming else (row.eta_s, row.measured_at)
    passed_s = (now - measured_at).total_seconds() if measured_at else 0.0
    if is_report and measured_at and passed_s < MEASURE_INTERVAL_S:
        return
    age_s = (now - row.started_at).total_seconds() if row.started_at else 0.0
    jobs, ends = _measure(session, encode_id, row.cost, now)
    told = _Telling(jobs, ends, passed_s, age_s)
    values = {
        "progress": min(measure_part(jobs), MOST_UNPUBLISHED),
        "eta_s": told.left_s(jobs, eta_s),
        "measured_at": now,
    }
    if is_incoming:
        session.execute(update(Source).where(Source.id == row.source_id).values(values))
    else:
        unchanged = {"updated_at": Video.updated_at}  # it is people's changes that count there
        session.execute(update(Video).where(Video.id == video_id).values(values | unchanged))
    for rendition in session.scalars(select(Rendition).where(Rendition.encode_id == encode_id)):
        told.write(rendition)


def _measure(
    session: Session, encode_id: int, cost: float, now: datetime
) -> tuple[list[JobProgress], dict[int, float] | None]:
    """The main jobs, and in how many seconds each will be done; keeps the speed that was measured."""
    jobs, queued = read_jobs(session, encode_id, now)
    load = read_workload(session, beside=encode_id, now=now)
    speed = measure_speed(jobs, load.capacity.workers, load.expected / cost if load.expected else None)
    if speed is None:
        return jobs, None
    session.execute(update(Encode).where(Encode.id == encode_id).values(speed=speed))
    encodes = load.others | {encode_id: plan_turns(jobs, speed)}
    queue = [job for _, job in sorted([*queued, *load.queue])]
    return jobs, foretell(encodes, queue, encode_id, load.capacity)


@dataclass(frozen=True)
class _Telling:
    """What people are told of the time left."""

    jobs: Sequence[JobProgress]
    ends: dict[int, float] | None
    """Job -> in how many seconds it will be done; None as long as no speed is known."""
    passed_s: float
    """Since the last time that something was told."""
    age_s: float
    """Since the encode began."""

    def left_s(self, jobs: Sequence[JobProgress], before_s: float | None) -> float | None:
        """Until all of these jobs are done."""
        if self.ends is None:
            return None
        measured_s = max((self.ends.get(job.id, 0.0) for job in jobs), default=0.0) + PUBLISHING_S
        return steady(before_s, measured_s, passed_s=self.passed_s, age_s=self.age_s)

    def write(self, rendition: Rendition) -> None:
        """A rendition is as far as the jobs that make pieces of it."""
        makers = [job for job in self.jobs if rendition.name in job.makes]
        rendition.progress = measure_part(makers)
        rendition.is_complete = bool(makers) and all(job.state is JobState.DONE for job in makers)
        rendition.eta_s = self.left_s(makers, rendition.eta_s) if makers and not rendition.is_complete else None
