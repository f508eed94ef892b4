"""How is S3 reached: by this machine, and by browsers? The only module that knows boto3."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig

from vod_web.core.errors import StorageFailed
from vod_web.storage import s3_requests

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

AMAZON = "s3.amazonaws.com"
ONE_REQUEST_BYTES = 64 * 1024**2
"""Segments go up in one request; only what is larger than any segment goes in parts."""

_TRANSFER = TransferConfig(multipart_threshold=ONE_REQUEST_BYTES, multipart_chunksize=32 * 1024**2, max_concurrency=4)


class S3Connection:
    """Two clients for each process: one that sends requests, and one that signs addresses for browsers."""

    def __init__(
        self,
        *,
        access_key: str,
        secret_key: str,
        endpoint_url: str,
        public_endpoint_url: str,
        region: str,
        addressing: str,
    ) -> None:
        """As in `S3Storage`. Nothing is sent yet."""
        self.endpoint = endpoint_url or AMAZON
        """Where S3 is, for people who run the site."""
        own = "path" if endpoint_url else "virtual"
        self._options: dict[str, Any] = {
            "aws_access_key_id": access_key or None,
            "aws_secret_access_key": secret_key or None,
            "region_name": region,
            "config": s3_requests.client_config(own if addressing == "auto" else addressing),
        }
        self._endpoint_urls = (endpoint_url or None, public_endpoint_url or endpoint_url or None)
        self._connect()

    def _connect(self) -> None:
        inner, outer = self._endpoint_urls
        self._inner: S3Client = boto3.client("s3", endpoint_url=inner, **self._options)
        self.outer: S3Client = boto3.client("s3", endpoint_url=outer, **self._options)
        """Signs addresses that browsers open; sends nothing itself."""
        self._process_id = os.getpid()

    @property
    def inner(self) -> "S3Client":
        """Sends requests from this machine."""
        if self._process_id != os.getpid():  # connections must not be shared with the process we were forked from
            self._connect()
        return self._inner

    def send_large_file(
        self,
        bucket: str,
        key: str,
        path: Path,
        headers: dict[str, Any],
        report: Callable[[int], None] | None = None,
    ) -> None:
        """Store a file, several of its parts at a time where it is large; `report` hears how many bytes more went."""
        with _unwrapped():
            self.inner.upload_file(str(path), bucket, key, ExtraArgs=headers, Config=_TRANSFER, Callback=report)


@contextmanager
def _unwrapped() -> Iterator[None]:
    """boto3's transfers hide S3's own error in one of theirs: raise the inner one."""
    try:
        yield
    except Boto3Error as error:
        raise error.__context__ or StorageFailed(str(error)) from None
