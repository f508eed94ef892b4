"""How does a part of an upload come to its place?

Where the storage takes parts itself (S3), the sender gets signed addresses there. Otherwise the site receives
them, at addresses that carry a signed token and therefore need neither cookie nor header.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import BinaryIO, cast

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from vod_web.core.clock import utc_now
from vod_web.core.errors import ChecksumMismatch, Conflict, InvalidInput, NotAllowed, NotFound
from vod_web.core.ids import new_public_id
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import Part, Upload, UploadState, User
from vod_web.schemas.uploads import PartsRequest, PartTargetRead, UploadRead
from vod_web.services.uploads import find_own_upload, require_open, touch_upload
from vod_web.storage.base import Storage, UploadedPart

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
    is_completed = upload.state is UploadState.COMPLETED
    numbers = (
        list(range(1, upload.part_count + 1))
        if is_completed
        else [part.number for part in list_received_parts(upload, storage=storage)]
    )
    return UploadRead(
        id=upload.public_id,
        video_id=upload.video.public_id,
        filename=upload.filename,
        size_bytes=upload.size_bytes,
        part_size_bytes=upload.part_size_bytes,
        part_count=upload.part_count,
        state=upload.state,
        received=numbers,
        part_checksums=upload.has_part_checksums,
        fingerprint=upload.fingerprint,
        created_at=upload.created_at,
        expires_at=upload.expires_at,
    )


def list_received_parts(upload: Upload, *, storage: Storage) -> Sequence[UploadedPart]:
    """The parts of an open upload that are safe, by number: from our rows, or from S3, which alone knows of its own."""
    received = list_recorded_parts(upload)
    if received:
        return received
    close_session()
    return storage.list_parts(upload.key, upload.parts_id)


def list_recorded_parts(upload: Upload) -> Sequence[UploadedPart]:
    """The parts that the site itself has received, by number."""
    rows = current_session().scalars(
        select(Part).where(Part.upload_id == upload.id, Part.etag.is_not(None)).order_by(Part.number)
    )
    return [UploadedPart(number=row.number, size_bytes=row.size_bytes, etag=row.etag or "") for row in rows]


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
    return [
        _target(upload, number, _agreed_checksum(upload, number, wanted), storage, settings, own_address)
        for number in wanted.numbers
    ]


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


def receive_part(
    public_id: str,
    number: int,
    token: str,
    stream: BinaryIO,
    *,
    size_bytes: int | None,
    checksum_sha256: bytes | None,
    storage: Storage,
    settings: Settings,
    now: datetime | None = None,
) -> UploadedPart:
    """Write a part to its place as it comes in; it counts as received once its bytes are safe.

    `size_bytes` and `checksum_sha256` are what the request itself announces. The stream is not read when the size
    is not exactly the part's.

    Raises:
        NotAllowed: the token is not for this part, or too old.
        NotFound, Conflict: the upload is given up, complete, or this part is being received already.
        InvalidInput, ChecksumMismatch: other bytes than announced.
    """
    expected = _expected_checksum(_read_token(token, public_id, number, settings), checksum_sha256)
    upload = _find_receiving(public_id)
    close_session()
    whole = part_size(upload, number)
    if size_bytes != whole:
        sentence = f"Part {number} has {whole} bytes; say so in Content-Length, and send exactly that many."
        raise InvalidInput(sentence, {"size_bytes": sentence})
    claim = _Claim(upload, number, whole, now or utc_now())
    part = storage.write_part(
        upload.key,
        upload.parts_id,
        number,
        cast(BinaryIO, _ClaimingStream(stream, claim)),  # a storage only reads
        offset=(number - 1) * upload.part_size_bytes,
        size_bytes=whole,
        checksum_sha256=expected,
    )
    claim.fulfil(part)
    return part


def _read_token(token: str, public_id: str, number: int, settings: Settings) -> str | None:
    """The checksum that was agreed on."""
    try:
        for_upload, for_number, checksum = _tokens(settings).loads(token, max_age=TARGET_EXPIRES_IN_S)
    except (BadSignature, ValueError, TypeError):
        raise NotAllowed("This address has expired; ask for a new one.") from None
    if (for_upload, for_number) != (public_id, number):
        raise NotAllowed("This address is for another part.")
    return str(checksum) if checksum else None


def _expected_checksum(agreed: str | None, announced: bytes | None) -> bytes | None:
    if agreed is None:
        return announced
    if announced is not None and announced.hex() != agreed:
        sentence = "The checksum sent with the part is not the one that its address was made for."
        raise ChecksumMismatch(sentence, {"checksum_sha256": sentence})
    return bytes.fromhex(agreed)


def _find_receiving(public_id: str) -> Upload:
    upload = current_session().scalar(
        select(Upload).options(joinedload(Upload.owner)).where(Upload.public_id == public_id)
    )
    if upload is None or upload.state in (UploadState.ABORTED, UploadState.EXPIRED):
        raise NotFound("There is no such upload. It may have expired or been cancelled.")
    require_open(upload)
    if upload.owner.is_suspended:
        raise NotAllowed("This account is suspended.")
    return upload


class _Claim:
    """The right to call one part received. A later claim on the same part ends an earlier one."""

    def __init__(self, upload: Upload, number: int, size_bytes: int, now: datetime) -> None:
        self.upload_id = upload.id
        self.number = number
        self.size_bytes = size_bytes
        self.now = now
        self.fence = new_public_id()

    def stake(self) -> None:
        """The place is about to be written: whatever was received there before counts no more."""
        with transaction() as session:
            upload = session.get(Upload, self.upload_id, populate_existing=True)
            if upload is None or upload.state is not UploadState.OPEN:
                raise Conflict("This upload is complete already, or was given up.")
            touch_upload(upload, self.now)
            session.execute(delete(Part).where(Part.upload_id == self.upload_id, Part.number == self.number))
            session.add(
                Part(upload_id=self.upload_id, number=self.number, size_bytes=self.size_bytes, fence=self.fence)
            )
        close_session()

    def fulfil(self, part: UploadedPart) -> None:
        """The bytes are safe."""
        mine = update(Part).where(
            Part.upload_id == self.upload_id, Part.number == self.number, Part.fence == self.fence
        )
        with transaction() as session:
            is_mine = session.connection().execute(mine.values(etag=part.etag)).rowcount == 1
        if not is_mine:
            raise Conflict("This part was sent again meanwhile.")


class _ClaimingStream:
    """A stream that stakes a claim before its first byte is read.

    The storage reads only once nobody else can write to the place; that is the moment at which the old part must
    be forgotten. Any sooner, and a request that never gets to write would forget a good part.
    """

    def __init__(self, stream: BinaryIO, claim: _Claim) -> None:
        self._stream = stream
        self._claim: _Claim | None = claim

    def read(self, size: int = -1, /) -> bytes:
        """As the stream itself."""
        if self._claim is not None:
            self._claim.stake()
            self._claim = None
        return self._stream.read(size)
