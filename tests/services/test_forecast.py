"""Is the time left that people are told true? On paper: real plans, turns and measuring, under a clock that we turn."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import pytest

from bench.parts.simulation import Film, Machine, PaperSite, Work
from tests.media.probes import audio_track, copied_video, even_video, make_probe
from vod_web.media.plan import EncodeOptions, EncodePlan, plan_encode
from vod_web.models import Job, JobKind, JobState
from vod_web.services.processing.attempts import LEAST_MEASURED_S
from vod_web.services.processing.forecast import (
    Capacity,
    JobProgress,
    Turns,
    foretell,
    measure_part,
    measure_speed,
    plan_turns,
    steady,
)
from vod_web.services.processing.turns import MAIN_JOBS
from vod_web.services.processing.work import encode_cost

ONE = (Machine(workers=1, cores=2, most_cores=1.9),)
TWO = (Machine(workers=2, cores=2, most_cores=1.9),)
APART = (Machine(workers=1, cores=2, most_cores=1.9),) * 4

ALLOWED_ERROR = 0.3
SHORTEST_S = 12.0
"""Errors are parts of at least this: so near the end a single chunk that takes longer decides."""
MEASURING_S = 5.0
"""So long nothing may be told of the first video of all: there is nothing to go by."""
HARDNESS = 0.05
"""How much harder one piece of a film is to encode than the one before, at random."""
LOOKAHEAD_S = 1.2
"""The encoder holds back so much of what it was given."""


def job(
    number: int,
    state: JobState,
    *,
    weight_s: float = 10.0,
    progress: float = 0.0,
    speed: float | None = None,
    busy_s: float = 0.0,
) -> JobProgress:
    """A ladder chunk."""
    return JobProgress(number, JobKind.CHUNK, state, weight_s, progress, speed, busy_s)


def running(number: int, progress: float, speed: float | None, busy_s: float = 5.0) -> JobProgress:
    """One at work."""
    return job(number, JobState.RUNNING, progress=progress, speed=speed, busy_s=busy_s)


def test_progress_is_the_part_of_the_work_that_is_done() -> None:
    poster = JobProgress(9, JobKind.POSTER, JobState.WAITING, 0.0, 0.0, None, 0.0)
    jobs = [
        job(1, JobState.DONE, weight_s=30.0),
        job(2, JobState.RUNNING, weight_s=20.0, progress=0.5),
        job(3, JobState.WAITING, weight_s=50.0),
        poster,
    ]

    assert measure_part(jobs) == pytest.approx(0.4)
    assert measure_part([]) == 0.0


def test_the_speed_is_that_of_late() -> None:
    before = [job(number, JobState.DONE, speed=1.0, busy_s=10.0) for number in range(4)]
    lately = [job(number, JobState.DONE, speed=2.0, busy_s=5.0) for number in range(4, 8)]

    assert measure_speed([*before, *lately], workers=2) == pytest.approx(2.0)
    assert measure_speed([*before, running(8, 0.5, 3.0, busy_s=40.0)], workers=2) == pytest.approx(2.0)


def test_nothing_is_known_before_it_is_measured_but_what_others_let_expect() -> None:
    jobs = [running(1, 0.1, None), job(2, JobState.WAITING)]

    assert measure_speed(jobs, workers=2) is None
    assert measure_speed(jobs, workers=2, guess=1.5) == pytest.approx(1.5)


def test_tiny_jobs_say_nothing_about_the_speed() -> None:
    copied = job(1, JobState.DONE, weight_s=0.2, speed=0.1, busy_s=2.0)

    assert measure_speed([copied, running(2, 0.5, 2.0)], workers=1) == pytest.approx(2.0)


def tell(jobs: list[JobProgress], workers: int, hosts: int = 1, speed: float = 1.0) -> float:
    """When the last of these jobs is done, where nothing else is to be done."""
    queue = [one.id for one in jobs if one.state is JobState.QUEUED]
    return max(foretell({1: plan_turns(jobs, speed)}, queue, 1, Capacity(workers, hosts)).values())


def test_workers_share_what_is_left() -> None:
    jobs = [running(1, 0.5, 1.0), job(2, JobState.QUEUED), job(3, JobState.WAITING)]

    assert tell(jobs, workers=1) == pytest.approx(25.0)
    assert tell(jobs, workers=2, hosts=2) == pytest.approx(15.0)


def test_the_last_job_of_a_machine_has_it_for_itself() -> None:
    jobs = [running(1, 0.5, 1.0), running(2, 0.0, 1.0)]

    assert tell(jobs, workers=2, hosts=2) == pytest.approx(10.0)
    assert 7.0 < tell(jobs, workers=2, hosts=1) < 9.0


def test_each_job_has_its_own_end() -> None:
    jobs = [running(1, 0.5, 1.0), job(2, JobState.QUEUED), job(3, JobState.WAITING)]

    ends = foretell({1: plan_turns(jobs, 1.0)}, [2], 1, Capacity(1))

    assert ends == {1: pytest.approx(5.0), 2: pytest.approx(15.0), 3: pytest.approx(25.0)}


def test_videos_take_turns() -> None:
    ours = Turns(running={}, queued={1: 10.0}, waiting=[(2, 10.0)])
    short = Turns(running={11: 4.0}, queued={12: 4.0}, waiting=[])

    ends = foretell({1: ours, 2: short}, [12, 1], 1, Capacity(1))

    assert ends == {1: pytest.approx(18.0), 2: pytest.approx(28.0)}


def test_a_site_full_of_videos_is_not_dealt_out_for_ever() -> None:
    others = {number: Turns({}, {number: 1.0}, [(0, 1.0)] * 1000) for number in range(2, 60)}
    ours = Turns({}, {1: 1.0}, [(2000 + number, 1.0) for number in range(500)])

    ends = foretell({1: ours, **others}, [*others, 1], 1, Capacity(4))

    assert len(ends) < 500
    assert max(ends.values()) > 1000


def test_what_is_told_does_not_jump() -> None:
    assert steady(None, 50.0, passed_s=1.0, age_s=20.0) == 50.0
    told = steady(50.0, 60.0, passed_s=1.0, age_s=100.0)
    assert 49.0 < told < 52.0
    assert steady(50.0, 10.0, passed_s=1.0, age_s=100.0) < 35.0


@dataclass
class Watched:
    """What people are told of a film, and what came."""

    film: Film
    told: list[tuple[float, float | None]] = field(default_factory=list)
    first_seen: dict[int, tuple[float, float]] = field(default_factory=dict)

    def look(self, now_s: float) -> list[JobProgress]:
        """Its jobs as the database would have them, those that ended first."""
        works = [work for work in self.film.works.values() if work.job.kind in MAIN_JOBS]
        works.sort(key=lambda work: (work.finished_s or 1e9, work.job.place, work.job.number))
        return [self._describe(work, now_s) for work in works]

    def tell(self, now_s: float, measured_s: float | None) -> None:
        """Tell people what was measured."""
        before_s = self.told[-1][1] if self.told else None
        age_s = now_s - self.film.arrives_s
        left_s = None if measured_s is None else steady(before_s, measured_s, passed_s=1.0, age_s=age_s)
        self.told.append((now_s, left_s))

    def _describe(self, work: Work, now_s: float) -> JobProgress:
        one = work.job
        progress, speed, busy_s = 0.0, None, 0.0
        if work.finished_s is not None:
            progress, busy_s = 1.0, work.finished_s - work.started_s
            speed = one.weight_s / busy_s
        elif one.state is JobState.RUNNING:
            progress, busy_s = max(0.0, work.done - LOOKAHEAD_S / one.weight_s), now_s - work.started_s
            began_s, before = self.first_seen.setdefault(one.id, (now_s, progress))
            if progress == 0:
                del self.first_seen[one.id]
            elif now_s - began_s >= LEAST_MEASURED_S:
                speed = one.weight_s * (progress - before) / (now_s - began_s)
        return JobProgress(one.id, one.kind, one.state, one.weight_s, progress, speed, busy_s, one.makes)


def make_film(seconds: int, is_copied: bool, *, seed: int, workers: int) -> Film:
    """A film that is harder to encode in some places than in others."""
    video = (copied_video if is_copied else even_video)(rate=Fraction(24), seconds=seconds)
    probe = make_probe(video, audio_track(1, duration_s=Fraction(seconds)))
    plan = plan_encode(probe, EncodeOptions(workers=workers))
    chance, hardness = random.Random(seed), [0.0]
    for _ in range(seconds // 2):
        hardness.append(0.85 * hardness[-1] + chance.gauss(0, HARDNESS))
    return Film(plan, _cost_by(hardness, 0.75 if is_copied else 1.6))


def _cost_by(hardness: list[float], second_s: float) -> Callable[[Job, EncodePlan], float]:
    def cost(job: Job, plan: EncodePlan) -> float:
        if job.kind is not JobKind.CHUNK:
            return {JobKind.STORYBOARD: 10.0, JobKind.POSTER: 1.5}.get(job.kind, 0.8)
        chunk, duration_s = plan.chunks[job.number], float(plan.chunk_duration_s(job.number))
        if chunk.purpose == "copy":
            return 0.5
        first = int(plan.timeline.start_s(chunk.first_segment) / 2)
        here = hardness[first : first + max(1, int(duration_s / 2))]
        return 0.4 + second_s * duration_s * (1 + sum(here) / len(here))

    return cost


def follow(machines: tuple[Machine, ...], films: list[Film]) -> list[Watched]:
    """Make the films, and note every second what is told of each."""
    watched = [Watched(film) for film in films]
    PaperSite(machines, films).run(lambda site: tell_all(site, watched))
    return watched


def tell_all(site: PaperSite, watched: list[Watched]) -> None:
    """Measure as `note_progress` does."""
    begun = {number: one for number, one in enumerate(watched) if one.film.is_planned and one.film.finished_s is None}
    capacity = Capacity(site.worker_count, len(site.machines))
    views = {number: one.look(site.now_s) for number, one in begun.items()}
    costs = {number: encode_cost(one.film.plan) for number, one in begun.items()}
    alone = {number: measure_speed(jobs, capacity.workers) for number, jobs in views.items()}
    turns = {}
    for number, jobs in views.items():
        others = [speed * costs[other] for other, speed in alone.items() if speed and other != number]
        guess = sum(others) / len(others) / costs[number] if others else None
        if speed := measure_speed(jobs, capacity.workers, guess):
            turns[number] = plan_turns(jobs, speed)
    queue = [work.job.id for work in site.list_queued()]
    for number, one in begun.items():
        left_s = max(foretell(turns, queue, number, capacity).values(), default=0.0) + 1 if number in turns else None
        one.tell(site.now_s, left_s)


def hard(name: str, machines: tuple[Machine, ...], *films: tuple[int, bool]) -> object:
    """A case of the test below: machines, and films by length and by whether their top rendition is copied."""
    return pytest.param(machines, films, id=name)


@pytest.mark.parametrize(
    ("machines", "films"),
    [
        hard("a copied one, one worker", ONE, (60, True)),
        hard("a copied one, two workers", TWO, (60, True)),
        hard("one worker", ONE, (60, False)),
        hard("two workers", TWO, (60, False)),
        hard("a long one", TWO, (600, True)),
        hard("a long one on four machines", APART, (600, False)),
        hard("two at the same time", TWO, (60, False), (60, False)),
        hard("a short and a long one", TWO, (60, False), (300, True)),
        hard("many, one worker", ONE, (60, True), (60, False), (90, True), (45, False), (120, True)),
        hard("many, four machines", APART, (60, True), (60, False), (90, True), (45, False), (120, True)),
    ],
)
def test_after_the_first_tenth_the_time_left_is_true(
    machines: tuple[Machine, ...], films: tuple[tuple[int, bool], ...]
) -> None:
    workers = sum(machine.workers for machine in machines)
    made = [make_film(*film, seed=100 + number, workers=workers) for number, film in enumerate(films)]

    for watched in follow(machines, made):
        finished_s = watched.film.finished_s or 0.0
        later = [(now_s, left_s) for now_s, left_s in watched.told if now_s >= max(finished_s * 0.1, MEASURING_S)]
        assert len(later) > 3
        for now_s, left_s in later:
            assert left_s is not None, f"nothing is told after {now_s} s"
            true_s = finished_s - now_s
            assert abs(left_s - true_s) <= ALLOWED_ERROR * max(true_s, SHORTEST_S), f"{now_s}: {left_s} for {true_s}"
