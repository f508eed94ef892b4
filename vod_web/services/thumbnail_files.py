"""How are chosen pictures kept: their rows and their files?

A row is there before its files, as one that is not shown, and goes after them. So whatever breaks off on the way, the
sweep finds what it left.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from vod_web.core.errors import VodError
from vod_web.core.logging import get_logger
from vod_web.db.session import close_session, transaction
from vod_web.media.poster import PictureFile
from vod_web.models import Thumbnail, Video
from vod_web.services.processing.outcomes import note_size
from vod_web.services.processing.rows import lock_video
from vod_web.storage import keys
from vod_web.storage.base import Storage

DROPPED_KEPT = timedelta(hours=1)
"""Pages that are open go on showing a picture whose place another one took."""
MOST_AT_ONCE = 100

log = get_logger(__name__)


def reserve(video_id: int, *, now: datetime, source_id: int | None = None, at_s: float | None = None) -> Thumbnail:
    """A row for files that are about to be stored; unless it is shown soon, both are removed again."""
    with transaction() as session:
        row = Thumbnail(video_id=video_id, source_id=source_id, at_s=at_s, created_at=now, dropped_at=now)
        session.add(row)
    return row


def store_pictures(storage: Storage, video_id: str, name: str, pictures: Iterable[PictureFile]) -> int:
    """Store the files of a picture; gives what they take. Idempotent."""
    size_bytes = 0
    for picture in pictures:
        key = keys.thumbnail_prefix(video_id, name) + picture.path.name
        headers = {"content_type": keys.content_type_of(key), "cache_control": keys.cache_control_of(key)}
        size_bytes += storage.put_file(key, picture.path, **headers).size_bytes
    return size_bytes


def find_shown(session: Session, video_id: int) -> Thumbnail | None:
    """The chosen picture that is shown, read anew."""
    shown = select(Thumbnail).where(Thumbnail.video_id == video_id, Thumbnail.dropped_at.is_(None))
    return session.scalar(shown.execution_options(populate_existing=True))


def show(session: Session, thumbnail_id: int, size_bytes: int, *, now: datetime) -> None:
    """Let a picture whose files are stored be shown, in the place of another; the video must be locked."""
    row = session.get(Thumbnail, thumbnail_id, populate_existing=True)
    if row is None:
        return
    drop_shown(session, row.video_id, now=now)
    row.size_bytes, row.dropped_at = size_bytes, None
    session.flush()


def drop_shown(session: Session, video_id: int, *, now: datetime) -> None:
    """Show no chosen picture any more; its files go a while later. The video must be locked."""
    shown = find_shown(session, video_id)
    if shown is not None:
        shown.dropped_at = now
        session.flush()


def remove_dropped_thumbnails(*, storage: Storage, now: datetime) -> int:
    """Remove the pictures that have not been shown for a while; returns how many.

    One whose storage fails stays for the next time.
    """
    removed = 0
    with transaction() as session:
        wanted = select(Thumbnail.id, Thumbnail.name, Video.id, Video.public_id)
        wanted = wanted.join(Video, Video.id == Thumbnail.video_id)
        found = session.execute(wanted.where(Thumbnail.dropped_at < now - DROPPED_KEPT).limit(MOST_AT_ONCE)).all()
    for thumbnail_id, name, video_id, public_id in found:
        close_session()
        try:
            storage.delete_prefix(keys.thumbnail_prefix(public_id, name))
        except VodError as error:
            log.warning("files_not_removed", thumbnail=name, error=error.message)
            continue
        with transaction() as session:
            lock_video(session, video_id)
            _forget(session, thumbnail_id)
        removed += 1
    return removed


def _forget(session: Session, thumbnail_id: int) -> None:
    row = session.get(Thumbnail, thumbnail_id)
    if row is None:
        return
    video = session.get_one(Video, row.video_id, populate_existing=True)
    session.delete(row)
    session.flush()
    note_size(session, video)
