"""Whose turn is it to be fetched, by whom and until when, and what follows when it ended?

The same jobs, leases and fences as those of encodes (see `processing.leases`), but for the queue: nobody waits for a
worker to be free, as fetching is done beside other work. A look at the table every few seconds finds what is due.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from vod_web.core.errors import Conflict, InvalidInput, NotFound, TooLarge, UnsupportedMedia
from vod_web.core.ids import new_public_id
from vod_web.core.logging import get_logger
from vod_web.db.locks import lock_table
from vod_web.db.session import current_session, transaction
from vod_web.models import Import, ImportState, Job, JobKind, JobState, NotificationKind, Video, VideoStatus
from vod_web.remote.addresses import AddressRefused
from vod_web.remote.downloads import FetchFailed
from vod_web.services.import_removal import KEPT_FOR
from vod_web.services.notifications import tell_owner
from vod_web.services.processing.leases import LeaseLost
from vod_web.services.processing.outcomes import (
    MOST_LOSSES,
    RETRY_PAUSE_S,
    describe_error,
    describe_log,
    explain,
    loss_pause_s,
    retry_pause_s,
)
from vod_web.services.processing.rows import lock_video, show_status

MOST_CONSIDERED = 200
NEVER_FINISHED = "Fetching this file was interrupted too often. Try again; if it fails again, tell an admin."
NOT_FETCHED = "This file could not be fetched. Try again; if it fails again, tell an admin of this site."

log = get_logger(__name__)


@dataclass(frozen=True)
class ImportLease:
    """One attempt at one import, by one worker."""

    job_id: int
    import_id: int
    video_id: int
    fence: str


def claim_import(*, worker: str, most: int, lease_s: float, now: datetime) -> ImportLease | None:
    """Take up the import whose turn it is; None where none is due, or `most` are being fetched on the site.

    Of several, one person's have all places but one, and who was served longest ago comes first.
    """
    if most <= 0 or current_session().scalar(_due(now).with_only_columns(Job.id).limit(1)) is None:
        return None
    with transaction() as session:
        lock_table(session, Import)  # so that two workers do not both take the last place
        chosen = _choose(session, most, now)
        if chosen is None:
            return None
        job, found = chosen
        job.state, job.worker, job.fence = JobState.RUNNING, worker, new_public_id()
        job.attempt += 1
        job.lease_expires_at, job.not_before = now + timedelta(seconds=lease_s), None
        job.started_at, job.finished_at, job.error, job.log = now, None, None, None
        found.state, found.started_at, found.speed_bps = ImportState.FETCHING, now, None
        return ImportLease(job.id, found.id, found.video_id, job.fence)


def _due(now: datetime):  # type: ignore[no-untyped-def] # inferred
    is_time = or_(Job.not_before.is_(None), Job.not_before <= now)
    return (
        select(Job, Import)
        .join(Job.fetch)
        .join(Import.video)
        .where(Job.kind == JobKind.IMPORT, Job.state == JobState.WAITING, is_time, Video.deleted_at.is_(None))
    )


def _choose(session: Session, most: int, now: datetime) -> tuple[Job, Import] | None:
    running = select(Import.owner_id).join(Job, Job.import_id == Import.id).where(Job.state == JobState.RUNNING)
    busy = Counter(session.scalars(running).all())
    if busy.total() >= most:
        return None
    due = session.execute(_due(now).order_by(Job.id).limit(MOST_CONSIDERED)).all()
    served = select(Import.owner_id, func.max(Import.started_at)).where(Import.started_at.is_not(None))
    last = {owner: moment for owner, moment in session.execute(served.group_by(Import.owner_id))}  # noqa: C416 - rows
    free = [(job, found) for job, found in due if busy[found.owner_id] < max(1, most - 1)]
    long_ago = now - timedelta(days=3650)
    return min(free, key=lambda pair: (last.get(pair[1].owner_id) or long_ago, pair[0].id), default=None)


def renew_import(lease: ImportLease, *, lease_s: float, now: datetime, **values: float | None) -> None:
    """Hold the job for another while, and write how far the import is.

    Raises:
        LeaseLost: it is not ours any more, or its video was deleted.
    """
    with transaction() as session:
        lock_held_import(session, lease).lease_expires_at = now + timedelta(seconds=lease_s)
        if values:
            session.execute(
                update(Import)
                .where(Import.id == lease.import_id)
                .values(values)
                .execution_options(synchronize_session=False)
            )


def lock_held_import(session: Session, lease: ImportLease) -> Job:
    """The job of this lease with its import and video, ours alone until the transaction ends.

    Raises:
        LeaseLost: it is not ours any more, or its video was deleted.
    """
    job = _lock(session, lease.job_id, lease.video_id)
    if job is None or job.fence != lease.fence or job.state is not JobState.RUNNING or job.video.deleted_at:
        raise LeaseLost
    return job


def _lock(session: Session, job_id: int, video_id: int) -> Job | None:
    lock_video(session, video_id)
    return session.scalars(
        select(Job)
        .where(Job.id == job_id)
        .options(joinedload(Job.fetch).joinedload(Import.video))
        .execution_options(populate_existing=True)
    ).one_or_none()


def get_fetch(job: Job) -> Import:
    """The import of its job, loaded with it."""
    if job.fetch is None:
        raise LeaseLost
    return job.fetch


def give_back_import(lease: ImportLease, *, now: datetime) -> None:
    """Let another worker go on with it; this attempt does not count."""
    with transaction() as session:
        try:
            job = lock_held_import(session, lease)
        except LeaseLost:
            return
        job.attempt -= 1
        _let_go(job, now)
    log.info("import_given_back", job=lease.job_id)


def _let_go(job: Job, not_before: datetime) -> None:
    """Back to waiting; the import goes on where its parts end."""
    found = get_fetch(job)
    job.state, job.not_before = JobState.WAITING, not_before
    job.fence = job.worker = job.lease_expires_at = None
    found.state, found.speed_bps = ImportState.WAITING, None
    found.received_bytes = found.stored_bytes


def fail_import(
    lease: ImportLease, error: Exception, *, is_further: bool, now: datetime, first_pause_s: float = RETRY_PAUSE_S
) -> bool:
    """Note an error: try again later where that may help, else give up; True when what has come is to be removed.

    `is_further` says that something has come since the error before: then this one is the first again.
    """
    with transaction() as session:
        try:
            job = lock_held_import(session, lease)
        except LeaseLost:
            return False
        found = get_fetch(job)
        job.failures = 1 if is_further else job.failures + 1
        job.error, job.log = describe_error(error), describe_log(error)
        found.error, found.error_code = _explain(error)
        pause_s = None if _is_lasting(error) else retry_pause_s(error, job.failures, first_pause_s)
        log.warning("import_failed", job=job.id, error=job.error, again_in_s=pause_s)
        if isinstance(error, (NotFound, InvalidInput)):  # what was stored is not what we think
            found.stored_bytes, found.validator = 0, None
        if pause_s is None:
            _give_up(job, now)
        else:
            _let_go(job, now + timedelta(seconds=pause_s))
        return pause_s is None


def _give_up(job: Job, now: datetime) -> None:
    found = get_fetch(job)
    _let_go(job, now)
    job.state, job.finished_at, job.not_before = JobState.FAILED, now, None
    found.state, found.finished_at, found.expires_at = ImportState.FAILED, now, now + KEPT_FOR
    show_status(found.video, VideoStatus.DRAFT, found.error)
    reason = found.error or ""
    tell_owner(current_session(), found.video, NotificationKind.VIDEO_FAILED, found.public_id, now, reason)


def _is_lasting(error: Exception) -> bool:
    """Whether another try would end the same way."""
    if isinstance(error, FetchFailed):
        return error.is_lasting
    return isinstance(error, (AddressRefused, TooLarge, UnsupportedMedia, Conflict))


def _explain(error: Exception) -> tuple[str, str]:
    """What the owner is told, and by what programs tell it apart."""
    if isinstance(error, FetchFailed) or _is_lasting(error):
        return str(error), getattr(error, "code", FetchFailed.code)
    return NOT_FETCHED if explain(error) == explain(Exception()) else explain(error), FetchFailed.code


def take_back_expired_imports(*, now: datetime) -> int:
    """Let the imports go on whose worker has fallen silent; returns how many."""
    return _take_back([Job.lease_expires_at < now], now)


def take_back_imports_from(worker: str, *, now: datetime) -> int:
    """Let the imports go on that a worker of this name had, which is known to be dead; returns how many."""
    return _take_back([Job.worker == worker], now)


def _take_back(conditions: Sequence[ColumnElement[bool]], now: datetime) -> int:
    is_held = (Job.kind == JobKind.IMPORT, Job.state == JobState.RUNNING)
    with transaction() as session:
        held = session.execute(
            select(Job.id, Job.fence, Import.video_id).join(Job.fetch).where(*is_held, *conditions)
        ).all()
    return sum(_take_back_one(job_id, fence, video_id, now) for job_id, fence, video_id in held)


def _take_back_one(job_id: int, fence: str | None, video_id: int, now: datetime) -> bool:
    with transaction() as session:
        job = _lock(session, job_id, video_id)
        if job is None or job.fence != fence or job.state is not JobState.RUNNING:
            return False
        log.warning("import_lost", job=job.id, worker=job.worker, attempt=job.attempt)
        losses = job.attempt - job.failures
        if losses >= MOST_LOSSES:
            job.error = get_fetch(job).error = NEVER_FINISHED
            _give_up(job, now)
        else:
            _let_go(job, now + timedelta(seconds=loss_pause_s(losses)))
    return True
