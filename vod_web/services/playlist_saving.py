"""Into which of a person's playlists are videos to be saved? Asked for one video or for several at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from vod_web.core.errors import NotFound
from vod_web.db.lists import Ids, is_one_of
from vod_web.db.session import current_session, transaction
from vod_web.models import Playlist, PlaylistItem, PlaylistKind, User, Video
from vod_web.schemas.playlists import MOST_AT_ONCE, PlaylistCreate
from vod_web.services.permissions import require_signed_in
from vod_web.services.playlist_changes import Changed, add_videos, remove_items
from vod_web.services.playlists import create_playlist, ensure_watch_later, get_own_playlist
from vod_web.services.reach import is_reachable
from vod_web.services.videos import is_public_id

_SAVED = select(PlaylistItem.video_id).where(
    PlaylistItem.playlist_id
    == select(Playlist.id)
    .where(Playlist.owner_id == bindparam("person_id"), Playlist.kind == PlaylistKind.WATCH_LATER)
    .scalar_subquery(),
    is_one_of(PlaylistItem.video_id, bindparam("video_ids", type_=Ids())),
)


@dataclass(frozen=True)
class Choice:
    """One playlist, and how many of the videos it holds."""

    playlist: Playlist
    held: int


@dataclass(frozen=True)
class Saving:
    """The videos, by id and title, and where they can go: *Watch later*, then the last changed playlists."""

    video_ids: list[str]
    titles: list[str]
    choices: list[Choice]


def find_saving(actor: User | None, video_ids: Sequence[str]) -> Saving:
    """What the person may choose for these videos; those that are not there are left out.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound: none of the videos is there.
    """
    person = require_signed_in(actor)
    later = ensure_watch_later(person)
    videos = _find_videos(actor, video_ids)
    own = select(Playlist).where(Playlist.owner_id == person.id, Playlist.deleted_at.is_(None))
    own = own.where(Playlist.kind == PlaylistKind.ORDINARY).order_by(Playlist.updated_at.desc(), Playlist.id.desc())
    playlists = [later, *current_session().scalars(own)]
    held = _held([playlist.id for playlist in playlists], [row_id for row_id, _, _ in videos])
    return Saving(
        video_ids=[public_id for _, public_id, _ in videos],
        titles=[title for _, _, title in videos],
        choices=[Choice(playlist, held.get(playlist.id, 0)) for playlist in playlists],
    )


def save_in(actor: User | None, playlist_id: str, video_ids: Sequence[str], *, is_in: bool, now: datetime) -> Changed:
    """Let the playlist hold all of these videos, or none of them.

    Raises:
        NotFound, NotSignedIn, NotAllowed, Conflict: as `playlist_changes.add_videos`.
    """
    if is_in:
        return add_videos(actor, playlist_id, video_ids, now=now)
    with transaction() as session:
        playlist = get_own_playlist(actor, playlist_id)
        held = select(PlaylistItem.public_id).join(PlaylistItem.video)
        held = held.where(PlaylistItem.playlist_id == playlist.id, Video.public_id.in_(video_ids))
        return remove_items(actor, playlist.public_id, list(session.scalars(held)), now=now)


def save_choices(
    actor: User | None, video_ids: Sequence[str], shown: Sequence[str], chosen: Sequence[str], *, now: datetime
) -> list[Changed]:
    """Save the videos in the playlists that are chosen, and take them out of those that are shown and not chosen.

    A playlist that holds some of the videos and is not chosen stays as it is.
    """
    with transaction():
        saving = find_saving(actor, video_ids)
        changes = []
        for choice in saving.choices:
            is_in, holds_all = choice.playlist.public_id in chosen, choice.held == len(saving.video_ids)
            if choice.playlist.public_id in shown and is_in != holds_all and (is_in or holds_all):
                changed = save_in(actor, choice.playlist.public_id, saving.video_ids, is_in=is_in, now=now)
                changes.append(changed)
    return changes


def save_in_new(actor: User | None, new: PlaylistCreate, video_ids: Sequence[str], *, now: datetime) -> Changed:
    """Make a playlist of these videos.

    Raises:
        Conflict: as `playlists.create_playlist`.
        NotFound: none of the videos is there.
    """
    with transaction():
        playlist = create_playlist(actor, new)
        return add_videos(actor, playlist.public_id, video_ids, now=now)


def find_saved(actor: User | None, videos: Sequence[Video]) -> set[int]:
    """Which of these videos are in the person's *Watch later*, by their row ids."""
    if actor is None or not videos:
        return set()
    wanted = {"person_id": actor.id, "video_ids": [video.id for video in videos]}
    return set(current_session().scalars(_SAVED, wanted))


def _find_videos(actor: User | None, video_ids: Sequence[str]) -> list[tuple[int, str, str]]:
    wanted = [video_id for video_id in dict.fromkeys(video_ids) if is_public_id(video_id)][:MOST_AT_ONCE]
    query = select(Video.id, Video.public_id, Video.title).where(Video.public_id.in_(wanted), is_reachable(actor))
    found = {row[1]: (row[0], row[1], row[2]) for row in current_session().execute(query)}
    if not found:
        raise NotFound("There is no such video, or you may not see it.")
    return [found[video_id] for video_id in wanted if video_id in found]


def _held(playlist_ids: list[int], video_ids: list[int]) -> dict[int, int]:
    query = select(PlaylistItem.playlist_id, func.count()).where(
        PlaylistItem.playlist_id.in_(playlist_ids), PlaylistItem.video_id.in_(video_ids)
    )
    rows = current_session().execute(query.group_by(PlaylistItem.playlist_id))
    return {row[0]: row[1] for row in rows}
