"""What is this worker called?

The name is kept by a lock on a file in the data directory, which ends with the process however it ends. So whoever
gets a name knows that its former bearer is dead, and may take up that one's jobs and scratch at once.
"""

import contextlib
import fcntl
import os
import re
import shutil
import socket
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from vod_web.core.errors import Conflict, InvalidInput

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)


@dataclass(frozen=True)
class WorkerName:
    """A name that is ours as long as this process lives."""

    name: str
    lock: int
    """The descriptor that holds the lock."""


def take_name(directory: Path, wanted: str | None = None, *, series: str | None = None) -> WorkerName:
    """The wanted name, or else that of the series (the machine's name) with the first free number.

    Raises:
        InvalidInput: it has characters that names do not have.
        Conflict: another worker of this data directory has the wanted name.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if wanted is None:
        return next(filter(None, (_try_name(directory, f"{series or host_name()}-{number}") for number in count(1))))
    if not NAME.fullmatch(wanted):
        raise InvalidInput("A worker's name has letters, digits, dots, dashes and underscores only.")
    taken = _try_name(directory, wanted)
    if taken is None:
        raise Conflict(f"Another worker is called {wanted}: choose another name, or leave it to the worker.")
    return taken


def host_name() -> str:
    """The machine's name, of characters that a worker's name may have."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname()).strip(".-_")[:80] or "worker"


def _try_name(directory: Path, name: str) -> WorkerName | None:
    lock = os.open(directory / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return WorkerName(name, lock)


def clean_scratch(scratch: Path, names: Path, own: str) -> None:
    """Remove what workers of this data directory left that are dead: our own former life, and others'."""
    for folder in scratch.glob("*"):
        taken = None if folder.name == own else _try_name(names, folder.name)
        if folder.name == own or taken is not None:
            shutil.rmtree(folder, ignore_errors=True)
        if taken is not None:
            with contextlib.suppress(OSError):
                os.close(taken.lock)
