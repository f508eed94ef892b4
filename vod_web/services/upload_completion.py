"""How do the parts of an upload become the source of a video?

First the storage puts the parts together, which may take long, then one transaction makes the source and begins
the processing. Both can be done again: a request that was killed in between is finished by the next one.
"""

import time
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from vod_web.core.clock import utc_now
from vod_web.core.errors import ChecksumMismatch, Conflict, NotFound
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import Part, Source, Upload, UploadState, User, Video
from vod_web.queue import JobQueue
from vod_web.schemas.uploads import SentPart, UploadComplete
from vod_web.services import processing, videos
from vod_web.services.upload_parts import list_received_parts, list_recorded_parts
from vod_web.services.upload_removal import remove_upload
from vod_web.services.uploads import find_own_upload, touch_upload
from vod_web.storage.base import Storage, StoredObject, UploadedPart

BUSY_LIMIT_S = 20.0
"""How long to wait for another request that is just putting the same parts together."""
BUSY_PAUSE_S = 0.05
MOST_NAMED = 10


def complete_upload(
    actor: User | None,
    public_id: str,
    wanted: UploadComplete,
    *,
    storage: Storage,
    queue: JobQueue,
    settings: Settings,
    now: datetime | None = None,
) -> Video:
    """All parts are there: make them the video's source and begin to process it. Idempotent.

    The file as a whole is checked against its checksum by the first job, which reads it anyhow.

    Raises:
        NotFound: there is no such upload, or it is somebody else's, or it was given up.
        Conflict: parts are missing, or still being received.
        ChecksumMismatch: a part is not the one that the sender means.
    """
    now = now or utc_now()
    with transaction():
        upload = find_own_upload(actor, public_id)
        touch_upload(upload, now)
    if upload.state is UploadState.OPEN:
        close_session()
        parts = _put_together(upload, wanted.parts, storage)
        if not _make_source(upload, parts, queue=queue, settings=settings, now=now):
            remove_upload(upload, storage=storage)
            raise Conflict("This upload was given up, or changed, while it was being completed. Please begin again.")
    return videos.get_video(actor, upload.video.public_id)


def _put_together(upload: Upload, named: Sequence[SentPart] | None, storage: Storage) -> Sequence[UploadedPart]:
    """One object of the parts; gives those that it was made of, none when it has been made before."""
    deadline = time.monotonic() + BUSY_LIMIT_S
    while True:
        try:
            parts = list_received_parts(upload, storage=storage)
            if _is_completed(upload):
                return ()
            _require_all(upload, parts)
            _require_same(parts, named)
            close_session()
            storage.complete_parts(upload.key, upload.parts_id, parts, size_bytes=upload.size_bytes)
        except NotFound:
            _require_whole(upload, storage)
            return ()
        except _Incomplete:
            raise
        except Conflict:
            if time.monotonic() > deadline:
                raise
            time.sleep(BUSY_PAUSE_S)
        else:
            return parts


def _is_completed(upload: Upload) -> bool:
    """Whether another request has done it meanwhile; its parts are then forgotten."""
    return current_session().scalar(select(Upload.state).where(Upload.id == upload.id)) is UploadState.COMPLETED


class _Incomplete(Conflict):
    """Parts are missing."""

    code = "parts_missing"


def _require_all(upload: Upload, parts: Sequence[UploadedPart]) -> None:
    missing = sorted(set(range(1, upload.part_count + 1)) - {part.number for part in parts})
    if missing:
        named = ", ".join(map(str, missing[:MOST_NAMED]))
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        raise _Incomplete(f"The upload is not whole: missing {'parts' if len(missing) > 1 else 'part'} {named}{more}.")


def _require_same(parts: Sequence[UploadedPart], named: Sequence[SentPart] | None) -> None:
    etags = {part.number: part.etag for part in parts}
    for part in named or ():
        if etags.get(part.number) != part.etag.strip('"'):
            sentence = f"Part {part.number} is not the one that arrived last: send it again."
            raise ChecksumMismatch(sentence, {"parts": sentence})


def _require_whole(upload: Upload, storage: Storage) -> StoredObject:
    """The object that a request made which did not live to tell of it."""
    stored = storage.stat(upload.key)
    if stored.size_bytes != upload.size_bytes:
        raise NotFound("What arrived of this upload is lost. Please begin again.")
    return stored


def _make_source(
    upload: Upload, parts: Sequence[UploadedPart], *, queue: JobQueue, settings: Settings, now: datetime
) -> bool:
    """The rows, unless another request has made them; False when the upload may not be completed any more."""
    with transaction() as session:
        current = session.scalar(
            select(Upload)
            .options(joinedload(Upload.video))
            .where(Upload.id == upload.id)
            .with_for_update(of=Upload)
            .execution_options(populate_existing=True)
        )
        if current is None:
            return False
        if current.state is UploadState.COMPLETED:
            return True
        session.refresh(current.video, with_for_update=True)  # somebody may be deleting it
        if current.state is not UploadState.OPEN or current.video.deleted_at or not _are_unchanged(current, parts):
            current.state = UploadState.ABORTED
            return False
        source = _complete(current, now)
        session.execute(delete(Part).where(Part.upload_id == current.id))
        processing.offer_file(session, current.video, source, queue=queue, settings=settings, now=now)
    return True


def _are_unchanged(upload: Upload, parts: Sequence[UploadedPart]) -> bool:
    """Whether no part was written anew between being listed and being put together."""
    recorded = list_recorded_parts(upload)
    return not recorded or not parts or list(recorded) == list(parts)


def _complete(upload: Upload, now: datetime) -> Source:
    upload.state = UploadState.COMPLETED
    upload.completed_at = now
    upload.video.source_bytes += upload.size_bytes
    return Source(
        video_id=upload.video_id,
        key=upload.key,
        filename=upload.filename,
        size_bytes=upload.size_bytes,
        checksum_sha256=upload.checksum_sha256,
        created_at=now,
    )
