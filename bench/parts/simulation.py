"""A site on paper: real plans, real jobs and the real rules of whose turn it is, under a clock that we turn."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from vod_web.media.plan import EncodePlan
from vod_web.models import Job, JobKind, JobState
from vod_web.queue import Urgency
from vod_web.services.processing.turns import choose_next, choose_window, urgency_of
from vod_web.services.processing.work import plan_jobs

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
TINY_S = 1e-9


@dataclass(frozen=True)
class Machine:
    """Where workers run."""

    workers: int
    cores: float
    most_cores: float = 1.0
    """How many processors one job can keep busy."""


@dataclass
class Work:
    """A job and what it takes."""

    job: Job
    film: "Film"
    left_s: float
    """Processor seconds that it still needs."""
    total_s: float
    started_s: float = 0.0
    finished_s: float | None = None
    machine: int = 0

    @property
    def done(self) -> float:
        """The part of it that is done."""
        return 1 - self.left_s / self.total_s if self.total_s else 1.0


@dataclass
class Film:
    """A video that is being processed."""

    plan: EncodePlan
    cost: Callable[[Job, EncodePlan], float]
    """Processor seconds of a job."""
    arrives_s: float = 0.0
    works: dict[int, Work] = field(default_factory=dict)
    """By the id of the job; the first one plans the others."""
    finished_s: float | None = None

    @property
    def is_planned(self) -> bool:
        """Whether its jobs are known."""
        return bool(self.works) and next(iter(self.works.values())).finished_s is not None

    def begin(self, first_id: int) -> Work:
        """Make all jobs of its plan, and the first one, which is returned."""
        jobs = [Job(kind=JobKind.PREPARE, weight_s=0.0), *plan_jobs(self.plan)]
        for number, job in enumerate(jobs, first_id):
            job.id, job.state, job.encode_id = number, JobState.WAITING, first_id
            job.place, job.number, job.makes = job.place or 0, job.number or 0, job.makes or []  # as in the database
            cost_s = self.cost(job, self.plan)
            self.works[number] = Work(job, self, cost_s, cost_s)
        return self.works[first_id]


class PaperSite:
    """Workers, a queue, and films that arrive."""

    def __init__(self, machines: Sequence[Machine], films: Sequence[Film]) -> None:
        self.now_s = 0.0
        self.machines = machines
        self.films = list(films)
        self._arrivals = deque(sorted(self.films, key=lambda film: film.arrives_s))
        self._queues: dict[Urgency, deque[Work]] = {urgency: deque() for urgency in Urgency}
        self.running: list[Work] = []

    @property
    def worker_count(self) -> int:
        """On all machines."""
        return sum(machine.workers for machine in self.machines)

    def run(self, on_tick: "Callable[[PaperSite], None] | None" = None, *, tick_s: float = 1.0) -> float:
        """Until all films are made; returns when that is. `on_tick` is called every `tick_s`."""
        next_tick_s = tick_s
        while any(film.finished_s is None for film in self.films):
            self._arrive()
            self._hand_out()
            ends_s = min([self.now_s + work.left_s / self._speed(work) for work in self.running], default=float("inf"))
            arrival_s = self._arrivals[0].arrives_s if self._arrivals else float("inf")
            until_s = min(ends_s, arrival_s, next_tick_s if on_tick else float("inf"))
            self._pass_time(until_s - self.now_s)
            if on_tick and until_s == next_tick_s:
                on_tick(self)
                next_tick_s += tick_s
        return self.now_s

    def list_queued(self) -> list[Work]:
        """What is on the queue, the next one first."""
        return [work for queue in self._queues.values() for work in queue]

    def _arrive(self) -> None:
        while self._arrivals and self._arrivals[0].arrives_s <= self.now_s:
            first_id = 1 + sum(len(film.works) for film in self.films)
            self._queue(self._arrivals.popleft().begin(first_id))

    def _queue(self, work: Work) -> None:
        work.job.state = JobState.QUEUED
        self._queues[urgency_of(work.job)].append(work)

    def _hand_out(self) -> None:
        """Idle workers take the first job of the most urgent queue."""
        for number, machine in enumerate(self.machines):
            while sum(work.machine == number for work in self.running) < machine.workers:
                queue = next((queue for queue in self._queues.values() if queue), None)
                if queue is None:
                    return
                work = queue.popleft()
                work.job.state, work.machine, work.started_s = JobState.RUNNING, number, self.now_s
                self.running.append(work)

    def _speed(self, work: Work) -> float:
        machine = self.machines[work.machine]
        beside = sum(other.machine == work.machine for other in self.running)
        return min(machine.most_cores, machine.cores / beside)

    def _pass_time(self, passed_s: float) -> None:
        speeds = [self._speed(work) for work in self.running]
        for work, speed in zip(self.running, speeds, strict=True):
            work.left_s -= speed * passed_s
        self.now_s += passed_s
        for work in [work for work in self.running if work.left_s <= TINY_S]:
            self._finish(work)

    def _finish(self, work: Work) -> None:
        self.running.remove(work)
        work.left_s, work.finished_s, work.job.state = 0.0, self.now_s, JobState.DONE
        film = work.film
        if work.job.kind is JobKind.PUBLISH:
            film.finished_s = self.now_s
        jobs = [other.job for other in film.works.values()]
        now = EPOCH + timedelta(seconds=self.now_s)
        for job in choose_next(jobs, window=choose_window(self.worker_count), now=now):
            self._queue(film.works[job.id])
