"""How does a job reach a worker?

The database is the truth; what is put on the queue is a hint that there is something to do. Losing it costs
time (until the sweep finds the row), never work.
"""

from enum import StrEnum

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from vod_web.core.errors import Unavailable
from vod_web.core.logging import get_logger

RUN_JOB = "vod_web.jobs.run.run_job"
"""The dotted name of the function that a worker calls, with the row id of the job."""

log = get_logger(__name__)


class Urgency(StrEnum):
    """The queues, from the one that is emptied first."""

    URGENT = "urgent"
    """Somebody is waiting for it: probing, the first chunk."""
    NORMAL = "normal"
    LOW = "low"
    """Posters, storyboards: what no viewer waits for."""


class JobQueue:
    """The queue server, as the services use it."""

    def __init__(self, redis_url: str) -> None:
        self.connection: Redis = Redis.from_url(redis_url, socket_connect_timeout=3, health_check_interval=30)

    def put(self, job_id: int, attempt: int, urgency: Urgency) -> bool:
        """Tell the workers of a job; False when the queue server cannot be reached (the sweep tries again).

        Telling twice of the same attempt does nothing.
        """
        queue = Queue(urgency.value, connection=self.connection, serializer=JSONSerializer)
        try:
            queue.enqueue(
                RUN_JOB,
                job_id,
                job_id=rq_job_id(job_id, attempt),
                unique=True,
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

    def depths(self) -> dict[str, int]:
        """How many jobs wait in each queue.

        Raises:
            Unavailable: the queue server cannot be reached.
        """
        try:
            return {urgency.value: len(Queue(urgency.value, connection=self.connection)) for urgency in Urgency}
        except RedisError as error:
            raise Unavailable(f"The queue server cannot be reached: {error}.") from error


def rq_job_id(job_id: int, attempt: int) -> str:
    """The name of a job's attempt on the queue."""
    return f"job-{job_id}-{attempt}"
