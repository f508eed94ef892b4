"""How does a person choose the picture that stands for a video: one of its frames, or one of their own?"""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import ValidationError
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from vod_web.core.errors import InvalidInput
from vod_web.db.session import close_session, current_session, transaction
from vod_web.media.frames import OfferedFrames
from vod_web.media.uploaded_pictures import make_picture_files
from vod_web.models import Encode, Job, JobKind, JobState, ThumbnailKind, User, Video
from vod_web.queue import JobQueue
from vod_web.services import audit
from vod_web.services.picture_turns import turn_to_read
from vod_web.services.processing.outcomes import note_size
from vod_web.services.processing.rows import WANTED_ENCODES
from vod_web.services.processing.thumbnails import ensure_thumbnail, forget_wish
from vod_web.services.processing.turns import FIRST_PLACE, advance
from vod_web.services.thumbnail_files import drop_shown, reserve, show, store_pictures
from vod_web.services.videos import get_own_video, lock_video
from vod_web.storage.base import Storage

USUAL_SHAPE = (16, 9)
"""That of a video whose own is not known yet."""
OVER_S = 0.5
"""What players count may be a little more than what the file says."""


@dataclass(frozen=True)
class Offer:
    """The frames that are offered for a video."""

    state: Literal["waiting", "making", "ready", "failed"]
    encode_id: str = ""
    """Whose files they are among."""
    made: OfferedFrames | None = None


def choose_frame(actor: User | None, public_id: str, at_s: float, *, queue: JobQueue, now: datetime) -> Video:
    """Let a frame be the picture; it is made as soon as the video's file is there, and shown then.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`.
        InvalidInput: the video is not that long.
    """
    with transaction() as session:
        video = _lock_own(session, actor, public_id)
        if video.duration_s is not None and at_s > video.duration_s + OVER_S:
            sentence = f"The video is only {video.duration_s:.1f} seconds long."
            raise InvalidInput(sentence, {"at_s": sentence})
        if video.duration_s is not None:
            at_s = min(at_s, video.duration_s)
        forget_wish(session, video.id)
        video.thumbnail_kind, video.thumbnail_at_s = ThumbnailKind.FRAME, at_s
        encode = _planned_encode(session, video)
        if encode is not None:
            ensure_thumbnail(session, encode, video, now=now)
            advance(session, encode, video, queue=queue, now=now)
        audit.note_power(actor, video, "video.thumbnail", kind="frame", at_s=at_s)
    return get_own_video(actor, public_id)


def upload_picture(
    actor: User | None, public_id: str, content: bytes, *, position: float, storage: Storage, now: datetime
) -> Video:
    """Let a picture of the person's own be the picture, cut to the shape of the video; shown at once.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`.
        InvalidInput, TooLarge: as `uploaded_pictures.make_picture_files`.
        Unavailable: too many pictures are being read at this moment.
    """
    video = get_own_video(actor, public_id)
    shape = (video.width_px, video.height_px) if video.width_px and video.height_px else USUAL_SHAPE
    close_session()
    with tempfile.TemporaryDirectory(prefix="picture-") as folder:
        with turn_to_read():
            made = make_picture_files(content, Path(folder), shape=shape, position=position)
        row = reserve(video.id, now=now)
        close_session()
        size_bytes = store_pictures(storage, public_id, row.name, made)
    with transaction() as session:
        video = _lock_own(session, actor, public_id)
        forget_wish(session, video.id)
        show(session, row.id, size_bytes, now=now)
        video.thumbnail_kind, video.thumbnail_at_s = ThumbnailKind.PICTURE, None
        note_size(session, video)
        audit.note_power(actor, video, "video.thumbnail", kind="picture")
    return get_own_video(actor, public_id)


def choose_automatically(actor: User | None, public_id: str, *, now: datetime) -> Video:
    """Let us choose the picture again.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`.
    """
    with transaction() as session:
        video = _lock_own(session, actor, public_id)
        forget_wish(session, video.id)
        if video.thumbnail_kind is not ThumbnailKind.AUTOMATIC:
            video.thumbnail_kind, video.thumbnail_at_s = ThumbnailKind.AUTOMATIC, None
            audit.note_power(actor, video, "video.thumbnail", kind="automatic")
        drop_shown(session, video.id, now=now)
    return get_own_video(actor, public_id)


def find_frames(actor: User | None, public_id: str, *, queue: JobQueue, now: datetime) -> Offer:
    """The frames that are offered; where there are none yet, they are made from now on.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`.
    """
    video = get_own_video(actor, public_id)
    session = current_session()
    encode = _planned_encode(session, video)
    if encode is None:
        return Offer("waiting")
    job = session.scalar(_frames_of(encode))
    if job is None:
        _want_frames(actor, public_id, queue=queue, now=now)
        return Offer("making")
    if job.state is not JobState.DONE:
        return Offer("failed" if job.state.is_over else "making")
    try:
        return Offer("ready", encode.public_id, OfferedFrames.from_json(job.result or {}))
    except ValidationError:  # of another version of the site
        return Offer("failed")


def has_failed(video: Video) -> bool:
    """Whether the chosen frame could not be made."""
    wanted = select(Job.id).join(Encode, Encode.id == Job.encode_id).where(Encode.video_id == video.id)
    wanted = wanted.where(Job.kind == JobKind.THUMBNAIL, Job.state.in_((JobState.FAILED, JobState.CANCELLED)))
    return video.thumbnail_kind is ThumbnailKind.FRAME and current_session().scalar(wanted) is not None


def _want_frames(actor: User | None, public_id: str, *, queue: JobQueue, now: datetime) -> None:
    with transaction() as session:
        video = _lock_own(session, actor, public_id)
        encode = _planned_encode(session, video)
        if encode is None or session.scalar(_frames_of(encode)) is not None:
            return
        session.add(Job(encode_id=encode.id, kind=JobKind.FRAMES, weight_s=0.0, place=FIRST_PLACE, created_at=now))
        advance(session, encode, video, queue=queue, now=now)


def _frames_of(encode: Encode) -> Select[Job]:
    wanted = select(Job).where(Job.encode_id == encode.id, Job.kind == JobKind.FRAMES)
    return wanted.execution_options(populate_existing=True)


def _lock_own(session: Session, actor: User | None, public_id: str) -> Video:
    lock_video(session, public_id)
    return get_own_video(actor, public_id)


def _planned_encode(session: Session, video: Video) -> Encode | None:
    """The encode with which frames can be made now: the one that plays, or else the one that will."""
    wanted = select(Encode).where(Encode.video_id == video.id, Encode.plan.is_not(None))
    wanted = wanted.where(Encode.status.in_(WANTED_ENCODES), Encode.files_removed_at.is_(None))
    return session.scalar(wanted.order_by(Encode.is_active.desc(), Encode.id.desc()).limit(1))
