"""A sender of files, for tests: what a browser does with the parts of an upload, without the browser."""

import hashlib
import io
from typing import IO, cast
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

from vod_web.core.settings import Settings
from vod_web.models import Upload, User
from vod_web.schemas.uploads import PartsRequest, PartTargetRead
from vod_web.services import upload_parts, upload_receiving
from vod_web.storage.base import Storage

OWN = "https://site.test/part"


def make_bytes(size_bytes: int, seed: int = 1) -> bytes:
    """Bytes that no other part of the same test has, and no two parts of one file."""
    return hashlib.shake_128(str(seed).encode()).digest(size_bytes)


def part_of(upload: Upload, content: bytes, number: int) -> bytes:
    """The bytes of one part of a file."""
    start = (number - 1) * upload.part_size_bytes
    return content[start : start + upload.part_size_bytes]


class Sender:
    """Sends parts for one person: to the site's own address through the service, or to S3 over HTTP."""

    def __init__(self, person: User, *, storage: Storage, settings: Settings) -> None:
        self.person = person
        self.storage = storage
        self.settings = settings

    def target(self, upload: Upload, number: int, *, checksum: str | None = None) -> PartTargetRead:
        """Where to send a part."""
        wanted = PartsRequest(numbers=[number], checksums_sha256={number: checksum} if checksum else {})
        [target] = upload_parts.list_part_targets(
            self.person,
            upload.public_id,
            wanted,
            storage=self.storage,
            settings=self.settings,
            own_address=lambda part, token: f"{OWN}/{part}?token={token}",
        )
        return target

    def send(self, upload: Upload, number: int, data: bytes, *, agreed: bytes | None = None) -> str:
        """Send a part, of which `agreed` (or itself) was announced; gives its etag."""
        checksum = hashlib.sha256(data if agreed is None else agreed).hexdigest()
        target = self.target(upload, number, checksum=checksum if upload.has_part_checksums else None)
        return self.put(upload, target, data)

    def put(self, upload: Upload, target: PartTargetRead, data: bytes) -> str:
        """Send the bytes to the target."""
        if target.url.startswith(OWN):
            stream = io.BytesIO(data)
            return self.receive(upload, target, stream, size_bytes=len(data))
        headers = target.headers | {"Content-Length": str(len(data))}
        with urlopen(Request(target.url, data=data, headers=headers, method="PUT")) as answer:
            return str(answer.headers["ETag"])

    def receive(
        self, upload: Upload, target: PartTargetRead, stream: IO[bytes], *, size_bytes: int, digest: bytes | None = None
    ) -> str:
        """What the site does with a request to its own address."""
        [token] = parse_qs(urlsplit(target.url).query)["token"]
        part = upload_receiving.receive_part(
            upload.public_id,
            target.number,
            token,
            cast(io.BytesIO, stream),
            size_bytes=size_bytes,
            checksum_sha256=digest,
            storage=self.storage,
            settings=self.settings,
        )
        return part.etag

    def send_all(self, upload: Upload, content: bytes, *, but: tuple[int, ...] = ()) -> None:
        """Send all parts of a file, or all but some."""
        for number in range(1, upload.part_count + 1):
            if number not in but:
                self.send(upload, number, part_of(upload, content, number))


REFUSED = (HTTPError,)
"""What S3's refusal of a part looks like to its sender."""
