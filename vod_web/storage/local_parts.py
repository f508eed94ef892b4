"""How do the parts of an upload become one file without being copied?

Each upload has one sparse file of its final size beside its final place. A part is written at its own offset
under a lock on just those bytes, so parts arrive in any order and at the same time, from threads and processes.
Completing locks all of it, so that nobody still writes, and renames it.
"""

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from vod_web.core.errors import Conflict, InvalidInput, NotFound
from vod_web.storage import files

_PARTS_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_PARTS_NAME = re.compile(r"\.(?P<name>.+)\.(?P<parts_id>[A-Za-z0-9_-]{1,64})\.parts", re.ASCII)

NOT_OPEN = "These parts are not open any more: begin the upload again."


def new_parts_id() -> str:
    """A new id; it only has to differ from those of the same key."""
    return secrets.token_urlsafe(12)


def parts_path(final: Path, parts_id: str) -> Path:
    """Where the parts of this upload are kept until they are whole."""
    if not _PARTS_ID.fullmatch(parts_id):
        raise NotFound(NOT_OPEN)
    return final.with_name(f".{final.name}.{parts_id}.parts")


def parse_parts_name(name: str) -> tuple[str, str] | None:
    """The final name and the parts id in the name of a parts file; None for other files."""
    match = _PARTS_NAME.fullmatch(name)
    return (match["name"], match["parts_id"]) if match else None


def create(path: Path, size_bytes: int) -> None:
    """Make the parts file: its whole size, with no byte on disk yet."""

    def make() -> None:
        with files.opened(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as fd:
            os.ftruncate(fd, size_bytes)

    files.with_parent(path, make)
    files.sync_directory(path.parent)


def write(
    path: Path,
    stream: BinaryIO,
    *,
    offset: int,
    size_bytes: int,
    before_write: Callable[[], None] | None = None,
) -> bytes:
    """Write one part to its place, safe against a power cut, and return its SHA-256.

    The place is locked all the while; with `before_write`, only while a piece is written, so that a sender whose
    connection hangs keeps nobody from sending the part anew.
    """
    with _reporting_absence(), files.opened(path, os.O_RDWR) as fd:
        if offset < 0 or size_bytes < 0 or offset + size_bytes > os.fstat(fd).st_size:
            raise InvalidInput("This part lies outside the file.", {"size_bytes": "does not fit the upload"})
        if before_write is None:
            lock_parts(fd, path, offset, size_bytes, "This part is being received already: wait for it to end.")
            digest = files.receive(stream, fd, offset=offset, size_bytes=size_bytes)
        else:
            turn = partial(_turn, fd, path, offset, size_bytes, before_write)
            digest = files.receive(stream, fd, offset=offset, size_bytes=size_bytes, turn=turn)
        os.fsync(fd)
    return digest


@contextlib.contextmanager
def _turn(fd: int, path: Path, start: int, length: int, before_write: Callable[[], None]) -> Iterator[None]:
    """The place for one piece, if it is still the upload's and `before_write` does not object."""
    with files.locked_range(fd, start, length):
        if not os.path.samestat(os.fstat(fd), path.stat()):
            raise FileNotFoundError(path)
        before_write()
        yield


def add(path: Path, data: bytes, *, offset: int) -> None:
    """Write a part where the file ends so far, or once more; safe against a power cut."""
    with _reporting_absence(), files.opened(path, os.O_WRONLY) as fd:
        files.write_all(fd, data, offset)
        os.fsync(fd)


def finish(path: Path, final: Path, size_bytes: int) -> bool:
    """Give the whole file its final name; False when there is no parts file (any more)."""
    try:
        with files.opened(path, os.O_RDWR) as fd:
            if os.fstat(fd).st_size != size_bytes:
                raise InvalidInput("The upload has another size.", {"size_bytes": "does not fit the upload"})
            lock_parts(fd, path, 0, 0, "A part is still being received: try again in a moment.")
            os.fsync(fd)
            files.move_into_place(path, final)
    except FileNotFoundError:
        return False
    return True


@contextlib.contextmanager
def _reporting_absence() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound(NOT_OPEN) from error


def lock_parts(fd: int, path: Path, start: int, length: int, complaint: str) -> None:
    """Lock, then look whether the file is still the upload's: it may have been completed or aborted meanwhile."""
    if not files.lock_range(fd, start, length):
        raise Conflict(complaint)
    if not os.path.samestat(os.fstat(fd), path.stat()):
        raise FileNotFoundError(path)
