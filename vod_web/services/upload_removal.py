"""What becomes of uploads that were given up or forgotten?

First the row says so, then the bytes go, then the row: a process that dies in between leaves a row by which the
next sweep goes on, never a byte that nobody knows of.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select

from vod_web.core.clock import utc_now
from vod_web.core.errors import VodError
from vod_web.core.logging import get_logger
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import Encode, Source, Upload, UploadState, Video, VideoStatus
from vod_web.storage.base import Storage
from vod_web.storage.keys import video_prefix

log = get_logger(__name__)

BATCH = 100
KEPT_FOR = timedelta(days=7)
"""How long an upload waits for its next part."""


def remove_upload(upload: Upload, *, storage: Storage) -> None:
    """Remove the bytes of an upload that will not be completed, then its row, and the draft that has no other file.

    The state must say already that it is over (or nobody know of the upload yet). Idempotent.
    """
    is_lone_draft = and_(
        Video.id == upload.video_id,
        Video.status.in_((VideoStatus.UPLOADING, VideoStatus.DRAFT, VideoStatus.DELETED)),
        ~select(Source.id).where(Source.video_id == Video.id).exists(),
        ~select(Encode.id).where(Encode.video_id == Video.id).exists(),
        ~select(Upload.id).where(Upload.video_id == Video.id, Upload.id != upload.id).exists(),
    )
    draft_id = current_session().scalar(select(Video.public_id).where(is_lone_draft))
    close_session()
    storage.delete_prefix(upload.key.removesuffix("source"))
    if draft_id is not None:  # captions, say, that were there before the file
        storage.delete_prefix(video_prefix(draft_id))
    draft = delete(Video).where(is_lone_draft)
    with transaction() as session:
        session.execute(delete(Upload).where(Upload.id == upload.id), execution_options={"synchronize_session": False})
        session.execute(draft, execution_options={"synchronize_session": False})


def expire_uploads(*, storage: Storage, now: datetime | None = None) -> int:
    """Remove the uploads that waited too long, whose video was deleted, or whose removal was interrupted.

    For the sweep. Returns how many went; one whose storage fails stays for the next time.
    """
    removed = 0
    for upload in _over(now or utc_now()):
        try:
            remove_upload(upload, storage=storage)
        except VodError as error:
            log.warning("upload_not_removed", upload=upload.public_id, error=error.message)
        else:
            removed += 1
    return removed


def _over(now: datetime) -> Iterator[Upload]:
    """The uploads to remove; marked as expired first, so that nothing more arrives for them."""
    is_forgotten = and_(Upload.state == UploadState.OPEN, or_(Upload.expires_at < now, Video.deleted_at.is_not(None)))
    is_given_up = Upload.state.in_((UploadState.ABORTED, UploadState.EXPIRED))
    last_id = 0
    while True:
        with transaction() as session:
            found = session.scalars(
                select(Upload)
                .join(Upload.video)
                .where(Upload.id > last_id, or_(is_forgotten, is_given_up))
                .order_by(Upload.id)
                .limit(BATCH)
                .with_for_update(skip_locked=True, of=Upload)
            ).all()
            for upload in found:
                upload.state = UploadState.EXPIRED
        if not found:
            return
        yield from found
        last_id = found[-1].id
