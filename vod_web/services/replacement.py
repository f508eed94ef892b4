"""May this person send a file for a video that has one, and is it another one than those that it has?"""

from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from vod_web.core.errors import Conflict, Duplicate
from vod_web.db.session import current_session
from vod_web.models import Source, SourceState, Upload, UploadState, User, Video, VideoStatus
from vod_web.schemas.uploads import UploadCreate
from vod_web.services import audit
from vod_web.services.videos import get_own_video, lock_video

BEGINNING = timedelta(minutes=1)
"""So long an upload may take to be opened in the storage; one that does not get there is no hindrance."""


def find_target(session: Session, person: User, wanted: UploadCreate, now: datetime) -> Video | None:
    """The video whose file is to be replaced, locked; None where the upload is to become a video of its own.

    Raises:
        NotFound, Gone, NotAllowed: as `videos.get_own_video`.
        Conflict: its first file has not come yet, it is blocked, or another file is on its way already.
        Duplicate: it has this file already, and the person does not want it again.
    """
    if wanted.replaces is None:
        return None
    lock_video(session, wanted.replaces)
    video = get_own_video(person, wanted.replaces)
    _require_replaceable(session, video, now)
    if not wanted.allow_duplicate:
        _require_other_file(session, video, wanted)
    audit.note_power(person, video, "video.replace")
    return video


def _require_replaceable(session: Session, video: Video, now: datetime) -> None:
    if video.status is VideoStatus.BLOCKED:
        raise Conflict("This video is blocked: its file cannot be replaced.")
    if session.scalar(select(Source.id).where(Source.video_id == video.id).limit(1)) is None:
        raise Conflict("The first file of this video has not arrived yet. Cancel its upload, and upload the other one.")
    on_its_way = or_(Upload.parts_id != "", Upload.created_at > now - BEGINNING)
    if session.scalar(_uploads_of(video).where(on_its_way)) is not None:
        raise Conflict("A new file of this video is being uploaded already. Finish or discard that first.")


def find_own_upload(actor: User | None, video: Video) -> Upload | None:
    """The file that this person has begun to send for this video, which may be changed by them; at most one is."""
    mine = _uploads_of(video).where(Upload.parts_id != "", Upload.owner_id == (actor.id if actor else 0))
    return current_session().scalar(mine)


def _uploads_of(video: Video) -> Select[Upload]:
    is_open = (Upload.state == UploadState.OPEN, Upload.is_replacement)
    return select(Upload).where(Upload.video_id == video.id, *is_open).order_by(Upload.id.desc()).limit(1)


def _require_other_file(session: Session, video: Video, wanted: UploadCreate) -> None:
    """Files are told apart by the fingerprints that their senders make, and by their checksums."""
    of_video = select(Source, Upload.fingerprint).outerjoin(Upload, Upload.key == Source.key)
    of_video = of_video.where(Source.video_id == video.id, Source.state != SourceState.DISCARDED)
    for source, fingerprint in session.execute(of_video.order_by(Source.id.desc())):
        marks = {(wanted.fingerprint, fingerprint), (wanted.checksum_sha256, source.checksum_sha256)}
        is_same = any(one is not None and one == other for one, other in marks)
        if is_same and source.size_bytes == wanted.size_bytes:
            raise Duplicate(_SAME[source.state], about={"id": video.public_id, "title": video.title})


_SAME = {
    SourceState.CURRENT: "This is the file that the video has already.",
    SourceState.INCOMING: "This is the file that is being processed for this video just now.",
    SourceState.FORMER: "The video had this file before: it is among its earlier versions and can be restored.",
}
