"""The storages under test, and a client that sends parts to either as a browser would."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.s3_server import S3Server, require_s3_server, run_s3_server
from vod_web.storage.base import Storage, UploadedPart
from vod_web.storage.local import LocalStorage
from vod_web.storage.s3 import S3Storage


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """An S3 server of this test process, with one bucket `vod`; skips, and says so, where there is none."""
    with run_s3_server(require_s3_server()) as server:
        yield server


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


@dataclass(frozen=True)
class Answer:
    """What an HTTP server said."""

    status: int
    headers: dict[str, str]
    body: bytes


def send(
    method: str, url: str, *, body: bytes = b"", headers: dict[str, str] | None = None, connect_to: str | None = None
) -> Answer:
    """One HTTP request, of a client that knows nothing of S3; `connect_to` stands in for a name server."""
    parts = urlsplit(url)
    connection = HTTPConnection(connect_to or parts.netloc, timeout=30)
    connection.request(method, f"{parts.path}?{parts.query}", body or None, {"Host": parts.netloc, **(headers or {})})
    response = connection.getresponse()
    answer = Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    connection.close()
    return answer


class PartRefused(Exception):
    """S3 itself said no to a part."""


@dataclass(frozen=True)
class PartSender:
    """Sends parts of one size to a storage: to the address it names, else through it."""

    storage: Storage
    key: str
    parts_id: str
    part_size_bytes: int

    def send(
        self, number: int, data: bytes, *, announced_bytes: int | None = None, checksum: bytes | None = None
    ) -> UploadedPart:
        """Send a part; `announced_bytes` and `checksum` are what was said of it before."""
        size_bytes = len(data) if announced_bytes is None else announced_bytes
        target = self.storage.part_target(
            self.key, self.parts_id, number, size_bytes=size_bytes, checksum_sha256=checksum, expires_in_s=60
        )
        if target is None:
            offset = (number - 1) * self.part_size_bytes
            return self.storage.write_part(
                self.key,
                self.parts_id,
                number,
                io.BytesIO(data),
                offset=offset,
                size_bytes=size_bytes,
                checksum_sha256=checksum,
            )
        answer = send("PUT", target.url, body=data, headers=target.headers)
        if answer.status != 200:
            raise PartRefused(f"{answer.status} {answer.body.decode()}")
        return UploadedPart(number, len(data), answer.headers["etag"], checksum)
