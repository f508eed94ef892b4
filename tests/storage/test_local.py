"""Files: what is true of the local storage alone, mostly under bad conditions."""

import contextlib
import hashlib
import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from vod_web.core.errors import Conflict, InvalidInput, NotFound, StorageFailed
from vod_web.storage import files, local_parts
from vod_web.storage.base import LocalFile, UploadedPart
from vod_web.storage.local import LocalStorage

KEY = "sources/aaaaaaaaaaa/ccccccccccc/source"
TYPE = "video/mp4"
PART_BYTES = 512 * 1024


def files_below(root: Path) -> list[str]:
    """All files and directories, hidden ones too, but the one for temporary files."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path != root / ".tmp")


def begin(storage: LocalStorage, size_bytes: int) -> str:
    """An open upload of this size."""
    return storage.begin_parts(KEY, size_bytes=size_bytes, part_size_bytes=PART_BYTES, content_type=TYPE)


def write(storage: LocalStorage, parts_id: str, number: int, data: bytes) -> UploadedPart:
    """Send one part."""
    return storage.write_part(
        KEY,
        parts_id,
        number,
        io.BytesIO(data),
        offset=(number - 1) * PART_BYTES,
        size_bytes=len(data),
        checksum_sha256=hashlib.sha256(data).digest(),
    )


def part_of(number: int) -> bytes:
    """Bytes that differ from part to part and within one."""
    return hashlib.shake_128(str(number).encode()).digest(PART_BYTES)


def write_from_another_process(root: Path, parts_id: str, number: int) -> UploadedPart:
    """The same part as `part_of`, sent by a process of its own."""
    return write(LocalStorage(root), parts_id, number, part_of(number))


class PausedStream(io.RawIOBase):
    """A stream whose second read waits until the test lets it go on."""

    def __init__(self, data: bytes) -> None:
        self._pieces = [data[:10], data[10:]]
        self.is_waiting = threading.Event()
        self.may_go_on = threading.Event()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if len(self._pieces) == 1:
            self.is_waiting.set()
            assert self.may_go_on.wait(20)
        return self._pieces.pop(0) if self._pieces else b""


@contextlib.contextmanager
def part_under_way(storage: LocalStorage, parts_id: str, data: bytes) -> Iterator[None]:
    """Part 1 is being received while the body runs, and has arrived afterwards."""
    stream = PausedStream(data)
    with ThreadPoolExecutor(1) as pool:
        arriving = pool.submit(
            storage.write_part,
            KEY,
            parts_id,
            1,
            stream,  # type: ignore[arg-type]  # RawIOBase is no BinaryIO to typeshed
            offset=0,
            size_bytes=len(data),
            checksum_sha256=hashlib.sha256(data).digest(),
        )
        assert stream.is_waiting.wait(20)
        try:
            yield
        finally:
            stream.may_go_on.set()
        arriving.result(20)


def test_eight_parts_at_once_from_threads_and_two_processes(local_storage: LocalStorage) -> None:
    parts_id = begin(local_storage, 8 * PART_BYTES)
    spawn = get_context("spawn")
    with ThreadPoolExecutor(4) as threads, ProcessPoolExecutor(2, mp_context=spawn) as processes:
        sending = [
            threads.submit(write, local_storage, parts_id, number, part_of(number))
            if number % 2
            else processes.submit(write_from_another_process, local_storage.root, parts_id, number)
            for number in range(1, 9)
        ]
        parts = [sent.result(60) for sent in sending]
    local_storage.complete_parts(KEY, parts_id, parts, size_bytes=8 * PART_BYTES)
    assert local_storage.read_bytes(KEY) == b"".join(part_of(number) for number in range(1, 9))


def test_the_same_part_twice_at_once_is_received_once(local_storage: LocalStorage) -> None:
    data = part_of(1)
    parts_id = begin(local_storage, len(data))
    with part_under_way(local_storage, parts_id, data), pytest.raises(Conflict):
        write(local_storage, parts_id, 1, b"x" * len(data))
    part = UploadedPart(1, len(data), "etag")
    local_storage.complete_parts(KEY, parts_id, [part], size_bytes=len(data))
    assert local_storage.read_bytes(KEY) == data


def test_another_part_is_received_meanwhile(local_storage: LocalStorage) -> None:
    parts_id = begin(local_storage, 2 * PART_BYTES)
    with part_under_way(local_storage, parts_id, part_of(1)):
        second = write(local_storage, parts_id, 2, part_of(2))
    first = UploadedPart(1, PART_BYTES, "etag")
    local_storage.complete_parts(KEY, parts_id, [first, second], size_bytes=2 * PART_BYTES)
    assert local_storage.read_bytes(KEY) == part_of(1) + part_of(2)


def test_an_upload_is_not_completed_while_a_part_is_received(local_storage: LocalStorage) -> None:
    data = part_of(1)
    parts_id = begin(local_storage, len(data))
    part = UploadedPart(1, len(data), "etag")
    with part_under_way(local_storage, parts_id, data), pytest.raises(Conflict):
        local_storage.complete_parts(KEY, parts_id, [part], size_bytes=len(data))
    assert local_storage.complete_parts(KEY, parts_id, [part], size_bytes=len(data)).size_bytes == len(data)


def test_an_upload_aborted_while_a_part_is_received_leaves_nothing(local_storage: LocalStorage) -> None:
    data = part_of(1)
    parts_id = begin(local_storage, len(data))
    with part_under_way(local_storage, parts_id, data):
        local_storage.abort_parts(KEY, parts_id)
    assert files_below(local_storage.root) == []


def test_parts_opened_before_they_were_completed_are_not_written_after(tmp_path: Path) -> None:
    path = tmp_path / "parts"
    path.write_bytes(b"whole")
    with files.opened(path, os.O_RDWR) as fd:
        local_parts.lock_parts(fd, path, 0, 5, "taken")
        path.rename(tmp_path / "final")
        with pytest.raises(FileNotFoundError):
            local_parts.lock_parts(fd, path, 0, 5, "taken")
        path.write_bytes(b"another upload of the same name")
        with pytest.raises(FileNotFoundError):
            local_parts.lock_parts(fd, path, 0, 5, "taken")


def test_parts_take_room_only_as_they_come(local_storage: LocalStorage) -> None:
    parts_id = begin(local_storage, 10 * 1024**3)
    write(local_storage, parts_id, 20_000, part_of(1))
    (path,) = (path for path in local_storage.root.rglob("*") if path.is_file())
    assert path.stat().st_size == 10 * 1024**3
    assert path.stat().st_blocks * 512 < 2 * PART_BYTES


@pytest.mark.parametrize(("offset", "size_bytes"), [(-1, 10), (1, 1000), (1000, 1), (2**62, 1)])
def test_a_part_outside_the_file_is_refused(local_storage: LocalStorage, offset: int, size_bytes: int) -> None:
    parts_id = begin(local_storage, 1000)
    with pytest.raises(InvalidInput):
        local_storage.write_part(
            KEY,
            parts_id,
            1,
            io.BytesIO(b"x" * size_bytes),
            offset=offset,
            size_bytes=size_bytes,
            checksum_sha256=None,
        )


def test_too_long_a_part_does_not_touch_the_next_one(local_storage: LocalStorage) -> None:
    parts_id = begin(local_storage, 2 * PART_BYTES)
    second = write(local_storage, parts_id, 2, part_of(2))
    with pytest.raises(InvalidInput):
        local_storage.write_part(
            KEY,
            parts_id,
            1,
            io.BytesIO(part_of(1) + b"more"),
            offset=0,
            size_bytes=PART_BYTES,
            checksum_sha256=None,
        )
    first = write(local_storage, parts_id, 1, part_of(1))
    local_storage.complete_parts(KEY, parts_id, [first, second], size_bytes=2 * PART_BYTES)
    assert local_storage.read_bytes(KEY) == part_of(1) + part_of(2)


def test_completing_goes_on_after_a_process_that_died_right_after_it(local_storage: LocalStorage) -> None:
    parts_id = begin(local_storage, PART_BYTES)
    part = write(local_storage, parts_id, 1, part_of(1))
    script = f"""
