"""How are the frames made that a person is offered, and the chosen one? Side jobs, made when they are wanted."""

from datetime import datetime
from fractions import Fraction

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from vod_web.core.clock import utc_now
from vod_web.db.session import current_session
from vod_web.media.frames import make_chosen_frame, offer_frames
from vod_web.models import Encode, Job, JobKind, Source, ThumbnailKind, Video
from vod_web.services.processing.attempts import Attempt
from vod_web.services.processing.leases import LeaseLost
from vod_web.services.processing.outcomes import finishing
from vod_web.services.processing.outputs import read_assignment, reading_source, store_files
from vod_web.services.processing.turns import FIRST_PLACE
from vod_web.services.thumbnail_files import drop_shown, find_shown, reserve, show, store_pictures
from vod_web.storage import keys


def make_offered_frames(attempt: Attempt) -> None:
    """Make the frames among which a person may choose, and store them with the files of the encode."""
    assignment = read_assignment(attempt)
    report = attempt.reporter(float(assignment.plan.duration_s))
    folder = keys.encode_prefix(assignment.video_id, assignment.encode_id)
    with attempt.slow_work(), reading_source(attempt, assignment.source_key) as address:
        made = offer_frames(assignment.plan, address, attempt.folder, attempt.tools, report)
        store_files(attempt, {folder + frame.name: attempt.folder / frame.name for frame in made.frames})
    now = utc_now()
    with finishing(attempt.lease, queue=attempt.queue, now=now, result=made.to_json(), size_bytes=made.size_bytes):
        pass


def make_thumbnail(attempt: Attempt) -> None:
    """Make the chosen frame, store it in all sizes, and let it be shown."""
    assignment = read_assignment(attempt)
    encode = current_session().scalar(
        select(Encode).where(Encode.id == attempt.lease.encode_id).options(joinedload(Encode.video))
    )
    if encode is None or encode.video.thumbnail_at_s is None:
        raise LeaseLost
    at_s = encode.video.thumbnail_at_s
    report = attempt.reporter(float(assignment.plan.duration_s))
    with attempt.slow_work():
        with reading_source(attempt, assignment.source_key) as address:
            plan, folder = assignment.plan, attempt.folder
            made = make_chosen_frame(plan, Fraction(at_s), address, folder, attempt.tools, report)
        with attempt.undisturbed():
            row = reserve(encode.video_id, source_id=encode.source_id, at_s=at_s, now=utc_now())
        size_bytes = store_pictures(attempt.storage, assignment.video_id, row.name, made)
    now = utc_now()
    with finishing(attempt.lease, queue=attempt.queue, now=now) as job:
        if job.encode.video.thumbnail_at_s == at_s:
            show(current_session(), row.id, size_bytes, now=now)


def ensure_thumbnail(session: Session, encode: Encode, video: Video, *, now: datetime) -> None:
    """Let a chosen frame be made of this encode's file, where that is not done; the video must be locked.

    A file that ends before the chosen time has its picture chosen by us. The caller lets the job in (`advance`).
    """
    if video.thumbnail_kind is not ThumbnailKind.FRAME or video.thumbnail_at_s is None:
        return
    duration_s = session.get_one(Source, encode.source_id).duration_s
    if duration_s is not None and video.thumbnail_at_s > duration_s:
        video.thumbnail_kind, video.thumbnail_at_s = ThumbnailKind.AUTOMATIC, None
        drop_shown(session, video.id, now=now)
        return
    shown = find_shown(session, video.id)
    if shown is not None and (shown.source_id, shown.at_s) == (encode.source_id, video.thumbnail_at_s):
        return
    forget_wish(session, video.id)
    session.add(Job(encode_id=encode.id, kind=JobKind.THUMBNAIL, weight_s=0.0, place=FIRST_PLACE, created_at=now))
    session.flush()


def forget_wish(session: Session, video_id: int) -> None:
    """The frame that was chosen before is not wanted any more; a worker that is at it stops at its next report."""
    encodes = select(Encode.id).where(Encode.video_id == video_id)
    session.execute(delete(Job).where(Job.kind == JobKind.THUMBNAIL, Job.encode_id.in_(encodes)))
