"""How far is an encode, and how long will the rest take? Pure.

What is left is dealt out to the workers in the order in which the queue will do it, each encode at the speed that was
measured of it of late: other videos that are being processed take their turns too.
"""

import heapq
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from vod_web.models import JobKind, JobState
from vod_web.services.processing.turns import MAIN_JOBS

SMALLEST_MEASURED_S = 2.0
"""Jobs of less weight say nothing about the speed: they take as long as starting takes."""
MEASURED_ROUNDS = 2
"""The speed is that of the latest so many jobs of each worker, and of those at work."""
GUESS_S = 3.0
"""What other videos let us expect counts as much as so many seconds of measuring."""
SHARING = 0.8
"""Of two workers on one machine, one that has it for itself is 2 ** 0.8 times as fast."""
QUICKEST_S, SLOWNESS = 2.0, 0.15
"""What people are told follows a change within so many seconds, or this part of the time that has passed or is left."""
SURPRISE = 0.5
"""A change by more than this part is followed at once."""
MOST_TURNS = 5000
"""How many jobs are dealt out; what is beyond takes as long as those did."""


@dataclass(frozen=True)
class JobProgress:
    """What the measuring needs to know of a job."""

    id: int
    kind: JobKind
    state: JobState
    weight_s: float
    """How much work it is, where a second of the video in all its sizes is 1."""
    progress: float
    speed: float | None
    """Seconds of its weight done in a second, measured."""
    busy_s: float
    """How long a worker was, or has been, at it."""
    makes: Collection[str] = ()
    """The renditions of which it makes a piece."""

    @property
    def done_s(self) -> float:
        """How much of its weight is done."""
        return self.weight_s if self.state is JobState.DONE else self.weight_s * self.progress

    @property
    def left_s(self) -> float:
        """How much of its weight is to be done."""
        return self.weight_s - self.done_s


@dataclass(frozen=True)
class Turns:
    """What is left of one encode, as the time that each job will keep a worker; the first ones come first."""

    running: Mapping[int, float]
    """Job -> seconds."""
    queued: Mapping[int, float]
    waiting: Sequence[tuple[int, float]]
    """Pairs of job and seconds."""


@dataclass(frozen=True)
class Capacity:
    """Who does the work."""

    workers: int
    hosts: int = 1
    """On so many machines."""


def steady(before_s: float | None, measured_s: float, *, passed_s: float, age_s: float) -> float:
    """What people are told: it follows what was measured, without every jump of it.

    `before_s` was told `passed_s` ago, of an encode that began `age_s` ago.
    """
    if before_s is None:
        return measured_s
    expected_s = max(0.0, before_s - passed_s)
    share = passed_s / max(QUICKEST_S, min(measured_s, age_s) * SLOWNESS)
    if abs(measured_s - expected_s) > SURPRISE * measured_s:
        share = max(share, 0.5)
    return expected_s + min(1.0, share) * (measured_s - expected_s)


def measure_part(jobs: Iterable[JobProgress]) -> float:
    """Which part of the work of these jobs is done, from 0 to 1."""
    main = [job for job in jobs if job.kind in MAIN_JOBS]
    total_s = sum(job.weight_s for job in main)
    return sum(job.done_s for job in main) / total_s if total_s else 0.0


def measure_speed(jobs: Sequence[JobProgress], workers: int, guess: float | None = None) -> float | None:
    """How much weight one worker does in a second, of late; None as long as there is nothing to go by.

    `jobs` in the order in which they ended; `guess` is what other videos let us expect.
    """
    chunks = [job for job in jobs if job.kind is JobKind.CHUNK and job.weight_s >= SMALLEST_MEASURED_S]
    telling = [job for job in chunks or jobs if job.kind in MAIN_JOBS and job.speed]
    done = [job for job in telling if job.state is JobState.DONE][-MEASURED_ROUNDS * workers :]
    used = [*done, *(job for job in telling if job.state is JobState.RUNNING)]
    busy_s = sum(job.busy_s for job in used)
    made_s = sum((job.speed or 0.0) * job.busy_s for job in used)
    if guess:
        made_s, busy_s = made_s + guess * GUESS_S, busy_s + GUESS_S
    return made_s / busy_s if made_s and busy_s > 0 else None


