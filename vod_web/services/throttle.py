"""Has somebody tried something too often?

Network addresses count by what one household has: see `network_of`.

Counts are kept on the queue server, so that all web processes count together. While it is away each process counts
for itself: limits become looser, never absent, and nobody is locked out by a broken server.
"""

import hashlib
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network
from typing import TypeVar

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import Redis
from redis.exceptions import RedisError

from vod_web.core.clock import utc_now
from vod_web.core.errors import RateLimited
from vod_web.core.logging import get_logger

log = get_logger(__name__)
Answer = TypeVar("Answer")

AWAY_FOR_S = 30.0
"""How long a queue server that failed is left alone."""


@dataclass(frozen=True)
class Limit:
    """At most `amount` times within `per_s` seconds; `name` keeps limits apart, `message` is for whoever meets it."""

    name: str
    amount: int
    per_s: int
    message: str

    @property
    def item(self) -> RateLimitItem:
        """The same as the library has it."""
        return RateLimitItemPerSecond(self.amount, self.per_s, namespace=self.name)


class Throttle:
    """The counters of one site; safe to use from many threads."""

    def __init__(self, connection: "Redis", *, site_key: str) -> None:
        """`site_key` keeps sites apart that share a queue server."""
        prefix = f"vod:{_digest(site_key)[:12]}"
        shared = RedisStorage("redis://", connection_pool=connection.connection_pool, key_prefix=prefix)
        self._shared = MovingWindowRateLimiter(shared)
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._away_until = 0.0
        self._lock = threading.Lock()

    def hit(self, limit: Limit, *who: str) -> None:
        """Count one more try of this person, address or both.

        Raises:
            RateLimited: it is one too many; it does not count then.
        """
        key = _key(who)
        if not self._ask(lambda limiter: limiter.hit(limit.item, key)):
            raise self._refusal(limit, key)

    def check(self, limit: Limit, *who: str) -> None:
        """As `hit`, without counting."""
        key = _key(who)
        if not self._ask(lambda limiter: limiter.test(limit.item, key)):
            raise self._refusal(limit, key)

    def forget(self, limit: Limit, *who: str) -> None:
        """Begin counting anew, for somebody who got it right."""
        key = _key(who)
        self._ask(lambda limiter: limiter.clear(limit.item, key))

    def _refusal(self, limit: Limit, key: str) -> RateLimited:
        free_at = self._ask(lambda limiter: limiter.get_window_stats(limit.item, key)).reset_time
        wait_s = max(1, math.ceil(free_at - utc_now().timestamp()))
        return RateLimited(f"{limit.message} Try again in {_wait_words(wait_s)}.", retry_after_s=wait_s)

    def _ask(self, question: Callable[[MovingWindowRateLimiter], Answer]) -> Answer:
        if time.monotonic() >= self._away_until:
            try:
                return question(self._shared)
            except RedisError as error:
                with self._lock:
                    self._away_until = time.monotonic() + AWAY_FOR_S
                log.warning("limits_counted_alone", error=str(error))
        return question(self._own)


def network_of(address: str) -> str:
    """What counts as one sender: an IPv4 address, or the /64 of an IPv6 address, as each household has one whole."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv4Address) or known.ipv4_mapped:
        return str(known if isinstance(known, IPv4Address) else known.ipv4_mapped)
    return str(ip_network((known, 64), strict=False))


def _key(who: tuple[str, ...]) -> str:
    return _digest("\n".join(map(network_of, who)))


def _digest(text: str) -> str:
    """Names of people do not belong in another server's keys."""
    return hashlib.sha256(text.encode()).hexdigest()


def _wait_words(wait_s: int) -> str:
    if wait_s < 90:
        return f"{wait_s} second{'s' if wait_s != 1 else ''}"
    return f"{math.ceil(wait_s / 60)} minutes"
