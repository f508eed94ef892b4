"""Where do the counts of views stand until they are in the tables?

On the queue server, so that a thousand players that report cost the database one transaction in a while. A script
there takes each report as a whole: it keeps what is known of the sitting (one viewer and one video, for a few hours),
believes no more time than has gone by, and adds what counts to the open batch. A batch is then moved aside, written to
the tables in one transaction together with its name, and dropped. A process that is killed anywhere on that way loses
nothing and counts nothing twice: the next one finds the batch, and the table knows its name.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from vod_web.core.errors import Unavailable

PARTS = 100
"""A video is looked at in so many parts."""
FASTEST = 2
"""So many times faster than it was recorded a player shows a video."""
SITTING = timedelta(hours=6)
"""From its beginning: what the same viewer watches of the video within it is one view."""
SALT_KEPT = timedelta(hours=32)
"""A day, and the sittings that began at its end."""

_NOTE = f"""
local fastest, parts = {FASTEST}, {PARTS}
local now, claimed, needed = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local length, spare, batch, video, day = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7], ARGV[8], ARGV[9]
local begun = tonumber(redis.call('HGET', KEYS[1], 'begun'))
if begun and now >= begun + tonumber(ARGV[4]) then
  redis.call('DEL', KEYS[1])
  begun = nil
end
if not begun then
  redis.call('HSET', KEYS[1], 'begun', now, 'at', now)
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  return 0
end
local at = tonumber(redis.call('HGET', KEYS[1], 'at'))
redis.call('HSET', KEYS[1], 'at', math.max(now, at))
local watched = math.max(0, math.min(claimed, now - at))
if watched == 0 then return 0 end
local all = redis.call('HINCRBY', KEYS[1], 'sum', watched)
local room = math.ceil(watched * fastest * parts / length) + spare
local seen = {{}}
for place = 10, #ARGV do
  if room == 0 then break end
  room = room - 1
  if redis.call('HSETNX', KEYS[1], 'part' .. ARGV[place], 1) == 1 then seen[#seen + 1] = ARGV[place] end
end
local counts = redis.call('HGET', KEYS[1], 'counts')
if not counts and all < needed then return 0 end
if not counts then
  redis.call('HSET', KEYS[1], 'counts', 1)
  watched, seen = all, {{}}
  for part = 0, parts - 1 do
    if redis.call('HEXISTS', KEYS[1], 'part' .. part) == 1 then seen[#seen + 1] = part end
  end
end
redis.call('HSETNX', KEYS[2], 'batch', batch)
if not counts then redis.call('HINCRBY', KEYS[2], video .. ':views:' .. day, 1) end
redis.call('HINCRBY', KEYS[2], video .. ':watched:' .. day, watched)
for _, part in ipairs(seen) do redis.call('HINCRBY', KEYS[2], video .. ':part:' .. part, 1) end
return counts and 0 or 1
"""

_DROP = "if redis.call('HGET', KEYS[1], 'batch') == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


@dataclass(frozen=True, kw_only=True)
class Playing:
    """What a player reports, checked as far as it can be without knowing what it said before."""

    video_id: int
    duration_s: float
    played_s: float
    """Since the last report, by the clock on the wall."""
    needed_s: float
    """So much must be played before it is a view."""
    parts: Sequence[int]
    """Of `PARTS`, those of which something was shown."""
    jumps: int
    """How many runs these parts come from: each may begin or end within a part."""


@dataclass(frozen=True)
class Batch:
    """Counts that are on their way to the tables."""

    name: str
    counts: dict[str, int]
    """`video:what:which`; watched is in milliseconds."""


class PlayBuffer:
    """The counts of one site; safe to use from many threads and processes."""

    def __init__(self, connection: "Redis", *, site_key: str) -> None:
        """`site_key` keeps sites apart that share a queue server."""
        self._redis = connection
        self._prefix = f"vod:{hashlib.sha256(site_key.encode()).hexdigest()[:12]}:plays"
        self._note = connection.register_script(_NOTE)
        self._drop = connection.register_script(_DROP)

    def has_sitting(self, video_id: int, viewer: str, *, now: datetime) -> bool:
        """Whether something was reported of this viewer and this video lately.

        Raises:
            Unavailable: the queue server cannot be reached.
        """
        with _reachable():
            return bool(self._redis.exists(self._sitting(video_id, viewer, now)))

    def note(self, playing: Playing, viewer: str, *, now: datetime) -> bool:
        """Take a report, and say whether it made a view. The first one of a sitting only starts its clock.

        Raises:
            Unavailable: the queue server cannot be reached; the same report may be made again.
        """
        arguments: list[str | int] = [
            round(now.timestamp() * 1000),
            round(playing.played_s * 1000),
            round(playing.needed_s * 1000),
            round(SITTING.total_seconds() * 1000),
            max(1, round(playing.duration_s * 1000)),
            playing.jumps + 1,
            secrets.token_hex(16),
            playing.video_id,
            now.date().isoformat(),
            *playing.parts,
        ]
        with _reachable():
            keys = [self._sitting(playing.video_id, viewer, now), f"{self._prefix}:open"]
            return bool(self._note(keys=keys, args=arguments))

    def take(self) -> Batch | None:
        """The batch that is to be counted: one that was left, or what has come in since; None where there is none.

        Raises:
            Unavailable: the queue server cannot be reached.
        """
        with _reachable():
            if not self._redis.exists(f"{self._prefix}:taken"):
                try:
                    self._redis.renamenx(f"{self._prefix}:open", f"{self._prefix}:taken")
                except ResponseError:  # nothing came in
                    return None
            kept = cast("dict[bytes, bytes]", self._redis.hgetall(f"{self._prefix}:taken"))
        counts = {name.decode(): value.decode() for name, value in kept.items()}
        batch = counts.pop("batch", None)
        return Batch(batch, {name: int(value) for name, value in counts.items()}) if batch else None

    def drop(self, batch: Batch) -> None:
        """It is in the tables.

        Raises:
            Unavailable: the queue server cannot be reached.
        """
        with _reachable():
            self._drop(keys=[f"{self._prefix}:taken"], args=[batch.name])

    def claim(self, name: str, *, for_s: int) -> bool:
        """Whether it is this process's turn to do what one of them does every `for_s` seconds.

        Raises:
            Unavailable: the queue server cannot be reached.
        """
        with _reachable():
            return bool(self._redis.set(f"{self._prefix}:turn:{name}", 1, nx=True, ex=for_s))

    def _sitting(self, video_id: int, viewer: str, now: datetime) -> str:
        """A name from which nobody can tell who it was once the day's salt is gone; it holds on over midnight."""
        today = now.date()
        former_salt = cast("bytes | None", self._redis.get(self._salt_name(today - timedelta(days=1))))
        former = self._name(video_id, viewer, former_salt) if former_salt else ""
        if former and self._redis.exists(former):
            return former
        self._redis.set(self._salt_name(today), secrets.token_hex(32), nx=True, ex=SALT_KEPT)
        return self._name(video_id, viewer, cast("bytes", self._redis.get(self._salt_name(today))))

    def _name(self, video_id: int, viewer: str, salt: bytes) -> str:
        digest = hmac.new(salt, viewer.encode(), hashlib.sha256).hexdigest()[:32]
        return f"{self._prefix}:sitting:{video_id}:{digest}"

    def _salt_name(self, day: date) -> str:
        return f"{self._prefix}:salt:{day.isoformat()}"


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise Unavailable("Views cannot be counted right now.", retry_after_s=15) from error
