"""Which links of the chain from a file to a picture are proven, which one is broken, and how is it mended?

Pure: a test clip's rows and what the queue and the storage just answered go in, the links as people see them come out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from vod_web.models import EncodeStatus, Job, JobState, Worker
from vod_web.services.processing.outcomes import STORAGE_AWAY
from vod_web.services.processing.outputs import SOURCE_GONE

PATIENCE_S = 5.0
"""So long may a worker need to appear before the page says that there is none."""
SLOWEST_TAKE_S = 40.0
"""A worker without work has taken a job by then, even where the queue forgot it and the sweep had to put it again."""


class LinkName(StrEnum):
    """The links, in the order in which a video passes them."""

    DATABASE = "Database"
    STORAGE = "Storage"
    QUEUE = "Queue"
    WORKER = "Worker"
    FFMPEG = "FFmpeg"
    PLAYER = "Player"


class LinkState(StrEnum):
    """How one link of the chain is doing."""

    WAITING = "waiting"
    """Its turn has not come."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Link:
    """One link of the chain."""

    name: LinkName
    state: LinkState = LinkState.WAITING
    detail: str = ""
    """What was seen, in a sentence."""
    mend: str = ""
    """What to do where it is broken."""
    job_id: int | None = None
    """The job whose log says more."""


@dataclass(frozen=True, kw_only=True)
class Journey:
    """What is known of a test clip that was stored and is on its way."""

    status: EncodeStatus
    failure: str | None
    progress: float
    jobs: Sequence[Job]
    workers: Sequence[Worker]
    """Those that reported a moment ago."""
    waited_s: float
    """Since the clip was put on the queue."""
    took_s: float | None
    """From the first step to the last."""
    rendition_count: int
    queue_error: str | None
    storage_error: str | None


STORAGE_WORKS = Link(LinkName.STORAGE, LinkState.DONE, "The clip was written, read and found whole.")
DATABASE_WORKS = Link(LinkName.DATABASE, LinkState.DONE, "Rows were written and read.")


def follow(journey: Journey) -> tuple[Link, ...]:
    """All links. Behind the first broken one that nothing has passed, no other is called broken."""
    links = (
        DATABASE_WORKS,
        _storage(journey),
        _queue(journey),
        _worker(journey),
        _ffmpeg(journey),
        _player(journey),
    )
    return tuple(_hide_what_follows(links))


def broken(name: LinkName, detail: str, mend: str) -> tuple[Link, ...]:
    """The links of a clip that did not get past this one, which the site tried by itself."""
    works = {LinkName.DATABASE: DATABASE_WORKS, LinkName.STORAGE: STORAGE_WORKS}
    failed = Link(name, LinkState.FAILED, detail, mend)
    before = [LinkName.DATABASE] if name in (LinkName.STORAGE, LinkName.FFMPEG) else []
    return tuple(failed if link is name else works[link] if link in before else Link(link) for link in LinkName)


def _hide_what_follows(links: Sequence[Link]) -> list[Link]:
    """One cause, one red light: what fails behind a broken link fails because of it."""
    shown: list[Link] = []
    is_broken = False
    for link in links:
        shown.append(Link(link.name) if is_broken and link.state is not LinkState.DONE else link)
        is_broken = is_broken or link.state is LinkState.FAILED
    return shown


def _is_over(journey: Journey) -> bool:
    return journey.status in (EncodeStatus.READY, EncodeStatus.FAILED, EncodeStatus.CANCELLED)


def _was_taken(journey: Journey) -> bool:
    return any(job.attempt > 0 for job in journey.jobs)


def _troubled_job(journey: Journey) -> Job | None:
    """The first job that ended in an error and was not done since."""
    return next((job for job in journey.jobs if job.error and job.state is not JobState.DONE), None)


def _storage(journey: Journey) -> Link:
    if journey.storage_error:
        mend = "Correct VOD_STORAGE and the settings beside it, for the site and its workers."
        mend += " Then test again." if _is_over(journey) else " The clip goes on by itself."
        return Link(LinkName.STORAGE, LinkState.FAILED, journey.storage_error, mend)
    if journey.failure == STORAGE_AWAY:
        troubled = _troubled_job(journey)
        detail = (troubled.error if troubled else None) or journey.failure
        return Link(LinkName.STORAGE, LinkState.FAILED, detail, "It works again by now: test again.")
    return STORAGE_WORKS


