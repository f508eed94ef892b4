"""How do videos come into playlists and out of them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from vod_web.core.errors import Conflict, NotFound
from vod_web.db.session import current_session, transaction
from vod_web.models import Playlist, PlaylistItem, PlaylistOrder, User, Video
from vod_web.schemas.playlists import ItemAdd, ItemMove
from vod_web.services.playlist_items import get_item
from vod_web.services.playlist_moves import put, require_a_part
from vod_web.services.playlist_orders import BY
from vod_web.services.playlist_rows import append, take_out
from vod_web.services.playlist_undo import as_kept, keep
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
    require_a_part(new.start_s, new.stop_s)
    with transaction() as session:
        playlist = lock_playlist(session, actor, playlist_id)
        items = append(session, playlist, [video.id], now)
        if not items:
            raise Conflict("This video is in the playlist already.")
        items[0].start_s, items[0].stop_s = new.start_s, new.stop_s
        session.flush()
        if new.position is not None and playlist.order is PlaylistOrder.HAND:
            put(session, actor, playlist, items[0], ItemMove(position=new.position))
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
        change = keep(session, actor, items, [], now)
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
        removed = [as_kept(item) for item in items]
        take_out(session, playlist, items, now)
        change = keep(session, actor, moved, removed, now)
    return Changed(playlist, added=len(moved), removed=len(removed), undo=change)


def remove_video(actor: User | None, playlist_id: str, video_id: str, *, now: datetime) -> Changed:
    """Take a video out of a playlist, where it is in it."""
    with transaction() as session:
        playlist = lock_playlist(session, actor, playlist_id)
        query = select(PlaylistItem.public_id).join(PlaylistItem.video)
        query = query.where(PlaylistItem.playlist_id == playlist.id, Video.public_id == video_id)
        return remove_items(actor, playlist.public_id, list(session.scalars(query)), now=now)


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
