"""Which lists of videos does a person keep, who may know of them, and what becomes of one that is deleted?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session, joinedload

from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, Gone, InvalidInput, NotAllowed, NotFound
from vod_web.core.ids import PUBLIC_ID_PATTERN
from vod_web.db.session import current_session, transaction
from vod_web.db.upserts import add_missing
from vod_web.models import Playlist, PlaylistChange, PlaylistItem, PlaylistKind, PlaylistOrder, User, Video, Visibility
from vod_web.schemas.base import PageQuery
from vod_web.schemas.playlists import PlaylistCreate, PlaylistUpdate
from vod_web.services import audit
from vod_web.services.paging import Found, Order, find_page
from vod_web.services.permissions import can_edit_playlist, can_see_playlist, require_signed_in
from vod_web.services.playlist_rows import append, take_out

MOST_PLAYLISTS = 1000
"""Of one person; each of them is offered wherever a video can be put into one."""
WATCH_LATER = "watch-later"
"""Stands for the id of one's own *Watch later*."""
KEPT = timedelta(days=7)
"""How long a deleted playlist can come back."""
UNDO_KEPT = timedelta(days=1)

LAST_CHANGED_FIRST = Order(name="-updated_at", by=Playlist.updated_at, id=Playlist.id)
NOT_THERE = "There is no such playlist, or you may not see it."


def list_own_playlists(actor: User | None) -> list[Playlist]:
    """The ordinary playlists of this person, by title."""
    person = require_signed_in(actor)
    return list(current_session().scalars(_own(person).order_by(func.lower(Playlist.title), Playlist.id)))


def list_mine(actor: User | None, wanted: PageQuery) -> Found[Playlist]:
    """A page of the person's ordinary playlists, the last changed first."""
    statement = _own(require_signed_in(actor)).options(joinedload(Playlist.owner))
    return find_page(statement, LAST_CHANGED_FIRST, cursor=wanted.cursor, limit=wanted.limit)


@dataclass(frozen=True)
class Targets:
    """Where the videos of a playlist can be moved to."""

    source: Playlist
    targets: Found[Playlist]


def list_targets(actor: User | None, public_id: str, wanted: PageQuery) -> Targets:
    """The person's other playlists, *Watch later* first, then the last changed ones, a page at a time.

    Raises:
        NotFound, NotSignedIn, NotAllowed: as `get_own_playlist`.
    """
    source, person = get_own_playlist(actor, public_id), require_signed_in(actor)
    others = _own(person).options(joinedload(Playlist.owner)).where(Playlist.id != source.id)
    found = find_page(others, LAST_CHANGED_FIRST, cursor=wanted.cursor, limit=wanted.limit)
    later = ensure_watch_later(person)
    first = [later] if wanted.cursor is None and later.id != source.id else []
    return Targets(source, Found([*first, *found.items], found.next))


def list_public_of_channel(actor: User | None, channel: User, wanted: PageQuery) -> Found[Playlist]:
    """A page of the channel's playlists that this person may find, the last changed first: public ones that hold
    something, to signed-in people internal ones too, and to their owner all.

    Pages show them by `web.playlists.show_playlists`.
    """
    statement = _own(channel).options(joinedload(Playlist.owner))
    if actor is None or actor.id != channel.id:
        meant_for = [Visibility.PUBLIC] if actor is None else [Visibility.PUBLIC, Visibility.INTERNAL]
        statement = statement.where(Playlist.visibility.in_(meant_for), Playlist.item_count > 0)
    return find_page(statement, LAST_CHANGED_FIRST, cursor=wanted.cursor, limit=wanted.limit)


def get_playlist(actor: User | None, public_id: str) -> Playlist:
    """The playlist with its owner; `WATCH_LATER` is the person's own one.

    Raises:
        NotFound: there is none, or this person may not know of it.
        NotSignedIn: a visitor asks for his or her *Watch later*.
    """
    if public_id == WATCH_LATER:
        return ensure_watch_later(require_signed_in(actor))
    playlist = _find(public_id)
    if playlist is None or playlist.deleted_at is not None or not can_see_playlist(actor, playlist):
        raise NotFound(NOT_THERE)
    return playlist


