"""How does the processing of a video begin, begin again, and end early?"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict
from vod_web.core.logging import get_logger
from vod_web.core.settings import Settings
from vod_web.db.session import after_commit, current_session, transaction
from vod_web.models import Encode, EncodeStatus, Job, JobKind, Role, Source, SourceState, User, Video, VideoStatus
from vod_web.queue import JobQueue
from vod_web.services import audit
from vod_web.services.permissions import require_role
from vod_web.services.processing.rows import (
    HELD_STATUSES,
    OPEN_ENCODES,
    cancel_jobs,
    lock_encode,
    lock_video,
)
from vod_web.services.processing.standing import show_end, show_waiting, stop_half_made
from vod_web.services.processing.turns import queue_job
from vod_web.services.videos import get_own_video
from vod_web.services.videos import lock_video as lock_video_named

CANCELLED = "Processing was cancelled. Start it again whenever you like."

log = get_logger(__name__)


def begin_encode(
    video: Video,
    source: Source,
    *,
    queue: JobQueue,
    settings: Settings,
    may_copy: bool = True,
    now: datetime | None = None,
) -> Encode:
    """Start the processing of a source; joins the caller's transaction, and the queue hears of it after the commit.

    An encode of the video that is not over yet is cancelled. One that plays goes on until this one is ready, or until
    this one plays, where that one is not whole.
    Without `may_copy` the source's own picture and sound are not used as they are.
    """
    now = now or utc_now()
    with transaction() as session:
        lock_video(session, video.id)
        end_open_encodes(session, video.id, now)
        encode = Encode(video_id=video.id, source_id=source.id, may_copy=may_copy, created_at=now)
        session.add(encode)
        session.flush()
        job = Job(encode_id=encode.id, kind=JobKind.PREPARE, weight_s=0.0, created_at=now)
        session.add(job)
        session.flush()
        queue_job(job, queue=queue, now=now)
        show_waiting(session, video, source)
        ids = {"video": video.public_id, "encode": encode.public_id}
        after_commit(partial(log.info, "encode_begun", **ids, ladder=settings.ladder))
    return encode


def begin_anew(encode_id: int, *, queue: JobQueue, settings: Settings, now: datetime, may_copy: bool = True) -> None:
    """Replace an encode that cannot go on: another version of the site planned it, or its source cannot be copied.

    One that is over keeps what it has; what it still lacks is not made.
    """
    with transaction() as session:
        encode = lock_encode(session, encode_id)
        if encode is None:
            return
        video, source, is_open = encode.video, encode.source, encode.status in OPEN_ENCODES
        cancel_jobs(session, encode_id)
        if is_open:
            begin_encode(video, source, queue=queue, settings=settings, may_copy=may_copy, now=now)


def end_open_encodes(session: Session, video_id: int, now: datetime) -> None:
    """Cancel what is still being made of a video; what of it plays, plays on."""
    for encode in session.scalars(
        select(Encode).where(Encode.video_id == video_id, Encode.status.in_(OPEN_ENCODES))
    ).all():
        cancel_jobs(session, encode.id)
        encode.status = EncodeStatus.CANCELLED
        encode.finished_at = now
    session.flush()


def retry_video(
    actor: User | None, public_id: str, *, queue: JobQueue, settings: Settings, now: datetime | None = None
) -> Video:
    """Process a failed video anew from its source, or the file that was to take the place of that one.

    Raises:
        NotFound, Gone, NotAllowed: as `videos.get_own_video`.
        Conflict: it has not failed, or its source is gone.
    """
    with transaction() as session:
        video = _get_own(session, actor, public_id)
        incoming = video.incoming_source
        is_incoming = incoming is not None and incoming.status is VideoStatus.FAILED
        if video.status is not VideoStatus.FAILED and not is_incoming:
            raise Conflict("Only a video whose processing failed can be tried again.")
        source = incoming if incoming is not None and is_incoming else _current_source(session, video)
        begin_encode(video, source, queue=queue, settings=settings, now=now)
        audit.note_power(actor, video, "video.retry")
    return video


def reencode_video(
    actor: User | None, public_id: str, *, queue: JobQueue, settings: Settings, now: datetime | None = None
) -> Video:
    """Make everything of a video anew, such as after a change of the ladder; what there is plays on meanwhile.

    Raises:
        NotSignedIn, NotAllowed: only admins may.
        NotFound, Gone: as `videos.get_own_video`.
        Conflict: its source is gone or about to be replaced, or it is blocked.
    """
    require_role(actor, Role.ADMIN)
    with transaction() as session:
        video = _get_own(session, actor, public_id)
        if video.status in HELD_STATUSES:
            raise Conflict(f"This video is {video.status.value}.")
        if video.incoming_source is not None and video.incoming_source.status is not VideoStatus.FAILED:
            raise Conflict("A new file of this video is being processed. Everything is made anew with it.")
        begin_encode(video, _current_source(session, video), queue=queue, settings=settings, now=now)
        audit.note_power(actor, video, "video.reencode")
    return video


def cancel_video(actor: User | None, public_id: str, *, now: datetime | None = None) -> Video:
    """Stop the processing of a video; its source is kept, and it can be tried again.

    Raises:
        NotFound, Gone, NotAllowed: as `videos.get_own_video`.
        Conflict: it is not being processed.
    """
    now = now or utc_now()
    with transaction() as session:
        video = _get_own(session, actor, public_id)
        if video.status not in (VideoStatus.QUEUED, VideoStatus.PROCESSING):
            raise Conflict("This video is not being processed.")
        end_open_encodes(session, video.id, now)
        stop_half_made(session, video)
        show_end(session, video, CANCELLED)
        audit.note_power(actor, video, "video.cancel")
    return video


def _get_own(session: Session, actor: User | None, public_id: str) -> Video:
    """A video that this person may change, which nobody else changes until the transaction ends."""
    lock_video_named(session, public_id)
    return get_own_video(actor, public_id)


def _current_source(session: Session, video: Video) -> Source:
    """The file that the video is made from."""
    in_use = select(Source).where(Source.video_id == video.id, Source.state == SourceState.CURRENT)
    source = session.scalars(in_use.order_by(Source.id.desc()).limit(1)).one_or_none()
    if source is None:
        raise Conflict("The file of this video is not here any more. Upload it again.")
    return source


def queue_position(video: Video) -> int | None:
    """The place in the queue of a video that is not begun yet, from 1; None for any other."""
    return queue_positions([video]).get(video.id)


def queue_positions(videos: Sequence[Video]) -> dict[int, int]:
    """The places in the queue, from 1, of those videos that are not begun yet, by row id; one statement for all."""
    wanted = [video.id for video in videos if video.status is VideoStatus.QUEUED]
    if not wanted:
        return {}
    earlier, its_video = aliased(Encode), aliased(Video)
    rows = current_session().execute(
        select(Encode.video_id, func.count(its_video.id))
        .join(earlier, (earlier.status == EncodeStatus.QUEUED) & (earlier.id <= Encode.id))
        .join(its_video, (its_video.id == earlier.video_id) & its_video.status.not_in(HELD_STATUSES))
        .where(Encode.video_id.in_(wanted), Encode.status == EncodeStatus.QUEUED)
        .group_by(Encode.id, Encode.video_id)
    )
    return {video_id: position for video_id, position in rows}  # noqa: C416 - rows are not pairs to mypy
