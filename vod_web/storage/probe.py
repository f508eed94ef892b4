"""Does a storage do what the site needs: write, read, read a range, delete?"""

import secrets

from vod_web.core.errors import StorageFailed
from vod_web.storage.base import Storage

PROBE_BYTES = bytes(range(256)) * 16


def probe_storage(storage: Storage) -> None:
    """Send one small object through its whole life; StorageFailed when it comes back changed or stays."""
    key = f"checks/{secrets.token_hex(8)}/probe"
    try:
        storage.put_bytes(key, PROBE_BYTES, content_type="application/octet-stream")
        _expect(storage.read_bytes(key) == PROBE_BYTES, "a file came back with other bytes than were stored")
        with storage.open(key, start=1000, length=100) as stream:
            _expect(stream.read() == PROBE_BYTES[1000:1100], "a range of a file came back with wrong bytes")
        _expect(any(found.key == key for found in storage.list("checks/")), "a stored file is not listed")
    finally:
        storage.delete(key)
    _expect(not storage.exists(key), "a deleted file is still there")


def _expect(is_right: bool, complaint: str) -> None:
    if not is_right:
        raise StorageFailed(f"The file storage answers, but wrongly: {complaint}. Use another storage.")
