"""What every storage does with whole objects: one suite, run over both."""

import errno
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from vod_web.core.errors import InvalidInput, NotFound
from vod_web.storage.base import LocalFile, Storage
from vod_web.storage.local import LocalStorage

KEY = "videos/aaaaaaaaaaa/bbbbbbbbbbb/720p/0.m4s"
TYPE = "video/iso.segment"

HOSTILE_KEYS = ["../outside", "a/../../outside", "/etc/passwd", "a//b", "a/", ".tmp/x", "a/.b.c.parts", "", "a\0b"]


def put(storage: Storage, *keys: str) -> None:
    """Store small objects that hold their own key."""
    for key in keys:
        storage.put_bytes(key, key.encode(), content_type=TYPE)


def keys_of(storage: Storage, prefix: str) -> list[str]:
    """The keys below a prefix, sorted."""
    return sorted(found.key for found in storage.list(prefix))


def test_bytes_come_back_as_they_were_stored(storage: Storage) -> None:
    storage.put_bytes(KEY, b"\x00\xffbytes", content_type=TYPE)
    assert storage.read_bytes(KEY) == b"\x00\xffbytes"


def test_an_empty_object_is_an_object(storage: Storage) -> None:
    assert storage.put_bytes(KEY, b"", content_type=TYPE).size_bytes == 0
    assert storage.read_bytes(KEY) == b""
    assert storage.exists(KEY)


def test_a_file_is_copied_and_stays_the_callers(storage: Storage, tmp_path: Path) -> None:
    data = os.urandom(3 * 1024 * 1024 + 7)
    path = tmp_path / "made.m4s"
    path.write_bytes(data)
    stored = storage.put_file(KEY, path, content_type=TYPE, cache_control="max-age=60")
    path.write_bytes(b"changed afterwards")
    assert storage.read_bytes(KEY) == data
    assert stored.size_bytes == len(data)


