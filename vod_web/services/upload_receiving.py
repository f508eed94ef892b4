"""How does a part that the site itself receives come to its place?"""

import time
from datetime import datetime
from typing import Any, BinaryIO, cast

from sqlalchemy import Connection, Table, and_, bindparam, delete, insert, select, update
from sqlalchemy.orm import joinedload

from vod_web.core.clock import utc_now
from vod_web.core.errors import ChecksumMismatch, Conflict, InvalidInput, NotAllowed, NotFound, Unavailable
from vod_web.core.ids import new_public_id
from vod_web.core.settings import WEB_THREADS, Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import Part, Upload, UploadState
from vod_web.services.processing.seats import Seats
from vod_web.services.upload_parts import part_size, read_token
from vod_web.services.upload_removal import KEPT_FOR
from vod_web.services.uploads import TOUCHED_EVERY, require_open
from vod_web.storage.base import Storage, UploadedPart

seats = Seats(most=WEB_THREADS // 2, most_of_client=WEB_THREADS // 4)
"""Of the threads that answer, in this process: a request holds one until its last byte is there, and the server does
not give up on a sender who sends a byte a minute. The others are left for everything else, and for other people."""
BUSY_S = 2
TRUSTED_S = 0.5
OVERTAKING_S = TRUSTED_S + 0.1
OVERTAKEN = "This part was sent again meanwhile."

# What is asked and written for every part, made once: it would be most of a part's processor time beside its bytes.
_UPLOADS, _PARTS = cast(Table, Upload.__table__), cast(Table, Part.__table__)
_IS_UPLOAD = _UPLOADS.c.id == bindparam("of_upload")
_IS_PART = and_(_PARTS.c.upload_id == bindparam("of_upload"), _PARTS.c.number == bindparam("of_number"))
_READ_UPLOAD = select(_UPLOADS.c.state, _UPLOADS.c.expires_at).where(_IS_UPLOAD)
_KEEP_UPLOAD = update(_UPLOADS).where(_IS_UPLOAD)
_READ_FENCE = select(_PARTS.c.fence).where(_IS_PART)
_FORGET = delete(_PARTS).where(_IS_PART).returning(_PARTS.c.etag)
_CLAIM = insert(_PARTS)
_FULFIL = update(_PARTS).where(_IS_PART, _PARTS.c.fence == bindparam("of_fence"))


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
        NotFound, Conflict: the upload is given up or complete, or the part was sent again meanwhile.
        Unavailable: too many parts are on their way, of this person or of all.
        InvalidInput, ChecksumMismatch: other bytes than announced.
    """
    expected = _expected_checksum(read_token(token, public_id, number, settings), checksum_sha256)
    upload = _find_receiving(public_id)
    close_session()
    whole = part_size(upload, number)
    if size_bytes != whole:
        sentence = f"Part {number} has {whole} bytes; say so in Content-Length, and send exactly that many."
        raise InvalidInput(sentence, {"size_bytes": sentence})
    with seats.take(str(upload.owner_id)) as is_seated:
        if not is_seated:
            raise Unavailable("Many parts are being received at this moment.", retry_after_s=BUSY_S)
        claim = _Claim(upload, number, whole, now or utc_now())
        part = storage.write_part(
            upload.key,
            upload.parts_id,
            number,
            stream,
            offset=(number - 1) * upload.part_size_bytes,
            size_bytes=whole,
            checksum_sha256=expected,
            before_write=claim.hold,
        )
        claim.fulfil(part)
        return part


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
    """The right to write one part. A later claim on the same part ends an earlier one.

    A sender that lost its connection sends the part again, while for the site the first request hangs, for hours
    perhaps: the newest one must win, and an older one that wakes up must not write any more.

    Asking the database before each piece would cost more than all the rest of receiving. So a claim trusts its last
    look for `TRUSTED_S`, and one that overtakes another waits a little longer than that before it writes. The place is
    locked from the look at the clock until the piece is written; what an older request still writes then is written
    over by the newer one.
    """

    def __init__(self, upload: Upload, number: int, size_bytes: int, now: datetime) -> None:
        self.size_bytes = size_bytes
        self.now = now
        self.fence = new_public_id()
        self._place: dict[str, Any] = {"of_upload": upload.id, "of_number": number}
        self._looked_at: float | None = None

    def hold(self) -> None:
        """Before each piece, while nobody else writes to the place.

        Raises:
            Conflict: another request has claimed the part since, or the upload is over.
        """
        if self._looked_at is None:
            self._begin()
        elif time.monotonic() - self._looked_at > TRUSTED_S:
            self._look()

    def _begin(self) -> None:
        if self._stake():
            time.sleep(OVERTAKING_S)
        self._looked_at = time.monotonic()

    def _look(self) -> None:
        looked_at = time.monotonic()  # before the question, so that the answer is never older than it seems
        fence = current_session().connection().execute(_READ_FENCE, self._place).scalar()
        close_session()
        if fence != self.fence:
            raise Conflict(OVERTAKEN)
        self._looked_at = looked_at

    def _stake(self) -> bool:
        """The place is about to be written: whatever was received there before counts no more.

        True when another request may still be writing there.
        """
        with transaction() as session:
            connection = session.connection()
            self._keep_upload(connection)
            etags = connection.execute(_FORGET, self._place).scalars().all()
            claim = {"upload_id": self._place["of_upload"], "number": self._place["of_number"], "fence": self.fence}
            connection.execute(_CLAIM, claim | {"size_bytes": self.size_bytes})
        close_session()
        return None in etags

    def _keep_upload(self, connection: Connection) -> None:
        found = connection.execute(_READ_UPLOAD, self._place).one_or_none()
        if found is None or found.state is not UploadState.OPEN:
            raise Conflict("This upload is complete already, or was given up.")
        expires_at = self.now + KEPT_FOR
        if expires_at - found.expires_at > TOUCHED_EVERY:
            connection.execute(_KEEP_UPLOAD, self._place | {"expires_at": expires_at})

    def fulfil(self, part: UploadedPart) -> None:
        """The bytes are safe."""
        checksum = part.checksum_sha256.hex() if part.checksum_sha256 else None
        told = {"of_fence": self.fence, "etag": part.etag, "checksum_sha256": checksum}
        with transaction() as session:
            is_mine = session.connection().execute(_FULFIL, self._place | told).rowcount == 1
        if not is_mine:
            raise Conflict(OVERTAKEN)
