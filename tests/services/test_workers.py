"""Which workers are there, who counts, and how one is told to end."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from tests.factories import make_admin, make_user
from vod_web.core.errors import NotAllowed, NotFound
from vod_web.models import Worker
from vod_web.schemas.admin import AuditFilter
from vod_web.services import audit, processing
from vod_web.services.processing.turns import measure_window
from vod_web.services.processing.workers import forget_workers, remove_worker, report_worker

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def later(**passed: float) -> datetime:
    return NOW + timedelta(**passed)


def a_worker(name: str = "w1", **values: object) -> Worker:
    known = {"name": name, "host": "h", "pid": 7, "queues": "urgent,normal,low", "started_at": NOW}
    return Worker(**(known | values))


def test_the_window_follows_the_workers_that_come_and_are_drained(database: Engine) -> None:
    for number in range(6):
        report_worker(a_worker(f"w{number}"), now=NOW)
    report_worker(a_worker("w-urgent", queues="urgent"), now=NOW)
    assert measure_window(NOW) == 8

    processing.drain_worker(make_admin(), "w3", now=NOW)
    assert measure_window(NOW) == 7
    for name in ("w3", "w4"):
        remove_worker(name, pid=7)
    assert measure_window(NOW) == 6
    report_worker(a_worker("w5"), now=later(minutes=1))
    assert measure_window(later(minutes=1)) == 4


def test_a_worker_hears_that_it_is_drained_and_the_next_of_its_name_does_not(database: Engine) -> None:
    admin = make_admin()
    assert not report_worker(a_worker(), now=NOW)
    processing.drain_worker(admin, "w1", now=NOW)
    processing.drain_worker(admin, "w1", now=later(seconds=1))
    assert report_worker(a_worker(job_id=3), now=NOW)
    assert report_worker(a_worker(), now=NOW)

    assert not report_worker(a_worker(started_at=later(minutes=1)), now=NOW)
    assert [event.target for event in audit.list_events(admin, AuditFilter(action="worker.drain")).items] == ["w1"]


def test_only_admins_see_and_drain_workers(database: Engine) -> None:
    report_worker(a_worker(), now=NOW)
    with pytest.raises(NotAllowed):
        processing.drain_worker(make_user(), "w1", now=NOW)
    with pytest.raises(NotAllowed):
        processing.list_workers(make_user("other"))
    with pytest.raises(NotFound):
        processing.drain_worker(make_admin(), "w2", now=NOW)


def test_silent_workers_are_forgotten(database: Engine) -> None:
    report_worker(a_worker(), now=NOW)
    report_worker(a_worker(pid=8, job_id=3), now=NOW)

    known = processing.list_workers(make_admin())
    assert [(worker.pid, worker.job_id) for worker in known] == [(8, 3)]
    assert forget_workers(now=later(minutes=9)) == 0
    assert forget_workers(now=later(minutes=11)) == 1
