"""How does an upload begin, and how is it given up?

The parts are in `upload_parts` and `upload_receiving`, the end is in `upload_completion`, and what becomes of
abandoned ones in `upload_removal`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, NotFound, TooLarge
from vod_web.core.ids import new_public_id
from vod_web.core.logging import get_logger
from vod_web.core.settings import Settings
from vod_web.core.sizes import format_bytes
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import Role, Upload, UploadState, User, Video, VideoStatus
from vod_web.schemas.uploads import MOST_PARTS, UploadCreate
from vod_web.schemas.videos import VideoCreate
from vod_web.services import quotas, replacement, upload_defaults, upload_duplicates, upload_room, videos
from vod_web.services.filenames import VIDEO_ENDINGS, make_title, require_video_name
from vod_web.services.permissions import require_role, require_signed_in
from vod_web.services.quotas import Quota, storage_used
from vod_web.services.upload_removal import KEPT_FOR, remove_upload
from vod_web.storage.base import Storage
from vod_web.storage.keys import source_key

__all__ = [
    "UploadLimits",
    "abort_upload",
    "create_upload",
    "find_own_upload",
    "get_limits",
    "list_open_uploads",
    "require_open",
    "storage_used",
    "touch_upload",
]

log = get_logger(__name__)

MIB = 1024**2
TOUCHED_EVERY = timedelta(hours=1)
"""How exactly the expiry follows the last activity, so that parallel parts do not all write one row."""
MOST_LISTED = 100


@dataclass(frozen=True)
class UploadLimits:
    """What a person should know before choosing a file."""

    max_bytes: int
    quota: Quota
    endings: tuple[str, ...] = VIDEO_ENDINGS


def get_limits(
    actor: User | None, *, settings: Settings, stores: User | None = None, now: datetime | None = None
) -> UploadLimits:
    """What this person may upload; where it is stored for another person (`stores`), it counts as that one's.

    Raises:
        NotSignedIn, NotAllowed: nothing at all.
    """
    person = require_role(actor, Role.UPLOADER)
    quota = quotas.get_quota(stores or person, settings=settings, now=now or utc_now())
    return UploadLimits(max_bytes=settings.max_upload_bytes, quota=quota)


def create_upload(
    actor: User | None, wanted: UploadCreate, *, storage: Storage, settings: Settings, now: datetime | None = None
) -> Upload:
    """Begin an upload, with the draft of its video. Everything that can be refused is refused here, before the bytes.

    Raises:
        NotSignedIn, NotAllowed: the person may not upload.
        UnsupportedMedia: the name says that it is no video.
        TooLarge, QuotaExceeded, StorageFull: there is no room for it.
        RateLimited: too much of theirs is on the way already.
        Duplicate: a video of theirs was made of it, and they do not want it twice.
        NotFound, Gone, Conflict: its place is in a video of which they may not, or cannot now, replace the file.
    """
    person = require_role(actor, Role.UPLOADER)
    require_video_name(wanted.filename)
    if wanted.replaces is None:
        upload_duplicates.require_new(person, wanted)
    _require_size(wanted.size_bytes, settings.max_upload_bytes)
    now, free_bytes = now or utc_now(), storage.free_bytes()
    upload_room.require_disk_room(wanted.size_bytes, free_bytes, now=now)
    with transaction() as session:
        # The row is locked, so that uploads begun at the same time cannot each take the last of the quota.
        person = session.get_one(User, person.id, with_for_update=True, populate_existing=True)
        video = replacement.find_target(session, person, wanted, now)
        stores = person if video is None else session.get_one(User, video.owner_id, with_for_update=True)
        quotas.require_room(quotas.get_quota(stores, settings=settings, now=now), wanted.size_bytes)
        upload_room.require_turn(person, wanted.size_bytes, free_bytes, settings=settings)
        upload = _draft(session, person, video, wanted, settings=settings, now=now)
    close_session()
    try:
        _begin_parts(upload, storage)
    except BaseException:
        with transaction() as session:  # nothing can be sent; the sweep removes what there is
            session.execute(update(Upload).where(Upload.id == upload.id).values(state=UploadState.ABORTED))
        raise
    return upload


def _require_size(size_bytes: int, max_bytes: int) -> None:
    if size_bytes > max_bytes:
        sentence = f"This file is {format_bytes(size_bytes)}; the largest allowed is {format_bytes(max_bytes)}."
        raise TooLarge(sentence, {"size_bytes": sentence})


def _draft(
    session: Session, person: User, target: Video | None, wanted: UploadCreate, *, settings: Settings, now: datetime
) -> Upload:
    """The rows of the upload, and of the video where there is none yet; inside the transaction."""
    video = target or videos.create_video(person, _describe(person, wanted), status=VideoStatus.UPLOADING)
    session.flush()  # the video gets its ids
    public_id = new_public_id()
    part_size_bytes = choose_part_size(wanted.size_bytes, smallest_bytes=settings.upload_part_bytes)
    upload = Upload(
        public_id=public_id,
        video=video,
        owner=person,
        filename=wanted.filename,
        size_bytes=wanted.size_bytes,
        part_size_bytes=part_size_bytes,
        part_count=-(-wanted.size_bytes // part_size_bytes),
        checksum_sha256=wanted.checksum_sha256,
        is_replacement=target is not None,
        has_part_checksums=wanted.part_checksums,
        fingerprint=wanted.fingerprint,
        key=source_key(video.public_id, public_id),
        created_at=now,
        expires_at=now + KEPT_FOR,
    )
    session.add(upload)
    return upload


def _describe(person: User, wanted: UploadCreate) -> VideoCreate:
    """What is said of the video: with the upload, else by the person's defaults, else by the name of the file."""
    said = wanted.model_dump(include=set(VideoCreate.model_fields), exclude_none=True)
    defaults = upload_defaults.get_defaults(person).model_dump(exclude_none=True)
    return VideoCreate(**({"title": make_title(wanted.filename)} | defaults | said))


