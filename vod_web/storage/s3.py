"""How are objects kept in an S3 bucket?

Works with any server that speaks S3, at paths or at virtual hosts. Browsers upload parts and fetch objects by
signed addresses, so that no byte of a video passes through the site.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote, urlsplit

from botocore.exceptions import ClientError

from vod_web.core.errors import NotFound, StorageFailed, Unavailable, VodError
from vod_web.storage import s3_cors, s3_parts, s3_requests
from vod_web.storage.base import (
    LocalFile,
    PartTarget,
    Redirect,
    StoredObject,
    UnfinishedParts,
    UploadedPart,
    check_parts,
)
from vod_web.storage.keys import check_key, check_prefix
from vod_web.storage.probe import probe_storage
from vod_web.storage.s3_connection import ONE_REQUEST_BYTES, S3Connection
from vod_web.storage.s3_errors import code_of, explain_check, explained
from vod_web.storage.streams import check_range, limit_stream

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

DELETE_BATCH = 1000
"""The most keys that S3 deletes in one request."""


class S3Storage:
    """Objects in one bucket."""

    def __init__(
        self,
        *,
        bucket: str,
        access_key: str = "",
        secret_key: str = "",
        endpoint_url: str = "",
        public_endpoint_url: str = "",
        region: str = "us-east-1",
        addressing: str = "auto",
        cdn_url: str = "",
    ) -> None:
        """Without keys, boto3 looks for them where it always does (a role of the machine, its own files).

        `endpoint_url` is S3 as this machine reaches it, Amazon's when empty; `public_endpoint_url` as browsers
        do, the same when empty. Nothing is sent before the first use.
        """
        self.bucket = bucket
        self._cdn_url = cdn_url.rstrip("/")
        self._connection = S3Connection(
            access_key=access_key,
            secret_key=secret_key,
            endpoint_url=endpoint_url,
            public_endpoint_url=public_endpoint_url,
            region=region,
            addressing=addressing,
        )

    @property
    def _s3(self) -> "S3Client":
        return self._connection.inner

    def put_file(self, key: str, path: Path, *, content_type: str, cache_control: str | None = None) -> StoredObject:
        headers = s3_requests.object_headers(content_type, cache_control)
        size_bytes = path.stat().st_size
        if size_bytes < ONE_REQUEST_BYTES:
            with path.open("rb") as source:
                return self._put(key, source, size_bytes, headers)
        with explained():
            self._connection.send_large_file(self.bucket, check_key(key), path, headers)
        return self.stat(key)

    def take_file(self, key: str, path: Path, *, is_given: bool, report: Callable[[int], None]) -> StoredObject:
        headers = s3_requests.object_headers("application/octet-stream", None)
        with explained():
            self._connection.send_large_file(self.bucket, check_key(key), path, headers, report)
        return self.stat(key)

    def put_bytes(self, key: str, data: bytes, *, content_type: str, cache_control: str | None = None) -> StoredObject:
        return self._put(key, data, len(data), s3_requests.object_headers(content_type, cache_control))

    def _put(self, key: str, body: bytes | BinaryIO, size_bytes: int, headers: dict[str, Any]) -> StoredObject:
        with explained():
            answer = self._s3.put_object(Bucket=self.bucket, Key=check_key(key), Body=body, **headers)
        date = answer["ResponseMetadata"]["HTTPHeaders"]["date"]
        return StoredObject(key, size_bytes, answer["ETag"].strip('"'), parsedate_to_datetime(date))

    def stat(self, key: str) -> StoredObject:
        with explained():
            found = self._s3.head_object(Bucket=self.bucket, Key=check_key(key))
        return StoredObject(key, found["ContentLength"], found["ETag"].strip('"'), found["LastModified"])

    def open(self, key: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        check_range(start, length)
        if length == 0:
            self.stat(key)
            return io.BytesIO()
        end = "" if length is None else start + length - 1
        with explained():
            try:
                found = self._s3.get_object(Bucket=self.bucket, Key=check_key(key), Range=f"bytes={start}-{end}")
            except ClientError as error:
                if code_of(error) == "InvalidRange":
                    return io.BytesIO()
                raise
        return limit_stream(s3_requests.Body(found["Body"]), length)

    def read_bytes(self, key: str) -> bytes:
        with self.open(key) as stream:
            return stream.read()

    def exists(self, key: str) -> bool:
        try:
            self.stat(key)
        except NotFound:
            return False
        return True

    def list(self, prefix: str) -> Iterator[StoredObject]:
        check_prefix(prefix, allow_all=True)
        return self._list(prefix)

    def _list(self, prefix: str) -> Iterator[StoredObject]:
        with explained():
            for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
                for found in page.get("Contents", []):
                    etag = found["ETag"].strip('"')
                    yield StoredObject(found["Key"], found["Size"], etag, found["LastModified"])

    def delete(self, key: str) -> None:
        with explained():
            self._s3.delete_object(Bucket=self.bucket, Key=check_key(key))

    def delete_prefix(self, prefix: str) -> int:
        check_prefix(prefix)
        for unfinished in self.list_unfinished(prefix):
            self.abort_parts(unfinished.key, unfinished.parts_id)
        keys = [found.key for found in self._list(prefix)]
        for begin in range(0, len(keys), DELETE_BATCH):
            self._delete_batch(keys[begin : begin + DELETE_BATCH])
        return len(keys)

    def _delete_batch(self, keys: Sequence[str]) -> None:
        """Delete many at once; one by one where the server cannot, or could not delete some."""
        objects: list[ObjectIdentifierTypeDef] = [{"Key": key} for key in keys]
        with explained():
            try:
                answer = self._s3.delete_objects(Bucket=self.bucket, Delete={"Objects": objects, "Quiet": True})
                left: Sequence[str] = [error.get("Key", "") for error in answer.get("Errors", [])]
            except ClientError:
                left = keys
        for key in left:
            self.delete(key)

    def read_address(self, key: str, *, expires_in_s: int) -> str:
        parameters = {"Bucket": self.bucket, "Key": check_key(key)}
        with explained():
            return self._s3.generate_presigned_url("get_object", parameters, ExpiresIn=expires_in_s)

    def delivery(
        self,
        key: str,
        *,
        expires_in_s: int,
        content_type: str | None = None,
        download_as: str | None = None,
        is_public: bool = False,
    ) -> LocalFile | Redirect:
        if self._cdn_url and is_public and download_as is None:
            return Redirect(f"{self._cdn_url}/{quote(check_key(key))}")
        parameters = {"Bucket": self.bucket, "Key": check_key(key)}
        if content_type is not None:
            parameters["ResponseContentType"] = content_type
        if download_as is not None:
            parameters["ResponseContentDisposition"] = s3_requests.attachment(download_as)
        with explained():
            url = self._connection.outer.generate_presigned_url("get_object", parameters, ExpiresIn=expires_in_s)
        return Redirect(url)

    def begin_parts(
        self,
        key: str,
        *,
        size_bytes: int,
        part_size_bytes: int,
        content_type: str,
        with_checksums: bool = False,
    ) -> str:
        checksums: Any = {"ChecksumAlgorithm": "SHA256"} if with_checksums else {}
        with explained():
            return self._s3.create_multipart_upload(
                Bucket=self.bucket, Key=check_key(key), ContentType=content_type, **checksums
            )["UploadId"]

    def part_target(
        self,
        key: str,
        parts_id: str,
        number: int,
        *,
        size_bytes: int,
        checksum_sha256: bytes | None,
        expires_in_s: int,
    ) -> PartTarget | None:
        parameters = s3_parts.part_parameters(
            self.bucket, check_key(key), parts_id, number, size_bytes=size_bytes, checksum_sha256=checksum_sha256
        )
        with explained():
            url = self._connection.outer.generate_presigned_url("upload_part", parameters, ExpiresIn=expires_in_s)
        return PartTarget(url=url, headers=s3_parts.part_headers(parameters))

    def write_part(
        self,
        key: str,
        parts_id: str,
        number: int,
        stream: BinaryIO,
        *,
        offset: int,
        size_bytes: int,
        checksum_sha256: bytes | None,
        before_write: Callable[[], None] | None = None,
    ) -> UploadedPart:
        raise Unavailable("This site's parts are sent to its file storage directly: ask for their addresses.")

    def add_part(self, key: str, parts_id: str, number: int, data: bytes, *, offset: int) -> UploadedPart:
        with explained():
            answer = self._s3.upload_part(
                Bucket=self.bucket, Key=check_key(key), UploadId=parts_id, PartNumber=number, Body=data
            )
        return UploadedPart(number=number, size_bytes=len(data), etag=answer["ETag"].strip('"'))

    def list_parts(self, key: str, parts_id: str) -> Sequence[UploadedPart]:
        return s3_parts.list_parts(self._s3, self.bucket, check_key(key), parts_id)

    def complete_parts(
        self, key: str, parts_id: str, parts: Sequence[UploadedPart], *, size_bytes: int
    ) -> StoredObject:
        check_parts(parts, size_bytes)
        try:
            s3_parts.complete_parts(self._s3, self.bucket, check_key(key), parts_id, parts)
        except NotFound:  # completed before, and the answer was lost
            if self.stat(key).size_bytes != size_bytes:
                raise
        return self.stat(key)

    def abort_parts(self, key: str, parts_id: str) -> None:
        with suppress(NotFound), explained():
            self._s3.abort_multipart_upload(Bucket=self.bucket, Key=check_key(key), UploadId=parts_id)

    def list_unfinished(self, prefix: str) -> Iterator[UnfinishedParts]:
        return s3_parts.list_unfinished(self._s3, self.bucket, check_prefix(prefix, allow_all=True))

    def remove_leftovers(self, *, older_than_s: float) -> int:
        return 0

    def check(self) -> None:
        try:
            with explained():
                self._s3.list_objects_v2(Bucket=self.bucket, MaxKeys=1)
            probe_storage(self)
        except VodError as error:
            if error.__cause__ is None:
                raise
            raise explain_check(error.__cause__, endpoint=self._connection.endpoint, bucket=self.bucket) from error

    def free_bytes(self) -> int | None:
        return None

    def allow_pages(self, origin: str) -> str:
        addresses = [self._any_address(self._connection.outer), self._any_address(self._s3)]
        with explained():
            return s3_cors.allow_pages(self._s3, self.bucket, addresses, origin)

    def browser_origins(self) -> Sequence[str]:
        origins = [self._cdn_url] if self._cdn_url else []
        with suppress(StorageFailed):  # where the settings are wrong; `check` says how
            origins.append(self._any_address(self._connection.outer))
        return [f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, origins)]

    def _any_address(self, client: "S3Client") -> str:
        """The address of an object that need not be there."""
        with explained():
            return client.generate_presigned_url("get_object", {"Bucket": self.bucket, "Key": "checks/page"})
