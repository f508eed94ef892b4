"""What does a worker have at hand while it is at a job, and how is it stopped in the middle?"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vod_web.core.clock import utc_now
from vod_web.core.settings import Settings
from vod_web.db.session import close_session
from vod_web.media.runner import Tools
from vod_web.queue import JobQueue
from vod_web.services.processing.leases import LEASE_S, Lease, LeaseLost, renew_lease, report_progress
from vod_web.storage.base import Storage

REPORT_INTERVAL_S = 1.0
"""Progress is written at most so often."""
LEAST_MEASURED_S = 1.0
"""A speed is told when it was measured for so long."""
ENCODED_PART = 0.98
"""How much of a job the encoding is; the rest is the storing of its files."""


class WorkerStopped(BaseException):
    """The worker is told to end: the job goes back to the queue. Like KeyboardInterrupt, no error of the job."""


@dataclass
class Attempt:
    """One attempt at one job."""

    lease: Lease
    storage: Storage
    queue: JobQueue
    settings: Settings
    tools: Tools
    folder: Path
    """Scratch of this attempt alone; removed after it."""
    lease_s: float = LEASE_S
    is_lost: bool = False
    """Seen by the thread that renews the lease; the next report raises LeaseLost."""
    _reported: float = 0.0
    _first: tuple[float, float] | None = None
    """When the first progress was reported, and how much it was."""
    _is_stop_wanted: bool = False
    _may_be_interrupted: bool = False

    @contextmanager
    def slow_work(self) -> Iterator[None]:
        """Around encoding and storing: no database connection is held, and `stop` ends it at once."""
        close_session()
        self._may_be_interrupted = True
        try:
            self._check()
            yield
        finally:
            self._may_be_interrupted = False

    def stop(self) -> None:
        """End this attempt soon; from a signal handler of the thread that works on it.

        Raises:
            WorkerStopped: at once where nothing delicate is going on; else the work raises it a moment later.
        """
        self._is_stop_wanted = True
        if self._may_be_interrupted:
            raise WorkerStopped

    def report(self, progress: float) -> None:
        """Say how far the job is, from 0 to 1; call it often inside slow work.

        Raises:
            LeaseLost: the job is not ours any more.
            WorkerStopped: the worker is told to end.
        """
        self._check()
        now = time.monotonic()
        if now - self._reported < REPORT_INTERVAL_S:
            return
        self._reported = now
        progress = min(max(progress, 0.0), 1.0)
        speed = self._measure_speed(now, progress)
        with self.undisturbed():
            report_progress(self.lease, progress, speed, lease_s=self.lease_s, now=utc_now())

    def _measure_speed(self, now: float, progress: float) -> float | None:
        """Seconds of the job's weight made in a second, since the first report: before it, FFmpeg only got ready."""
        if self._first is None:
            self._first = (now, progress) if progress else None
            return None
        began, before = self._first
        is_enough = now - began >= LEAST_MEASURED_S and self.lease.weight_s * (progress - before) > 0
        return self.lease.weight_s * (progress - before) / (now - began) if is_enough else None

    def renew(self) -> None:
        """Hold the job for another while; from the thread that does this all the time."""
        try:
            renew_lease(self.lease, lease_s=self.lease_s, now=utc_now())
        except LeaseLost:
            self.is_lost = True
        finally:
            close_session()

    def reporter(self, duration_s: float) -> Callable[[float, float | None], None]:
        """What FFmpeg's runner calls with the seconds written so far."""

        def report(written_s: float, _speed: float | None) -> None:
            self.report(ENCODED_PART * written_s / duration_s if duration_s > 0 else 0.0)

        return report

    def make_folder(self) -> None:
        """An empty scratch directory."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def remove_folder(self) -> None:
        """Nothing of this attempt stays on this machine."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """A moment in slow work that must not be broken off: a transaction."""
        before, self._may_be_interrupted = self._may_be_interrupted, False
        try:
            yield
        finally:
            close_session()
            self._may_be_interrupted = before
        self._check()

    def _check(self) -> None:
        if self._is_stop_wanted:
            raise WorkerStopped
        if self.is_lost:
            raise LeaseLost
