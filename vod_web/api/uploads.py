"""Sending files, in parts that may go at the same time, be sent again, and be continued after days."""

import base64
import binascii
from typing import BinaryIO, cast

from flask import Response, current_app, request, url_for

from vod_web.api.calls import call
from vod_web.core.errors import InvalidInput
from vod_web.models import TokenScope
from vod_web.resources import resources
from vod_web.schemas.base import Page
from vod_web.schemas.uploads import PartsRequest, PartTargetRead, UploadComplete, UploadCreate, UploadRead
from vod_web.schemas.videos import VideoRead
from vod_web.services import upload_completion, upload_parts, upload_receiving, uploads
from vod_web.services.throttle import Limit
from vod_web.web.sign_in import current_person
from vod_web.web.videos import tell_video

PARTS_LIMIT = Limit("parts", 12_000, 60, "Too many parts in one minute.")


@call(
    "POST",
    "/uploads",
    scope=TokenScope.UPLOAD,
    body=UploadCreate,
    returns=UploadRead,
    status=201,
    errors=(409, 413, 415),
)
def create_upload(body: UploadCreate) -> UploadRead:
    """Begin an upload.

    Size, quota and room are checked here, before the first byte. The video exists from now on, with the status
    `uploading`. Send the file in `part_count` parts of `part_size_bytes` each (the last one is what is left).
    """
    storage, settings = resources().storage, resources().settings
    upload = uploads.create_upload(current_person(), body, storage=storage, settings=settings)
    return upload_parts.read_upload(upload, storage=storage)


@call("GET", "/uploads", scope=TokenScope.UPLOAD, returns=Page[UploadRead])
def list_uploads() -> Page[UploadRead]:
    """Your uploads that are not complete."""
    found = uploads.list_open_uploads(current_person())
    return Page(items=upload_parts.read_uploads(found, storage=resources().storage), next=None)


@call("GET", "/uploads/<upload_id>", scope=TokenScope.UPLOAD, returns=UploadRead, errors=(404,))
def get_upload(upload_id: str) -> UploadRead:
    """How far an upload is: `received` has the numbers of the parts that need not be sent again."""
    return upload_parts.get_upload(current_person(), upload_id, storage=resources().storage)


@call(
    "POST",
    "/uploads/<upload_id>/parts",
    scope=TokenScope.UPLOAD,
    body=PartsRequest,
    returns=list[PartTargetRead],
    limit=PARTS_LIMIT,
    errors=(404, 409),
)
def list_part_targets(upload_id: str, body: PartsRequest) -> list[PartTargetRead]:
    """Where to send parts.

    PUT the bytes of each part to its `url` with its `headers`, within an hour, in any order, several at a time. The
    address may be on another host (S3) and needs no token. The answer has an `ETag`.
    """
    return upload_parts.list_part_targets(
        current_person(),
        upload_id,
        body,
        storage=resources().storage,
        settings=resources().settings,
        own_address=lambda number, token: url_for(
            "api.receive_part", upload_id=upload_id, number=number, token=token, _external=True
        ),
    )


@call(
    "PUT",
    "/uploads/<upload_id>/parts/<int:number>",
    is_signed=True,
    raw="application/octet-stream",
    errors=(403, 404, 409, 422, 503),
)
def receive_part(upload_id: str, number: int) -> Response:
    """Send the bytes of a part to the address that was given for it.

    A header `Content-Digest: sha-256=:<base64>:` (RFC 9530) is checked; bytes that are not those announced are
    refused with the code `checksum_mismatch`.
    """
    size_bytes = request.content_length
    part = upload_receiving.receive_part(
        upload_id,
        number,
        request.args.get("token", ""),
        _body(size_bytes),
        size_bytes=size_bytes,
        checksum_sha256=_content_digest(),
        storage=resources().storage,
        settings=resources().settings,
    )
    return current_app.response_class(status=204, headers={"ETag": f'"{part.etag}"'})


def _body(size_bytes: int | None) -> BinaryIO:
    """The body as it comes; the service compares its size with the part's before it reads.

    Where the server itself ends the body, it is read from the server: Werkzeug's own wrapper copies every byte twice.
    """
    if "wsgi.input_terminated" in request.environ:
        return cast(BinaryIO, request.environ["wsgi.input"])
    request.max_content_length = (size_bytes or 0) + 1  # the byte more is for seeing the end of the body
    return cast(BinaryIO, request.stream)


def _content_digest() -> bytes | None:
    """The SHA-256 of the header Content-Digest, where there is one; other algorithms are passed over."""
    for item in request.headers.get("Content-Digest", "").split(","):
        name, _, value = item.strip().partition("=")
        if name == "sha-256":
            try:
                digest = base64.b64decode(value.strip(":"), validate=True)
            except (binascii.Error, ValueError):
                digest = b""
            if len(digest) != 32:
                raise InvalidInput("The header Content-Digest must be: sha-256=:, 32 bytes in base64, and a colon.")
            return digest
    return None


@call(
    "POST",
    "/uploads/<upload_id>/complete",
    scope=TokenScope.UPLOAD,
    body=UploadComplete,
    returns=VideoRead,
    status=202,
    errors=(404, 409),
)
def complete_upload(upload_id: str, body: UploadComplete) -> VideoRead:
    """All parts are sent: begin to process the video. Saying so twice does no harm."""
    held = resources()
    video = upload_completion.complete_upload(
        current_person(), upload_id, body, storage=held.storage, queue=held.queue, settings=held.settings
    )
    return tell_video(video)


@call("DELETE", "/uploads/<upload_id>", scope=TokenScope.UPLOAD, errors=(404, 409))
def abort_upload(upload_id: str) -> None:
    """Give an upload up: what has arrived is thrown away, and the video with it."""
    uploads.abort_upload(current_person(), upload_id, storage=resources().storage)
