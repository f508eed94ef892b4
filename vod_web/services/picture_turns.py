"""How many uploaded pictures are read at the same time?"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from vod_web.core.errors import Unavailable

READ_AT_ONCE = 2
"""By one process of the site: each may take much memory for a moment."""
WAIT_S = 15.0

_readers = threading.BoundedSemaphore(READ_AT_ONCE)


@contextmanager
def turn_to_read() -> Iterator[None]:
    """Wait for a turn, and have it inside the block.

    Raises:
        Unavailable: too many pictures are being read at this moment.
    """
    if not _readers.acquire(timeout=WAIT_S):
        raise Unavailable("Many pictures are being read at this moment: try again soon.")
    try:
        yield
    finally:
        _readers.release()
