"""What does the site ask of the place where its files are kept?

A storage holds immutable objects under keys (`keys.py`). `LocalStorage` keeps them as files under one directory,
`S3Storage` in a bucket; `tests/storage` runs one suite over both. Every failure is one of our own errors:
`NotFound` for an object that is not there, `InvalidInput` for a malformed key, `StorageFailed` when the disk or
the S3 server does not work.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from vod_web.core.errors import InvalidInput


@dataclass(frozen=True)
class StoredObject:
    """One object as the storage knows it."""

    key: str
    size_bytes: int
    etag: str
    """Changes whenever the bytes change; compare it only with etags of the same storage."""
    modified_at: datetime


@dataclass(frozen=True)
class PartTarget:
    """Where a client PUTs one part by itself, past the site."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    """To be sent exactly so: the signature covers them. Content-Length is covered too, but clients set it."""


@dataclass(frozen=True)
class UploadedPart:
    """One part that arrived whole; numbers begin at 1."""

    number: int
    size_bytes: int
    etag: str
    checksum_sha256: bytes | None = None
    """S3 wants it back at the end where it was promised; not every server lists it."""


@dataclass(frozen=True)
class UnfinishedParts:
    """Parts that were begun and neither completed nor aborted; they take room until they are aborted."""

    key: str
    parts_id: str
    started_at: datetime
    """When they were begun; in the local storage when the last part came."""


@dataclass(frozen=True)
class LocalFile:
    """The bytes are on this machine: send this file."""

    path: Path


@dataclass(frozen=True)
class Redirect:
    """The bytes are elsewhere: send the browser to this address."""

    url: str


class Storage(Protocol):
    """The place where the site keeps sources and what is made of them."""

    def put_file(self, key: str, path: Path, *, content_type: str, cache_control: str | None = None) -> StoredObject:
        """Store a copy of the file; a reader sees the former object or the whole new one, nothing between.

        The file stays the caller's. The local storage keeps neither content type nor cache control: there the
        web layer derives them from the key.
        """
        ...

    def take_file(self, key: str, path: Path, *, is_given: bool, report: Callable[[int], None]) -> StoredObject:
        """Store a source that lies on this machine, and say on the way how many bytes more are stored.

        One that `is_given` will not be changed any more, and be removed by the caller afterwards: on the file system of
        the storage it gets a second name then. Else it is copied; both share their bytes where the file system can.
        """
        ...

    def put_bytes(self, key: str, data: bytes, *, content_type: str, cache_control: str | None = None) -> StoredObject:
        """Store these bytes, as `put_file` does."""
        ...

    def stat(self, key: str) -> StoredObject:
        """Size, etag and time of an object."""
        ...

    def open(self, key: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        """Read an object from byte `start`, at most `length` bytes; what lies past its end is empty.

        Close it (`with`). It cannot seek; `read(n)` gives fewer than n bytes only at the end.
        """
        ...

    def read_bytes(self, key: str) -> bytes:
        """A whole small object."""
        ...

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""
        ...

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """The objects below a prefix, in no promised order; it ends with a slash, or is empty for all objects."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""
        ...

    def delete_prefix(self, prefix: str) -> int:
        """Remove all objects below a prefix that ends with a slash, and their unfinished parts.

        Returns how many objects there were; none is no error.
        """
        ...

    def read_address(self, key: str, *, expires_in_s: int) -> str:
        """What FFmpeg and PyAV open: a path on disk, or a signed address as this machine reaches it.

        The local storage raises NotFound at once; S3 tells the reader instead.
        """
        ...

    def delivery(
        self,
        key: str,
        *,
        expires_in_s: int,
        content_type: str | None = None,
        download_as: str | None = None,
        is_public: bool = False,
    ) -> LocalFile | Redirect:
        """How the web layer gives this object to a browser.

        `download_as` is the file name of a download. Only an object that everybody may read (`is_public`) goes
        through the CDN; others get a signed address that expires. Only the local storage checks that it exists.
        """
        ...

    def begin_parts(
        self,
        key: str,
        *,
        size_bytes: int,
        part_size_bytes: int,
        content_type: str,
        with_checksums: bool = False,
    ) -> str:
        """Open an upload in parts and return its parts id. Each call opens another one.

        `with_checksums` promises a SHA-256 for every part, in `part_target` and in `complete_parts`. S3 must know
        now: it then refuses parts without one, and otherwise parts with one.
        """
        ...

    def part_target(
        self,
        key: str,
        parts_id: str,
        number: int,
        *,
        size_bytes: int,
        checksum_sha256: bytes | None,
        expires_in_s: int,
    ) -> PartTarget | None:
        """Where the client sends this part; None when the site receives it itself, with `write_part`."""
        ...

    def write_part(
        self,
        key: str,
        parts_id: str,
        number: int,
        stream: BinaryIO,
        *,
        offset: int,
        size_bytes: int,
        checksum_sha256: bytes | None,
        before_write: Callable[[], None] | None = None,
    ) -> UploadedPart:
        """Receive a part into its place; parts may come in any order and at the same time.

        The stream must end by itself. Raises InvalidInput for fewer or more bytes than `size_bytes`,
        ChecksumMismatch for other bytes, Conflict while the same part is being received, NotFound when the
        parts are not open. After an error the place holds garbage until the part is sent again: forget that a
        part was received before writing it anew. S3 raises Unavailable: there the client sends the parts.

        `before_write` is called before each piece, while nobody else writes to the place; what it raises ends the
        part. With it there is no Conflict: it decides which of several requests for one part may write.
        """
        ...

    def add_part(self, key: str, parts_id: str, number: int, data: bytes, *, offset: int) -> UploadedPart:
        """Store a part that the site itself has fetched; how many will follow need not be known.

        For parts that were begun with a `size_bytes` of 0. They come one after another; the same one may come again.
        Raises NotFound when the parts are not open.
        """
        ...

    def list_parts(self, key: str, parts_id: str) -> Sequence[UploadedPart]:
        """The parts that arrived, by number. The local storage does not know: its list is empty."""
        ...

    def complete_parts(
        self, key: str, parts_id: str, parts: Sequence[UploadedPart], *, size_bytes: int
    ) -> StoredObject:
        """Make the parts one object. Idempotent: when it was done before, it returns the object.

        Raises InvalidInput when the parts do not make up `size_bytes`, Conflict while one is being received,
        NotFound when there are neither such parts nor the object.
        """
        ...

    def abort_parts(self, key: str, parts_id: str) -> None:
        """Throw the parts away, every byte. Idempotent; a completed object stays."""
        ...

    def list_unfinished(self, prefix: str) -> Iterator[UnfinishedParts]:
        """The open parts below a prefix, so that abandoned ones can be aborted."""
        ...

    def remove_leftovers(self, *, older_than_s: float) -> int:
        """Remove what processes that were killed while writing or deleting left; returns how many entries."""
        ...

    def check(self) -> None:
        """Write, read, range-read and delete a probe; StorageFailed says in a sentence how to mend it."""
        ...

    def allow_pages(self, origin: str) -> str:
        """See that pages of the site at this origin may send parts and fetch media; says in a few words what it found.

        A bucket that refuses them is told to let them, beside what else it was told. Raises StorageFailed with what a
        person must do where that cannot be. Idempotent.
        """
        ...

    def browser_origins(self) -> Sequence[str]:
        """Where browsers send parts and fetch media past the site; none where it does both itself."""
        ...

    def free_bytes(self) -> int | None:
        """Room left, or None where nobody can know."""
        ...


def check_parts(parts: Sequence[UploadedPart], size_bytes: int) -> None:
    """InvalidInput unless the parts are numbered from 1 without a gap and make up `size_bytes` together."""
    numbers = sorted(part.number for part in parts)
    for expected, number in enumerate(numbers, start=1):
        if number != expected:
            wrong = f"part {expected} is missing" if number > expected else f"part {number} is listed twice"
            raise InvalidInput(f"The upload is not whole: {wrong}.", {"parts": wrong})
    total_bytes = sum(part.size_bytes for part in parts)
    if total_bytes != size_bytes:
        raise InvalidInput(
            f"The upload is not whole: its parts hold {total_bytes} bytes instead of {size_bytes}.",
            {"parts": "do not make up the size"},
        )
