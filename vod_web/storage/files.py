"""How are files written, locked and removed so that neither a crash nor a race leaves half of one?"""

import contextlib
import errno
import fcntl
import hashlib
import os
import struct
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

from vod_web.core.errors import ChecksumMismatch, InvalidInput

Result = TypeVar("Result")

COPY_BUFFER_BYTES = 1024 * 1024
RECEIVE_BUFFER_BYTES = 256 * 1024
"""A piece that comes in is counted and written while it is still in the cache of the processor: four times as much, in
several threads, made receiving slower by a third."""
FICLONE = 0x40049409
"""From linux/fs.h: ioctl_ficlone(2)."""
NO_LINKS = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP})
LOCKLESS_AGE_S = 24 * 3600
PARENT_ATTEMPTS = 500
"""How often a parent directory may vanish between being made and being used before we give up."""


def with_parent(path: Path, action: Callable[[], Result]) -> Result:
    """Do `action`, which puts a file at `path`, with the directories above it made.

    Somebody who deletes the last file there removes the empty directories at the same time: then make them anew.
    `mkdir` says FileExistsError, not FileNotFoundError, of one that vanishes while it looks at it.
    """
    for _ in range(PARENT_ATTEMPTS - 1):
        with contextlib.suppress(FileNotFoundError, FileExistsError):
            path.parent.mkdir(parents=True, exist_ok=True)
            return action()
    path.parent.mkdir(parents=True, exist_ok=True)
    return action()


def sync_directory(path: Path) -> None:
    """Make the names in a directory survive a power cut; one that is gone again needs nothing."""
    with contextlib.suppress(FileNotFoundError):
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def move_into_place(temporary: Path, final: Path) -> None:
    """Give a finished file its name, atomically; an older file of that name is replaced."""
    with_parent(final, lambda: temporary.replace(final))
    sync_directory(final.parent)


def link(path: Path, final: Path) -> bool:
    """Give a file of somebody else a second name here; False where that cannot be, as on another file system."""
    with opened(path, os.O_RDONLY) as fd:
        os.fsync(fd)
    try:
        with_parent(final, lambda: final.hardlink_to(path))
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        return False
    sync_directory(final.parent)
    return True


def copy(source: BinaryIO, target: BinaryIO, report: Callable[[int], None]) -> None:
    """Copy a file, or let both share their bytes where the file system can; `report` hears how many bytes more."""
    with contextlib.suppress(OSError):  # most file systems cannot
        if sys.platform == "linux":
            fcntl.ioctl(target.fileno(), FICLONE, source.fileno())
            report(os.fstat(source.fileno()).st_size)
            return
    while data := source.read(COPY_BUFFER_BYTES):
        target.write(data)
        report(len(data))


def remove_empty_parents(path: Path, root: Path) -> None:
    """Remove the directories above `path` that became empty, up to but not `root`."""
    for parent in path.parents:
        if parent == root or root not in parent.parents:
            return
        try:
            parent.rmdir()
        except FileNotFoundError:
            continue
        except OSError:
            return


def walk(directory: Path) -> Iterator[Path]:
    """The files below a directory, by name; hidden directories are left out.

    Files and directories that vanish meanwhile are no error, nor is a directory that is not there.
    """
    try:
        with os.scandir(directory) as entries:
            found = sorted((entry.name, entry.is_dir()) for entry in entries)
    except (FileNotFoundError, NotADirectoryError):
        return
    for name, is_directory in found:
        if not is_directory:
            yield directory / name
        elif not name.startswith("."):
            yield from walk(directory / name)


@contextlib.contextmanager
def new_file(final: Path, temporary: Path) -> Iterator[BinaryIO]:
    """A file to be written under a temporary name, which gets its final one when it is whole and on disk.

    A lock on it shows that its writer lives: see `is_abandoned`.
    """

    def create() -> BinaryIO:
        return temporary.open("xb")

    try:
        with with_parent(temporary, create) as target:
            with contextlib.suppress(OSError):  # not every file system has locks
                fcntl.flock(target, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield target
            target.flush()
            os.fsync(target.fileno())
        move_into_place(temporary, final)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def is_abandoned(path: Path) -> bool:
    """Whether the writer of a file of `new_file` is gone; where the file system has no locks, a day must be enough."""
    with opened(path, os.O_RDONLY) as fd:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return time.time() - os.fstat(fd).st_mtime > LOCKLESS_AGE_S
    return True


@contextlib.contextmanager
def opened(path: Path, flags: int) -> Iterator[int]:
    """A file descriptor that is closed again, with whatever locks it holds."""
    fd = os.open(path, flags | os.O_CLOEXEC, 0o644)
    try:
        yield fd
    finally:
        os.close(fd)


def lock_range(fd: int, start: int, length: int) -> bool:
    """Take these bytes of a file for this descriptor alone, until it is closed; False when another has them.

    Linux's open-file-description locks hold between threads as between processes. Elsewhere the whole file is
    locked instead, and one waits: slower, just as safe.
    """
    if sys.platform != "linux":
        fcntl.flock(fd, fcntl.LOCK_EX)
        return True
    # struct flock: type, whence, start, length (0 means to the end), pid, which must be 0 here
    request = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, start, length, 0)
    try:
        fcntl.fcntl(fd, fcntl.F_OFD_SETLK, request)
    except (BlockingIOError, PermissionError):
        return False
    return True


@contextlib.contextmanager
def locked_range(fd: int, start: int, length: int) -> Iterator[None]:
    """These bytes for this descriptor alone for a moment; waits for whoever has them."""
    if sys.platform != "linux":
        fcntl.flock(fd, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(fd, fcntl.LOCK_UN)
        return
    fcntl.fcntl(fd, fcntl.F_OFD_SETLKW, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, start, length, 0))
    try:
        yield
    finally:
        fcntl.fcntl(fd, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_UNLCK, os.SEEK_SET, start, length, 0))


def write_all(fd: int, data: bytes, offset: int) -> None:
    """Write all these bytes at an offset: the system may take fewer at a time."""
    view = memoryview(data)
    while view:
        written = os.pwrite(fd, view, offset)
        view = view[written:]
        offset += written


def receive(
    stream: BinaryIO,
    fd: int,
    *,
    offset: int,
    size_bytes: int,
    turn: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext,
) -> bytes:
    """Copy exactly `size_bytes` from a stream to an offset of a file and return their SHA-256.

    Each piece is written within a `turn()`, and read outside of it. Raises InvalidInput when the stream holds fewer
    or more; nothing is ever written past the range.
    """
    digest = hashlib.sha256()
    received = 0
    while received < size_bytes:
        data = stream.read(min(RECEIVE_BUFFER_BYTES, size_bytes - received))
        if not data:
            raise InvalidInput(
                f"The part ended after {received} bytes instead of {size_bytes}.", {"size_bytes": "too few bytes"}
            )
        digest.update(data)
        with turn():
            write_all(fd, data, offset + received)
        received += len(data)
    if stream.read(1):
        raise InvalidInput(
            f"The part is longer than the {size_bytes} bytes announced.", {"size_bytes": "too many bytes"}
        )
    return digest.digest()


def check_digest(received: bytes, expected: bytes | None) -> None:
    """ChecksumMismatch unless the digests agree; None expects nothing."""
    if expected is not None and received != expected:
        raise ChecksumMismatch(
            "The part arrived damaged: send it again.", {"checksum_sha256": "does not fit the bytes received"}
        )
