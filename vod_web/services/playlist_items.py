"""Which videos does a playlist show to whom, at which places?

Everybody sees of it what they may watch; its owner is also told of what is not available (any more).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm.interfaces import ORMOption

from vod_web.core.errors import NotFound
from vod_web.db.lists import is_one_of
from vod_web.db.session import current_session
from vod_web.models import Playlist, PlaylistItem, PlaylistOrder, User, Video
from vod_web.schemas.base import PageQuery
from vod_web.services.paging import Found, Order, condition_after, cursor_of, find_page
from vod_web.services.permissions import can_edit_playlist
from vod_web.services.playlist_orders import BY, order_of
from vod_web.services.reach import is_playable_for, is_reachable
from vod_web.services.videos import AS_CARD, AS_READ, is_public_id


@dataclass(frozen=True)
class Entry:
    """An item with its place, counted from 1 among those that the person is shown."""

    item: PlaylistItem
    place: int
    is_available: bool


@dataclass(frozen=True)
class Extent:
    """How much there is of a playlist for somebody."""

    count: int
    duration_s: float


def list_entries(
    actor: User | None, playlist: Playlist, wanted: PageQuery, *, options: Sequence[ORMOption] = AS_READ
) -> Found[Entry]:
    """A page of the playlist, in its order; three statements more than a page of videos at most.

    Raises:
        InvalidInput: the cursor is not one of this playlist in this order.
    """
    order = order_of(playlist)
    found = find_page(items_for(actor, playlist, options), order, cursor=wanted.cursor, limit=wanted.limit)
    first = place_of(actor, playlist, order, found.items[0]) if found.items and wanted.cursor else 1
    return Found(as_entries(actor, found.items, first), found.next)


def measure(actor: User | None, playlist: Playlist) -> Extent:
    """How many videos the person finds in it, and how long they are together."""
    length = func.coalesce(PlaylistItem.stop_s, Video.duration_s, 0.0) - func.coalesce(PlaylistItem.start_s, 0.0)
    whole = select(func.count(), func.coalesce(func.sum(length), 0.0)).select_from(PlaylistItem)
    row = current_session().execute(_within(whole.join(PlaylistItem.video), actor, playlist)).one()
    return Extent(count=row[0], duration_s=max(0.0, float(row[1])))


def find_first(actor: User | None, playlist: Playlist) -> PlaylistItem | None:
    """The first item that plays, with its video."""
    playable = items_for(actor, playlist, AS_CARD).where(is_playable_for(actor))
    found = find_page(playable, order_of(playlist), cursor=None, limit=1).items
    return found[0] if found else None


def find_random(actor: User | None, playlist: Playlist) -> PlaylistItem | None:
    """Any item that plays, with its video."""
    playable = items_for(actor, playlist, AS_CARD).where(is_playable_for(actor))
    return current_session().scalars(playable.order_by(func.random()).limit(1)).unique().one_or_none()


def get_item(actor: User | None, playlist: Playlist, item_id: str) -> PlaylistItem:
    """One item of the playlist, with its video.

    Raises:
        NotFound: the playlist has none of this id, or not for this person.
    """
    found = None
    if is_public_id(item_id):
        query = items_for(actor, playlist, AS_READ).where(PlaylistItem.public_id == item_id)
        found = current_session().scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound("The playlist does not hold this any more.")
    return found


def find_entry(actor: User | None, playlist: Playlist, item_id: str) -> Found[Entry]:
    """One item with its place.

    Raises:
        NotFound: as `get_item`.
    """
    item = get_item(actor, playlist, item_id)
    return Found(as_entries(actor, [item], place_of(actor, playlist, order_of(playlist), item)), None)


def find_covers(actor: User | None, playlists: Sequence[Playlist]) -> dict[int, Video]:
    """Of each playlist, by its row id, the video whose picture stands for it, where there is one, loaded `AS_CARD`."""
    if not playlists:
        return {}
    ids = [playlist.id for playlist in playlists]
    chosen = _chosen_cover(actor)
    rows = select(Playlist.id, func.coalesce(chosen, _first_video(actor))).where(is_one_of(Playlist.id, ids))
    covers = {row[0]: row[1] for row in current_session().execute(rows) if row[1] is not None}
    if not covers:
        return {}
    query = select(Video).where(is_one_of(Video.id, set(covers.values()))).options(*AS_CARD)
    videos = {video.id: video for video in current_session().scalars(query)}
    return {playlist_id: videos[video_id] for playlist_id, video_id in covers.items() if video_id in videos}


def items_for(actor: User | None, playlist: Playlist, options: Sequence[ORMOption]) -> Select[PlaylistItem]:
    """The items that the person is shown, unsorted, with their videos, of which `options` say what is loaded."""
    loaded = contains_eager(PlaylistItem.video).options(*options)  # type: ignore[arg-type] # of its two classes of options, both will do
    statement = select(PlaylistItem).join(PlaylistItem.video).options(loaded)
    shown: Select[PlaylistItem] = _within(statement, actor, playlist)
    return shown.execution_options(populate_existing=options is AS_READ)


def as_entries(actor: User | None, items: Sequence[PlaylistItem], first_place: int) -> list[Entry]:
    """The items with their places, the first of which is `first_place`."""
    ids = [item.video_id for item in items]
    available = set(current_session().scalars(select(Video.id).where(is_one_of(Video.id, ids), is_reachable(actor))))
    return [Entry(item, place, item.video_id in available) for place, item in enumerate(items, first_place)]


def place_of(actor: User | None, playlist: Playlist, order: Order, item: PlaylistItem) -> int:
    """The item's place among those that the person is shown."""
    backwards = Order(name=order.name, by=order.by, id=order.id, descending=not order.descending)
    before = select(func.count()).select_from(PlaylistItem).join(PlaylistItem.video)
    before = before.where(condition_after(backwards, cursor_at(backwards, item)))
    return (current_session().scalar(_within(before, actor, playlist)) or 0) + 1


def cursor_at(order: Order, item: PlaylistItem) -> str:
    """The cursor of what comes after this item."""
    return cursor_of(order, value_of(order, item), item.id)


def value_of(order: Order, item: PlaylistItem) -> Any:
    """By what the order sorts this item."""
    return current_session().scalar(
        select(order.by).select_from(PlaylistItem).join(PlaylistItem.video).where(PlaylistItem.id == item.id)
    )


def _within(statement: Any, actor: User | None, playlist: Playlist) -> Any:
    statement = statement.where(PlaylistItem.playlist_id == playlist.id)
    return statement if can_edit_playlist(actor, playlist) else statement.where(is_reachable(actor))


def _chosen_cover(actor: User | None) -> ColumnElement[int | None]:
    query = select(Video.id).where(Video.id == Playlist.cover_video_id, is_reachable(actor))
    return query.correlate(Playlist).scalar_subquery()


def _first_video(actor: User | None) -> ColumnElement[int | None]:
    """The first video of a playlist that the person may watch, in the order of the playlist."""
    return case(*((Playlist.order == order, _first_by(actor, order)) for order in PlaylistOrder))


def _first_by(actor: User | None, order: PlaylistOrder) -> ColumnElement[int | None]:
    by, descending = BY[order]
    sorting = (by.desc(), PlaylistItem.id.desc()) if descending else (by.asc(), PlaylistItem.id.asc())
    query = select(Video.id).select_from(PlaylistItem).join(PlaylistItem.video)
    query = query.where(PlaylistItem.playlist_id == Playlist.id, is_reachable(actor))
    return query.order_by(*sorting).limit(1).correlate(Playlist).scalar_subquery()