import os, signal, pathlib
from vod_web.storage.base import UploadedPart
from vod_web.storage.local import LocalStorage
storage = LocalStorage(pathlib.Path({str(local_storage.root)!r}))
storage.complete_parts({KEY!r}, {parts_id!r}, [UploadedPart(1, {PART_BYTES}, "etag")], size_bytes={PART_BYTES})
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", script], timeout=60).returncode == -signal.SIGKILL
    assert local_storage.complete_parts(KEY, parts_id, [part], size_bytes=PART_BYTES).size_bytes == PART_BYTES


def test_a_process_killed_while_storing_leaves_no_half_object(local_storage: LocalStorage, tmp_path: Path) -> None:
    local_storage.put_bytes(KEY, b"the former object", content_type=TYPE)
    pipe = tmp_path / "endless"
    os.mkfifo(pipe)
    script = f"""
import pathlib
from vod_web.storage.local import LocalStorage
storage = LocalStorage(pathlib.Path({str(local_storage.root)!r}))
storage.put_file({KEY!r}, pathlib.Path({str(pipe)!r}), content_type="video/mp4")
"""
    with subprocess.Popen([sys.executable, "-c", script]) as process, pipe.open("wb") as source:
        for _ in range(8):  # returns only when the copy has taken most of it
            source.write(b"x" * 1024 * 1024)
        assert local_storage.remove_leftovers(older_than_s=0) == 0
        process.kill()
        process.wait(20)
    assert local_storage.read_bytes(KEY) == b"the former object"
    assert [found.key for found in local_storage.list("")] == [KEY]
    assert local_storage.remove_leftovers(older_than_s=3600) == 0
    assert local_storage.remove_leftovers(older_than_s=0) == 1
    assert [path for path in local_storage.root.rglob("*") if path.is_file()] == [local_storage.root / KEY]


