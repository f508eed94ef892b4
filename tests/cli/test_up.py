import http.client
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import select

from tests.cli.sites import RunningSite, living, run_vod
from tests.factories import make_admin
from tests.servers import free_port, wait_until
from vod_web.cli.__main__ import main
from vod_web.core.clock import utc_now
from vod_web.core.settings import load_settings
from vod_web.db.engine import make_engine
from vod_web.db.session import bind_sessions, close_session, current_session
from vod_web.models import User
from vod_web.schemas.admin import WorkersChange
from vod_web.services.site import decide_worker_count

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of all sites of this module, which run one after the other."""
    return tmp_path_factory.mktemp("site") / "data"


@pytest.fixture
def site(data_dir: Path) -> Iterator[RunningSite]:
    """A site that is ready."""
    started = RunningSite(data_dir)
    try:
        started.wait_until_said("Ready: ")
        yield started
    finally:
        if started.process.poll() is None:
            started.stop()


def ask(site: RunningSite, path: str) -> int:
    """The status of the site's answer."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_site_comes_up_heals_itself_and_goes_away(site: RunningSite) -> None:
    assert site.said(f"Ready: http://localhost:{site.port}")
    assert ask(site, "/healthz") == 200
    assert ask(site, "/readyz") == 200

    doctor = run_vod("doctor", data_dir=site.data_dir)
    assert doctor.returncode == 0, doctor.stdout

    second = run_vod("up", "--port", str(site.port), data_dir=site.data_dir)
    assert second.returncode == 2
    assert f"Another ./vod up (process {site.process.pid}) runs the site" in second.stderr

    worker = process_of(site, "worker.py")
    os.kill(worker, signal.SIGKILL)
    site.wait_until_said("worker-1 has ended (killed by SIGKILL)")
    wait_until(lambda: process_of(site, "worker.py") not in (0, worker), what="the worker is started again")

    choose_workers(site, 2)
    site.wait_until_said("2 workers, and another one for what viewers wait for")
    choose_workers(site, 1)
    site.wait_until_said("worker-2 has ended, as it was told to")

    processes = site.descendants()
    assert len(processes) >= 4
    assert site.stop(signal.SIGINT) < 5
    assert site.process.returncode == 0
    assert living(processes) == set()


def test_nothing_is_left_when_it_is_killed(site: RunningSite) -> None:
    processes = site.descendants()

    site.stop(signal.SIGKILL)

    wait_until(lambda: not living(processes), what="all that it started has ended", limit_s=5)


def choose_workers(site: RunningSite, count: int) -> None:
    """What an admin does on the page of the workers."""
    settings = load_settings({"VOD_DATA_DIR": str(site.data_dir)})
    engine = make_engine(settings.database_url)
    bind_sessions(engine)
    admin = current_session().scalar(select(User)) or make_admin()
    decide_worker_count(admin, WorkersChange(count=count), settings=settings, now=utc_now())
    close_session()
    engine.dispose()


def process_of(site: RunningSite, program: str) -> int:
    """The process of the site that runs this program, and no more than it; 0 when there is none."""
    for process_id in site.descendants():
        if Path(f"/proc/{process_id}/cmdline").read_text().rstrip("\0").endswith(program):
            return process_id
    return 0


class Run(Protocol):
    """Runs a command in this process, as `./vod` would; its status and its complaints."""

    def __call__(self, *arguments: str, **settings: str) -> tuple[int, str]: ...


@pytest.fixture
def run_here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """For commands that end before they start anything; a process for each would take seconds."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in signals]

    def run(*arguments: str, **settings: str) -> tuple[int, str]:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        return main(list(arguments)), capsys.readouterr().err

    yield run
    for number, handler in zip(signals, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"VOD_STORGE": "s3"}, "VOD_STORGE: there is no such setting. Did you mean VOD_STORAGE?"),
        ({"VOD_WORKERS": "many"}, 'VOD_WORKERS: "many" is not a whole number. Example: VOD_WORKERS=2'),
        ({"VOD_FFMPEG": "/nowhere/ffmpeg"}, "VOD_FFMPEG: FFmpeg at /nowhere/ffmpeg cannot be run"),
        ({"VOD_HOST": "192.0.2.1"}, "This machine has no address 192.0.2.1"),
        ({"VOD_REDIS_URL": "redis://127.0.0.1:9/0"}, "The queue server of VOD_REDIS_URL does not answer"),
    ],
)
def test_what_is_wrong_is_one_sentence(run_here: Run, tmp_path: Path, settings: dict[str, str], sentence: str) -> None:
    status, said = run_here("up", VOD_DATA_DIR=str(tmp_path), VOD_PORT=str(free_port()), **settings)

    assert status == 2
    assert said.startswith(sentence)
    assert said.count("\n") == 1


def test_a_data_directory_that_cannot_be_made_is_one_sentence(run_here: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    status, said = run_here("up", VOD_DATA_DIR=str(tmp_path / "file" / "data"))

    assert status == 2
    assert said.startswith("VOD_DATA_DIR: ")
    assert said.count("\n") == 1


def test_a_database_that_cannot_be_prepared_is_one_sentence(tmp_path: Path) -> None:
    tmp_path.joinpath("vod.sqlite3").write_text("this is no database, however long one looks at it" * 100)

    outcome = run_vod("up", data_dir=tmp_path, VOD_PORT=str(free_port()))

    assert outcome.returncode == 2
    assert "The database cannot be prepared" in outcome.stderr
    assert "Traceback" not in outcome.stderr
