import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.conftest import with_settings
from vod_web.core.clock import utc_now
from vod_web.core.settings import Settings, load_settings
from vod_web.db.engine import make_engine
from vod_web.db.session import bind_sessions, transaction
from vod_web.models import Worker
from vod_web.queue import JobQueue
from vod_web.resources import Resources, open_resources
from vod_web.services.health import PARTS, check_database, check_mail, check_readiness, check_site, check_workers

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def opened(settings: Settings) -> Resources:
    """The storage and the queue of this test's site."""
    return open_resources(settings)


def report(seconds_ago: float, queues: str = "urgent,normal,low") -> None:
    """A worker that reported so long ago."""
    seen_at = utc_now() - timedelta(seconds=seconds_ago)
    with transaction() as session:
        session.add(Worker(name="machine-1", host="machine", pid=1, queues=queues, seen_at=seen_at))


def failing(opened: Resources, queue: JobQueue | None = None) -> list[str]:
    """The parts that are not ready."""
    checks = check_readiness(storage=opened.storage, queue=queue or opened.queue, now=utc_now())
    return [check.name for check in checks if not check.is_ok]


def test_a_site_with_a_worker_is_ready(opened: Resources) -> None:
    report(seconds_ago=1)

    assert failing(opened) == []


def test_a_site_without_a_worker_is_not_ready(opened: Resources) -> None:
    assert failing(opened) == ["workers"]


def test_a_site_whose_only_worker_takes_urgent_jobs_alone_is_not_ready(opened: Resources) -> None:
    report(seconds_ago=1, queues="urgent")

    assert failing(opened) == ["workers"]


def test_a_worker_that_has_long_been_silent_does_not_count(opened: Resources) -> None:
    report(seconds_ago=31)

    check = check_workers(utc_now())
    assert not check.is_ok
    assert "No worker has reported in the last 30 s" in check.detail
    assert failing(opened) == ["workers"]


def test_a_site_without_its_queue_server_is_not_ready(opened: Resources) -> None:
    report(seconds_ago=1)

    assert failing(opened, JobQueue("redis://127.0.0.1:9/0")) == ["queue"]


def test_a_storage_that_cannot_be_written_is_not_ready(settings: Settings, tmp_path: Path) -> None:
    report(seconds_ago=1)
    broken = open_resources(with_settings(settings, data_dir=tmp_path / "elsewhere"))
    (tmp_path / "elsewhere").touch()

    assert failing(broken) == ["storage"]


def test_a_database_without_tables_says_how_to_make_them(database: Engine, tmp_path: Path) -> None:
    empty = make_engine(load_settings({"VOD_DATA_DIR": str(tmp_path)}).database_url)
    bind_sessions(empty)
    try:
        check = check_database()
    finally:
        bind_sessions(database)
        empty.dispose()

    assert not check.is_ok
    assert "./vod db upgrade" in check.mend


def test_every_part_is_tested_and_what_is_wrong_has_a_remedy(opened: Resources) -> None:
    settings = with_settings(opened.settings, ffmpeg="/no/such/ffmpeg", mail_url="smtp://127.0.0.1:9")

    checks = check_site(settings=settings, storage=opened.storage, queue=opened.queue, now=utc_now())

    assert [check.name for check in checks] == list(PARTS)
    wrong = [check for check in checks if not check.is_ok]
    assert [check.name for check in wrong] == ["ffmpeg", "workers", "mail"]
    assert all(check.mend for check in wrong)


def test_a_site_without_mail_is_fine(settings: Settings) -> None:
    assert check_mail(settings).is_ok


class _Greeting(socketserver.StreamRequestHandler):
    """As much of a mail server as says hello and goodbye."""

    def handle(self) -> None:
        self.wfile.write(b"220 mail.example.org\r\n")
        for line in self.rfile:
            is_goodbye = line.upper().startswith(b"QUIT")
            self.wfile.write(b"221 bye\r\n" if is_goodbye else b"250 mail.example.org\r\n")
            if is_goodbye:
                return


@pytest.fixture
def mail_url() -> Iterator[str]:
    """A mail server that lets everybody in."""
    with socketserver.TCPServer(("127.0.0.1", 0), _Greeting) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_mail_server_that_lets_us_in_is_fine(settings: Settings, mail_url: str) -> None:
    check = check_mail(with_settings(settings, mail_url=mail_url))

    assert check.is_ok, check.detail
