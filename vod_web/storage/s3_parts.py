"""How does S3 receive an upload in parts?"""

import base64
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from vod_web.core.errors import InvalidInput
from vod_web.storage.base import UnfinishedParts, UploadedPart
from vod_web.storage.s3_errors import explained

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, PartTypeDef


def part_parameters(
    bucket: str, key: str, parts_id: str, number: int, *, size_bytes: int, checksum_sha256: bytes | None
) -> dict[str, Any]:
    """What the address of a part is signed for: S3 refuses another length, and other bytes where it knows them."""
    parameters: dict[str, Any] = {
        "Bucket": bucket,
        "Key": key,
        "UploadId": parts_id,
        "PartNumber": number,
        "ContentLength": size_bytes,
    }
    if checksum_sha256 is not None:
        parameters["ChecksumSHA256"] = _in_base64(checksum_sha256)
    return parameters


def part_headers(parameters: dict[str, Any]) -> dict[str, str]:
    """The signed headers that a client must set itself; it cannot but send Content-Length."""
    if "ChecksumSHA256" not in parameters:
        return {}
    return {"x-amz-checksum-sha256": parameters["ChecksumSHA256"]}


def list_parts(client: "S3Client", bucket: str, key: str, parts_id: str) -> Sequence[UploadedPart]:
    """The parts that arrived, by number; of one that was sent again the newest."""
    newest = {part["PartNumber"]: part for part in _stored_parts(client, bucket, key, parts_id)}
    return [
        UploadedPart(number, part["Size"], part["ETag"].strip('"'), _listed_checksum(part))
        for number, part in sorted(newest.items())
    ]


def _listed_checksum(part: "PartTypeDef") -> bytes | None:
    return base64.b64decode(part["ChecksumSHA256"]) if "ChecksumSHA256" in part else None


def _stored_parts(client: "S3Client", bucket: str, key: str, parts_id: str) -> "Sequence[PartTypeDef]":
    """The parts as S3 lists them, oldest first; some servers list a part that was sent again twice."""
    pages = client.get_paginator("list_parts")
    with explained():
        found = [
            part for page in pages.paginate(Bucket=bucket, Key=key, UploadId=parts_id) for part in page.get("Parts", [])
        ]
    return sorted(found, key=lambda part: part["LastModified"])


def complete_parts(client: "S3Client", bucket: str, key: str, parts_id: str, parts: Sequence[UploadedPart]) -> None:
    """Let S3 join the parts; NotFound when they are not open (any more)."""
    completed = _match_parts(parts, _stored_parts(client, bucket, key, parts_id))
    with explained():
        client.complete_multipart_upload(
            Bucket=bucket, Key=key, UploadId=parts_id, MultipartUpload={"Parts": completed}
        )


def _match_parts(parts: Sequence[UploadedPart], stored: "Sequence[PartTypeDef]") -> "list[CompletedPartTypeDef]":
    """The list by which S3 joins the parts; InvalidInput when one did not arrive as the list says."""
    found = {(part["PartNumber"], part["Size"], part["ETag"].strip('"')): part for part in stored}
    completed: list[CompletedPartTypeDef] = []
    for part in sorted(parts, key=lambda part: part.number):
        match = found.get((part.number, part.size_bytes, part.etag.strip('"')))
        if match is None:
            wrong = f"part {part.number} has not arrived"
            raise InvalidInput(f"The upload is not whole: {wrong}.", {"parts": wrong})
        completed.append({"PartNumber": part.number, "ETag": match["ETag"]})
        if part.checksum_sha256 is not None:
            completed[-1]["ChecksumSHA256"] = _in_base64(part.checksum_sha256)
    return completed


def _in_base64(checksum: bytes) -> str:
    return base64.b64encode(checksum).decode()


def list_unfinished(client: "S3Client", bucket: str, prefix: str) -> Iterator[UnfinishedParts]:
    """The open parts below a prefix."""
    with explained():
        for page in client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix):
            for found in page.get("Uploads", []):
                yield UnfinishedParts(key=found["Key"], parts_id=found["UploadId"], started_at=found["Initiated"])
