"""Which workers are there, and what are they at?"""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from vod_web.db.session import current_session, transaction
from vod_web.models import Worker
from vod_web.queue import Urgency

ALIVE_S = 30.0
"""A worker that has not reported for so long is not counted."""
FORGOTTEN_AFTER = timedelta(minutes=10)
"""A worker that has not reported for so long is not shown any more."""


def report_worker(worker: Worker, *, job_id: int | None, now: datetime) -> None:
    """Note that the worker is there, and the job it is at; makes its row where there is none."""
    with transaction() as session:
        session.merge(
            Worker(
                name=worker.name,
                host=worker.host,
                pid=worker.pid,
                queues=worker.queues,
                started_at=worker.started_at,
                job_id=job_id,
                seen_at=now,
            )
        )


def remove_worker(name: str, *, pid: int) -> None:
    """The worker has ended; another one of its name stays."""
    with transaction() as session:
        session.execute(delete(Worker).where(Worker.name == name, Worker.pid == pid))


def forget_workers(*, now: datetime) -> int:
    """Remove the rows of workers that fell silent long ago; returns how many."""
    with transaction() as session:
        gone = session.scalars(select(Worker).where(Worker.seen_at < now - FORGOTTEN_AFTER)).all()
        for worker in gone:
            session.delete(worker)
    return len(gone)


def list_workers() -> list[Worker]:
    """All workers that reported in the last minutes, by name; `seen_at` says when each did."""
    return list(current_session().scalars(select(Worker).order_by(Worker.name)))


def count_workers(*, now: datetime) -> int:
    """The workers that are there, without those that take urgent jobs alone: they finish no video."""
    is_alive = Worker.seen_at >= now - timedelta(seconds=ALIVE_S)
    takes_more = Worker.queues != Urgency.URGENT.value
    return current_session().scalar(select(func.count()).select_from(Worker).where(is_alive, takes_more)) or 0
