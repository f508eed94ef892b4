"""What has been left lying by a process, queue server or machine that died, and must be picked up?

Any worker sweeps, every few seconds; two at the same time do no harm.
"""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select, update

from vod_web.core.errors import Unavailable
from vod_web.core.logging import get_logger
from vod_web.db.session import after_commit, close_session, transaction
from vod_web.models import Encode, Job, JobState
from vod_web.queue import JobQueue, hint_name
from vod_web.services.processing.outcomes import take_back_expired
from vod_web.services.processing.rows import WANTED_ENCODES, lock_encode
from vod_web.services.processing.turns import advance, urgency_of

HINT_GRACE = timedelta(seconds=5)
"""Between taking a hint from the queue and claiming its job passes a moment; so old a hint is truly gone."""

log = get_logger(__name__)


def sweep_jobs(*, queue: JobQueue, now: datetime) -> int:
    """Put back, put again, and let in what should be going on and is not; returns how many jobs that were."""
    mended = take_back_expired(queue=queue, now=now)
    mended += put_again(queue=queue, now=now)
    mended += let_in(queue=queue, now=now)
    if mended:
        log.info("swept", jobs=mended)
    return mended


def put_again(*, queue: JobQueue, now: datetime) -> int:
    """Tell the queue again of jobs that it has forgotten: it was wiped, or a worker died with the hint in hand."""
    with transaction() as session:
        jobs = session.scalars(select(Job).where(Job.state == JobState.QUEUED, Job.queued_at < now - HINT_GRACE)).all()
    close_session()
    if not jobs:
        return 0
    try:
        known = queue.hints()
    except Unavailable:
        return 0
    return sum(_put_again(job, queue=queue, now=now) for job in jobs if not _is_known(job, known))


def _is_known(job: Job, known: set[str]) -> bool:
    return job.queued_at is not None and hint_name(job.id, job.queued_at) in known


def _put_again(job: Job, *, queue: JobQueue, now: datetime) -> bool:
    """Put it under a new name, unless somebody else did so just now."""
    with transaction() as session:
        changed = session.execute(
            update(Job)
            .where(Job.id == job.id, Job.state == JobState.QUEUED, Job.queued_at == job.queued_at)
            .values(queued_at=now)
            .execution_options(synchronize_session=False)
            .returning(Job.id)
        ).one_or_none()
        if changed is not None:
            after_commit(partial(queue.put, job.id, now, urgency_of(job), at_front=job.wanted_at is not None))
    return changed is not None


def let_in(*, queue: JobQueue, now: datetime) -> int:
    """Let in the waiting jobs whose turn has come: a pause after an error is over, a video is back from the bin."""
    with transaction() as session:
        wanted = select(Encode.id).where(
            Encode.status.in_(WANTED_ENCODES),
            select(Job.id).where(Job.encode_id == Encode.id, Job.state == JobState.WAITING).exists(),
        )
        encode_ids = session.scalars(wanted).all()
    return sum(_let_in(encode_id, queue=queue, now=now) for encode_id in encode_ids)


def _let_in(encode_id: int, *, queue: JobQueue, now: datetime) -> int:
    with transaction() as session:
        encode = lock_encode(session, encode_id)
        return advance(session, encode, encode.video, queue=queue, now=now) if encode else 0
