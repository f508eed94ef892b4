"""Whom has a person muted?

Of somebody muted, the muter is told nothing, sees comments folded, and is suggested no videos. Who looks for them finds
them all the same. Whoever is muted does not learn of it.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, or_, select, true, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from vod_web.core.errors import Conflict, NotFound
from vod_web.db.session import current_session, transaction
from vod_web.db.upserts import add_if_missing
from vod_web.models import Mute, Notification, User, Video
from vod_web.schemas.base import PageQuery
from vod_web.services.accounts import get_user
from vod_web.services.paging import Found, Order, find_page
from vod_web.services.permissions import require_signed_in

MOST_MUTED = 500
"""People whom one person can mute: their ids are a part of other questions."""
LAST_FIRST = Order(name="-created_at", by=Mute.created_at, id=Mute.muted_id)


def mute(actor: User | None, username: str, *, now: datetime) -> Mute:
    """Hear no more of this person; what was told before counts as read, and is not mailed.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound: nobody has this name, or whoever has it is shut out.
        Conflict: it is oneself, or one too many.
    """
    person, muted = require_signed_in(actor), get_user(username)
    if muted.is_suspended:
        raise NotFound("There is nobody of this name.")
    if person.id == muted.id:
        raise Conflict("You cannot mute yourself.")
    with transaction() as session:
        row = {"person_id": person.id, "muted_id": muted.id, "created_at": now}
        if add_if_missing(session, Mute, row):
            mine = select(func.count()).select_from(Mute).where(Mute.person_id == person.id)
            if (session.scalar(mine) or 0) > MOST_MUTED:
                raise Conflict(f"You have muted {MOST_MUTED} people, which is the most that there can be.")
            told = update(Notification).where(
                Notification.user_id == person.id, Notification.person_id == muted.id, Notification.read_at.is_(None)
            )
            quiet = told.values(read_at=now, mail_due_at=None)
            session.execute(quiet, execution_options={"synchronize_session": False})
        found = session.get_one(Mute, (person.id, muted.id), populate_existing=True)
    set_committed_value(found, "muted", muted)
    return found


def unmute(actor: User | None, username: str) -> User:
    """Hear of this person again; it is no mistake if he or she was not muted.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound: nobody has this name.
    """
    person, muted = require_signed_in(actor), get_user(username)
    with transaction() as session:
        gone = delete(Mute).where(Mute.person_id == person.id, Mute.muted_id == muted.id)
        session.execute(gone, execution_options={"synchronize_session": False})
    return muted


def list_muted(actor: User | None, wanted: PageQuery) -> Found[Mute]:
    """Whom the person has muted, the last one first.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    person = require_signed_in(actor)
    rows = select(Mute).where(Mute.person_id == person.id).options(joinedload(Mute.muted))
    rows = rows.execution_options(populate_existing=True)
    return find_page(rows, LAST_FIRST, cursor=wanted.cursor, limit=wanted.limit)


def has_muted(actor: User | None, other: User) -> bool:
    """Whether the person has muted this one."""
    return actor is not None and current_session().get(Mute, (actor.id, other.id), populate_existing=True) is not None


def find_muted(actor: User | None) -> frozenset[int]:
    """The row ids of all whom the person has muted, which are few."""
    if actor is None:
        return frozenset()
    return frozenset(current_session().scalars(select(Mute.muted_id).where(Mute.person_id == actor.id)))


def is_of_nobody_muted(actor: User | None, *, but: int) -> ColumnElement[bool]:
    """Whether a video is of nobody muted, or of the one with this row id; for a few videos that are at hand."""
    if actor is None:
        return true()
    is_muted = select(Mute.muted_id).where(Mute.person_id == actor.id, Mute.muted_id == Video.owner_id).exists()
    return or_(Video.owner_id == but, ~is_muted)


def is_of_others(muted: frozenset[int]) -> ColumnElement[bool]:
    """Whether a video is of nobody muted, asked by their ids, so that no index serves less than without it."""
    return Video.owner_id.not_in(sorted(muted)) if muted else true()
