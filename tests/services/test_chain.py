"""What the set-up page says of each link, from what is known of the test clip."""

from datetime import UTC, datetime

import pytest

from vod_web.models import EncodeStatus, Job, JobKind, JobState, Worker
from vod_web.services.chain import Journey, Link, LinkName, LinkState, broken, follow, summarize
from vod_web.services.processing.outcomes import STORAGE_AWAY
from vod_web.services.processing.outputs import SOURCE_GONE

NOW = datetime(2026, 5, 1, tzinfo=UTC)
MARKS = {LinkState.WAITING: ".", LinkState.RUNNING: "~", LinkState.DONE: "+", LinkState.FAILED: "!"}


def job(state: JobState = JobState.QUEUED, **values: object) -> Job:
    return Job(id=7, kind=JobKind.PREPARE, state=state, **({"attempt": 0, "worker": None} | values))


def worker(name: str = "box-1", job_id: int | None = None) -> Worker:
    return Worker(name=name, host="box", pid=1, job_id=job_id, seen_at=NOW)


def journey(**values: object) -> Journey:
    """A clip that was just put on the queue, with a worker there."""
    known: dict[str, object] = {
        "status": EncodeStatus.QUEUED,
        "failure": None,
        "progress": 0.0,
        "jobs": [job()],
        "workers": [worker()],
        "waited_s": 1.0,
        "took_s": None,
        "rendition_count": 0,
        "queue_error": None,
        "storage_error": None,
    }
    return Journey(**(known | values))  # type: ignore[arg-type] # the values are the fields'


def marks(links: tuple[Link, ...]) -> str:
    """One sign for each link: database, storage, queue, worker, FFmpeg, player."""
    return "".join(MARKS[link.state] for link in links)


def link(links: tuple[Link, ...], name: LinkName) -> Link:
    return links[list(LinkName).index(name)]


RUNNING = job(JobState.RUNNING, attempt=1, worker="box-1")
GONE = EncodeStatus.FAILED
TRIED = job(JobState.WAITING, attempt=1, error="FFmpeg ended with status 1")
DEAD = job(JobState.FAILED, attempt=4, error="FFmpeg ended with status 1")
LOOKED = job(JobState.WAITING, attempt=1, error=SOURCE_GONE)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, "++~~.."),
        ({"workers": []}, "++~~.."),
        ({"workers": [], "waited_s": 6.0}, "++~!.."),
        ({"workers": [worker(job_id=3)], "waited_s": 600.0}, "++~~.."),
        ({"waited_s": 41.0}, "++~!.."),
        ({"queue_error": "The queue server cannot be reached."}, "++!..."),
        ({"status": EncodeStatus.PROCESSING, "jobs": [RUNNING]}, "++++~."),
        ({"status": EncodeStatus.PROCESSING, "jobs": [RUNNING], "queue_error": "away"}, "++!+.."),
        ({"status": EncodeStatus.PROCESSING, "jobs": [RUNNING], "workers": [], "waited_s": 9.0}, "+++!.."),
        ({"status": EncodeStatus.PROCESSING, "jobs": [TRIED]}, "++++!."),
        ({"status": EncodeStatus.PROCESSING, "jobs": [TRIED], "storage_error": "full"}, "+!++.."),
        ({"status": GONE, "jobs": [DEAD], "failure": "It failed."}, "++++!."),
        ({"status": GONE, "jobs": [DEAD], "failure": STORAGE_AWAY}, "+!++.."),
        ({"status": GONE, "jobs": [DEAD], "failure": SOURCE_GONE}, "+++!.."),
        ({"status": EncodeStatus.PROCESSING, "jobs": [LOOKED]}, "+++!.."),
        ({"status": EncodeStatus.CANCELLED, "jobs": [job(JobState.CANCELLED)]}, "++~+!."),
        ({"status": EncodeStatus.READY, "jobs": [RUNNING], "queue_error": "away", "took_s": 2.5}, "+++++~"),
    ],
)
def test_lights_tell_the_truth(known: dict[str, object], expected: str) -> None:
    assert marks(follow(journey(**known))) == expected


def test_a_broken_link_says_how_to_mend_it() -> None:
    no_worker = link(follow(journey(workers=[], waited_s=9.0)), LinkName.WORKER)
    failed = link(follow(journey(status=EncodeStatus.PROCESSING, jobs=[TRIED])), LinkName.FFMPEG)

    assert (no_worker.detail, "python worker.py" in no_worker.mend) == ("No worker is running.", True)
    assert (failed.detail, failed.job_id) == ("FFmpeg ended with status 1", 7)
    assert failed.mend


def test_a_finished_journey_says_what_was_done() -> None:
    links = follow(journey(status=EncodeStatus.READY, jobs=[RUNNING], took_s=2.5, rendition_count=3))

    assert link(links, LinkName.WORKER).detail == "box-1 did the work."
    assert link(links, LinkName.FFMPEG).detail == "It made 3 renditions in 2.5 s."


def test_several_workers_are_named_in_words() -> None:
    links = follow(journey(workers=[worker("a"), worker("b"), worker("c")]))

    assert link(links, LinkName.WORKER).detail.startswith("a, b and c")


@pytest.mark.parametrize(("name", "expected"), [(LinkName.STORAGE, "+!...."), (LinkName.FFMPEG, "+...!.")])
def test_a_clip_that_could_not_be_sent_shows_where_it_ended(name: LinkName, expected: str) -> None:
    links = broken(name, "It is full.", "Make room.")

    assert marks(links) == expected
    assert (link(links, name).detail, link(links, name).mend) == ("It is full.", "Make room.")


def test_summary_names_what_is_broken_before_what_goes_on() -> None:
    assert summarize(follow(journey())) == "Queue is being tested."
    assert summarize(follow(journey(workers=[], waited_s=9.0))) == "Worker does not work."
    assert summarize([Link(name) for name in LinkName]) == ""
