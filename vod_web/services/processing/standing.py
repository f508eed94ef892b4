"""What do people see of an encode that begins, goes on or comes to nothing?

The status and progress of a video tell of the file in use. A file that is to take its place has its own, so that a
video which is ready stays ready while another file is made for it.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from vod_web.models import (
    Encode,
    EncodeStatus,
    Job,
    JobKind,
    JobState,
    NotificationKind,
    Source,
    SourceState,
    Video,
    VideoStatus,
)
from vod_web.services.notifications import tell_owner
from vod_web.services.processing.rows import show_status
from vod_web.services.processing.turns import LADDER_PLACE


def show_waiting(session: Session, video: Video, source: Source) -> None:
    """The processing of a file begins; the video must be locked."""
    if source.state is SourceState.INCOMING:
        source.status, source.status_reason = VideoStatus.QUEUED, None
        source.progress, source.eta_s, source.measured_at = 0.0, None, None
        show_end(session, video, "")  # of what was being made of the file in use
    else:
        show_status(video, VideoStatus.QUEUED)
        video.progress, video.eta_s = 0.0, None


def show_at_work(encode: Encode) -> None:
    """A worker is at it; the encode was loaded with its video and source."""
    if encode.source.state is SourceState.INCOMING:
        encode.source.status, encode.source.status_reason = VideoStatus.PROCESSING, None
    else:
        show_status(encode.video, VideoStatus.PROCESSING)


def show_failure(session: Session, encode: Encode, reason: str, now: datetime) -> None:
    """It came to nothing, and why; loaded and locked as above."""
    source, video = encode.source, encode.video
    if source.state is SourceState.INCOMING:
        source.status, source.status_reason, source.eta_s, source.measured_at = VideoStatus.FAILED, reason, None, now
    else:
        stop_half_made(session, video)
        show_end(session, video, reason)
    tell_owner(session, video, NotificationKind.VIDEO_FAILED, encode.public_id, now, reason)


def show_end(session: Session, video: Video, reason: str) -> None:
    """Nothing more is made: the video has failed, unless an older, whole encode plays."""
    video.eta_s = None
    if plays_whole(session, video.id):
        show_status(video, VideoStatus.READY)
        video.progress = 1.0
    else:
        show_status(video, VideoStatus.FAILED, reason)


def plays_whole(session: Session, video_id: int) -> bool:
    """Whether an encode plays that has everything."""
    whole = select(Encode.id).where(Encode.video_id == video_id, Encode.is_active, Encode.status == EncodeStatus.READY)
    return session.scalar(whole) is not None


def stop_half_made(session: Session, video: Video) -> None:
    """Nothing more will be made: an encode plays on only where all of the video can be seen.

    The video must be locked.
    """
    session.flush()
    active = session.scalars(select(Encode).where(Encode.video_id == video.id, Encode.is_active)).one_or_none()
    if active is not None and not plays_to_the_end(session, video.id):
        active.is_active = False
        video.is_playable = False


def plays_to_the_end(session: Session, video_id: int) -> bool:
    """Whether the encode that plays has all that its playlists name, now and without any worker."""
    wanted = select(Encode.id, Encode.status).where(Encode.video_id == video_id, Encode.is_active)
    active = session.execute(wanted).one_or_none()
    if active is None or active.status is EncodeStatus.READY:
        return active is not None
    jobs = session.execute(select(Job.kind, Job.place, Job.state).where(Job.encode_id == active.id)).all()
    sound = [job for job in jobs if job.kind is JobKind.AUDIO and job.place < LADDER_PLACE]
    chunks = [job for job in jobs if job.kind is JobKind.CHUNK]
    copies = [job for job in chunks if job.place < LADDER_PLACE]
    return all(job.state is JobState.DONE for job in (*sound, *(copies or chunks)))
