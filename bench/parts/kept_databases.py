"""Databases that take long to fill, kept in a folder from run to run."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.servers import find_postgres, free_port, wait_until

MEMORY = ("-c", "shared_buffers=1GB", "-c", "effective_cache_size=4GB", "-c", "max_wal_size=8GB")
"""A server of its own for a large site has at least that."""


@contextmanager
def kept_sqlite(folder: Path) -> Iterator[str]:
    """The URL of a SQLite file in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    yield f"sqlite:///{folder}/vod.sqlite3"


@contextmanager
def kept_postgres(folder: Path) -> Iterator[str]:
    """The URL of a database of a PostgreSQL server whose files lie in the folder; it runs inside the block."""
    programs = find_postgres()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    user, data, port = _server_user(folder), folder / "data", free_port()
    is_new = not (data / "PG_VERSION").exists()
    if is_new:
        initdb = [programs / "initdb", "-D", data, "-U", "vod", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        subprocess.run(initdb, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    command = [programs / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-F", *MEMORY]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, user=user, cwd=folder, stderr=log)
    url = f"postgresql://vod@127.0.0.1:{port}/"
    try:
        wait_until(lambda: _connects(url + "postgres"), what="PostgreSQL answers", limit_s=120)
        if is_new:
            with psycopg.connect(url + "postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE vod")
        yield url + "vod"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _server_user(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root: who runs it instead, and owns the folder."""
    if os.geteuid() != 0:
        return None
    user = "postgres" if "postgres" in {entry.pw_name for entry in pwd.getpwall()} else "nobody"
    shutil.chown(folder, user)
    return user


def _connects(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False