def get_own_playlist(actor: User | None, public_id: str) -> Playlist:
    """The playlist, for somebody who may change it.

    Raises:
        NotFound: as `get_playlist`.
        NotSignedIn, NotAllowed: whoever asks may only see it.
    """
    playlist = get_playlist(actor, public_id)
    if not can_edit_playlist(require_signed_in(actor), playlist):
        raise NotAllowed("Only its owner may change this playlist.")
    return playlist


def lock_playlist(session: Session, actor: User | None, public_id: str) -> Playlist:
    """The same, which nobody else changes until the transaction ends."""
    found = get_own_playlist(actor, public_id)
    locked = select(Playlist).where(Playlist.id == found.id, Playlist.deleted_at.is_(None)).with_for_update()
    playlist = session.scalar(locked.execution_options(populate_existing=True))
    if playlist is None:
        raise NotFound(NOT_THERE)
    session.refresh(playlist, ["owner"])
    return playlist


def ensure_watch_later(person: User) -> Playlist:
    """The person's *Watch later*, which is made at its first use."""
    mine = select(Playlist).where(Playlist.owner_id == person.id, Playlist.kind == PlaylistKind.WATCH_LATER)
    mine = mine.options(joinedload(Playlist.owner))
    if found := current_session().scalar(mine):
        return found
    with transaction() as session:
        add_missing(session, Playlist, [_first_values(person)])
    return current_session().scalars(mine).one()


def create_playlist(actor: User | None, new: PlaylistCreate) -> Playlist:
    """An empty playlist.

    Raises:
        Conflict: the person has too many.
    """
    person = require_signed_in(actor)
    with transaction() as session:
        if len(list_own_playlists(person)) >= MOST_PLAYLISTS:
            raise Conflict(f"You have {MOST_PLAYLISTS} playlists, which is the most that there can be.")
        playlist = Playlist(
            owner=session.merge(person, load=False),
            title=new.title,
            visibility=new.visibility,
            description=new.description,
            order=new.order,
            kind=PlaylistKind.ORDINARY,
        )
        session.add(playlist)
        session.flush()
    return playlist


def update_playlist(actor: User | None, public_id: str, changes: PlaylistUpdate) -> Playlist:
    """Change what is given.

    Raises:
        NotFound, NotSignedIn, NotAllowed: as `get_own_playlist`.
        InvalidInput: the cover is to be of a video that the playlist does not hold.
        Conflict: *Watch later* keeps its name, and is private.
    """
    with transaction() as session:
        playlist = lock_playlist(session, actor, public_id)
        if playlist.kind is PlaylistKind.WATCH_LATER and (changes.title or changes.visibility):
            raise Conflict("Watch later keeps its name, and nobody else sees it.")
        for name in ("title", "description", "visibility", "order"):
            if (value := getattr(changes, name)) is not None:
                setattr(playlist, name, value)
        if changes.cover is not None:
            playlist.cover_video_id = _cover(session, playlist, changes.cover)
        _note_power(actor, playlist, "playlist.edit")
    return playlist


def delete_playlist(actor: User | None, public_id: str, *, now: datetime) -> Playlist:
    """Delete the playlist; for some days it can come back.

    Raises:
        NotFound, NotSignedIn, NotAllowed: as `get_own_playlist`.
        Conflict: it is *Watch later*.
    """
    with transaction() as session:
        playlist = lock_playlist(session, actor, public_id)
        if playlist.kind is PlaylistKind.WATCH_LATER:
            raise Conflict("Watch later cannot be deleted. Remove its videos instead.")
        playlist.deleted_at = now
        _note_power(actor, playlist, "playlist.delete")
    return playlist


def restore_playlist(actor: User | None, public_id: str, *, now: datetime) -> Playlist:
    """Bring a deleted playlist back; one that is there stays as it is.

    Raises:
        NotFound: this person has no such playlist.
        Gone: it is being removed for good.
    """
    with transaction():
        playlist = _find(public_id)
        if playlist is None or not can_edit_playlist(actor, playlist):
            raise NotFound("You have no such playlist.")
        if playlist.deleted_at is not None and playlist.deleted_at + KEPT <= now:
            raise Gone("This playlist is being removed for good.")
        playlist.deleted_at = None
        _note_power(actor, playlist, "playlist.restore")
    return playlist


