"""What happens to a video that was deleted, and how does it come back?"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from vod_web.core.errors import Gone, NotFound, VodError
from vod_web.core.logging import get_logger
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import Encode, EncodeStatus, Source, SourceState, User, Video, VideoStatus
from vod_web.services import audit
from vod_web.services.permissions import can_edit, require_signed_in
from vod_web.services.playlist_rows import drop_video
from vod_web.services.processing import delete_files
from vod_web.services.videos import AS_READ, get_own_video, is_public_id, lock_video
from vod_web.storage.base import Storage

log = get_logger(__name__)

KEPT = timedelta(days=7)
MOST_SHOWN = 200

STATUS_OF_WORK = {
    EncodeStatus.QUEUED: VideoStatus.QUEUED,
    EncodeStatus.PROCESSING: VideoStatus.PROCESSING,
    EncodeStatus.READY: VideoStatus.READY,
    EncodeStatus.FAILED: VideoStatus.FAILED,
    EncodeStatus.CANCELLED: VideoStatus.FAILED,
}


def delete_video(actor: User | None, public_id: str, *, now: datetime) -> Video:
    """Put the video into the bin: nobody can watch it any more, and for some days it can come back.

    Raises:
        NotFound, NotAllowed: as `videos.get_own_video`.
        Gone: it is in the bin already.
    """
    with transaction() as session:
        lock_video(session, public_id)
        video = get_own_video(actor, public_id)
        video.former_status, video.status = video.status, VideoStatus.DELETED
        video.deleted_at = now
        video.access_epoch += 1
        audit.note_power(actor, video, "video.delete")
    return video


def restore_video(actor: User | None, public_id: str, *, now: datetime) -> Video:
    """Take the video out of the bin; it is what its files are by now. One that is not in the bin stays as it is.

    Raises:
        NotFound: this person has no such video.
        Gone: its days in the bin are over.
    """
    with transaction() as session:
        lock_video(session, public_id)
        video = _get_deleted(session, actor, public_id)
        if video.status is VideoStatus.DELETED:
            if video.deleted_at is None or video.deleted_at + KEPT <= now:
                raise Gone("This video is being removed for good.")
            _take_out(session, video)
            audit.note_power(actor, video, "video.restore")
    return video


def list_bin(actor: User | None) -> list[Video]:
    """The person's deleted videos that can come back, the last one first."""
    person = require_signed_in(actor)
    mine = select(Video).where(Video.owner_id == person.id, Video.status == VideoStatus.DELETED)
    newest_first = mine.order_by(Video.deleted_at.desc(), Video.id.desc()).limit(MOST_SHOWN)
    statement = newest_first.options(*AS_READ).execution_options(populate_existing=True)
    return list(current_session().scalars(statement))


def find_deleted(actor: User | None, public_id: str) -> Video | None:
    """The video, if it is in this person's bin and can come back."""
    if actor is None or not is_public_id(public_id):
        return None
    query = select(Video).where(Video.public_id == public_id, Video.owner_id == actor.id)
    return current_session().scalar(query.where(Video.status == VideoStatus.DELETED))


def purge_deleted(*, storage: Storage, now: datetime) -> int:
    """Remove the videos whose days in the bin are over: first their files, then their rows.

    Returns how many there were. Broken off anywhere, the next run goes on.
    """
    is_over: ColumnElement[bool] = (Video.status == VideoStatus.DELETED) & (Video.deleted_at <= now - KEPT)
    over = current_session().scalars(select(Video).where(is_over).order_by(Video.id)).all()
    close_session()  # nothing is held open while files are removed
    return sum(_purge(video, is_over, storage=storage) for video in over)


def _purge(video: Video, is_over: ColumnElement[bool], *, storage: Storage) -> bool:
    """Remove one video for good; one whose storage fails stays for the next time, and keeps no other from going."""
    try:
        delete_files(video, storage=storage)
    except VodError as error:
        log.warning("video_not_removed", video=video.public_id, error=error.message)
        return False
    with transaction() as session:
        if session.scalar(select(Video.id).where(Video.id == video.id, is_over).with_for_update()) is None:
            return False
        drop_video(session, video.id)
        session.execute(
            delete(Video).where(Video.id == video.id, is_over), execution_options={"synchronize_session": False}
        )
    return True


def _get_deleted(session: Session, actor: User | None, public_id: str) -> Video:
    query = select(Video).where(Video.public_id == public_id).options(*AS_READ)
    found = session.scalar(query.execution_options(populate_existing=True)) if is_public_id(public_id) else None
    if found is None or not can_edit(actor, found):
        raise NotFound("There is no such video in your bin.")
    return found


def _take_out(session: Session, video: Video) -> None:
    """The video is again what it was, or what its processing has made of it meanwhile."""
    former = video.former_status or VideoStatus.DRAFT
    encode = _find_telling(session, video)
    if former is not VideoStatus.BLOCKED and encode is not None:
        former, video.status_reason = STATUS_OF_WORK[encode.status], encode.failure
    video.status = former
    video.former_status = video.deleted_at = None
    video.access_epoch += 1


def status_of_work(session: Session, video: Video) -> tuple[VideoStatus, str | None]:
    """What its processing has made of the video, and why it failed."""
    encode = _find_telling(session, video)
    if encode is None:
        return VideoStatus.READY if video.is_playable else VideoStatus.DRAFT, None
    return STATUS_OF_WORK[encode.status], encode.failure


def _find_telling(session: Session, video: Video) -> Encode | None:
    """The encode that tells how a video is: the newest one of its file, unless that came to nothing and one plays."""
    of_file = select(Encode).join(Encode.source)
    of_file = of_file.where(Encode.video_id == video.id, Source.state == SourceState.CURRENT)
    newest = session.scalar(of_file.order_by(Encode.id.desc()).limit(1))
    is_over = newest is not None and newest.status in (EncodeStatus.FAILED, EncodeStatus.CANCELLED)
    if not is_over:
        return newest
    return session.scalar(of_file.where(Encode.is_active, Encode.status == EncodeStatus.READY)) or newest
