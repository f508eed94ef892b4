"""Which files of an encode are needed no more, and how do they go?"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from vod_web.core.errors import VodError
from vod_web.core.logging import get_logger
from vod_web.db.session import close_session, transaction
from vod_web.models import Encode, EncodeStatus, Rendition, Source, SourceState, Video
from vod_web.services.processing.outcomes import note_size
from vod_web.services.processing.rows import lock_video
from vod_web.storage.base import Storage
from vod_web.storage.keys import downloads_prefix, encode_prefix, rendition_prefix, sources_prefix, video_prefix

SUPERSEDED_KEPT = timedelta(hours=6)
"""Who watches an encode when another takes its place goes on watching it: playlists in a player are not read again."""
FAILED_KEPT = timedelta(hours=24)
"""So long an admin may go on with a failed encode where it stopped."""
CANCELLED_KEPT = timedelta(minutes=2)
"""A worker that is at it notices within seconds; nothing is written after this."""
MOST_AT_ONCE = 50
_WITH_VIDEO = (joinedload(Rendition.encode).joinedload(Encode.video),)

log = get_logger(__name__)


def delete_files(video: Video, *, storage: Storage) -> None:
    """Remove everything stored of a video: its sources and all that was made of them. Idempotent."""
    storage.delete_prefix(video_prefix(video.public_id))
    storage.delete_prefix(sources_prefix(video.public_id))
    storage.delete_prefix(downloads_prefix(video.public_id))


def remove_old_files(*, storage: Storage, now: datetime) -> int:
    """Remove the files of encodes that were superseded, cancelled or failed some time ago; returns of how many.

    One whose storage fails stays for the next time.
    """
    removed = 0
    with transaction() as session:
        wanted = select(Encode.id, Encode.public_id, Video.id, Video.public_id).join(Encode.video)
        found = session.execute(wanted.where(_is_removable(now)).limit(MOST_AT_ONCE)).all()
    for encode_id, encode_public_id, video_id, video_public_id in found:
        if not _delete(storage, encode_prefix(video_public_id, encode_public_id)):
            continue
        with transaction() as session:
            lock_video(session, video_id)
            encode = session.get(Encode, encode_id, populate_existing=True)
            video = session.get(Video, video_id, populate_existing=True)
            if encode is not None and video is not None:
                encode.files_removed_at = now
                encode.has_poster = encode.has_storyboard = False
                session.flush()
                note_size(session, video)
        removed += 1
        log.info("encode_removed", encode=encode_public_id, video=video_public_id)
    return removed


def _delete(storage: Storage, prefix: str) -> bool:
    """Remove what is stored below a prefix; False where the storage does not work now."""
    close_session()
    try:
        storage.delete_prefix(prefix)
    except VodError as error:
        log.warning("files_not_removed", prefix=prefix, error=error.message)
        return False
    return True


def remove_dropped(*, storage: Storage, now: datetime) -> int:
    """Remove the renditions that better ones replaced some time ago; returns how many.

    One whose storage fails stays for the next time.
    """
    removed = 0
    with transaction() as session:
        wanted = select(Rendition.id, Rendition.name, Encode.public_id, Video.id, Video.public_id)
        wanted = wanted.join(Rendition.encode).join(Encode.video)
        found = session.execute(wanted.where(Rendition.dropped_at < now - SUPERSEDED_KEPT).limit(MOST_AT_ONCE)).all()
    for rendition_id, name, encode_public_id, video_id, video_public_id in found:
        if not _delete(storage, rendition_prefix(video_public_id, encode_public_id, name)):
            continue
        with transaction() as session:
            lock_video(session, video_id)
            _forget_rendition(session, rendition_id)
        removed += 1
        log.info("rendition_removed", rendition=name, encode=encode_public_id, video=video_public_id)
    return removed


def _forget_rendition(session: Session, rendition_id: int) -> None:
    rendition = session.scalar(select(Rendition).where(Rendition.id == rendition_id).options(*_WITH_VIDEO))
    if rendition is None:
        return
    encode = rendition.encode
    encode.size_bytes = max(0, encode.size_bytes - rendition.size_bytes)
    session.delete(rendition)
    session.flush()
    note_size(session, encode.video)


def _is_removable(now: datetime) -> ColumnElement[bool]:
    active = aliased(Encode)
    superseded = (
        select(active.id)
        .where(active.video_id == Encode.video_id, active.is_active, active.playable_at < now - SUPERSEDED_KEPT)
        .exists()
    )
    lately = select(active.id).where(
        active.video_id == Encode.video_id, active.is_active, active.playable_at >= now - SUPERSEDED_KEPT
    )
    unwatched = Encode.playable_at.is_(None) | ~lately.exists()
    later = aliased(Encode)
    newer = select(later.id).where(
        later.source_id == Encode.source_id,
        later.id > Encode.id,
        later.status == EncodeStatus.READY,
        later.files_removed_at.is_(None),
    )
    former = select(Source.id).where(Source.id == Encode.source_id, Source.state == SourceState.FORMER)
    is_of_version = former.exists() & ~newer.exists()  # it is what restores an earlier version at once
    return and_(
        Encode.files_removed_at.is_(None),
        ~Encode.is_active,
        or_(
            and_(Encode.status == EncodeStatus.READY, superseded, ~is_of_version),
            and_(Encode.status == EncodeStatus.FAILED, unwatched, Encode.finished_at < now - FAILED_KEPT),
            and_(Encode.status == EncodeStatus.CANCELLED, unwatched, Encode.finished_at < now - CANCELLED_KEPT),
        ),
    )
