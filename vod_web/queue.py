"""How does a job reach a worker?

The database is the truth; what is put on the queue is a hint that there is something to do. Losing it costs
time (until the sweep finds the row), never work; finding it twice does nothing, for a job can be claimed once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from vod_web.core.errors import Unavailable
from vod_web.core.logging import get_logger

RUN_JOB = "vod_web.jobs.run.run_job"
"""The dotted name of the function that a worker calls, with the row id of the job."""
CONNECT_TIMEOUT_S = 3
ANSWER_TIMEOUT_S = 5

log = get_logger(__name__)


class Urgency(StrEnum):
    """The queues, from the one that is emptied first."""

    URGENT = "urgent"
    """Somebody is waiting for it: probing, the first chunk."""
    NORMAL = "normal"
    LOW = "low"
    """Storyboards: what no viewer waits for."""


class JobQueue:
    """The queue server, as the services use it."""

    def __init__(self, redis_url: str) -> None:
        self.connection = connect(redis_url)

    def put(self, job_id: int, queued_at: datetime, urgency: Urgency, *, at_front: bool = False) -> bool:
        """Tell the workers of a job; False when the queue server cannot be reached (the sweep tries again).

        Telling twice of the same queueing does nothing.
        """
        try:
            self._queue(urgency).enqueue(
                RUN_JOB,
                job_id,
                job_id=hint_name(job_id, queued_at),
                unique=True,
                at_front=at_front,
                job_timeout=-1,  # leases in the database bound a job, not the queue
                result_ttl=0,
                failure_ttl=0,
            )
        except DuplicateJobError:
            return True
        except RedisError as error:
            log.warning("queue_unreachable", job=job_id, error=str(error))
            return False
        return True

    def hints(self) -> set[str]:
        """The names of all hints that no worker has taken yet.

        Raises:
            Unavailable: the queue server cannot be reached.
        """
        with _reachable():
            return {name for urgency in Urgency for name in self._queue(urgency).get_job_ids()}

    def depths(self) -> dict[str, int]:
        """How many jobs wait in each queue.

        Raises:
            Unavailable: the queue server cannot be reached.
        """
        with _reachable():
            return {urgency.value: len(self._queue(urgency)) for urgency in Urgency}

    def _queue(self, urgency: Urgency) -> Queue:
        return Queue(urgency.value, connection=self.connection, serializer=JSONSerializer)


def connect(redis_url: str) -> Redis:
    """A connection to the queue server that fails soon where it cannot be reached, and tries a stale one once more."""
    return Redis.from_url(
        redis_url,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=ANSWER_TIMEOUT_S,
        health_check_interval=30,
        retry=Retry(NoBackoff(), 1),
    )


def hint_name(job_id: int, queued_at: datetime) -> str:
    """What a job is called on the queue: another name each time it is queued, so that no old hint stands in its way."""
    return f"job-{job_id}-{round(queued_at.timestamp() * 1000)}"


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise Unavailable(f"The queue server cannot be reached: {str(error).rstrip('.')}.") from error