def test_readers_see_a_whole_object_while_it_is_replaced(local_storage: LocalStorage) -> None:
    whole = [letter * 200_000 for letter in (b"a", b"b")]
    local_storage.put_bytes(KEY, whole[0], content_type=TYPE)
    stop = threading.Event()

    def replace() -> None:
        while not stop.is_set():
            for data in whole:
                local_storage.put_bytes(KEY, data, content_type=TYPE)

    with ThreadPoolExecutor(1) as pool:
        replacing = pool.submit(replace)
        try:
            seen = {local_storage.read_bytes(KEY) for _ in range(300)}
        finally:
            stop.set()
        replacing.result(20)
    assert seen <= set(whole)


def test_storing_survives_others_who_remove_the_directory(local_storage: LocalStorage) -> None:
    stop = threading.Event()

    def remove() -> None:
        while not stop.is_set():
            local_storage.delete("v/a/b/other")
            local_storage.delete_prefix("v/a/c/")

    with ThreadPoolExecutor(1) as pool:
        removing = pool.submit(remove)
        try:
            for number in range(50):
                local_storage.put_bytes("v/a/b/mine", str(number).encode(), content_type=TYPE)
                local_storage.delete("v/a/b/mine")
        finally:
            stop.set()
        removing.result(20)


def test_a_directory_that_vanishes_before_its_use_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    vanished = []

    def write_late() -> None:
        if not vanished:
            path.parent.rmdir()
            vanished.append(path.parent)
        path.write_bytes(b"x")

    files.with_parent(path, write_late)
    assert path.read_bytes() == b"x"


def test_deleting_removes_the_directories_that_became_empty(local_storage: LocalStorage) -> None:
    for key in ("v/a/b/1", "v/a/c/1", "w/a/1"):
        local_storage.put_bytes(key, b"x", content_type=TYPE)
    local_storage.delete("v/a/b/1")
    assert files_below(local_storage.root) == ["v", "v/a", "v/a/c", "v/a/c/1", "w", "w/a", "w/a/1"]
    local_storage.delete_prefix("v/")
    local_storage.delete("w/a/1")
    assert files_below(local_storage.root) == []