def choose_part_size(size_bytes: int, *, smallest_bytes: int) -> int:
    """What the settings say, or as many whole MiB as keep the number of parts within what S3 allows.

    The settings' own default is large enough that a request costs little beside its bytes, and small enough for proxies
    that cap bodies at 100 MB.
    """
    needed_mib = -(-size_bytes // (MOST_PARTS * MIB))
    return smallest_bytes if smallest_bytes * MOST_PARTS >= size_bytes else needed_mib * MIB


def _begin_parts(upload: Upload, storage: Storage) -> None:
    """Open the parts in the storage; when we die before the id is written, the sweep finds them by their key."""
    parts_id = storage.begin_parts(
        upload.key,
        size_bytes=upload.size_bytes,
        part_size_bytes=upload.part_size_bytes,
        content_type="application/octet-stream",
        with_checksums=upload.has_part_checksums,
    )
    still_open = update(Upload).where(Upload.id == upload.id, Upload.state == UploadState.OPEN)
    with transaction() as session:
        is_open = session.connection().execute(still_open.values(parts_id=parts_id)).rowcount == 1
    if not is_open:  # given up, or its video deleted, while the storage opened them: no row would lead to them
        storage.abort_parts(upload.key, parts_id)
        raise NotFound("This upload was given up meanwhile.")
    upload.parts_id = parts_id


def find_own_upload(actor: User | None, public_id: str) -> Upload:
    """One of this person's uploads, open or completed, with its video.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound: there is none, or it is somebody else's, or it was given up.
    """
    person = require_signed_in(actor)
    living = (UploadState.OPEN, UploadState.COMPLETED)
    upload = current_session().scalar(
        select(Upload)
        .options(joinedload(Upload.video))
        .where(Upload.public_id == public_id, Upload.owner_id == person.id, Upload.state.in_(living))
    )
    if upload is None:
        raise NotFound("There is no such upload. It may have expired or been cancelled.")
    return upload


def require_open(upload: Upload) -> None:
    """Nothing, when parts may still be sent.

    Raises:
        Conflict: the upload is complete.
    """
    if upload.state is not UploadState.OPEN:
        raise Conflict("This upload is complete already.")


def list_open_uploads(actor: User | None) -> list[Upload]:
    """The uploads that this person has not finished, with their videos, the newest first."""
    person = require_signed_in(actor)
    return list(
        current_session().scalars(
            select(Upload)
            .options(joinedload(Upload.video))
            .where(Upload.owner_id == person.id, Upload.state == UploadState.OPEN, Upload.parts_id != "")
            .order_by(Upload.id.desc())
            .limit(MOST_LISTED)
        )
    )


def touch_upload(upload: Upload, now: datetime) -> None:
    """Something arrives: keep the upload for a while from now on; inside a transaction."""
    if now + KEPT_FOR - upload.expires_at > TOUCHED_EVERY:
        upload.expires_at = now + KEPT_FOR


def abort_upload(actor: User | None, public_id: str, *, storage: Storage) -> None:
    """Throw away what has arrived, and the draft of the video; a video that has a file already goes on with it.

    Raises:
        NotFound: as `find_own_upload`.
        Conflict: the upload is complete; delete the video instead.
    """
    with transaction():
        upload = find_own_upload(actor, public_id)
        require_open(upload)
        upload.state = UploadState.ABORTED
    remove_upload(upload, storage=storage)
