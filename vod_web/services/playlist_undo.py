"""How is what was added to playlists, or removed from them, remembered and undone?"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound
from vod_web.db.session import transaction
from vod_web.models import Playlist, PlaylistChange, PlaylistItem, User, Video
from vod_web.services.permissions import can_edit_playlist, require_signed_in
from vod_web.services.playlist_rows import count, in_parts, take_out


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


def keep(
    session: Session,
    actor: User | None,
    added: Sequence[PlaylistItem],
    removed: Sequence[dict[str, object]],
    now: datetime,
) -> str | None:
    """Remember the change, so that it can be undone; gives its id, or None where nothing happened."""
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


def as_kept(item: PlaylistItem) -> dict[str, object]:
    """All that is needed to put the item back."""
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
