"""What plays before and after a video of a playlist, and what stands around it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from vod_web.core.errors import NotFound, NotSignedIn
from vod_web.db.lists import is_one_of
from vod_web.db.session import current_session
from vod_web.models import EmbedRule, Playlist, PlaylistItem, User, Video, VideoStatus
from vod_web.services.paging import Found, find_page
from vod_web.services.permissions import can_edit_playlist
from vod_web.services.playlist_items import Entry, as_entries, cursor_at, items_for, measure, place_of
from vod_web.services.playlist_orders import Shuffle, order_of
from vod_web.services.playlists import get_playlist
from vod_web.services.reach import is_playable_for, is_reachable
from vod_web.services.videos import AS_CARD

SHOWN_BEFORE = 5
SHOWN_AFTER = 20
MORE = 50


@dataclass(frozen=True)
class Wish:
    """Which playlist somebody plays, and how."""

    playlist_id: str
    shuffle: Shuffle | None = None
    loops: bool = False
    is_embedded: bool = False
    """Whether on another site, where some videos may not be shown."""


@dataclass(frozen=True)
class Playing:
    """A place in a playlist."""

    playlist: Playlist
    wish: Wish
    item: PlaylistItem
    place: int
    count: int
    entries: list[Entry]
    """Those around the item, with itself."""
    earlier: str | None
    """The cursors of what comes before and after them."""
    later: str | None
    previous: PlaylistItem | None
    next: PlaylistItem | None


def find_playing(actor: User | None, wish: Wish, video: Video) -> Playing | None:
    """Where the video is in the playlist; None where it is not in it, or the person may not see the playlist."""
    playlist = find_playlist(actor, wish.playlist_id)
    item = _find_item(playlist, video) if playlist else None
    if playlist is None or item is None:
        return None
    before = _neighbours(actor, playlist, wish, item, SHOWN_BEFORE, backwards=True)
    after = _neighbours(actor, playlist, wish, item, SHOWN_AFTER)
    around = _load(actor, playlist, [*reversed(before.items), item, *after.items])
    place = place_of(actor, playlist, order_of(playlist, wish.shuffle), item)
    entries = as_entries(actor, around, place - len(before.items))
    here = len(before.items)
    previous = _nearest(reversed_entries(entries[:here]), wish) or _seek(actor, playlist, wish, item, backwards=True)
    following = _nearest(entries[here + 1 :], wish) or _seek(actor, playlist, wish, item)
    return Playing(
        playlist=playlist,
        wish=wish,
        item=item,
        place=place,
        count=playlist.item_count if can_edit_playlist(actor, playlist) else measure(actor, playlist).count,
        entries=entries,
        earlier=before.next,
        later=after.next,
        previous=previous,
        next=following,
    )


def list_more(actor: User | None, wish: Wish, *, cursor: str, backwards: bool) -> Found[Entry]:
    """More of the playlist before or after the cursor, in its order; `next` goes on in the same direction.

    Raises:
        NotFound: as `playlists.get_playlist`.
        InvalidInput: the cursor is not one of this playlist in this order.
    """
    playlist = get_playlist(actor, wish.playlist_id)
    order = order_of(playlist, wish.shuffle, backwards=backwards)
    found = find_page(_places(actor, playlist), order, cursor=cursor, limit=MORE)
    items = _load(actor, playlist, list(reversed(found.items)) if backwards else found.items)
    first = place_of(actor, playlist, order_of(playlist, wish.shuffle), items[0]) if items else 1
    return Found(as_entries(actor, items, first), found.next)


def find_start(actor: User | None, wish: Wish) -> PlaylistItem | None:
    """The first item that plays, with its video."""
    playlist = get_playlist(actor, wish.playlist_id)
    return _first(actor, playlist, wish)


def find_playlist(actor: User | None, playlist_id: str) -> Playlist | None:
    """The playlist, if this person may see it."""
    try:
        return get_playlist(actor, playlist_id)
    except (NotFound, NotSignedIn):
        return None


def reversed_entries(entries: Sequence[Entry]) -> list[Entry]:
    """The last one first."""
    return list(reversed(entries))


def _find_item(playlist: Playlist, video: Video) -> PlaylistItem | None:
    here = (PlaylistItem.playlist_id == playlist.id, PlaylistItem.video_id == video.id)
    return current_session().scalar(select(PlaylistItem).where(*here))


def _places(actor: User | None, playlist: Playlist) -> Select[PlaylistItem]:
    """The items that the person is shown, without what is said of their videos."""
    statement = select(PlaylistItem).join(PlaylistItem.video).where(PlaylistItem.playlist_id == playlist.id)
    return statement if can_edit_playlist(actor, playlist) else statement.where(is_reachable(actor))


def _neighbours(
    actor: User | None, playlist: Playlist, wish: Wish, item: PlaylistItem, limit: int, *, backwards: bool = False
) -> Found[PlaylistItem]:
    order = order_of(playlist, wish.shuffle, backwards=backwards)
    return find_page(_places(actor, playlist), order, cursor=cursor_at(order, item), limit=limit)


def _load(actor: User | None, playlist: Playlist, items: Sequence[PlaylistItem]) -> list[PlaylistItem]:
    """The same items with what a list shows of their videos."""
    query = items_for(actor, playlist, AS_CARD).where(is_one_of(PlaylistItem.id, [item.id for item in items]))
    loaded = {item.id: item for item in current_session().scalars(query).unique()}
    return [loaded[item.id] for item in items if item.id in loaded]


def _nearest(entries: Sequence[Entry], wish: Wish) -> PlaylistItem | None:
    return next((entry.item for entry in entries if entry.is_available and _plays(entry.item.video, wish)), None)


def _plays(video: Video, wish: Wish) -> bool:
    may_stand_here = not wish.is_embedded or video.embed_rule is not EmbedRule.NOWHERE
    return video.is_playable and video.status is not VideoStatus.BLOCKED and may_stand_here


def _plays_for(actor: User | None, wish: Wish) -> ColumnElement[bool]:
    playable = is_playable_for(actor)
    return and_(playable, Video.embed_rule != EmbedRule.NOWHERE) if wish.is_embedded else playable


def _seek(
    actor: User | None, playlist: Playlist, wish: Wish, item: PlaylistItem, *, backwards: bool = False
) -> PlaylistItem | None:
    """The next item that plays, however far it is; past the end, the first one, where the list begins again."""
    order = order_of(playlist, wish.shuffle, backwards=backwards)
    playable = items_for(actor, playlist, AS_CARD).where(_plays_for(actor, wish))
    found: list[Any] = find_page(playable, order, cursor=cursor_at(order, item), limit=1).items
    if not found and wish.loops:
        found = find_page(playable, order, cursor=None, limit=1).items
    return found[0] if found and found[0].id != item.id else None


def _first(actor: User | None, playlist: Playlist, wish: Wish) -> PlaylistItem | None:
    playable = items_for(actor, playlist, AS_CARD).where(_plays_for(actor, wish))
    found = find_page(playable, order_of(playlist, wish.shuffle), cursor=None, limit=1).items
    return found[0] if found else None
