"""What do admins see of the jobs, and what may they do with them?"""

from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, defer, joinedload

from vod_web.core.errors import Conflict, NotFound
from vod_web.db.session import current_session, transaction
from vod_web.models import Encode, EncodeStatus, Import, Job, JobKind, JobState, Role, SourceState, User, Video
from vod_web.queue import JobQueue
from vod_web.schemas.admin import JobFilter
from vod_web.services import audit
from vod_web.services.paging import Found, Order, find_page
from vod_web.services.permissions import require_role
from vod_web.services.processing.encodes import CANCELLED
from vod_web.services.processing.outcomes import give_up
from vod_web.services.processing.rows import list_encode_jobs, lock_job
from vod_web.services.processing.standing import show_at_work
from vod_web.services.processing.turns import SIDE_JOBS, advance

_COLUMNS = {
    "created_at": Job.created_at,
    "started_at": Job.started_at,
    "progress": Job.progress,
    "attempt": Job.attempt,
}


def list_jobs(actor: User | None, wanted: JobFilter) -> Found[Job]:
    """A page of the jobs with their encode or import and its video, for an admin; without results and logs."""
    require_role(actor, Role.ADMIN)
    name = wanted.sort.removeprefix("-")
    order = Order(
        name=wanted.sort,
        by=_COLUMNS[name],
        id=Job.id,
        descending=wanted.sort.startswith("-"),
        nullable=name == "started_at",
    )
    return find_page(_filter(wanted), order, cursor=wanted.cursor, limit=wanted.limit)


def _filter(wanted: JobFilter) -> Select[Job]:
    statement = (
        select(Job)
        .outerjoin(Job.encode)
        .outerjoin(Job.fetch)
        .join(Video, Video.id == func.coalesce(Encode.video_id, Import.video_id))
        .options(contains_eager(Job.encode).contains_eager(Encode.video), defer(Job.result), defer(Job.log))
        .options(contains_eager(Job.fetch).contains_eager(Import.video))
    )
    if wanted.state is not None:
        statement = statement.where(Job.state == wanted.state)
    if wanted.kind is not None:
        statement = statement.where(Job.kind == wanted.kind)
    if wanted.query:
        title = Video.title.icontains(wanted.query, autoescape=True)
        statement = statement.where(or_(title, Video.public_id == wanted.query, Job.worker == wanted.query))
    return statement


def get_job(actor: User | None, job_id: int) -> Job:
    """One job with its encode or import, its video and its log, for an admin.

    Raises:
        NotFound: there is no such job.
    """
    require_role(actor, Role.ADMIN)
    wanted = select(Job).where(Job.id == job_id).options(joinedload(Job.encode).joinedload(Encode.video))
    wanted = wanted.options(joinedload(Job.fetch).joinedload(Import.video))
    job = current_session().scalars(wanted.options(defer(Job.result))).one_or_none()
    if job is None:
        raise NotFound("There is no such job.")
    return job


def retry_job(actor: User | None, job_id: int, *, queue: JobQueue, now: datetime) -> Job:
    """Do a failed job again; its encode goes on where it stopped, with all that is done already.

    Raises:
        NotFound: there is no such job.
        Conflict: it has not failed, or its encode's files were removed or have a successor.
    """
    require_role(actor, Role.ADMIN)
    with transaction() as session:
        job = lock_job(session, job_id)
        if job is None:
            raise NotFound("There is no such job.")
        if job.state not in (JobState.FAILED, JobState.CANCELLED):
            raise Conflict("Only a job that failed or was cancelled can be tried again.")
        encode, video = job.encode, job.encode.video
        if job.kind not in SIDE_JOBS:
            _reopen(encode)
        for other in list_encode_jobs(session, job.encode_id):
            is_needed = other.state is JobState.CANCELLED and other.kind is not JobKind.PIECE
            if other.id == job.id or (is_needed and job.kind not in SIDE_JOBS):
                other.state, other.not_before, other.attempt, other.failures = JobState.WAITING, None, 0, 0
                other.finished_at, other.progress = None, 0.0
        advance(session, encode, video, queue=queue, now=now)
        audit.note_power(actor, video, "job.retry", kind=job.kind.value)
    return job


def _reopen(encode: Encode) -> None:
    """A failed encode goes on."""
    if encode.status not in (EncodeStatus.FAILED, EncodeStatus.CANCELLED) or encode.files_removed_at is not None:
        raise Conflict("This encode cannot go on. Process the video anew instead.")
    if encode.source.state not in (SourceState.CURRENT, SourceState.INCOMING):
        raise Conflict("Another file has taken the place of the one that this encode is made from.")
    if current_session().scalar(select(Encode.id).where(Encode.video_id == encode.video_id, Encode.id > encode.id)):
        raise Conflict("A newer encode of this video has taken the place of this one.")
    encode.status, encode.failure, encode.finished_at = EncodeStatus.PROCESSING, None, None
    show_at_work(encode)


def cancel_job(actor: User | None, job_id: int, *, queue: JobQueue, now: datetime) -> Job:
    """Give a job up; a video that needs it is not processed further, and can be tried again.

    Raises:
        NotFound: there is no such job.
        Conflict: it is over.
    """
    require_role(actor, Role.ADMIN)
    with transaction() as session:
        job = lock_job(session, job_id)
        if job is None:
            raise NotFound("There is no such job.")
        if job.state.is_over:
            raise Conflict("This job is over.")
        encode, video = job.encode, job.encode.video
        give_up(session, job, CANCELLED, now=now)
        job.state = JobState.CANCELLED
        advance(session, encode, video, queue=queue, now=now)
        audit.note_power(actor, video, "job.cancel", kind=job.kind.value)
    return job
