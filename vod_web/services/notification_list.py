"""Which notifications does a person find on the site, and which of them are unread?"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.base import ExecutableOption

from vod_web.core.errors import NotFound
from vod_web.db.base import UtcDateTime
from vod_web.db.session import current_session, transaction
from vod_web.models import Notification, NotificationKind, SensitiveRule, User, Video
from vod_web.schemas.base import PageQuery
from vod_web.services.library import is_listed, is_listed_by
from vod_web.services.paging import Found, Order, find_page
from vod_web.services.permissions import require_signed_in
from vod_web.services.reach import is_reachable, is_reachable_by
from vod_web.services.sensitivity import rule_for

KEPT = timedelta(days=90)
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
"""Before anybody was told anything."""
MOST_COUNTED = 99
"""Of unread ones; more are "99+"."""
REMOVED_AT_ONCE = 5000
NEWEST_FIRST = Order(name="-created_at", by=Notification.created_at, id=Notification.id)
AS_TOLD: tuple[ExecutableOption, ...] = (joinedload(Notification.video), joinedload(Notification.person))
"""What `notification_words.tell_notification` needs."""


def list_notifications(actor: User | None, wanted: PageQuery) -> Found[Notification]:
    """What the person has been told, the newest first, without what he or she may not see any more.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    person = require_signed_in(actor)
    told = _shown_to(person).options(*AS_TOLD).execution_options(populate_existing=True)
    return find_page(told, NEWEST_FIRST, cursor=wanted.cursor, limit=wanted.limit)


def note_seen(actor: User | None, shown: Sequence[Notification]) -> None:
    """The person has seen these in the list, and what came before; they stay unread.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    person = require_signed_in(actor)
    newest = max((one.created_at for one in shown), default=ALWAYS)
    if newest <= (person.notifications_seen_at or ALWAYS):
        return
    with transaction() as session:
        session.execute(update(User).where(User.id == person.id).values(notifications_seen_at=newest))
    set_committed_value(person, "notifications_seen_at", newest)


def count_new(actor: User | None) -> int:
    """How many of the unread ones came after the person last saw the list; as `count_unread`."""
    return _count_after(actor, actor.notifications_seen_at if actor else None)


def count_unread(actor: User | None) -> int:
    """How many are unread of the last `MOST_COUNTED` and one that are; nobody has none.

    Every page asks for those that are new: mostly there are none, and otherwise no more rows than these are looked at,
    by an index that holds unread ones alone.
    """
    return _count_after(actor, None)


def _count_after(actor: User | None, moment: datetime | None) -> int:
    if actor is None:
        return 0
    unread = _unread_by(rule_for(actor), is_moderator=actor.is_moderator)
    return current_session().scalar(unread, {"person_id": actor.id, "seen_at": moment or ALWAYS}) or 0


@cache
def _unread_by(rule: SensitiveRule, *, is_moderator: bool) -> Select[int]:
    """How many are unread by the one with `person_id` that came after `seen_at`."""
    person_id, seen_at = bindparam("person_id", type_=BigInteger()), bindparam("seen_at", type_=UtcDateTime())
    last = select(Notification.id).order_by(Notification.created_at.desc(), Notification.id.desc())
    last = last.limit(MOST_COUNTED + 1).where(Notification.created_at > seen_at)
    last = last.where(Notification.user_id == person_id, Notification.read_at.is_(None), Notification.is_on_site)
    shown = select(func.count()).select_from(Notification).outerjoin(Video, Video.id == Notification.video_id)
    is_seen = _is_seen(is_listed_by(rule), is_reachable_by(person_id, is_moderator=is_moderator))
    return shown.where(Notification.id.in_(last), is_seen)  # their ids say whose they are


def get_notification(actor: User | None, kind: str, subject: str) -> Notification:
    """The one of this kind and subject.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound: the person was not told of it, or may not see any more what it is about.
    """
    person = require_signed_in(actor)
    if kind not in tuple(NotificationKind) or not subject.isprintable():
        raise NotFound("There is no such notification.")
    about = _shown_to(person).where(Notification.kind == kind, Notification.subject == subject)
    found = current_session().scalar(about.options(*AS_TOLD).execution_options(populate_existing=True))
    if found is None:
        raise NotFound("There is no such notification. What it was about may be gone.")
    return found


def mark_read(actor: User | None, kind: str, subject: str, *, now: datetime) -> Notification:
    """The person has read it.

    Raises:
        NotSignedIn, NotFound: as `get_notification`.
    """
    with transaction():
        found = get_notification(actor, kind, subject)
        found.read_at = found.read_at or now
    return found


def mark_all_read(actor: User | None, *, now: datetime) -> int:
    """The person has read all of them; returns how many those were.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    person = require_signed_in(actor)
    unread = update(Notification).where(
        Notification.user_id == person.id, Notification.read_at.is_(None), Notification.is_on_site
    )
    with transaction() as session:
        read = unread.values(read_at=now).returning(Notification.id)
        return len(session.scalars(read, execution_options={"synchronize_session": False}).all())


def remove_old(*, now: datetime) -> int:
    """Remove some of those that are too old, read or not; returns how many.

    Ids grow with time, so that the oldest ones are looked at, and no others.
    """
    with transaction() as session:
        oldest = select(Notification.id).order_by(Notification.id).limit(REMOVED_AT_ONCE).subquery()
        old = delete(Notification).where(Notification.id.in_(select(oldest.c.id)), Notification.created_at < now - KEPT)
        gone = session.scalars(old.returning(Notification.id), execution_options={"synchronize_session": False})
        return len(gone.all())


def is_about_what_is_seen(person: User) -> ColumnElement[bool]:
    """Whether the person may still see the video that a notification is about, which is joined to it.

    Of a new video, those are told who may find it; all else is about videos of which the person knows already.
    """
    return _is_seen(is_listed(person), is_reachable(person))


def _is_seen(listed: ColumnElement[bool], reachable: ColumnElement[bool]) -> ColumnElement[bool]:
    is_new_video = Notification.kind == NotificationKind.NEW_VIDEO
    return or_(
        Notification.video_id.is_(None),
        and_(is_new_video, listed),
        and_(~is_new_video, reachable),
    )


def _shown_to(person: User) -> Select[Notification]:
    return (
        select(Notification)
        .outerjoin(Video, Video.id == Notification.video_id)
        .where(Notification.user_id == person.id, Notification.is_on_site, is_about_what_is_seen(person))
    )
