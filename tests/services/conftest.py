"""What the tests of services share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from vod_web.core.security import new_secret
from vod_web.queue import JobQueue
from vod_web.services.throttle import Throttle
from vod_web.storage.local import LocalStorage


@pytest.fixture
def throttle(redis_url: str) -> Iterator[Throttle]:
    """The counters of a site of this test alone, on a real queue server."""
    connection = Redis.from_url(redis_url)
    yield Throttle(connection, site_key=new_secret())
    connection.close()


@pytest.fixture
def queue(redis_url: str) -> Iterator[JobQueue]:
    """An empty queue on a real server."""
    queue = JobQueue(redis_url)
    queue.connection.flushdb()
    yield queue
    queue.connection.close()


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    """A storage of this test alone."""
    return LocalStorage(tmp_path / "media")