def list_deleted(actor: User | None) -> list[Playlist]:
    """The person's deleted playlists that can come back, the last one first."""
    person = require_signed_in(actor)
    mine = select(Playlist).where(Playlist.owner_id == person.id, Playlist.deleted_at.is_not(None))
    return list(current_session().scalars(mine.order_by(Playlist.deleted_at.desc()).limit(MOST_PLAYLISTS)))


def purge_playlists(*, now: datetime) -> None:
    """Remove for good what was deleted some days ago, and what can be undone no more."""
    with transaction() as session:
        for statement in (
            delete(Playlist).where(Playlist.deleted_at <= now - KEPT),
            delete(PlaylistChange).where(PlaylistChange.created_at <= now - UNDO_KEPT),
        ):
            session.execute(statement, execution_options={"synchronize_session": False})


def list_playlists_with(actor: User | None, video: Video) -> list[str]:
    """The public ids of this person's ordinary playlists that hold the video."""
    own = _own(require_signed_in(actor)).with_only_columns(Playlist.public_id)
    holding = own.join(PlaylistItem, PlaylistItem.playlist_id == Playlist.id)
    return list(current_session().scalars(holding.where(PlaylistItem.video_id == video.id)))


def set_playlists(session: Session, person: User, video: Video, public_ids: Sequence[str]) -> None:
    """Let exactly these ordinary playlists of the person hold the video; inside a transaction.

    Raises:
        InvalidInput: one of them is not the person's.
    """
    own = {playlist.public_id: playlist for playlist in session.scalars(_own(person).order_by(Playlist.id))}
    if unknown := set(public_ids) - own.keys():
        sentence = f"You have no playlist {', '.join(sorted(unknown))}."
        raise InvalidInput(sentence, {"playlists": sentence})
    wanted, present = set(public_ids), set(list_playlists_with(person, video))
    changed = select(Playlist.id).where(Playlist.public_id.in_(wanted ^ present)).order_by(Playlist.id)
    session.execute(changed.with_for_update())
    for public_id in dict.fromkeys(public_ids):
        if public_id not in present:
            append(session, own[public_id], [video.id], utc_now())
    for public_id in present - wanted:
        playlist = own[public_id]
        here = (PlaylistItem.playlist_id == playlist.id, PlaylistItem.video_id == video.id)
        take_out(session, playlist, session.scalars(select(PlaylistItem).where(*here)).all(), utc_now())


def _own(person: User) -> Select[Playlist]:
    return select(Playlist).where(
        Playlist.owner_id == person.id, Playlist.kind == PlaylistKind.ORDINARY, Playlist.deleted_at.is_(None)
    )


def _find(public_id: str) -> Playlist | None:
    if not re.fullmatch(PUBLIC_ID_PATTERN, public_id):
        return None
    query = select(Playlist).where(Playlist.public_id == public_id).options(joinedload(Playlist.owner))
    return current_session().scalar(query.execution_options(populate_existing=True))


def _first_values(person: User) -> dict[str, object]:
    """What *Watch later* begins with."""
    return {
        "owner_id": person.id,
        "kind": PlaylistKind.WATCH_LATER,
        "title": "Watch later",
        "description": "",
        "visibility": Visibility.PRIVATE,
        "item_order": PlaylistOrder.ADDED_NEWEST,
        "item_count": 0,
    }


def _cover(session: Session, playlist: Playlist, video_id: str) -> int | None:
    if not video_id:
        return None
    items = select(PlaylistItem.video_id).join(PlaylistItem.video)
    found = session.scalar(items.where(PlaylistItem.playlist_id == playlist.id, Video.public_id == video_id))
    if found is None:
        sentence = "The picture must be that of a video in this playlist."
        raise InvalidInput(sentence, {"cover": sentence})
    return found


def _note_power(actor: User | None, playlist: Playlist, action: audit.Deed) -> None:
    """Keep what somebody did to a playlist of another."""
    if actor is None or actor.id != playlist.owner_id:
        audit.note(actor, action, playlist.title[: audit.TARGET_LENGTH], id=playlist.public_id)
