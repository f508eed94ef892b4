"""What is there to do on the whole site, in which order, and who does it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from vod_web.models import Encode, Job, JobKind, JobState, Video
from vod_web.services.processing.forecast import Capacity, JobProgress, Turns, plan_turns
from vod_web.services.processing.rows import HELD_STATUSES, OPEN_ENCODES
from vod_web.services.processing.turns import MAIN_JOBS
from vod_web.services.processing.workers import count_hosts, count_workers

GUESSED_FROM = 5
"""The speed to expect is that of so many of the latest encodes."""
_STATES = (JobState.DONE, JobState.RUNNING, JobState.QUEUED, JobState.WAITING)
_COLUMNS: tuple[Any, ...] = (
    *(Job.id, Job.encode_id, Job.kind, Job.state, Job.place, Job.number, Job.weight_s, Job.progress, Job.speed),
    *(Job.makes, Job.queued_at, Job.started_at, Job.finished_at),
)


@dataclass(frozen=True)
class Workload:
    """What stands beside one encode, or before it."""

    capacity: Capacity
    others: dict[int, Turns]
    """By encode."""
    queue: list[tuple[datetime, int]]
    """Their queued jobs: since when, and which."""
    expected: float | None
    """The speed of a worker in seconds of a video whose cost is 1, as other encodes showed it."""


def read_jobs(session: Session, encode_id: int, now: datetime) -> tuple[list[JobProgress], list[tuple[datetime, int]]]:
    """The main jobs of an encode, those that ended first and then by their turns; and those that are on the queue."""
    rows = session.execute(select(*_COLUMNS).where(Job.encode_id == encode_id, Job.kind.in_(MAIN_JOBS))).all()
    rows = sorted(rows, key=_turn)
    return [_describe(row, now) for row in rows], _list_queued(rows)


def read_workload(session: Session, *, beside: int, now: datetime) -> Workload:
    """Everything but the encode `beside`."""
    expected = _expect_speed(session, beside)
    speeds = _read_speeds(session, beside, expected)
    is_other = (Job.encode_id.in_(speeds), Job.kind.in_(MAIN_JOBS))
    at_hand = select(*_COLUMNS).where(*is_other, Job.state.in_((JobState.RUNNING, JobState.QUEUED)))
    rows = session.execute(at_hand).all() if speeds else []
    sums = select(Job.encode_id, func.count(), func.sum(Job.weight_s)).where(*is_other, Job.state == JobState.WAITING)
    waiting = session.execute(sums.group_by(Job.encode_id)).all() if speeds else []
    jobs: dict[int, list[JobProgress]] = {encode_id: [] for encode_id in speeds}
    for row in rows:
        jobs[row.encode_id].append(_describe(row, now))
    for encode_id, count, weight_s in waiting:
        jobs[encode_id] += _list_alike(count, weight_s)
    others = {encode_id: plan_turns(jobs[encode_id], speed) for encode_id, speed in speeds.items()}
    capacity = Capacity(count_workers(now=now), count_hosts(now=now))
    return Workload(capacity, others, _list_queued(rows), expected)


def _expect_speed(session: Session, beside: int) -> float | None:
    """What the latest encodes of which a speed is known let us expect."""
    latest = select(Encode.speed * Encode.cost).where(Encode.speed.is_not(None), Encode.id != beside)
    speeds = [speed for speed in session.scalars(latest.order_by(Encode.id.desc()).limit(GUESSED_FROM)) if speed]
    return sum(speeds) / len(speeds) if speeds else None


def _read_speeds(session: Session, beside: int, expected: float | None) -> dict[int, float]:
    """The other encodes that are being made, with the speed of each as far as anybody can know."""
    wanted = select(Encode.id, Encode.speed, Encode.cost).join(Encode.video)
    is_open = (Encode.status.in_(OPEN_ENCODES), Video.status.not_in(HELD_STATUSES))
    rows = session.execute(wanted.where(Encode.id != beside, *is_open)).all()
    speeds = {encode_id: speed or (expected / cost if expected else 0.0) for encode_id, speed, cost in rows}
    return {encode_id: speed for encode_id, speed in speeds.items() if speed}


def _list_alike(count: int, weight_s: float) -> list[JobProgress]:
    """So many jobs, all of the same weight."""
    return [JobProgress(0, JobKind.CHUNK, JobState.WAITING, weight_s / count, 0.0, None, 0.0)] * count


def _turn(row: Row[Any]) -> tuple[int, float, int, int]:
    ended_at = row.finished_at.timestamp() if row.state is JobState.DONE and row.finished_at else 0.0
    return _STATES.index(row.state) if row.state in _STATES else len(_STATES), ended_at, row.place, row.number


def _list_queued(rows: Sequence[Row[Any]]) -> list[tuple[datetime, int]]:
    return [(row.queued_at, row.id) for row in rows if row.state is JobState.QUEUED and row.queued_at]


def _describe(row: Row[Any], now: datetime) -> JobProgress:
    ended_at = row.finished_at if row.state is JobState.DONE else now
    busy_s = (ended_at - row.started_at).total_seconds() if row.started_at and ended_at else 0.0
    return JobProgress(
        id=row.id,
        kind=row.kind,
        state=row.state,
        weight_s=row.weight_s,
        progress=row.progress,
        speed=row.speed,
        busy_s=max(busy_s, 0.0),
        makes=row.makes,
    )
