"""Which parts of an upload have arrived, and where are the others to be sent?

Where the storage takes parts itself (S3), the sender gets signed addresses there. Otherwise the site receives
them (`upload_receiving`), at addresses that carry a signed token and therefore need neither cookie nor header.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import delete, select

from vod_web.core.clock import utc_now
from vod_web.core.errors import InvalidInput, NotAllowed
from vod_web.core.ids import new_public_id
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import Part, Upload, UploadState, User
from vod_web.schemas.uploads import PartsRequest, PartTargetRead, UploadRead
from vod_web.services.uploads import find_own_upload, require_open, touch_upload
from vod_web.storage.base import Storage, UploadedPart

MOST_SAMPLES = 4
"""A sender reads so many parts again before it goes on."""
TARGET_EXPIRES_IN_S = 3600
"""How long a part's address may be used; whoever is slower asks for another one."""


def get_upload(actor: User | None, public_id: str, *, storage: Storage) -> UploadRead:
    """How far one of this person's uploads is.

    Raises:
        NotFound: there is none, or it is somebody else's, or it was given up.
    """
    upload = find_own_upload(actor, public_id)
    return read_upload(upload, storage=storage)


def read_upload(upload: Upload, *, storage: Storage) -> UploadRead:
    """The upload as its sender sees it."""
    return read_uploads([upload], storage=storage)[0]


def read_uploads(uploads: Sequence[Upload], *, storage: Storage) -> list[UploadRead]:
    """The uploads as their sender sees them; one query, and what the storage must be asked."""
    rows = _list_rows([upload for upload in uploads if upload.state is not UploadState.COMPLETED])
    return [_read_upload(upload, rows.get(upload.id, []), storage) for upload in uploads]


def _read_upload(upload: Upload, rows: Sequence[Part], storage: Storage) -> UploadRead:
    is_completed = upload.state is UploadState.COMPLETED
    parts = () if is_completed else _find_received(upload, rows, storage)
    numbers = list(range(1, upload.part_count + 1)) if is_completed else [part.number for part in parts]
    return UploadRead(
        id=upload.public_id,
        video_id=upload.video.public_id,
        filename=upload.filename,
        size_bytes=upload.size_bytes,
        part_size_bytes=upload.part_size_bytes,
        part_count=upload.part_count,
        state=upload.state,
        is_replacement=upload.is_replacement,
        received=numbers,
        part_checksums=upload.has_part_checksums,
        fingerprint=upload.fingerprint,
        samples=_choose_samples(parts),
        created_at=upload.created_at,
        expires_at=upload.expires_at,
    )


