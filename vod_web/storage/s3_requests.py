"""What is said to S3, and what is made of its answers?"""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.config import Config

from vod_web.storage.s3_errors import explained

if TYPE_CHECKING:
    from botocore.response import StreamingBody


class Body:
    """The bytes of an answer; a connection that breaks on the way is our own error."""

    def __init__(self, body: "StreamingBody") -> None:
        self._body = body

    def read(self, size: int) -> bytes:
        with explained():
            return self._body.read(size)

    def close(self) -> None:
        self._body.close()


def attachment(filename: str) -> str:
    """A Content-Disposition that saves under this name, whatever letters it has (RFC 6266)."""
    plain = "".join(letter if letter.isalnum() or letter in " ._-" else "_" for letter in filename)
    ascii_name = plain.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(filename, safe='')}"


def object_headers(content_type: str, cache_control: str | None) -> dict[str, Any]:
    """What is kept with an object and sent with it later."""
    headers = {"ContentType": content_type}
    if cache_control is not None:
        headers["CacheControl"] = cache_control
    return headers


def client_config(addressing: Any) -> Config:
    """How every request is made.

    Checksums that only Amazon knows are sent only where S3 demands them, else other servers refuse the request.
    """
    return Config(
        signature_version="s3v4",
        s3={"addressing_style": addressing},
        connect_timeout=5,
        read_timeout=30,
        retries={"total_max_attempts": 4, "mode": "standard"},
        max_pool_connections=16,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
