"""How does `./vod up` run a queue server of its own?

It listens on a socket file that only this user may open, with its data in the data directory. The queue is a hint (the
database knows what is to do), so data that this server cannot read are put aside rather than a reason to stop.
"""

import os
import stat
import time
from pathlib import Path

import redis

from vod_web.cli.console import CannotRun, say
from vod_web.cli.supervisor import Child, Supervisor
from vod_web.core.data_directory import private_queue_socket
from vod_web.core.settings import Settings, child_environment

NAME = "queue"
START_S = 10.0


def queue_directory(settings: Settings) -> Path:
    """Where the private queue server keeps its data."""
    return settings.data_dir / NAME


def is_private(settings: Settings) -> bool:
    """Whether the settings mean the data directory's own queue server, which is ours to start."""
    return str(private_queue_socket(settings.data_dir)) in settings.redis_url


def answers(url: str) -> bool:
    """Whether a queue server answers at this address now."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def start_queue_server(program: Path, settings: Settings, supervisor: Supervisor) -> None:
    """Start it under the supervisor, and wait until it answers.

    Raises:
        CannotRun: it does not start, or others could replace its socket.
    """
    directory = queue_directory(settings)
    socket = private_queue_socket(settings.data_dir)
    for needed in (directory, socket.parent):
        needed.mkdir(mode=0o700, exist_ok=True)
    if socket.parent != directory:
        _require_own(socket.parent)
    child = supervisor.start(NAME, _command(program, directory, socket), child_environment())
    deadline = time.monotonic() + START_S
    while not answers(settings.redis_url):
        supervisor.watch()
        if child.deaths == 1 and child.process is None and _has_data(directory):  # one that starts writes them anew
            _put_aside(directory)
        if time.monotonic() > deadline or child.deaths > 2:
            raise CannotRun(_why_not(child, settings))


def _require_own(directory: Path) -> None:
    """Among temporary files somebody else may have made the directory first, and could replace the socket."""
    status = directory.lstat()
    if status.st_uid != os.geteuid() or status.st_mode & stat.S_IWOTH:
        raise CannotRun(f"{directory} belongs to somebody else: remove it, or shorten the path of VOD_DATA_DIR.")


def _command(program: Path, directory: Path, socket: Path) -> list[str]:
    return [
        str(program),
        *("--port", "0"),  # no network
        *("--unixsocket", str(socket), "--unixsocketperm", "700"),
        *("--dir", str(directory)),
        *("--appendonly", "yes", "--save", ""),  # what was enqueued survives a crash but for the last second
        *("--maxmemory-policy", "noeviction"),
        *("--loglevel", "notice"),
    ]


def _has_data(directory: Path) -> bool:
    return any(_data(directory))


def _data(directory: Path) -> list[Path]:
    return [path for name in ("appendonlydir", "appendonly.aof", "dump.rdb") for path in directory.glob(name)]


def _put_aside(directory: Path) -> None:
    aside = directory / f"unreadable-{time.time_ns()}"
    aside.mkdir()
    for path in _data(directory):
        path.rename(aside / path.name)
    say(f"The queue server cannot read its data; they are now in {aside}, and the database knows what is to do")


def _why_not(child: Child, settings: Settings) -> str:
    return (
        f"The queue server does not start ({child.log.last_line.rstrip('.') or 'it does not say why'}): see "
        f"{settings.data_dir / 'logs' / 'queue.log'}, or name another with VOD_REDIS_URL."
    )
