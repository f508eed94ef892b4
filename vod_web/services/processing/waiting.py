"""What happens when a player asks for a segment that is planned, but not made yet?

Its job goes before all others, and the request waits a few seconds for it. The row of the job is the truth; whoever
asks again after that finds the segment, or waits again.
"""

import re
import time
from datetime import datetime
from functools import lru_cache
from threading import BoundedSemaphore

from sqlalchemy import select

from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound, NotMadeYet
from vod_web.db.session import close_session, current_session, transaction
from vod_web.media.plan import EncodePlan
from vod_web.models import Encode, Job, JobKind, JobState
from vod_web.queue import JobQueue
from vod_web.services.processing.outputs import PlanOutdated, read_record
from vod_web.services.processing.rows import lock_job
from vod_web.services.processing.turns import LADDER_PLACE, queue_job
from vod_web.storage.base import Storage

LONGEST_WAIT_S = 8.0
POLL_S = (0.05, 0.5)
"""How soon the storage is asked again: first, and later."""
MOST_WAITING = 10
"""Requests of one process that wait: a third of its threads, so that others are always served."""
SOON_S, LATER_S = 1, 2

_SEGMENT = re.compile(r"videos/[^/]+/(?P<encode>[^/]+)/(?P<rendition>[^/]+)/(?:(?P<number>\d{1,7})\.m4s|init\.mp4)")
_seats = BoundedSemaphore(MOST_WAITING)


def await_segment(key: str, *, storage: Storage, queue: JobQueue, wait_s: float = LONGEST_WAIT_S) -> None:
    """Return when a segment of an unfinished encode is stored; at once for any other kind of file.

    Raises:
        NotFound: nothing of this name will be made, or not for players.
        NotMadeYet: it takes longer, or too many wait already.
    """
    asked_for = _SEGMENT.fullmatch(key)
    if asked_for is None or storage.exists(key):
        return
    job_id = _find_job(asked_for["encode"], asked_for["rendition"], int(asked_for["number"] or 0))
    want_job(job_id, queue=queue, now=utc_now())
    close_session()
    if not _seats.acquire(blocking=False):
        raise NotMadeYet(retry_after_s=LATER_S)
    try:
        _wait(key, storage, wait_s)
    finally:
        _seats.release()


def _wait(key: str, storage: Storage, wait_s: float) -> None:
    ends_at, pause_s = time.monotonic() + wait_s, POLL_S[0]
    while not storage.exists(key):
        if time.monotonic() + pause_s > ends_at:
            raise NotMadeYet(retry_after_s=SOON_S)
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, POLL_S[1])


def want_job(job_id: int, *, queue: JobQueue, now: datetime) -> None:
    """Put a job before all others, where it is still to be begun; once is enough."""
    if current_session().scalar(select(Job.id).where(Job.id == job_id, *_CAN_BE_WANTED)) is None:
        return
    with transaction() as session:
        job = lock_job(session, job_id)
        if job is None or job.wanted_at is not None or job.state not in (JobState.WAITING, JobState.QUEUED):
            return
        job.wanted_at = now
        if job.not_before is None or job.not_before <= now:
            queue_job(job, queue=queue, now=now)


_CAN_BE_WANTED = (Job.wanted_at.is_(None), Job.state.in_((JobState.WAITING, JobState.QUEUED)))


def _find_job(encode_id: str, rendition: str, number: int) -> int:
    """The row id of the job that makes a segment of those that play early."""
    made_by = find_maker(_read_plan(encode_id), rendition, number)
    if made_by is None:
        raise NotFound("There is no such file.")
    kind, job_number = made_by
    wanted = select(Job.id).join(Job.encode).where(Encode.public_id == encode_id)
    wanted = wanted.where(Job.kind == kind, Job.number == job_number, Job.place < LADDER_PLACE)
    job_id = current_session().scalar(wanted)
    if job_id is None:
        raise NotFound("There is no such file.")
    return job_id


def find_maker(plan: EncodePlan, rendition: str, number: int) -> tuple[JobKind, int] | None:
    """Which job makes a segment; None when none does."""
    for chunk in plan.chunks:
        if number in chunk.segments and rendition in plan.chunk_names(chunk):
            return JobKind.CHUNK, chunk.index
    for part in plan.audio_chunks:
        if number in part.segments and rendition == plan.audio[part.track].name:
            return JobKind.AUDIO, part.index
    return None


@lru_cache(maxsize=16)
def _read_plan(encode_id: str) -> EncodePlan:
    """The plan of an encode, which never changes."""
    plan = current_session().scalar(select(Encode.plan).where(Encode.public_id == encode_id))
    if plan is None:
        raise NotFound("There is no such file.")
    try:
        return read_record(EncodePlan, plan)
    except PlanOutdated:
        raise NotFound("There is no such file.") from None