def plan_turns(jobs: Sequence[JobProgress], speed: float) -> Turns:
    """How long each job that is not over will keep a worker; `jobs` in the order in which they have their turns."""
    main = [job for job in jobs if job.kind in MAIN_JOBS]
    return Turns(
        running={job.id: job.left_s / _speed_of(job, speed) for job in main if job.state is JobState.RUNNING},
        queued={job.id: job.left_s / speed for job in main if job.state is JobState.QUEUED},
        waiting=[(job.id, job.left_s / speed) for job in main if job.state is JobState.WAITING],
    )


def _speed_of(job: JobProgress, speed: float) -> float:
    """That of a job at work: its own, as far as it can be trusted yet."""
    if not job.speed:
        return speed
    return (job.speed * job.busy_s + speed * GUESS_S) / (job.busy_s + GUESS_S)


def foretell(encodes: Mapping[int, Turns], queue: Sequence[int], own: int, capacity: Capacity) -> dict[int, float]:
    """In how many seconds each job of encode `own` will be done.

    `queue`: the ids of all queued jobs of the `encodes`, the next one first.
    """
    return _Dealing(encodes, queue, own, capacity).deal()


class _Dealing:
    """Jobs go to workers as they become free; what ends lets in the next one of the same encode."""

    def __init__(self, encodes: Mapping[int, Turns], queue: Sequence[int], own: int, capacity: Capacity) -> None:
        self._capacity = capacity
        mine = encodes[own]
        self._mine = {*mine.running, *mine.queued, *(job for job, _ in mine.waiting)}
        self._left = len(self._mine)
        seconds = {job: time_s for turns in encodes.values() for job, time_s in turns.queued.items()}
        encode_of = {job: encode for encode, turns in encodes.items() for job in turns.queued}
        self._queue = deque((seconds[job], encode_of[job], job) for job in queue if job in seconds)
        self._waiting = {
            encode: deque((time_s, encode, job) for job, time_s in turns.waiting) for encode, turns in encodes.items()
        }
        self._at_work = [
            (time_s, encode, job) for encode, turns in encodes.items() for job, time_s in turns.running.items()
        ]
        heapq.heapify(self._at_work)
        self._ends: dict[int, float] = {}

    def deal(self) -> dict[int, float]:
        """In how many seconds each of our jobs will be done."""
        now_s = 0.0
        for _ in range(MOST_TURNS):
            self._hand_out(now_s)
            if not self._left or not self._at_work or not (self._queue or any(self._waiting.values())):
                break
            now_s, encode, job = heapq.heappop(self._at_work)
            self._end(now_s, job)
            if self._waiting[encode]:
                self._queue.append(self._waiting[encode].popleft())
        self._end_together(now_s)
        return self._ends

    def _hand_out(self, now_s: float) -> None:
        while self._queue and len(self._at_work) < max(1, self._capacity.workers):
            time_s, encode, job = self._queue.popleft()
            heapq.heappush(self._at_work, (now_s + time_s, encode, job))

    def _end(self, now_s: float, job: int) -> None:
        if job in self._mine:
            self._ends[job] = now_s
            self._left -= 1

    def _end_together(self, now_s: float) -> None:
        """Nothing is queued any more: those at work get faster as workers beside them fall idle."""
        workers, hosts = self._capacity.workers, self._capacity.hosts
        time_s, done_s = now_s, now_s
        for number, (end_s, _, job) in enumerate(sorted(self._at_work)):
            busy = max(len(self._at_work) - number, min(hosts, workers), 1)
            time_s += (end_s - done_s) / max(1.0, workers / busy) ** SHARING
            done_s = end_s
            self._end(time_s, job)
