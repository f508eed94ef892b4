"""How many requests may wait for something at the same time, and how many of them for one client?"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock


@dataclass
class Seats:
    """The places of one process."""

    most: int
    most_of_client: int
    _taken: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def are_left_for(self, client: str) -> bool:
        """Whether this client may take another one, as far as its own share goes."""
        return self._taken[client] < self.most_of_client

    @contextmanager
    def take(self, client: str) -> Iterator[bool]:
        """Sit down, while the block lasts; False where there is no place, or none for this client."""
        is_seated = self._sit_down(client)
        try:
            yield is_seated
        finally:
            if is_seated:
                self._stand_up(client)

    def _sit_down(self, client: str) -> bool:
        with self._lock:
            if self._taken.total() >= self.most or not self.are_left_for(client):
                return False
            self._taken[client] += 1
            return True

    def _stand_up(self, client: str) -> None:
        with self._lock:
            self._taken[client] -= 1
            if not self._taken[client]:
                del self._taken[client]
