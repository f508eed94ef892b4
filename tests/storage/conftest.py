"""The storages under test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.s3_server import S3Server
from vod_web.storage.base import Storage
from vod_web.storage.local import LocalStorage
from vod_web.storage.s3 import S3Storage


@pytest.fixture
def local_storage(tmp_path: Path) -> LocalStorage:
    """A storage on a directory that is not there yet."""
    return LocalStorage(tmp_path / "data" / "media")


@pytest.fixture
def s3_storage(s3_server: S3Server) -> Iterator[S3Storage]:
    """A storage on the bucket `vod`, emptied afterwards."""
    storage = s3_server.storage()
    yield storage
    for unfinished in storage.list_unfinished(""):
        storage.abort_parts(unfinished.key, unfinished.parts_id)
    for prefix in {found.key.split("/")[0] + "/" for found in storage.list("")}:
        storage.delete_prefix(prefix)


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest) -> Storage:
    """Each storage in turn: what is asked of one is asked of both."""
    found: Storage = request.getfixturevalue(f"{request.param}_storage")
    return found
