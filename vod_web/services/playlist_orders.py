"""In which order does a playlist show its videos?

By hand the order is a number of each item; the automatic ones follow from the videos, whenever they are asked for.
Shuffled, it follows from a number in the address, so that it stays the same from video to video and for everybody who
gets the link.
"""

import re
import secrets
from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, cast, func

from vod_web.models import Playlist, PlaylistItem, PlaylistOrder, Video
from vod_web.services.paging import Column, Order

PRIME = 2**31 - 1
"""The largest prime whose square fits into what databases calculate with."""

_PUBLISHED = func.coalesce(Video.published_at, Video.created_at)
_LENGTH = func.coalesce(Video.duration_s, 0.0)
BY: dict[PlaylistOrder, tuple[Column, bool]] = {
    PlaylistOrder.HAND: (PlaylistItem.position, False),
    PlaylistOrder.ADDED_NEWEST: (PlaylistItem.added_at, True),
    PlaylistOrder.ADDED_OLDEST: (PlaylistItem.added_at, False),
    PlaylistOrder.PUBLISHED_NEWEST: (_PUBLISHED, True),
    PlaylistOrder.PUBLISHED_OLDEST: (_PUBLISHED, False),
    PlaylistOrder.TITLE: (func.lower(Video.title), False),
    PlaylistOrder.SHORTEST: (_LENGTH, False),
    PlaylistOrder.LONGEST: (_LENGTH, True),
    PlaylistOrder.VIEWS: (Video.view_count, True),
}
"""What each order goes by, and whether the greatest comes first; `PlaylistItem` must be joined with its video."""


@dataclass(frozen=True)
class Shuffle:
    """One of very many random orders of a playlist."""

    factor: int
    shift: int

    @classmethod
    def parse(cls, text: str | None) -> "Shuffle | None":
        """As an address has it; None where it is none of ours."""
        if text is None or not re.fullmatch(r"[0-9]{1,10}\.[0-9]{1,10}", text, re.ASCII):
            return None
        factor, shift = (int(part) for part in text.split("."))
        return cls(factor, shift) if 0 < factor < PRIME and shift < PRIME else None

    @classmethod
    def beginning_with(cls, item: PlaylistItem) -> "Shuffle":
        """A new one, in which this item is the first."""
        factor = secrets.randbelow(PRIME - 1) + 1
        return cls(factor, -item.id % PRIME * factor % PRIME)

    def __str__(self) -> str:
        return f"{self.factor}.{self.shift}"

    @property
    def by(self) -> ColumnElement[int]:
        """A number of each item; that of the first one is 0."""
        line = (cast(PlaylistItem.id, BigInteger) % PRIME * self.factor + self.shift) % PRIME
        return line * line % PRIME


def order_of(playlist: Playlist, shuffle: Shuffle | None = None, *, backwards: bool = False) -> Order:
    """How the items of the playlist are sorted."""
    if shuffle is not None:
        return Order(name=f"shuffle {shuffle}", by=shuffle.by, id=PlaylistItem.id, descending=backwards)
    by, descending = BY[playlist.order]
    return Order(name=playlist.order.value, by=by, id=PlaylistItem.id, descending=descending != backwards)
