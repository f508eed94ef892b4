"""Which rows does a step of processing change, and how is it alone with them while it does?

Every change to an encode or its jobs first locks the row of the video, so that all of them happen one after another.
SQLite has one writer at a time anyway.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload

from vod_web.models import Encode, EncodeStatus, Job, JobState, Source, Video, VideoStatus

OPEN_ENCODES = (EncodeStatus.QUEUED, EncodeStatus.PROCESSING)
"""An encode in one of these is not over."""
WANTED_ENCODES = (*OPEN_ENCODES, EncodeStatus.READY)
"""Jobs of an encode in one of these are worth doing: side jobs may come after the video is ready."""
HELD_STATUSES = (VideoStatus.DELETED, VideoStatus.BLOCKED)
"""A person decided these; processing goes by them and never changes them."""


def lock_video(session: Session, video_id: int) -> None:
    """Wait until nobody else changes the video or its processing, and keep others waiting until we are done."""
    session.execute(select(Video.id).where(Video.id == video_id).with_for_update())


def lock_encode(session: Session, encode_id: int) -> Encode | None:
    """An encode with its video and source, ours alone until the transaction ends; None when it is gone."""
    video_id = session.scalar(select(Encode.video_id).where(Encode.id == encode_id))
    if video_id is None:
        return None
    lock_video(session, video_id)
    return session.scalars(
        select(Encode)
        .where(Encode.id == encode_id)
        .options(joinedload(Encode.video), joinedload(Encode.source))
        .execution_options(populate_existing=True)
    ).one_or_none()


def lock_job(session: Session, job_id: int) -> Job | None:
    """A job with its encode, video and source, ours alone until the transaction ends; None when it is gone."""
    encode_id = session.scalar(select(Job.encode_id).where(Job.id == job_id))
    if encode_id is None or lock_encode(session, encode_id) is None:
        return None
    return session.scalars(
        select(Job)
        .where(Job.id == job_id)
        .options(joinedload(Job.encode).joinedload(Encode.video), joinedload(Job.encode).joinedload(Encode.source))
        .execution_options(populate_existing=True)
    ).one_or_none()


def list_encode_jobs(session: Session, encode_id: int) -> list[Job]:
    """All jobs of an encode in the order they were made, read anew; without long texts, encode and video."""
    return list(
        session.scalars(
            select(Job)
            .where(Job.encode_id == encode_id)
            .order_by(Job.id)
            .options(defer(Job.result), defer(Job.log))
            .execution_options(populate_existing=True)
        )
    )


def show_status(video: Video, status: VideoStatus, reason: str | None = None) -> None:
    """Let people see how the video is doing; one that is deleted or blocked stays so, and shows it when it is back."""
    if video.status in HELD_STATUSES:
        if video.former_status is not VideoStatus.BLOCKED:  # one that was blocked is blocked when it is back
            video.former_status = status
        return
    video.status = status
    video.status_reason = reason


def show_facts(video: Video, source: Source) -> None:
    """Tell of the video what is known of its file; what is not known yet is told when it has been read."""
    if source.duration_s is None:
        return
    video.duration_s, video.frame_rate = source.duration_s, source.frame_rate
    video.width_px, video.height_px = source.width_px, source.height_px


def cancel_jobs(session: Session, encode_id: int) -> None:
    """Nothing of this encode is to be done any more; what runs stops at its next report."""
    for job in list_encode_jobs(session, encode_id):
        if not job.state.is_over:
            job.state = JobState.CANCELLED
            job.lease_expires_at = None
