"""How do videos come into playlists, out of them, and to other places? What is added or removed can be undone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, InvalidInput, NotFound
from vod_web.db.session import current_session, transaction
from vod_web.models import Playlist, PlaylistChange, PlaylistItem, PlaylistOrder, User, Video
from vod_web.schemas.playlists import ItemAdd, ItemMove, ItemUpdate
from vod_web.services.paging import find_page
from vod_web.services.permissions import can_edit_playlist, require_signed_in
from vod_web.services.playlist_items import cursor_at, get_item, place_of
from vod_web.services.playlist_orders import BY, order_of
from vod_web.services.playlist_rows import append, count, in_parts, place_between, take_out
from vod_web.services.playlists import get_own_playlist, lock_playlist
from vod_web.services.reach import is_reachable
from vod_web.services.videos import get_video, is_public_id


@dataclass(frozen=True)
class Changed:
    """What came of it; `undo` is the id of the change, None where nothing happened."""

    playlist: Playlist
    added: int = 0
    removed: int = 0
    present: int = 0
    """Videos that were there before."""
    undo: str | None = None


def add_video(actor: User | None, playlist_id: str, new: ItemAdd, *, now: datetime) -> PlaylistItem:
    """Put one video into a playlist.

    Raises:
        NotFound, Gone: there is no such video or playlist for this person.
        NotSignedIn, NotAllowed: the playlist is somebody else's.
        Conflict: the playlist holds it already, or is full.
        InvalidInput: it would end before it begins.
    """
    video = get_video(actor, new.video_id)
    _require_a_part(new.start_s, new.stop_s)
    with transaction() as session:
        playlist = lock_playlist(session, actor, playlist_id)
        items = append(session, playlist, [video.id], now)
        if not items:
            raise Conflict("This video is in the playlist already.")
        items[0].start_s, items[0].stop_s = new.start_s, new.stop_s
        session.flush()
        if new.position is not None and playlist.order is PlaylistOrder.HAND:
            _put(session, actor, playlist, items[0], ItemMove(position=new.position))
        return get_item(actor, playlist, items[0].public_id)


def add_videos(actor: User | None, playlist_id: str, video_ids: Sequence[str], *, now: datetime) -> Changed:
    """Put several videos to the end of a playlist, in this order; those that are there already stay where they are.

    Raises:
        NotFound, NotSignedIn, NotAllowed: as `playlists.get_own_playlist`; or none of the videos is there.
        Conflict: the playlist is full.
    """
    ids = _reachable_ids(actor, video_ids)
    if not ids:
        raise NotFound("There is no such video, or you may not see it.")
    with transaction() as session:
        playlist = lock_playlist(session, actor, playlist_id)
        items = append(session, playlist, ids, now)
        change = _keep(session, actor, items, [], now)
    return Changed(playlist, added=len(items), present=len(ids) - len(items), undo=change)


def remove_items(
    actor: User | None, playlist_id: str, item_ids: Sequence[str] | None, *, to: str | None = None, now: datetime
) -> Changed:
    """Take items out of a playlist (None: all), or move them to the end of another one; what is gone is left out.

    They keep their order. What the person may not watch any more is not moved, and stays.

    Raises:
        NotFound, NotSignedIn, NotAllowed: as `playlists.get_own_playlist`, of either playlist.
    """
    with transaction() as session:
        playlist, other = _lock_both(session, actor, playlist_id, to)
        items = _find_items(session, playlist, item_ids)
        moved: list[PlaylistItem] = []
        if other is not None and other is not playlist:
            reachable = _reachable_items(actor, playlist)
            items = [item for item in items if item.id in reachable]
            moved = append(session, other, [item.video_id for item in items], now)
        elif other is not None:
            items = []
        removed = [_as_kept(item) for item in items]
        take_out(session, playlist, items, now)
        change = _keep(session, actor, moved, removed, now)
    return Changed(playlist, added=len(moved), removed=len(removed), undo=change)


def remove_video(actor: User | None, playlist_id: str, video_id: str, *, now: datetime) -> Changed:
    """Take a video out of a playlist, where it is in it."""
    with transaction() as session:
        playlist = lock_playlist(session, actor, playlist_id)
        query = select(PlaylistItem.public_id).join(PlaylistItem.video)
        query = query.where(PlaylistItem.playlist_id == playlist.id, Video.public_id == video_id)
        return remove_items(actor, playlist.public_id, list(session.scalars(query)), now=now)


def undo_change(actor: User | None, change_id: str) -> Playlist | None:
    """Take back what was added, and put back what was removed; returns the playlist, if it is still there.

    Raises:
        NotFound: the person has made no such change, or it was taken back already.
    """
    person = require_signed_in(actor)
    with transaction() as session:
        query = select(PlaylistChange).where(PlaylistChange.public_id == change_id).with_for_update()
        change = session.scalar(query)
        if change is None or change.person_id != person.id:
            raise NotFound("This cannot be undone any more.")
        touched = _take_back(session, actor, change.added) + _put_back(session, actor, change.removed)
        session.delete(change)
    return touched[-1] if touched else None


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
        _put(session, actor, playlist, item, where)
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
        _require_a_part(item.start_s, item.stop_s, item.video.duration_s)
        session.flush()
        if changes.position is not None:
            move_item(actor, playlist_id, item_id, ItemMove(position=changes.position))
    return item


def _require_a_part(start_s: float | None, stop_s: float | None, duration_s: float | None = None) -> None:
    if stop_s is not None and stop_s <= (start_s or 0.0):
        sentence = "It must end after it begins."
        raise InvalidInput(sentence, {"stop_s": sentence})
    if start_s is not None and duration_s is not None and start_s >= duration_s:
        sentence = "The video is not that long."
        raise InvalidInput(sentence, {"start_s": sentence})


def _reachable_ids(actor: User | None, video_ids: Sequence[str]) -> list[int]:
    """The row ids of those videos that the person may watch, in the same order."""
    wanted = [video_id for video_id in video_ids if is_public_id(video_id)]
    query = select(Video.public_id, Video.id).where(Video.public_id.in_(wanted), is_reachable(actor))
    known = {row[0]: row[1] for row in current_session().execute(query)}
    return [known[video_id] for video_id in dict.fromkeys(wanted) if video_id in known]


def _lock_both(
    session: Session, actor: User | None, playlist_id: str, to: str | None
) -> tuple[Playlist, Playlist | None]:
    """The playlist, and the other one, if any; the older one first, so that no two wait for each other for ever."""
    wanted = [get_own_playlist(actor, one) for one in (playlist_id, to) if one is not None]
    ids = sorted({playlist.id: playlist.public_id for playlist in wanted}.items())
    locked = {row_id: lock_playlist(session, actor, public_id) for row_id, public_id in ids}
    return locked[wanted[0].id], locked[wanted[1].id] if to is not None else None


def _reachable_items(actor: User | None, playlist: Playlist) -> set[int]:
    """The row ids of the items of which the person may watch the videos."""
    query = select(PlaylistItem.id).join(PlaylistItem.video)
    return set(current_session().scalars(query.where(PlaylistItem.playlist_id == playlist.id, is_reachable(actor))))


def _find_items(session: Session, playlist: Playlist, item_ids: Sequence[str] | None) -> list[PlaylistItem]:
    query = select(PlaylistItem).where(PlaylistItem.playlist_id == playlist.id)
    if item_ids is not None:
        query = query.where(PlaylistItem.public_id.in_(item_ids))
    by, descending = BY[playlist.order]
    sorting = (by.desc(), PlaylistItem.id.desc()) if descending else (by, PlaylistItem.id)
    query = query.join(PlaylistItem.video).order_by(*sorting)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _put(session: Session, actor: User | None, playlist: Playlist, item: PlaylistItem, where: ItemMove) -> None:
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


Step = Callable[[PlaylistItem | None], PlaylistItem | None]


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


def _keep(
    session: Session,
    actor: User | None,
    added: Sequence[PlaylistItem],
    removed: Sequence[dict[str, object]],
    now: datetime,
) -> str | None:
    """Remember the change, so that it can be undone."""
    if not added and not removed:
        return None
    session.flush()
    change = PlaylistChange(
        person_id=require_signed_in(actor).id,
        added=[item.public_id for item in added],
        removed=list(removed),
        created_at=now,
    )
    session.add(change)
    session.flush()
    return change.public_id


def _as_kept(item: PlaylistItem) -> dict[str, object]:
    return {
        "public_id": item.public_id,
        "playlist_id": item.playlist_id,
        "video_id": item.video_id,
        "position": item.position,
        "start_s": item.start_s,
        "stop_s": item.stop_s,
        "added_at": item.added_at.isoformat(),
    }


def _take_back(session: Session, actor: User | None, added: Sequence[str]) -> list[Playlist]:
    items = [
        item
        for part in in_parts(added)
        for item in session.scalars(select(PlaylistItem).where(PlaylistItem.public_id.in_(part)))
    ]
    playlists = _lock(session, actor, {item.playlist_id for item in items})
    for playlist in playlists.values():
        take_out(session, playlist, [item for item in items if item.playlist_id == playlist.id], utc_now())
    return list(playlists.values())


def _put_back(session: Session, actor: User | None, removed: Sequence[dict[str, object]]) -> list[Playlist]:
    playlists = _lock(session, actor, {int(str(row["playlist_id"])) for row in removed})
    for playlist in playlists.values():
        rows = [row for row in removed if row["playlist_id"] == playlist.id]
        here = select(PlaylistItem.video_id).where(PlaylistItem.playlist_id == playlist.id)
        present = set(session.scalars(here))
        known = {
            video_id
            for part in in_parts([row["video_id"] for row in rows])
            for video_id in session.scalars(select(Video.id).where(Video.id.in_(part)))
        }
        back = [row for row in rows if row["video_id"] in known - present]
        session.add_all(
            PlaylistItem(**row | {"added_at": datetime.fromisoformat(str(row["added_at"]))}) for row in back
        )
        count(session, playlist, len(back), utc_now())
    return list(playlists.values())


def _lock(session: Session, actor: User | None, ids: set[int]) -> dict[int, Playlist]:
    """Those of these playlists that are still there, for the person to change."""
    query = select(Playlist).where(Playlist.id.in_(ids), Playlist.deleted_at.is_(None)).order_by(Playlist.id)
    found = session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {playlist.id: playlist for playlist in found if can_edit_playlist(actor, playlist)}
