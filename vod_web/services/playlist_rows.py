"""How are the rows of a playlist's items written? Inside a transaction, on a playlist that is locked."""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from vod_web.core.errors import Conflict
from vod_web.models import Playlist, PlaylistItem

MOST_ITEMS = 100_000
"""Of one playlist: far beyond what anybody puts together, so that no script fills the site."""

MOST_IN_ONE_STATEMENT = 5000

Value = TypeVar("Value")


def in_parts(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Some at a time: no database takes any number of values in one statement."""
    for start in range(0, len(values), MOST_IN_ONE_STATEMENT):
        yield values[start : start + MOST_IN_ONE_STATEMENT]


def append(session: Session, playlist: Playlist, video_ids: Iterable[int], now: datetime) -> list[PlaylistItem]:
    """Put these videos to the end, in this order; those that are there already stay where they are.

    Raises:
        Conflict: the playlist would become too long.
    """
    wanted = list(dict.fromkeys(video_ids))
    here = PlaylistItem.playlist_id == playlist.id
    held = select(PlaylistItem.video_id).where(here)
    present = {row for part in in_parts(wanted) for row in session.scalars(held.where(PlaylistItem.video_id.in_(part)))}
    last = session.scalar(select(func.max(PlaylistItem.position)).where(here))
    items = [
        PlaylistItem(playlist_id=playlist.id, video_id=video_id, position=(last or 0.0) + number, added_at=now)
        for number, video_id in enumerate((video_id for video_id in wanted if video_id not in present), 1)
    ]
    if playlist.item_count + len(items) > MOST_ITEMS:
        raise Conflict(f"A playlist can hold {MOST_ITEMS} videos.")
    session.add_all(items)
    count(session, playlist, len(items), now)
    return items


def take_out(session: Session, playlist: Playlist, items: Sequence[PlaylistItem], now: datetime) -> None:
    """Remove these items of the playlist; its cover goes with the video that it showed."""
    if playlist.cover_video_id in {item.video_id for item in items}:
        playlist.cover_video_id = None
    for part in in_parts(items):
        gone = delete(PlaylistItem).where(PlaylistItem.id.in_([item.id for item in part]))
        session.execute(gone, execution_options={"synchronize_session": False})
        for item in part:
            session.expunge(item)
    count(session, playlist, -len(items), now)


def count(session: Session, playlist: Playlist, more: int, now: datetime) -> None:
    """So many items were added, or removed."""
    if more:
        playlist.item_count += more
        playlist.updated_at = now
        session.flush()


def place_between(session: Session, item: PlaylistItem, lower: PlaylistItem | None, upper: PlaylistItem | None) -> None:
    """Give the item a position after `lower` and before `upper`, which are neighbours; None is an end.

    Where no number is left between theirs, all items are numbered anew.
    """
    if not _fits(item, lower, upper):
        renumber(session, item.playlist_id)
        for neighbour in (lower, upper):
            if neighbour is not None:
                session.refresh(neighbour, ["position"])
        _fits(item, lower, upper)
    session.flush()


def _fits(item: PlaylistItem, lower: PlaylistItem | None, upper: PlaylistItem | None) -> bool:
    if lower is None and upper is None:
        return True
    if lower is None or upper is None:
        item.position = upper.position - 1.0 if upper else math.floor(lower.position) + 1.0 if lower else 0.0
        return True
    item.position = (lower.position + upper.position) / 2
    return lower.position < item.position < upper.position


def renumber(session: Session, playlist_id: int) -> None:
    """Whole numbers for all items of the playlist, in the order in which they are."""
    session.flush()
    by_place = func.row_number().over(order_by=(PlaylistItem.position, PlaylistItem.id))
    ranked = select(PlaylistItem.id, by_place.label("place")).where(PlaylistItem.playlist_id == playlist_id).subquery()
    numbered = update(PlaylistItem).where(PlaylistItem.id == ranked.c.id).values(position=ranked.c.place)
    session.execute(numbered, execution_options={"synchronize_session": False})


def drop_video(session: Session, video_id: int) -> None:
    """The video is removed for good: playlists that hold it have one item less."""
    holding = select(PlaylistItem.playlist_id).where(PlaylistItem.video_id == video_id)
    fewer = update(Playlist).where(Playlist.id.in_(holding)).values(item_count=Playlist.item_count - 1)
    session.execute(fewer, execution_options={"synchronize_session": False})
