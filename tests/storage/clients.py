"""Clients that send parts and read objects as a browser does, knowing nothing of S3."""

import io
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlsplit

from vod_web.storage.base import Storage, UploadedPart


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
