"""What do entry points need at hand: the settings, the storage, the queue, the limits and the mail?

Opened once per process by the composition root (`vod_web.app`) or the worker, then taken with `resources()` by
views, API calls and jobs, which hand the services what they need as arguments.
"""

from dataclasses import dataclass

from vod_web.core.settings import Settings
from vod_web.queue import JobQueue
from vod_web.services.mail import Mailer
from vod_web.services.play_buffer import PlayBuffer
from vod_web.services.throttle import Throttle
from vod_web.storage import open_storage
from vod_web.storage.base import Storage


@dataclass(frozen=True)
class Resources:
    """Everything outside the process and the database that the services act on."""

    settings: Settings
    storage: Storage
    queue: JobQueue
    throttle: Throttle
    mailer: Mailer
    plays: PlayBuffer


_current: list[Resources] = []


def open_resources(settings: Settings) -> Resources:
    """Open what the settings name, and make it this process's; a second call replaces the first."""
    queue = JobQueue(settings.redis_url)
    opened = Resources(
        settings=settings,
        storage=open_storage(settings),
        queue=queue,
        throttle=Throttle(queue.connection, site_key=settings.secret_key),
        mailer=Mailer(settings),
        plays=PlayBuffer(queue.connection, site_key=settings.secret_key),
    )
    _current[:] = [opened]
    return opened


def resources() -> Resources:
    """This process's resources."""
    return _current[0]
