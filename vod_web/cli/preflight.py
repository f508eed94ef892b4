"""Can the site start here: is the address free, and the data directory nobody else's?"""

import errno
import fcntl
import os
import socket
from pathlib import Path

from vod_web.cli.console import CannotRun
from vod_web.core.settings import Settings


def lock_data_directory(settings: Settings) -> int:
    """Take the data directory for this process; the lock ends with it. Returns the descriptor that holds it.

    Raises:
        CannotRun: another `./vod up` has it.
    """
    path = settings.data_dir / "up.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotRun(
            f"{path} cannot be written ({error.strerror}): make {settings.data_dir} writable for this user, "
            f"or choose another with VOD_DATA_DIR."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotRun(_whose(path, settings.data_dir)) from None
    os.truncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n{settings.base_url}\n".encode())
    return descriptor


def find_running_address(settings: Settings) -> str | None:
    """The address of the site that a `./vod up` runs in this data directory, whatever port it was given; or None."""
    path = settings.data_dir / "up.lock"
    if not path.is_file():
        return None
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            _, _, address = file.read().partition("\n")
            return address.strip() or None
    return None


def _whose(path: Path, data_dir: Path) -> str:
    pid = path.read_text().partition("\n")[0]
    return (
        f"Another ./vod up{f' (process {pid})' if pid else ''} runs the site in {data_dir}: stop that one first, "
        f"or give this one a data directory of its own with VOD_DATA_DIR, and a port of its own with --port."
    )


def check_address(settings: Settings) -> None:
    """See that the web server can listen where it should.

    Raises:
        CannotRun: it cannot.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            trial.listen(1)
    except OSError as error:
        raise CannotRun(_why_not_there(error, settings)) from error


def _why_not_there(error: OSError, settings: Settings) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {settings.port} is taken by another program: stop that one, "
            f"or choose another port: ./vod up --port {settings.port + 1}"
        )
    if error.errno == errno.EACCES:
        return f"Port {settings.port} is only for root: choose one above 1023: ./vod up --port 8000"
    return (
        f"This machine has no address {settings.host} ({error.strerror}): choose 127.0.0.1 (this machine only) "
        f"or 0.0.0.0 (everybody) for VOD_HOST or --host."
    )
