"""What every storage does with uploads in parts: one suite, run over both."""

import hashlib
import os
from datetime import UTC, datetime, timedelta

import pytest

from tests.storage.clients import PartRefused, PartSender
from vod_web.core.errors import ChecksumMismatch, InvalidInput, NotFound
from vod_web.storage.base import Storage, UploadedPart

KEY = "sources/aaaaaaaaaaa/ccccccccccc/source"
TYPE = "video/mp4"
PART_BYTES = 5 * 1024 * 1024  # S3 takes no smaller ones but the last


def begin(storage: Storage, size_bytes: int, *, with_checksums: bool = False) -> PartSender:
    """An open upload of this size."""
    parts_id = storage.begin_parts(
        KEY, size_bytes=size_bytes, part_size_bytes=PART_BYTES, content_type=TYPE, with_checksums=with_checksums
    )
    return PartSender(storage, KEY, parts_id, PART_BYTES)


def split(data: bytes) -> dict[int, bytes]:
    """The parts of some bytes, by number."""
    return {1 + start // PART_BYTES: data[start : start + PART_BYTES] for start in range(0, len(data), PART_BYTES)}


@pytest.fixture(scope="module")
def data() -> bytes:
    """Bytes that make three parts, the last one short."""
    return os.urandom(2 * PART_BYTES + 1234)


def send_all(upload: PartSender, data: bytes) -> list[UploadedPart]:
    """Send all parts, the last one first."""
    return [upload.send(number, piece) for number, piece in reversed(split(data).items())]


def test_parts_in_any_order_make_the_whole(storage: Storage, data: bytes) -> None:
    upload = begin(storage, len(data))
    parts = send_all(upload, data)
    assert not storage.exists(KEY)
    stored = storage.complete_parts(KEY, upload.parts_id, parts, size_bytes=len(data))
    assert stored.size_bytes == len(data)
    assert storage.read_bytes(KEY) == data
    assert list(storage.list_unfinished("")) == []


def test_completing_twice_is_harmless(storage: Storage, data: bytes) -> None:
    upload = begin(storage, len(data))
    parts = send_all(upload, data)
    first = storage.complete_parts(KEY, upload.parts_id, parts, size_bytes=len(data))
    again = storage.complete_parts(KEY, upload.parts_id, parts, size_bytes=len(data))
    assert again == first
    assert storage.read_bytes(KEY) == data


def test_parts_with_checksums_make_the_whole(storage: Storage, data: bytes) -> None:
    upload = begin(storage, len(data), with_checksums=True)
    parts = [
        upload.send(number, piece, checksum=hashlib.sha256(piece).digest()) for number, piece in split(data).items()
    ]
    storage.complete_parts(KEY, upload.parts_id, parts, size_bytes=len(data))
    assert storage.read_bytes(KEY) == data


def test_a_part_with_other_bytes_is_refused_and_can_be_sent_again(storage: Storage) -> None:
    data = os.urandom(1000)
    upload = begin(storage, len(data), with_checksums=True)
    checksum = hashlib.sha256(data).digest()
    with pytest.raises((ChecksumMismatch, PartRefused)):
        upload.send(1, data[:-1] + bytes([data[-1] ^ 1]), checksum=checksum)
    part = upload.send(1, data, checksum=checksum)
    storage.complete_parts(KEY, upload.parts_id, [part], size_bytes=len(data))
    assert storage.read_bytes(KEY) == data


@pytest.mark.parametrize("difference", [-1, 1])
def test_a_part_of_another_length_is_refused(storage: Storage, difference: int) -> None:
    upload = begin(storage, 1000)
    with pytest.raises((InvalidInput, PartRefused)):
        upload.send(1, b"x" * (900 + difference), announced_bytes=900)


def test_a_part_that_was_received_can_be_sent_again(storage: Storage, data: bytes) -> None:
    upload = begin(storage, len(data))
    upload.send(1, b"\0" * PART_BYTES)
    parts = send_all(upload, data)
    storage.complete_parts(KEY, upload.parts_id, parts, size_bytes=len(data))
    assert storage.read_bytes(KEY) == data


def test_an_upload_that_lacks_a_part_is_not_completed(storage: Storage, data: bytes) -> None:
    upload = begin(storage, len(data))
    parts = send_all(upload, data)
    for wrong in (parts[1:], parts[:2], [], [*parts, parts[0]]):
        with pytest.raises(InvalidInput):
            storage.complete_parts(KEY, upload.parts_id, wrong, size_bytes=len(data))
    assert not storage.exists(KEY)
    storage.complete_parts(KEY, upload.parts_id, parts, size_bytes=len(data))


def test_an_upload_of_another_size_is_not_completed(storage: Storage) -> None:
    upload = begin(storage, 1000)
    part = upload.send(1, b"x" * 1000)
    with pytest.raises(InvalidInput):
        storage.complete_parts(KEY, upload.parts_id, [part], size_bytes=999)
    assert not storage.exists(KEY)


def test_an_aborted_upload_leaves_nothing_and_takes_nothing(storage: Storage) -> None:
    upload = begin(storage, 1000)
    part = upload.send(1, b"x" * 1000)
    storage.abort_parts(KEY, upload.parts_id)
    storage.abort_parts(KEY, upload.parts_id)
    assert list(storage.list_unfinished("")) == []
    with pytest.raises((NotFound, PartRefused)):
        upload.send(1, b"x" * 1000)
    with pytest.raises(NotFound):
        storage.complete_parts(KEY, upload.parts_id, [part], size_bytes=1000)
    assert not storage.exists(KEY)


def test_aborting_after_completing_keeps_the_object(storage: Storage) -> None:
    upload = begin(storage, 1000)
    part = upload.send(1, b"x" * 1000)
    storage.complete_parts(KEY, upload.parts_id, [part], size_bytes=1000)
    storage.abort_parts(KEY, upload.parts_id)
    assert storage.read_bytes(KEY) == b"x" * 1000


def test_a_completed_upload_of_another_size_is_not_taken_for_ours(storage: Storage) -> None:
    storage.put_bytes(KEY, b"something else", content_type=TYPE)
    with pytest.raises(NotFound):
        storage.complete_parts(KEY, "never-begun", [UploadedPart(1, 1000, "etag")], size_bytes=1000)


def test_open_uploads_are_listed_until_they_end(storage: Storage) -> None:
    upload = begin(storage, 1000)
    (found,) = storage.list_unfinished("sources/")
    assert (found.key, found.parts_id) == (KEY, upload.parts_id)
    assert abs(datetime.now(UTC) - found.started_at) < timedelta(seconds=30)
    assert list(storage.list_unfinished("videos/")) == []


def test_two_uploads_to_one_key_do_not_meet(storage: Storage) -> None:
    first, second = begin(storage, 10), begin(storage, 10)
    assert first.parts_id != second.parts_id
    part = first.send(1, b"a" * 10)
    second.send(1, b"b" * 10)
    storage.complete_parts(KEY, first.parts_id, [part], size_bytes=10)
    assert storage.read_bytes(KEY) == b"a" * 10
    storage.abort_parts(KEY, second.parts_id)
    assert storage.read_bytes(KEY) == b"a" * 10


@pytest.mark.parametrize("parts_id", ["", "../x", "a/b", "x" * 2000, "é"])
def test_hostile_parts_ids_name_nothing(storage: Storage, parts_id: str) -> None:
    with pytest.raises((NotFound, PartRefused)):
        PartSender(storage, KEY, parts_id, PART_BYTES).send(1, b"x")


def test_parts_that_the_site_fetches_come_one_after_another(storage: Storage, data: bytes) -> None:
    """Their number is not known in the beginning, and one that was stored may come again."""
    upload = begin(storage, 0)
    pieces = split(data)
    for number in (1, 2, 2, 3):
        storage.add_part(KEY, upload.parts_id, number, pieces[number], offset=(number - 1) * PART_BYTES)
    parts = storage.list_parts(KEY, upload.parts_id) or [UploadedPart(1, len(data), "1")]

    stored = storage.complete_parts(KEY, upload.parts_id, parts, size_bytes=len(data))

    assert stored.size_bytes == len(data)
    assert storage.read_bytes(KEY) == data


def test_a_part_of_what_was_aborted_is_not_stored(storage: Storage) -> None:
    upload = begin(storage, 0)
    storage.abort_parts(KEY, upload.parts_id)

    with pytest.raises(NotFound):
        storage.add_part(KEY, upload.parts_id, 1, b"late", offset=0)
    assert list(storage.list_unfinished("")) == []
