"""Which workers are there, and what are they at?"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, select

from vod_web.core.errors import NotFound
from vod_web.db.session import current_session, transaction
from vod_web.models import Role, User, Worker
from vod_web.queue import Urgency
from vod_web.services import audit
from vod_web.services.permissions import require_role

ALIVE_S = 30.0
"""A worker that has not reported for so long is not counted."""
FORGOTTEN_AFTER = timedelta(minutes=10)
"""A worker that has not reported for so long is not shown any more."""


def report_worker(worker: Worker, *, now: datetime) -> bool:
    """Note that the worker is there and what it is at, and whether it is to be drained.

    Makes its row where there is none; what was asked of an earlier process of the same name is over.
    """
    with transaction() as session:
        known = session.get(Worker, worker.name, populate_existing=True)
        if known is None or known.started_at != worker.started_at:
            worker.drained_at = None
        else:
            worker.drained_at = known.drained_at
        worker.seen_at = now
        return session.merge(worker).drained_at is not None


def drain_worker(actor: User | None, name: str, *, now: datetime) -> Worker:
    """Let a worker finish the job that it is at, and end; it hears of it within seconds.

    Raises:
        NotAllowed: the actor is not an admin.
        NotFound: no worker of this name has reported lately.
    """
    admin = require_role(actor, Role.ADMIN)
    with transaction() as session:
        worker = session.get(Worker, name, populate_existing=True, with_for_update=True)
        if worker is None:
            raise NotFound("There is no such worker. It may have ended.")
        if worker.drained_at is None:
            audit.note(admin, "worker.drain", name)
            worker.drained_at = now
    return worker


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


def list_workers(actor: User | None) -> list[Worker]:
    """All workers that reported in the last minutes, by name, for an admin; `seen_at` says when each did."""
    require_role(actor, Role.ADMIN)
    return list(current_session().scalars(select(Worker).order_by(Worker.name)))


def count_workers(*, now: datetime) -> int:
    """The workers that take jobs, without those that take urgent ones alone: they finish no video."""
    return _count(Worker.queues != Urgency.URGENT.value, now)


def count_hosts(*, now: datetime) -> int:
    """The machines on which those workers are."""
    hosts = select(func.count(func.distinct(Worker.host))).where(_is_there(Worker.queues != Urgency.URGENT.value, now))
    return current_session().scalar(hosts) or 0


def count_urgent_workers(*, now: datetime) -> int:
    """The workers that take urgent jobs alone."""
    return _count(Worker.queues == Urgency.URGENT.value, now)


def _count(kind: ColumnElement[bool], now: datetime) -> int:
    return current_session().scalar(select(func.count()).select_from(Worker).where(_is_there(kind, now))) or 0


def _is_there(kind: ColumnElement[bool], now: datetime) -> ColumnElement[bool]:
    """It reported a moment ago, and is not told to end."""
    return and_(kind, Worker.seen_at >= now - timedelta(seconds=ALIVE_S), Worker.drained_at.is_(None))