def test_a_file_that_is_not_there_is_the_callers_mistake(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        storage.put_file(KEY, tmp_path / "never-made", content_type=TYPE)
    assert not storage.exists(KEY)


def test_stat_tells_size_and_time(storage: Storage) -> None:
    put(storage, KEY)
    found = storage.stat(KEY)
    assert (found.key, found.size_bytes) == (KEY, len(KEY))
    assert abs(datetime.now(UTC) - found.modified_at) < timedelta(seconds=30)


def test_the_etag_changes_with_the_bytes_and_only_then(storage: Storage) -> None:
    first = storage.put_bytes(KEY, b"one", content_type=TYPE)
    assert storage.stat(KEY).etag == first.etag
    assert storage.put_bytes(KEY, b"two", content_type=TYPE).etag != first.etag
    assert storage.read_bytes(KEY) == b"two"


@pytest.mark.parametrize("start", [0, 1, 255, 99_999, 100_000, 200_000])
@pytest.mark.parametrize("length", [None, 0, 1, 255, 100_000, 1_000_000])
def test_ranges_are_those_of_a_slice(storage: Storage, start: int, length: int | None) -> None:
    data = bytes(number % 251 for number in range(100_000))
    storage.put_bytes(KEY, data, content_type=TYPE)
    with storage.open(KEY, start=start, length=length) as stream:
        assert stream.read() == data[start : None if length is None else start + length]


def test_an_object_is_read_piece_by_piece(storage: Storage) -> None:
    data = os.urandom(700_001)
    storage.put_bytes(KEY, data, content_type=TYPE)
    with storage.open(KEY, start=1) as stream:
        pieces = list(iter(lambda: stream.read(100_000), b""))
    assert b"".join(pieces) == data[1:]
    assert {len(piece) for piece in pieces} == {100_000}


@pytest.mark.parametrize(("start", "length"), [(-1, None), (0, -1)])
def test_ranges_that_cannot_be_are_refused(storage: Storage, start: int, length: int | None) -> None:
    put(storage, KEY)
    with pytest.raises(InvalidInput):
        storage.open(KEY, start=start, length=length)


def test_what_is_not_there_is_not_found(storage: Storage) -> None:
    assert not storage.exists(KEY)
    for read in (storage.stat, storage.open, storage.read_bytes):
        with pytest.raises(NotFound):
            read(KEY)
    with pytest.raises(NotFound):
        storage.open(KEY, length=0)


def test_a_prefix_is_no_object(storage: Storage) -> None:
    put(storage, KEY)
    assert not storage.exists("videos/aaaaaaaaaaa")
    with pytest.raises(NotFound):
        storage.stat("videos/aaaaaaaaaaa")
    with pytest.raises(NotFound):
        storage.read_bytes(KEY + "/below")


def test_the_list_holds_what_lies_below_a_prefix_only(storage: Storage) -> None:
    put(storage, "v/a/c", "v/a/b/2", "v/a/b/10", "v/a-b/1", "v/ab/1", "w/a/1")
    assert keys_of(storage, "v/a/") == ["v/a/b/10", "v/a/b/2", "v/a/c"]
    assert keys_of(storage, "") == ["v/a-b/1", "v/a/b/10", "v/a/b/2", "v/a/c", "v/ab/1", "w/a/1"]
    assert keys_of(storage, "none/") == []
    assert [found.size_bytes for found in storage.list("w/")] == [len("w/a/1")]


def test_deleting_removes_one_object_and_is_idempotent(storage: Storage) -> None:
    put(storage, "v/a/1", "v/a/2")
    storage.delete("v/a/1")
    storage.delete("v/a/1")
    assert keys_of(storage, "") == ["v/a/2"]


def test_deleting_a_prefix_removes_what_lies_below_only(storage: Storage) -> None:
    put(storage, "v/a/1", "v/a/b/2", "v/ab/3")
    assert storage.delete_prefix("v/a/") == 2
    assert keys_of(storage, "") == ["v/ab/3"]
    assert storage.delete_prefix("v/a/") == 0


def test_deleting_a_prefix_ends_its_unfinished_uploads(storage: Storage) -> None:
    for key in ("s/a/x", "s/b/x"):
        storage.begin_parts(key, size_bytes=10, part_size_bytes=10, content_type=TYPE)
    storage.delete_prefix("s/a/")
    assert [found.key for found in storage.list_unfinished("")] == ["s/b/x"]


@pytest.mark.parametrize("prefix", ["", "videos", "/", "../", "videos/../"])
def test_only_a_whole_prefix_can_be_deleted(storage: Storage, prefix: str) -> None:
    put(storage, KEY)
    with pytest.raises(InvalidInput):
        storage.delete_prefix(prefix)
    assert storage.exists(KEY)


@pytest.mark.parametrize("key", HOSTILE_KEYS)
def test_hostile_keys_are_refused_by_everything(storage: Storage, key: str, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    attempts = [
        lambda: storage.put_bytes(key, b"x", content_type=TYPE),
        lambda: storage.put_file(key, source, content_type=TYPE),
        lambda: storage.stat(key),
        lambda: storage.open(key),
        lambda: storage.read_bytes(key),
        lambda: storage.exists(key),
        lambda: storage.delete(key),
        lambda: storage.read_address(key, expires_in_s=9),
        lambda: storage.delivery(key, expires_in_s=9),
        lambda: storage.delivery(key, expires_in_s=9, is_public=True),
        lambda: storage.begin_parts(key, size_bytes=1, part_size_bytes=1, content_type=TYPE),
        lambda: storage.complete_parts(key, "id", [], size_bytes=0),
        lambda: storage.abort_parts(key, "id"),
    ]
    for attempt in attempts:
        with pytest.raises(InvalidInput):
            attempt()


def test_the_read_address_is_where_other_programs_read(storage: Storage) -> None:
    put(storage, KEY)
    address = storage.read_address(KEY, expires_in_s=60)
    if address.startswith("http"):
        with urlopen(address, timeout=10) as response:
            assert response.read() == KEY.encode()
    else:
        assert Path(address).read_bytes() == KEY.encode()


def test_delivery_names_a_file_or_an_address_with_the_bytes(storage: Storage) -> None:
    put(storage, KEY)
    found = storage.delivery(KEY, expires_in_s=60)
    if isinstance(found, LocalFile):
        assert found.path.read_bytes() == KEY.encode()
    else:
        with urlopen(found.url, timeout=10) as response:
            assert response.read() == KEY.encode()


def test_the_check_passes_and_leaves_nothing(storage: Storage) -> None:
    storage.check()
    assert keys_of(storage, "") == []


def test_free_room_is_known_where_it_can_be(storage: Storage) -> None:
    free = storage.free_bytes()
    assert free is None or free > 1024 * 1024


@pytest.mark.parametrize("is_given", [False, True])
def test_a_file_of_this_machine_is_taken(storage: Storage, tmp_path: Path, is_given: bool) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"film" * 1000)
    told: list[int] = []

    stored = storage.take_file("sources/a/b/source", path, is_given=is_given, report=told.append)

    assert storage.read_bytes("sources/a/b/source") == b"film" * 1000
    assert stored.size_bytes == 4000
    is_linked = is_given and isinstance(storage, LocalStorage)
    assert sum(told) == (0 if is_linked else 4000)
    assert path.stat().st_nlink == (2 if is_linked else 1)


def test_a_file_that_is_given_is_copied_from_another_file_system(
    local_storage: LocalStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"film")

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(errno.EXDEV, "another file system")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    local_storage.take_file("sources/a/b/source", path, is_given=True, report=lambda _size: None)

    assert local_storage.read_bytes("sources/a/b/source") == b"film"
    assert path.stat().st_nlink == 1
