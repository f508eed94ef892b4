"""What does this process need to know of itself as a worker: its name, its tools, the job it is at?"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from vod_web.core.clock import utc_now
from vod_web.core.processes import DRAIN_SIGNAL
from vod_web.jobs.load import Load
from vod_web.jobs.names import host_name
from vod_web.media.runner import URGENT_NICE, Tools
from vod_web.models import Worker
from vod_web.queue import Urgency
from vod_web.resources import resources
from vod_web.services.processing.attempts import Attempt
from vod_web.services.processing.leases import LEASE_S, Lease
from vod_web.services.processing.outcomes import RETRY_PAUSE_S
from vod_web.services.processing.workers import remove_worker, report_worker

BEAT_S = 5.0
"""How often a worker reports, and renews the lease of its job."""
SWEEP_S = 15.0
"""How often a worker looks for what others left."""


@dataclass(frozen=True)
class Rhythm:
    """How often a worker does what it does all the time."""

    lease_s: float = LEASE_S
    sweep_s: float = SWEEP_S
    retry_s: float = RETRY_PAUSE_S
    """How long a job waits after its first error."""

    @property
    def beat_s(self) -> float:
        """Several beats fit into a lease, so that one may fail."""
        return min(BEAT_S, self.lease_s / 4)


@dataclass
class Workplace:
    """This process as a worker."""

    name: str
    queues: tuple[str, ...]
    scratch: Path
    """A directory of this worker alone."""
    tools: Tools
    rhythm: Rhythm = field(default_factory=Rhythm)
    started_at: datetime = field(default_factory=utc_now)
    attempt: Attempt | None = None
    """The job it is at, if any."""
    is_stopping: bool = False
    """Told to end: what it begins from now on goes back at once."""
    is_draining: bool = False
    """Told to end when the job at hand is done."""
    load: Load = field(default_factory=Load)

    @property
    def is_urgent(self) -> bool:
        """Whether it is there for what somebody waits for, and for nothing else."""
        return self.queues == (Urgency.URGENT.value,)

    @contextmanager
    def at_work(self, lease: Lease) -> Iterator[Attempt]:
        """Be at a job: with an empty scratch directory, which is removed afterwards."""
        at_hand = resources()
        attempt = Attempt(
            lease=lease,
            storage=at_hand.storage,
            queue=at_hand.queue,
            settings=at_hand.settings,
            tools=replace(self.tools, nice=URGENT_NICE) if lease.is_urgent else self.tools,
            folder=self.scratch / f"{lease.job_id}-{lease.attempt}",
            lease_s=self.rhythm.lease_s,
        )
        self.attempt = attempt
        try:
            if self.is_stopping:
                attempt.stop()
            attempt.make_folder()
            yield attempt
        finally:
            self.attempt = None
            attempt.remove_folder()

    def report(self) -> None:
        """Let the site know that this worker is there, and what it is at; hear whether it is to be drained."""
        attempt = self.attempt
        if attempt is not None:
            attempt.renew()
        if report_worker(self._row(attempt), now=utc_now()) and not self.is_draining:
            signal.pthread_kill(threading.main_thread().ident or 0, DRAIN_SIGNAL)  # it may be waiting for a hint

    def leave(self) -> None:
        """Let the site know that this worker has ended."""
        remove_worker(self.name, pid=os.getpid())

    def _row(self, attempt: Attempt | None) -> Worker:
        return Worker(
            name=self.name,
            host=host_name(),
            pid=os.getpid(),
            queues=",".join(self.queues),
            started_at=self.started_at,
            job_id=attempt.lease.job_id if attempt is not None else None,
            cpu_cores=self.load.measure(),
        )


_current: list[Workplace] = []


def take_workplace(workplace: Workplace) -> None:
    """Make it this process's."""
    _current[:] = [workplace]


def this_workplace() -> Workplace:
    """This process's; jobs are called by RQ with nothing but an id."""
    return _current[0]
