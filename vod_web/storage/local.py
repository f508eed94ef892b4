"""How are objects kept as files under one directory?

An object is the file `<root>/<key>`. Hidden names are ours: `<root>/.tmp/` holds files until they are whole and
trees while they are deleted, `.<name>.<parts id>.parts` beside an object's place holds its parts, each written
at its own offset into one sparse file, so that completing an upload is a rename and copies nothing.
"""

import contextlib
import os
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from vod_web.core.errors import NotFound, StorageFailed, VodError
from vod_web.storage import files, local_parts
from vod_web.storage.base import (
    LocalFile,
    PartTarget,
    Redirect,
    StoredObject,
    UnfinishedParts,
    UploadedPart,
    check_parts,
)
from vod_web.storage.keys import check_key, check_prefix
from vod_web.storage.local_errors import explain_check, explained
from vod_web.storage.probe import probe_storage
from vod_web.storage.streams import check_range, limit_stream


class LocalStorage:
    """Objects as files under `root`, which is made when the first one is stored."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._temporary = self.root / ".tmp"

    def put_file(self, key: str, path: Path, *, content_type: str, cache_control: str | None = None) -> StoredObject:
        with path.open("rb") as source, explained():
            with self._new_file(key) as target:
                shutil.copyfileobj(source, target, files.COPY_BUFFER_BYTES)
            return _describe(key, self._path(key))

    def take_file(self, key: str, path: Path, *, is_given: bool, report: Callable[[int], None]) -> StoredObject:
        with explained():
            if not (is_given and files.link(path, self._path(key))):
                with path.open("rb") as source, self._new_file(key) as target:
                    files.copy(source, target, report)
            return _describe(key, self._path(key))

    def put_bytes(self, key: str, data: bytes, *, content_type: str, cache_control: str | None = None) -> StoredObject:
        with explained():
            with self._new_file(key) as target:
                target.write(data)
            return _describe(key, self._path(key))

    def stat(self, key: str) -> StoredObject:
        with explained():
            return _describe(key, self._path(key))

    def open(self, key: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        check_range(start, length)
        with explained():
            stream = self._path(key).open("rb", buffering=0)
            stream.seek(start)
        return limit_stream(stream, length)

    def read_bytes(self, key: str) -> bytes:
        with explained():
            return self._path(key).read_bytes()

    def exists(self, key: str) -> bool:
        with explained():
            return self._path(key).is_file()

    def list(self, prefix: str) -> Iterator[StoredObject]:
        check_prefix(prefix, allow_all=True)
        return self._list(prefix)

    def _list(self, prefix: str) -> Iterator[StoredObject]:
        with explained():
            for path in files.walk(self.root / prefix):
                if not path.name.startswith("."):
                    with contextlib.suppress(NotFound):  # deleted since we saw its name
                        yield self.stat(path.relative_to(self.root).as_posix())

    def delete(self, key: str) -> None:
        path = self._path(key)
        with explained():
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                path.unlink()
            files.remove_empty_parents(path, self.root)

    def delete_prefix(self, prefix: str) -> int:
        """Everything below a prefix vanishes at once, by a rename; then its bytes are freed."""
        directory = self.root / check_prefix(prefix)
        grave = self._temporary / f"deleted-{secrets.token_hex(8)}"
        with explained():
            if not directory.is_dir():
                return 0
            with contextlib.suppress(FileNotFoundError):  # somebody else buried it
                files.with_parent(grave, lambda: directory.rename(grave))
            files.remove_empty_parents(directory, self.root)
            count = sum(1 for path in files.walk(grave) if not path.name.startswith("."))
            shutil.rmtree(grave, ignore_errors=True)
        return count

    def read_address(self, key: str, *, expires_in_s: int) -> str:
        return str(self._existing(key))

    def delivery(
        self,
        key: str,
        *,
        expires_in_s: int,
        content_type: str | None = None,
        download_as: str | None = None,
        is_public: bool = False,
    ) -> LocalFile | Redirect:
        return LocalFile(self._existing(key))

    def begin_parts(
        self,
        key: str,
        *,
        size_bytes: int,
        part_size_bytes: int,
        content_type: str,
        with_checksums: bool = False,
    ) -> str:
        parts_id = local_parts.new_parts_id()
        with explained():
            local_parts.create(local_parts.parts_path(self._path(key), parts_id), size_bytes)
        return parts_id

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
        return None

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
        path = local_parts.parts_path(self._path(key), parts_id)
        with explained():
            digest = local_parts.write(path, stream, offset=offset, size_bytes=size_bytes, before_write=before_write)
        files.check_digest(digest, checksum_sha256)
        return UploadedPart(number=number, size_bytes=size_bytes, etag=digest.hex(), checksum_sha256=digest)

    def add_part(self, key: str, parts_id: str, number: int, data: bytes, *, offset: int) -> UploadedPart:
        with explained():
            local_parts.add(local_parts.parts_path(self._path(key), parts_id), data, offset=offset)
        return UploadedPart(number=number, size_bytes=len(data), etag=str(number))

    def list_parts(self, key: str, parts_id: str) -> Sequence[UploadedPart]:
        return []

    def complete_parts(
        self, key: str, parts_id: str, parts: Sequence[UploadedPart], *, size_bytes: int
    ) -> StoredObject:
        final = self._path(key)
        check_parts(parts, size_bytes)
        with explained():
            if not local_parts.finish(local_parts.parts_path(final, parts_id), final, size_bytes):
                done = _describe(key, final)  # renamed before, by a process that died or another one
                if done.size_bytes != size_bytes:
                    raise NotFound("These parts are not open any more.")
            return _describe(key, final)

    def abort_parts(self, key: str, parts_id: str) -> None:
        path = local_parts.parts_path(self._path(key), parts_id)
        with explained():
            path.unlink(missing_ok=True)
            files.remove_empty_parents(path, self.root)

    def list_unfinished(self, prefix: str) -> Iterator[UnfinishedParts]:
        check_prefix(prefix, allow_all=True)
        return self._list_unfinished(prefix)

    def _list_unfinished(self, prefix: str) -> Iterator[UnfinishedParts]:
        with explained():
            for path in files.walk(self.root / prefix):
                named = local_parts.parse_parts_name(path.name)
                if named is None:
                    continue
                name, parts_id = named
                with contextlib.suppress(FileNotFoundError):
                    started_at = _modified_at(path.stat())
                    key = path.with_name(name).relative_to(self.root).as_posix()
                    yield UnfinishedParts(key=key, parts_id=parts_id, started_at=started_at)

    def remove_leftovers(self, *, older_than_s: float) -> int:
        removed = 0
        with explained():
            for path in tuple(self._temporary.glob("*")):
                with contextlib.suppress(FileNotFoundError):
                    if time.time() - path.lstat().st_mtime < older_than_s:
                        continue
                    if path.is_dir():
                        shutil.rmtree(path, ignore_errors=True)
                    elif files.is_abandoned(path):
                        path.unlink()
                    else:
                        continue
                    removed += 1
        return removed

    def check(self) -> None:
        try:
            probe_storage(self)
        except VodError as error:
            if isinstance(error.__cause__, OSError):
                raise explain_check(self.root, error.__cause__) from error
            raise

    def allow_pages(self, origin: str) -> str:
        return "the site itself receives and sends files"

    def browser_origins(self) -> Sequence[str]:
        return ()

    def free_bytes(self) -> int | None:
        nearest = next(path for path in (self.root, *self.root.parents) if path.exists())
        with explained():
            return shutil.disk_usage(nearest).free

    def _path(self, key: str) -> Path:
        return self.root / check_key(key)

    def _existing(self, key: str) -> Path:
        """The file of an object that should be there. Where nothing is there at all, it is the disk that is not."""
        path = self._path(key)
        if not self.exists(key):
            with explained():
                is_empty = not any(path.is_dir() for path in self.root.glob("[!.]*"))
            if is_empty:
                raise StorageFailed("The site's files are not where they should be: its disk may not be mounted.")
            raise NotFound("There is no such file.")
        return path

    def _new_file(self, key: str) -> AbstractContextManager[BinaryIO]:
        return files.new_file(self._path(key), self._temporary / f"new-{secrets.token_hex(8)}")


def _modified_at(status: os.stat_result) -> datetime:
    return datetime.fromtimestamp(status.st_mtime, UTC)


def _describe(key: str, path: Path) -> StoredObject:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise FileNotFoundError(path)
    return StoredObject(
        key=key,
        size_bytes=status.st_size,
        etag=f"{status.st_mtime_ns:x}-{status.st_size:x}",
        modified_at=_modified_at(status),
    )
