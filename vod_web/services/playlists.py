"""Which lists of videos does a person keep, and which videos are in them?"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, InvalidInput
from vod_web.db.session import current_session, transaction
from vod_web.models import Playlist, PlaylistItem, PlaylistKind, User, Video
from vod_web.schemas.playlists import PlaylistCreate
from vod_web.services.permissions import require_signed_in

MOST_PLAYLISTS = 1000
"""Of one person; each of them is offered wherever a video can be put into one."""


def list_own_playlists(actor: User | None) -> list[Playlist]:
    """The ordinary playlists of this person, by title."""
    person = require_signed_in(actor)
    own = select(Playlist).where(Playlist.owner_id == person.id, Playlist.kind == PlaylistKind.ORDINARY)
    return list(current_session().scalars(own.order_by(func.lower(Playlist.title), Playlist.id)))


def create_playlist(actor: User | None, new: PlaylistCreate) -> Playlist:
    """An empty playlist.

    Raises:
        Conflict: the person has too many.
    """
    person = require_signed_in(actor)
    if len(list_own_playlists(person)) >= MOST_PLAYLISTS:
        raise Conflict(f"You have {MOST_PLAYLISTS} playlists, which is the most that there can be.")
    with transaction() as session:
        playlist = Playlist(
            owner=session.merge(person, load=False), title=new.title, visibility=new.visibility, description=""
        )
        session.add(playlist)
    return playlist


def list_playlists_with(actor: User | None, video: Video) -> list[str]:
    """The public ids of this person's ordinary playlists that hold the video."""
    person = require_signed_in(actor)
    holding = (
        select(Playlist.public_id)
        .join(PlaylistItem, PlaylistItem.playlist_id == Playlist.id)
        .where(
            Playlist.owner_id == person.id,
            Playlist.kind == PlaylistKind.ORDINARY,
            PlaylistItem.video_id == video.id,
        )
    )
    return list(current_session().scalars(holding))


def set_playlists(session: Session, person: User, video: Video, public_ids: Sequence[str]) -> None:
    """Let exactly these ordinary playlists of the person hold the video; inside a transaction.

    Raises:
        InvalidInput: one of them is not the person's.
    """
    own = {playlist.public_id: playlist for playlist in list_own_playlists(person)}
    if unknown := set(public_ids) - own.keys():
        sentence = f"You have no playlist {', '.join(sorted(unknown))}."
        raise InvalidInput(sentence, {"playlists": sentence})
    present = set(list_playlists_with(person, video))
    now = utc_now()
    for public_id in dict.fromkeys(public_ids):
        if public_id not in present:
            _append(session, own[public_id], video, now)
    gone = [own[public_id].id for public_id in present - set(public_ids)]
    session.execute(delete(PlaylistItem).where(PlaylistItem.video_id == video.id, PlaylistItem.playlist_id.in_(gone)))


def _append(session: Session, playlist: Playlist, video: Video, now: datetime) -> None:
    last = session.scalar(select(func.max(PlaylistItem.position)).where(PlaylistItem.playlist_id == playlist.id))
    session.add(PlaylistItem(playlist_id=playlist.id, video_id=video.id, position=(last or 0.0) + 1.0, added_at=now))
    playlist.updated_at = now
