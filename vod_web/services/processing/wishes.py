"""What happens when a player asks for a segment whose turn has not come?

A piece that begins with it is made before all else. Wishes are few: of too many, the oldest lapse, and whoever still
waits for one says so again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from vod_web.core.errors import NotFound, NotMadeYet
from vod_web.db.session import current_session, transaction
from vod_web.media.pieces import cut_piece, find_segment
from vod_web.media.plan import EncodePlan
from vod_web.models import Encode, Job, JobKind, JobState
from vod_web.queue import JobQueue
from vod_web.services.processing.rows import HELD_STATUSES, OPEN_ENCODES, lock_encode
from vod_web.services.processing.turns import queue_job

MOST_OF_ENCODE = 4
"""Wishes for one video that wait to be begun: two viewers who seek, picture and sound."""
MOST_OF_SITE = 24
NEAR = 2
"""So many segments after the one that a piece is at are worth waiting for."""
LATER_S = 2
_WAITING = (Job.kind == JobKind.PIECE, Job.state == JobState.QUEUED, Job.wanted_at.is_not(None))


@dataclass(frozen=True)
class JobSeen:
    """What tells whether a segment is on its way."""

    kind: JobKind
    number: int
    state: JobState
    progress: float
    is_wanted: bool


def want_piece(
    encode_id: str, plan: EncodePlan, number: int, maker: tuple[JobKind, int] | None, *, queue: JobQueue, now: datetime
) -> None:
    """Have a segment of an unfinished encode made next, where nothing is about to make it.

    `number` is that of `media.pieces`; a job of `maker` that is at work is trusted to come to it soon.

    Raises:
        NotFound: there is no such encode.
        NotMadeYet: it is given up, and another one takes its place; or the piece has failed, and its chunk may come.
    """
    session = current_session()
    encode = session.execute(select(Encode.id, Encode.status).where(Encode.public_id == encode_id)).one_or_none()
    if encode is None:
        raise NotFound("There is no such file.")
    if encode.status not in OPEN_ENCODES:
        raise NotMadeYet(retry_after_s=LATER_S)
    jobs = _look(session, encode.id, number, maker)
    if any(job.kind is JobKind.PIECE and job.number == number and job.state is JobState.FAILED for job in jobs):
        raise NotMadeYet(retry_after_s=LATER_S)
    if not is_coming(plan, number, jobs):
        _want(encode.id, number, find_segment(plan, number)[0], queue=queue, now=now)


def is_coming(plan: EncodePlan, number: int, jobs: Sequence[JobSeen]) -> bool:
    """Whether a job that is asked for or at work makes a segment in a moment."""
    for job in jobs:
        if job.kind is not JobKind.PIECE:
            if job.state is JobState.RUNNING:
                return True
        elif job.state is JobState.QUEUED and job.is_wanted and number in (job.number, job.number + 1):
            return True
        elif job.state is JobState.RUNNING:
            count = cut_piece(plan, job.number).segment_count
            at = job.number + int(job.progress * count)
            if job.number <= number < job.number + count and number <= at + NEAR:
                return True
    return False


def _look(session: Session, encode_id: int, number: int, maker: tuple[JobKind, int] | None) -> list[JobSeen]:
    is_open = Job.state.in_((JobState.QUEUED, JobState.RUNNING))
    wanted = and_(Job.kind == JobKind.PIECE, or_(is_open, Job.number == number))
    if maker is not None:
        wanted = or_(wanted, and_(Job.kind == maker[0], Job.number == maker[1]))
    columns = (Job.kind, Job.number, Job.state, Job.progress, Job.wanted_at.is_not(None))
    return [JobSeen(*row) for row in session.execute(select(*columns).where(Job.encode_id == encode_id, wanted))]


def _want(encode_id: int, number: int, rendition: str, *, queue: JobQueue, now: datetime) -> None:
    with transaction() as session:
        encode = lock_encode(session, encode_id)
        if encode is None or encode.status not in OPEN_ENCODES or encode.video.status in HELD_STATUSES:
            return
        known = select(Job).where(Job.encode_id == encode_id, Job.kind == JobKind.PIECE, Job.number == number)
        job = session.scalar(known.execution_options(populate_existing=True))
        if job is None:
            job = Job(encode_id=encode_id, kind=JobKind.PIECE, number=number, makes=[rendition], weight_s=0.0)
            session.add(job)
            session.flush()
        elif not _can_be_wanted(job, now):
            return
        job.wanted_at = now
        queue_job(job, queue=queue, now=now)
        session.flush()
        _let_lapse(session, encode_id)


def _can_be_wanted(job: Job, now: datetime) -> bool:
    """Not one that is at work, is done or has failed, or was wished for a moment ago by somebody else."""
    if job.state is JobState.WAITING:
        return job.not_before is None or job.not_before <= now
    return job.state is JobState.CANCELLED or (job.state is JobState.QUEUED and job.wanted_at is None)


def _let_lapse(session: Session, encode_id: int) -> None:
    """Forget the oldest of too many wishes; a worker that has taken one just now goes on with it."""
    newest_first = select(Job.id).where(*_WAITING).order_by(Job.wanted_at.desc(), Job.id.desc())
    too_many = [
        *session.scalars(newest_first.where(Job.encode_id == encode_id).offset(MOST_OF_ENCODE)),
        *session.scalars(newest_first.offset(MOST_OF_SITE)),
    ]
    if too_many:
        session.execute(update(Job).where(Job.id.in_(too_many), *_WAITING).values(state=JobState.CANCELLED))


def is_somebody_waiting() -> bool:
    """Whether a wish waits for a worker."""
    return current_session().scalar(select(Job.id).where(*_WAITING).limit(1)) is not None
