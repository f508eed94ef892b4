"""How does an item come to another place in its playlist, and which part of its video plays there?"""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, InvalidInput
from vod_web.db.session import transaction
from vod_web.models import Playlist, PlaylistItem, PlaylistOrder, User
from vod_web.schemas.playlists import ItemMove, ItemUpdate
from vod_web.services.paging import find_page
from vod_web.services.playlist_items import cursor_at, get_item, place_of
from vod_web.services.playlist_orders import order_of
from vod_web.services.playlist_rows import place_between
from vod_web.services.playlists import lock_playlist

Step = Callable[[PlaylistItem | None], PlaylistItem | None]


def move_item(actor: User | None, playlist_id: str, item_id: str, where: ItemMove) -> int:
    """Put an item to another place; returns which one it is, counted from 1.

    Raises:
        NotFound, NotSignedIn, NotAllowed: as `playlists.get_own_playlist`; or the item is gone.
        Conflict: the playlist has an automatic order.
    """
    with transaction() as session:
        playlist = lock_playlist(session, actor, playlist_id)
        if playlist.order is not PlaylistOrder.HAND:
            raise Conflict(f"This playlist is ordered “{playlist.order.label}”. Choose “By hand” to move videos.")
        item = get_item(actor, playlist, item_id)
        put(session, actor, playlist, item, where)
        playlist.updated_at = utc_now()
        return place_of(actor, playlist, order_of(playlist), item)


def update_item(actor: User | None, playlist_id: str, item_id: str, changes: ItemUpdate) -> PlaylistItem:
    """Change which part of the video plays, and its place.

    Raises:
        NotFound, NotSignedIn, NotAllowed, Conflict: as `move_item`.
        InvalidInput: it would end before it begins.
    """
    with transaction() as session:
        playlist = lock_playlist(session, actor, playlist_id)
        item = get_item(actor, playlist, item_id)
        for name in ("start_s", "stop_s"):
            if name in changes.model_fields_set:
                setattr(item, name, getattr(changes, name))
        require_a_part(item.start_s, item.stop_s, item.video.duration_s)
        session.flush()
        if changes.position is not None:
            move_item(actor, playlist_id, item_id, ItemMove(position=changes.position))
    return item


def require_a_part(start_s: float | None, stop_s: float | None, duration_s: float | None = None) -> None:
    """Something of the video must be left to play.

    Raises:
        InvalidInput: it would end before it begins, or begin after the video's end.
    """
    if stop_s is not None and stop_s <= (start_s or 0.0):
        sentence = "It must end after it begins."
        raise InvalidInput(sentence, {"stop_s": sentence})
    if start_s is not None and duration_s is not None and start_s >= duration_s:
        sentence = "The video is not that long."
        raise InvalidInput(sentence, {"start_s": sentence})


def put(session: Session, actor: User | None, playlist: Playlist, item: PlaylistItem, where: ItemMove) -> None:
    """Give the item another place in a playlist that is locked.

    Raises:
        NotFound: what it is to stand beside is gone.
    """
    lower, upper = _neighbours(session, actor, playlist, item, where)
    if lower is not item and upper is not item:
        place_between(session, item, lower, upper)


def _neighbours(
    session: Session, actor: User | None, playlist: Playlist, item: PlaylistItem, where: ItemMove
) -> tuple[PlaylistItem | None, PlaylistItem | None]:
    """Between which other items it comes; the item itself where it stays."""
    before, after = _stepper(session, playlist, item, backwards=True), _stepper(session, playlist, item)
    if where.position is not None:
        upper = _at_place(session, playlist, item, max(1, where.position))
        return (before(upper), upper)
    if where.after is not None:
        lower = get_item(actor, playlist, where.after)
        return (lower, after(lower))
    if where.before is not None:
        upper = get_item(actor, playlist, where.before)
        return (before(upper), upper)
    return _step(item, before, after, where.to or "up")


def _step(item: PlaylistItem, before: Step, after: Step, to: str) -> tuple[PlaylistItem | None, PlaylistItem | None]:
    if to == "top":
        return None, after(None)
    if to == "bottom":
        return before(None), None
    if to == "up":
        above = before(item)
        return (before(above), above) if above else (item, item)
    below = after(item)
    return (below, after(below)) if below else (item, item)


def _stepper(session: Session, playlist: Playlist, moved: PlaylistItem, *, backwards: bool = False) -> Step:
    """What finds the neighbour of an item, as if `moved` were not there; that of None is the first or last one."""
    order = order_of(playlist, backwards=backwards)
    others = select(PlaylistItem).where(PlaylistItem.playlist_id == playlist.id, PlaylistItem.id != moved.id)

    def find(item: PlaylistItem | None) -> PlaylistItem | None:
        cursor = cursor_at(order, item) if item else None
        found = find_page(others, order, cursor=cursor, limit=1).items
        return found[0] if found else None

    return find


def _at_place(session: Session, playlist: Playlist, moved: PlaylistItem, place: int) -> PlaylistItem | None:
    """Which of the other items is at this place."""
    others = select(PlaylistItem).where(PlaylistItem.playlist_id == playlist.id, PlaylistItem.id != moved.id)
    return session.scalar(others.order_by(PlaylistItem.position, PlaylistItem.id).offset(place - 1).limit(1))