def _choose_samples(parts: Sequence[UploadedPart]) -> dict[int, str]:
    """The checksums of a few parts, evenly spread: enough to see that a file was changed in the middle, too."""
    known = [part for part in parts if part.checksum_sha256]
    chosen = known[:: max(1, -(-len(known) // MOST_SAMPLES))]
    return {part.number: part.checksum_sha256.hex() for part in chosen if part.checksum_sha256}


def list_received_parts(upload: Upload, *, storage: Storage) -> Sequence[UploadedPart]:
    """The parts of an open upload that are safe, by number: from our rows, or from S3, which alone knows of its own."""
    return _find_received(upload, _list_rows([upload])[upload.id], storage)


def list_recorded_parts(upload: Upload) -> Sequence[UploadedPart]:
    """The parts that the site itself has received, by number."""
    return _recorded(_list_rows([upload])[upload.id])


def _list_rows(uploads: Sequence[Upload]) -> dict[int, list[Part]]:
    """What is known of the parts of these uploads, by number; one query for all of them."""
    found: dict[int, list[Part]] = {upload.id: [] for upload in uploads}
    rows = select(Part).where(Part.upload_id.in_(found)).order_by(Part.upload_id, Part.number)
    for row in current_session().scalars(rows):
        found[row.upload_id].append(row)
    return found


def _find_received(upload: Upload, rows: Sequence[Part], storage: Storage) -> Sequence[UploadedPart]:
    received = _recorded(rows)
    if received:
        return received
    # The checksums that were agreed on: not every S3 server tells them, and all want them for the whole.
    agreed = {row.number: bytes.fromhex(row.checksum_sha256) for row in rows if row.checksum_sha256}
    close_session()
    return [
        replace(part, checksum_sha256=agreed.get(part.number))
        for part in storage.list_parts(upload.key, upload.parts_id)
    ]


def _recorded(rows: Sequence[Part]) -> list[UploadedPart]:
    return [
        UploadedPart(
            number=row.number,
            size_bytes=row.size_bytes,
            etag=row.etag,
            checksum_sha256=bytes.fromhex(row.checksum_sha256) if row.checksum_sha256 else None,
        )
        for row in rows
        if row.etag is not None
    ]


def part_size(upload: Upload, number: int) -> int:
    """The exact size of a part: the last one takes what is left.

    Raises:
        InvalidInput: there is no part of this number.
    """
    if not 1 <= number <= upload.part_count:
        sentence = f"This upload has parts 1 to {upload.part_count}."
        raise InvalidInput(sentence, {"numbers": sentence})
    return min(upload.part_size_bytes, upload.size_bytes - (number - 1) * upload.part_size_bytes)


def list_part_targets(
    actor: User | None,
    public_id: str,
    wanted: PartsRequest,
    *,
    storage: Storage,
    settings: Settings,
    own_address: Callable[[int, str], str],
    now: datetime | None = None,
) -> list[PartTargetRead]:
    """Where to send these parts. `own_address` makes the site's own address of a part from its number and token.

    Raises:
        NotFound, Conflict: there is no such upload, or it is complete.
        InvalidInput: a number or a checksum is wrong.
    """
    with transaction():
        upload = find_own_upload(actor, public_id)
        require_open(upload)
        touch_upload(upload, now or utc_now())
    close_session()
    agreed = {number: _agreed_checksum(upload, number, wanted) for number in wanted.numbers}
    targets = [_target(upload, number, checksum, storage, settings, own_address) for number, checksum in agreed.items()]
    if any(target.headers for target in targets):  # signed headers: the parts go to S3, with checksums
        _remember(upload, agreed)
    return targets


def _remember(upload: Upload, agreed: Mapping[int, str | None]) -> None:
    """The checksums of parts that go to S3."""
    with transaction() as session:
        session.execute(select(Upload.id).where(Upload.id == upload.id).with_for_update())
        session.execute(delete(Part).where(Part.upload_id == upload.id, Part.number.in_(agreed)))
        session.add_all(
            Part(
                upload_id=upload.id,
                number=number,
                size_bytes=part_size(upload, number),
                fence=new_public_id(),
                checksum_sha256=checksum,
            )
            for number, checksum in agreed.items()
        )


def _agreed_checksum(upload: Upload, number: int, wanted: PartsRequest) -> str | None:
    checksum = wanted.checksums_sha256.get(number)
    if (checksum is not None) != upload.has_part_checksums:
        sentence = (
            f"The SHA-256 of part {number} is missing: this upload was begun with part_checksums."
            if upload.has_part_checksums
            else "This upload was begun without part_checksums."
        )
        raise InvalidInput(sentence, {"checksums_sha256": sentence})
    return checksum


def _target(
    upload: Upload,
    number: int,
    checksum: str | None,
    storage: Storage,
    settings: Settings,
    own_address: Callable[[int, str], str],
) -> PartTargetRead:
    size_bytes = part_size(upload, number)
    target = storage.part_target(
        upload.key,
        upload.parts_id,
        number,
        size_bytes=size_bytes,
        checksum_sha256=bytes.fromhex(checksum) if checksum else None,
        expires_in_s=TARGET_EXPIRES_IN_S,
    )
    if target is None:
        token = _tokens(settings).dumps([upload.public_id, number, checksum])
        return PartTargetRead(number=number, url=own_address(number, token), headers={}, size_bytes=size_bytes)
    return PartTargetRead(number=number, url=target.url, headers=target.headers, size_bytes=size_bytes)


def _tokens(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.secret_key, salt="part")


def read_token(token: str, public_id: str, number: int, settings: Settings) -> str | None:
    """The checksum that was agreed on."""
    try:
        for_upload, for_number, checksum = _tokens(settings).loads(token, max_age=TARGET_EXPIRES_IN_S)
    except (BadSignature, ValueError, TypeError):
        raise NotAllowed("This address has expired; ask for a new one.") from None
    if (for_upload, for_number) != (public_id, number):
        raise NotAllowed("This address is for another part.")
    return str(checksum) if checksum else None
