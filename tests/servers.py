"""Real servers for the tests: a queue server and PostgreSQL, each private, on a free port, ended with the run."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import redis

from vod_web.cli.tools import require_queue_server

START_LIMIT_S = 30.0


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(is_true: Callable[[], bool], *, what: str, limit_s: float = START_LIMIT_S) -> None:
    """Ask again and again until it is true; fail the test with `what` when it never is."""
    deadline = time.monotonic() + limit_s
    while not is_true():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {limit_s} s still not: {what}")
        time.sleep(0.05)


@contextlib.contextmanager
def queue_server() -> Iterator[str]:
    """A queue server without a file; gives its URL."""
    port = free_port()
    process = subprocess.Popen(
        [str(require_queue_server()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    try:
        wait_until(lambda: _answers(url), what="the queue server answers")
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _answers(url: str) -> bool:
    with contextlib.suppress(redis.exceptions.ConnectionError), redis.Redis.from_url(url) as client:
        return bool(client.ping())
    return False


def find_postgres() -> Path | None:
    """The folder of PostgreSQL's programs, or None where it is not installed."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextlib.contextmanager
def postgres_server(programs: Path) -> Iterator[str]:
    """A PostgreSQL server that trusts loopback; gives the URL of its first database."""
    user = _unprivileged_user()
    directory = Path(tempfile.mkdtemp(prefix="vod-postgres-"))
    if user:
        shutil.chown(directory, user)
    data, port = directory / "data", free_port()
    initdb = [programs / "initdb", "-D", data, "-U", "vod", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
    subprocess.run(initdb, user=user, cwd=directory, check=True, stdout=subprocess.DEVNULL)
    command = [programs / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", directory, "-F"]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(command, user=user, cwd=directory, stderr=log)
    url = f"postgresql://vod@127.0.0.1:{port}/postgres"
    try:
        wait_until(lambda: _connects(url), what="PostgreSQL answers")
        yield url
    finally:
        process.send_signal(signal.SIGINT)  # its fast shutdown: does not wait for clients
        process.wait(20)
        shutil.rmtree(directory, ignore_errors=True)


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root: the user to run it as, or None for the one we are."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _connects(url: str) -> bool:
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=2):
        return True
    return False