def test_an_aborted_upload_leaves_no_directory(local_storage: LocalStorage) -> None:
    local_storage.abort_parts(KEY, begin(local_storage, 1000))
    assert files_below(local_storage.root) == []


def test_objects_are_plain_files_that_a_web_server_may_read(local_storage: LocalStorage) -> None:
    local_storage.put_bytes(KEY, b"x", content_type=TYPE)
    found = local_storage.delivery(KEY, expires_in_s=9)
    assert found == LocalFile(local_storage.root / KEY)
    assert (local_storage.root / KEY).stat().st_mode & 0o444 == 0o444


def test_absent_objects_have_no_address(local_storage: LocalStorage) -> None:
    local_storage.put_bytes("videos/a/b/c", b"x", content_type=TYPE)
    with pytest.raises(NotFound):
        local_storage.delivery(KEY, expires_in_s=9)
    with pytest.raises(NotFound):
        local_storage.read_address(KEY, expires_in_s=9)


def test_a_directory_without_anything_is_a_disk_that_is_away(local_storage: LocalStorage) -> None:
    for _ in range(2):
        with pytest.raises(StorageFailed, match="mounted"):
            local_storage.delivery(KEY, expires_in_s=9)
        with pytest.raises(StorageFailed, match="mounted"):
            local_storage.read_address(KEY, expires_in_s=9)
        (local_storage.root / ".tmp").mkdir(parents=True, exist_ok=True)


def test_a_link_out_of_the_directory_is_no_way_in(local_storage: LocalStorage, tmp_path: Path) -> None:
    """Keys cannot climb; what an admin links on purpose is his own affair and is not deleted through the link."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_bytes(b"x")
    local_storage.put_bytes("v/a/1", b"x", content_type=TYPE)
    (local_storage.root / "v" / "a" / "link").symlink_to(outside)
    local_storage.delete_prefix("v/a/")
    assert (outside / "precious").exists()


def test_the_check_says_when_the_directory_is_not_writable(tmp_path: Path) -> None:
    root = tmp_path / "locked"
    root.mkdir()
    root.chmod(0o555)
    with unprivileged(), pytest.raises(StorageFailed) as caught:
        LocalStorage(root / "media").check()
    assert caught.value.message == (
        f"Files cannot be kept in {root / 'media'}: it is not writable: give it to the user who runs the site, or let"
        " VOD_DATA_DIR name another one."
    )


def test_the_check_says_when_a_file_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageFailed, match="a part of this path is a file"):
        LocalStorage(tmp_path / "file" / "media").check()


def test_a_full_disk_is_told_in_a_sentence(small_disk: Path) -> None:
    storage = LocalStorage(small_disk / "media")
    with pytest.raises(StorageFailed, match="disk is full"):
        storage.put_bytes(KEY, b"x" * 2 * 1024 * 1024, content_type=TYPE)
    assert [path for path in storage.root.rglob("*") if path.is_file()] == []
    parts_id = begin(storage, 4 * PART_BYTES)
    with pytest.raises(StorageFailed, match="disk is full"):
        storage.write_part(
            KEY,
            parts_id,
            1,
            io.BytesIO(b"x" * 4 * PART_BYTES),
            offset=0,
            size_bytes=4 * PART_BYTES,
            checksum_sha256=None,
        )
    with pytest.raises(StorageFailed, match="the disk is full: free some space"):
        storage.check()
    storage.abort_parts(KEY, parts_id)
    storage.check()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB; only root may make one."""
    mount = tmp_path / "disk"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(mount)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("only root may mount the small disk that this test fills")
    yield mount
    subprocess.run(["umount", str(mount)], check=True)


@contextlib.contextmanager
def unprivileged() -> Iterator[None]:
    """Act as nobody where we are root, whom no permission stops."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
