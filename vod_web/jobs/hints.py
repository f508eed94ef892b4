"""How does a worker listen to the queue? RQ's worker, made for a queue that only hints.

The job runs in this process, not in a forked one: the heavy and dangerous part is FFmpeg and the probe, which are
processes of their own; threads beside the job rule a fork out; and a fork for each job would cost what it protects.
"""

import contextlib
import logging
from collections.abc import Sequence

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import DequeueTimeout, StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import BaseDeathPenalty
from rq.worker import WorkerStatus

LISTEN_S = 15
"""How long one wait for a hint lasts; a connection that is silent for longer than this and 10 s is dead."""


class NoDeathPenalty(BaseDeathPenalty):
    """Nothing ends a job after a time: leases and the limits of FFmpeg's runner do."""

    def setup_death_penalty(self) -> None:
        """Set no alarm."""

    def cancel_death_penalty(self) -> None:
        """There is no alarm."""


class HintWorker(SimpleWorker):
    """Takes hints until it is stopped; an error of the queue server ends `work`, and the caller begins again."""

    death_penalty_class = NoDeathPenalty

    def __init__(self, queues: Sequence[str], connection: Redis) -> None:
        super().__init__(
            list(queues),
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=LISTEN_S + 15,
            log_job_description=False,
        )

    def stop(self) -> None:
        """Take no further hint.

        Raises:
            StopRequested: where it waits for one; else it ends by itself when the job at hand has ended.
        """
        self._stop_requested = True
        if self.get_state() != WorkerStatus.BUSY:
            raise StopRequested

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[Job, Queue] | None:
        """The next hint; waits for it as long as it takes, but not for a queue server that is away."""
        self.set_state(WorkerStatus.IDLE)
        while not self._stop_requested:
            self.heartbeat()
            try:
                return self.queue_class.dequeue_any(
                    self._ordered_queues,
                    timeout,
                    connection=self.connection,
                    job_class=self.job_class,
                    serializer=self.serializer,
                    death_penalty_class=self.death_penalty_class,
                )
            except DequeueTimeout:
                continue
        raise StopRequested

    def teardown(self) -> None:
        """Sign off, where there is a queue server to hear it."""
        with contextlib.suppress(RedisError):
            super().teardown()  # type: ignore[no-untyped-call] # RQ says no types here

    def subscribe(self) -> None:
        """RQ's remote commands are not for us: what is to be done stands in the database."""

    def unsubscribe(self) -> None:
        """See `subscribe`."""

    def _install_signal_handlers(self) -> None:
        """The process has its own."""


class _NoQueueErrors(logging.Filter):
    """Drops what RQ writes when the queue server is away: the worker says it once, in one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, RedisError)


logging.getLogger("rq.worker").addFilter(_NoQueueErrors())
