"""What has a person watched? The history, what can be taken out of it, and whether it goes on."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, tuple_, update
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.interfaces import ORMOption

from vod_web.core.errors import NotFound
from vod_web.db.session import transaction
from vod_web.models import User, Video, ViewingPosition
from vod_web.schemas.viewing import HistoryFilter
from vod_web.services.paging import Found, Order, find_page
from vod_web.services.permissions import require_signed_in
from vod_web.services.reach import Person, is_reachable
from vod_web.services.videos import AS_READ

KEPT = timedelta(hours=1)
"""So long what was taken out can be brought back."""
MOST_REMOVED = 2000
"""In one round, so that no transaction takes long."""


def list_history(
    actor: User | None, wanted: HistoryFilter, *, options: Sequence[ORMOption] = AS_READ
) -> Found[ViewingPosition]:
    """What the person has watched and may still watch, with the videos, the last watched first.

    Raises:
        NotSignedIn: nobody is signed in.
        InvalidInput: as `paging.find_page`.
    """
    person = require_signed_in(actor)
    statement = (
        select(ViewingPosition)
        .join(ViewingPosition.video)
        .where(is_in_history(person.id), is_reachable(person), *_holds(wanted.query))
        .options(contains_eager(ViewingPosition.video).options(*options))  # type: ignore[arg-type] # loads of Video, whatever their base class is called
        .execution_options(populate_existing=options is AS_READ)
    )
    if wanted.query:
        statement = statement.join(User, User.id == Video.owner_id)
    if wanted.unfinished:
        statement = statement.where(ViewingPosition.goes_on, Video.is_playable)
    return find_page(statement, order_of_history(), cursor=wanted.cursor, limit=wanted.limit)


def order_of_history() -> Order:
    """The last watched first."""
    return Order(name="history", by=ViewingPosition.watched_at, id=ViewingPosition.video_id)


def is_in_history(person_id: Person) -> ColumnElement[bool]:
    """Whether a position is in the history of the person with this row id."""
    own: ColumnElement[bool] = ViewingPosition.user_id == person_id
    return own & ViewingPosition.removed_at.is_(None)


def remove_from_history(actor: User | None, public_id: str, *, now: datetime) -> datetime:
    """Take one video out, with the place where watching goes on; returns what `bring_back` needs.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound: it is not in the person's history.
    """
    person = require_signed_in(actor)
    of_video = select(Video.id).where(Video.public_id == public_id).scalar_subquery()
    if not _remove(person, ViewingPosition.video_id == of_video, now):
        raise NotFound("This video is not in your history.")
    return now


def clear_history(actor: User | None, *, now: datetime) -> datetime:
    """Take everything out; returns what `bring_back` needs.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    _remove(require_signed_in(actor), ViewingPosition.removed_at.is_(None), now)
    return now


def bring_back(actor: User | None, removed_at: datetime) -> int:
    """Put back what was taken out at this moment and not watched since; returns how many videos that were.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    person = require_signed_in(actor)
    with transaction() as session:
        taken_out = update(ViewingPosition).where(
            ViewingPosition.user_id == person.id, ViewingPosition.removed_at == removed_at
        )
        return session.connection().execute(taken_out.values(removed_at=None)).rowcount


def pause_history(actor: User | None, *, is_paused: bool) -> None:
    """Remember nothing of what the person watches from now on, or do so again.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    person = require_signed_in(actor)
    with transaction() as session:
        session.execute(update(User).where(User.id == person.id).values(is_history_paused=is_paused))
    set_committed_value(person, "is_history_paused", is_paused)


def purge_history(*, now: datetime) -> int:
    """Forget what was taken out long enough ago; for the sweep."""
    old = (
        select(ViewingPosition.user_id, ViewingPosition.video_id)
        .where(ViewingPosition.removed_at < now - KEPT)
        .limit(MOST_REMOVED)
    )
    place = tuple_(ViewingPosition.user_id, ViewingPosition.video_id)
    gone = delete(ViewingPosition).where(place.in_(old), ViewingPosition.removed_at < now - KEPT)
    with transaction() as session:
        return session.connection().execute(gone).rowcount


def _remove(person: User, which: ColumnElement[bool], now: datetime) -> int:
    removal = update(ViewingPosition).where(is_in_history(person.id), which).values(removed_at=now)
    with transaction() as session:
        return session.connection().execute(removal).rowcount


def _holds(query: str) -> list[ColumnElement[bool]]:
    """Every word is in the title or in the name of the channel."""
    return [
        or_(
            Video.title.icontains(word, autoescape=True),
            User.display_name.icontains(word, autoescape=True),
            User.username.icontains(word, autoescape=True),
        )
        for word in query.split()[:20]
    ]
