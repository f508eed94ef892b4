"""What becomes of versions of a video that nobody wants any more, or whose time is over?

First the row says so, then the bytes go, and a moment later, when no worker can be at it any more, whatever came
meanwhile and the row. A process that dies in between leaves a row by which the next sweep goes on.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from vod_web.core.errors import VodError
from vod_web.core.logging import get_logger
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import Caption, Encode, Source, SourceState, Video
from vod_web.services.caption_files import delete_files
from vod_web.services.processing.files import CANCELLED_KEPT
from vod_web.services.processing.outcomes import note_size
from vod_web.services.processing.rows import cancel_jobs, lock_video
from vod_web.storage.base import Storage
from vod_web.storage.keys import encode_prefix

BATCH = 50

log = get_logger(__name__)


def discard_version(session: Session, video: Video, source: Source, now: datetime) -> None:
    """Nobody wants this version any more; the video must be locked."""
    source.state, source.retired_at = SourceState.DISCARDED, now
    for encode_id in session.scalars(select(Encode.id).where(Encode.source_id == source.id)).all():
        cancel_jobs(session, encode_id)
    session.flush()
    note_size(session, video)


def sweep_versions(*, storage: Storage, kept_for: timedelta, now: datetime) -> int:
    """Discard the versions whose time is over, and remove what is discarded; returns how many rows went.

    One whose storage fails stays for the next time.
    """
    _discard_due(kept_for, now)
    with transaction() as session:
        discarded = select(Source).where(Source.state == SourceState.DISCARDED).order_by(Source.id).limit(BATCH)
        found = session.scalars(discarded).all()
    return sum(remove_version(source, storage=storage, now=now) for source in found)


def _discard_due(kept_for: timedelta, now: datetime) -> None:
    """One that still plays waits until its successor does."""
    plays = select(Encode.id).where(Encode.source_id == Source.id, Encode.is_active)
    is_due = (Source.state == SourceState.FORMER, Source.retired_at <= now - kept_for, ~plays.exists())
    with transaction() as session:
        due = session.execute(select(Source.id, Source.video_id).where(*is_due).limit(BATCH)).all()
    for source_id, video_id in due:
        with transaction() as session:
            lock_video(session, video_id)
            still = select(Source).where(Source.id == source_id, *is_due)
            source = session.scalar(still.execution_options(populate_existing=True))
            if source is not None:
                discard_version(session, session.get_one(Video, video_id), source, now)


def remove_version(source: Source, *, storage: Storage, now: datetime) -> bool:
    """Remove what is stored of a discarded version, and its row once nothing can come after; true when that is gone.

    Idempotent; one whose storage fails stays for the sweep.
    """
    session = current_session()
    video = session.get_one(Video, source.video_id)
    encodes = session.scalars(select(Encode.public_id).where(Encode.source_id == source.id)).all()
    names = _own_captions(session, source)
    close_session()
    try:
        for encode_id in encodes:
            storage.delete_prefix(encode_prefix(video.public_id, encode_id))
        delete_files(storage, video.public_id, names)
        storage.delete_prefix(source.key.removesuffix("source"))
    except VodError as error:
        log.warning("version_not_removed", video=video.public_id, version=source.public_id, error=error.message)
        return False
    is_over = source.retired_at is not None and source.retired_at <= now - CANCELLED_KEPT
    _note_removed(source, video, is_over=is_over, now=now)
    return is_over


def _own_captions(session: Session, source: Source) -> set[str]:
    """The names of the caption files that no other track shares."""
    own = set(session.scalars(select(Caption.name).where(Caption.source_id == source.id)))
    others = select(Caption.name).where(
        Caption.video_id == source.video_id, Caption.source_id.is_distinct_from(source.id)
    )
    return own - set(session.scalars(others))


def _note_removed(source: Source, video: Video, *, is_over: bool, now: datetime) -> None:
    with transaction() as session:
        lock_video(session, video.id)
        found = session.get(Source, source.id, populate_existing=True)
        locked = session.get(Video, video.id, populate_existing=True)
        if found is None or locked is None:
            return
        if found.files_removed_at is None:
            found.files_removed_at = now
            locked.source_bytes = max(0, locked.source_bytes - found.size_bytes)
        session.execute(delete(Caption).where(Caption.source_id == found.id))
        for encode in session.scalars(select(Encode).where(Encode.source_id == found.id)):
            encode.files_removed_at = now
        session.flush()
        if is_over:
            session.delete(found)
            session.flush()
        note_size(session, locked)