def _queue(journey: Journey) -> Link:
    if journey.status is EncodeStatus.READY:
        return Link(LinkName.QUEUE, LinkState.DONE, f"It carried {len(journey.jobs)} jobs.")
    if journey.queue_error:
        mend = "Start the queue server, or correct VOD_REDIS_URL. The clip goes on by itself."
        return Link(LinkName.QUEUE, LinkState.FAILED, journey.queue_error, mend)
    if _was_taken(journey):
        return Link(LinkName.QUEUE, LinkState.DONE, "It carried the job to a worker.")
    return Link(LinkName.QUEUE, LinkState.RUNNING, "It answers, and holds the job for a worker.")


def _worker(journey: Journey) -> Link:
    names = sorted({job.worker for job in journey.jobs if job.worker})
    if journey.status is EncodeStatus.READY:
        return Link(LinkName.WORKER, LinkState.DONE, f"{_list(names) or 'A worker'} did the work.")
    if _lacks_source(journey):
        return Link(
            LinkName.WORKER,
            LinkState.FAILED,
            "It took the job, and does not find the clip in its storage.",
            "Give the worker the same VOD_STORAGE settings and the same VOD_DATA_DIR as the site.",
        )
    if _is_over(journey) or (_was_taken(journey) and journey.workers):
        return Link(LinkName.WORKER, LinkState.DONE, f"{_list(names) or 'A worker'} took the job.")
    return _absent_worker(journey)


def _lacks_source(journey: Journey) -> bool:
    """Whether the worker looks into another storage than the one to which the site wrote."""
    troubled = _troubled_job(journey)
    return SOURCE_GONE in (journey.failure, troubled.error if troubled else None)


def _absent_worker(journey: Journey) -> Link:
    """The job waits, or has lost its worker."""
    if not journey.workers and journey.waited_s < PATIENCE_S:
        return Link(LinkName.WORKER, LinkState.RUNNING, "Waiting for a worker.")
    if not journey.workers:
        mend = "Start one with: python worker.py (./vod up does it where VOD_WORKERS is above 0). It takes the job."
        return Link(LinkName.WORKER, LinkState.FAILED, "No worker is running.", mend)
    names = _list([worker.name for worker in journey.workers])
    if all(worker.job_id for worker in journey.workers):
        return Link(LinkName.WORKER, LinkState.RUNNING, f"{names} works at other jobs; the clip is next.")
    if journey.waited_s < SLOWEST_TAKE_S:
        return Link(LinkName.WORKER, LinkState.RUNNING, f"{names} is there, and is about to take the job.")
    mend = "See that it has the same VOD_REDIS_URL as the site; its log says more."
    return Link(LinkName.WORKER, LinkState.FAILED, f"{names} is there, and does not take the job.", mend)


def _ffmpeg(journey: Journey) -> Link:
    if journey.status is EncodeStatus.READY:
        took = f" in {journey.took_s:.1f} s" if journey.took_s is not None else ""
        return Link(LinkName.FFMPEG, LinkState.DONE, f"It made {journey.rendition_count} renditions{took}.")
    troubled = _troubled_job(journey)
    if _is_over(journey):
        detail = (troubled.error if troubled else None) or journey.failure or "It failed."
        mend = "The log says what FFmpeg did. Mend it, and test again."
        return Link(LinkName.FFMPEG, LinkState.FAILED, detail, mend, troubled.id if troubled else None)
    if troubled is not None and troubled.state is not JobState.RUNNING:
        mend = "It is tried again by itself in a moment; the log says what happened."
        return Link(LinkName.FFMPEG, LinkState.FAILED, troubled.error or "", mend, troubled.id)
    if not _was_taken(journey):
        return Link(LinkName.FFMPEG)
    return Link(LinkName.FFMPEG, LinkState.RUNNING, f"{round(journey.progress * 100)} % done.")


def _player(journey: Journey) -> Link:
    if journey.status is not EncodeStatus.READY:
        return Link(LinkName.PLAYER)
    return Link(LinkName.PLAYER, LinkState.RUNNING, "Press play: this part is your browser's.")


def _list(names: Sequence[str]) -> str:
    """The names in words: "a, b and c"."""
    *first, last = names or [""]
    return f"{', '.join(first)} and {last}" if first else last


def summarize(links: Sequence[Link]) -> str:
    """The chain in a sentence, for whoever listens to the page instead of looking at it."""
    said = {LinkState.FAILED: "does not work", LinkState.RUNNING: "is being tested"}
    for state, words in said.items():
        for link in links:
            if link.state is state:
                return f"{link.name.value} {words}."
    return ""
