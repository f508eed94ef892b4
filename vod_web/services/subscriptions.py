"""Who follows whose channel, and what is new there?

How many follow a channel stands in its row: whoever adds or removes a subscription changes both in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, delete, func, select, true, update
from sqlalchemy.orm import Session, aliased, joinedload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.interfaces import ORMOption

from vod_web.core.errors import Conflict, NotFound
from vod_web.db.session import current_session, transaction
from vod_web.db.upserts import add_if_missing
from vod_web.models import Subscription, User, Video
from vod_web.schemas.base import PageQuery
from vod_web.services.accounts import get_user
from vod_web.services.channels import get_owner
from vod_web.services.library import is_listed
from vod_web.services.paging import Found, Order, condition_after, find_page
from vod_web.services.permissions import require_signed_in
from vod_web.services.videos import AS_READ, loading

MOST_FOLLOWED = 5000
"""Channels that one person follows: the newest of each are looked at for every page of what is new."""
NEWEST = Order(name="-published_at", by=Video.published_at, id=Video.id)
_BELL = select(Subscription.has_bell).where(
    Subscription.subscriber_id == bindparam("person_id"), Subscription.channel_id == bindparam("channel_id")
)
LATEST, ONE_OF_THEM = aliased(Video), aliased(Video)
"""Made once: their columns are adapted when they are first asked for."""
BY_NAME = Order(name="name", by=func.lower(User.display_name), id=User.id, descending=False)


@dataclass(frozen=True)
class Standing:
    """How a person stands to a channel."""

    channel: User
    is_followed: bool
    has_bell: bool
    is_own: bool = False
    is_visitor: bool = False
    """Whether nobody is signed in."""


def subscribe(actor: User | None, username: str, *, has_bell: bool | None = None, now: datetime) -> Subscription:
    """Follow a channel; with None, the bell of one that is followed stays as it is.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound: as `channels.get_owner`.
        Conflict: it is one's own, or one too many.
    """
    person, channel = require_signed_in(actor), get_owner(actor, username)
    if person.id == channel.id:
        raise Conflict("This is your own channel.")
    with transaction() as session:
        key = {"subscriber_id": person.id, "channel_id": channel.id}
        is_new = add_if_missing(session, Subscription, {**key, "has_bell": bool(has_bell), "created_at": now})
        if is_new:
            _refuse_too_many(session, person)
            _count(session, [channel.id], 1)
            session.refresh(channel, ["follower_count"])
        found = session.get_one(Subscription, (person.id, channel.id), populate_existing=True)
        if has_bell is not None:
            found.has_bell = has_bell
    set_committed_value(found, "channel", channel)
    return found


def unsubscribe(actor: User | None, username: str) -> bool:
    """Follow a channel no more; whether the person did.

    Raises:
        NotSignedIn, NotFound: as `subscribe`.
    """
    person, channel = require_signed_in(actor), get_user(username)
    with transaction() as session:
        gone = delete(Subscription).where(Subscription.subscriber_id == person.id)
        gone = gone.where(Subscription.channel_id == channel.id)
        was_there = (
            session.scalar(gone.returning(Subscription.channel_id), execution_options={"synchronize_session": False})
            is not None
        )
        if was_there:
            _count(session, [channel.id], -1)
            session.refresh(channel, ["follower_count"])
    return was_there


def forget_follower(session: Session, person: User) -> None:
    """End all subscriptions of somebody whose account is about to be removed; inside that transaction.

    The database would remove the rows with the account, but not count.
    """
    followed = delete(Subscription).where(Subscription.subscriber_id == person.id).returning(Subscription.channel_id)
    _count(session, session.scalars(followed, execution_options={"synchronize_session": False}).all(), -1)


def get_standing(actor: User | None, channel: User) -> Standing:
    """How this person stands to the channel; nobody who is not signed in follows any."""
    is_own = actor is not None and actor.id == channel.id
    bell = None if actor is None or is_own else _find_bell(actor, channel)
    return Standing(channel, is_followed=bell is not None, has_bell=bool(bell), is_own=is_own, is_visitor=actor is None)


def get_subscription(actor: User | None, username: str) -> Subscription:
    """The person's subscription to this channel.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound: there is none.
    """
    person, channel = require_signed_in(actor), get_user(username)
    found = current_session().get(Subscription, (person.id, channel.id), populate_existing=True)
    if found is None:
        raise NotFound("You do not follow this channel.")
    set_committed_value(found, "channel", channel)
    return found


def list_subscriptions(actor: User | None, wanted: PageQuery) -> Found[Subscription]:
    """The channels that the person follows, by name, with their owners."""
    person = require_signed_in(actor)
    followed = select(Subscription).join(Subscription.channel).where(Subscription.subscriber_id == person.id)
    followed = followed.options(joinedload(Subscription.channel)).execution_options(populate_existing=True)
    return find_page(followed, BY_NAME, cursor=wanted.cursor, limit=wanted.limit)


def follows_any(actor: User | None) -> bool:
    """Whether the person follows any channel."""
    if actor is None:
        return False
    some = select(Subscription.channel_id).where(Subscription.subscriber_id == actor.id).limit(1)
    return current_session().scalar(some) is not None


def list_newest_videos(
    actor: User | None, wanted: PageQuery, *, options: Sequence[ORMOption] = AS_READ
) -> Found[Video]:
    """The newest videos of the channels that the person follows, as far as this person may find them.

    What it costs grows with the number of channels, not with that of their videos: of each, no more than one page is
    looked at.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    person = require_signed_in(actor)
    newest = newest_of_followed(person, wanted)
    statement = loading(select(Video).where(Video.id.in_(newest)), options)
    return find_page(statement, NEWEST, cursor=wanted.cursor, limit=wanted.limit)


def newest_of_followed(person: User, wanted: PageQuery) -> Select[int]:
    """The ids of one page of them and one more, which are of as many channels at most: those with the newest videos.

    Of all others one video is looked at. The two databases have different words for "for each channel".
    """
    count = wanted.limit + 1
    newest = (
        select(Video.id, Video.published_at)
        .where(is_listed(person), condition_after(NEWEST, wanted.cursor))
        .order_by(Video.published_at.desc(), Video.id.desc())
    )
    first = newest.where(Video.owner_id == Subscription.channel_id).limit(1).correlate(Subscription)
    followed = select(Subscription.channel_id).where(Subscription.subscriber_id == person.id).limit(count)
    if current_session().get_bind().dialect.name == "postgresql":
        latest = first.lateral("latest")
        followed = followed.join(latest, true()).order_by(latest.c.published_at.desc(), latest.c.id.desc())
        channels = followed.subquery("followed")
        each = newest.where(Video.owner_id == channels.c.channel_id).limit(count).lateral("each")
        found = select(each.c.id).select_from(channels).join(each, true())
        return found.order_by(each.c.published_at.desc(), each.c.id.desc()).limit(count)
    followed = followed.join(LATEST, LATEST.id == first.with_only_columns(Video.id).scalar_subquery())
    channels = followed.order_by(LATEST.published_at.desc(), LATEST.id.desc()).subquery("followed")
    some = newest.where(Video.owner_id == channels.c.channel_id).limit(count).correlate(channels)
    found = select(ONE_OF_THEM.id).select_from(channels)
    found = found.join(ONE_OF_THEM, ONE_OF_THEM.id.in_(some.with_only_columns(Video.id)))
    return found.order_by(ONE_OF_THEM.published_at.desc(), ONE_OF_THEM.id.desc()).limit(count)


def _find_bell(person: User, channel: User) -> bool | None:
    """Whether the person follows the channel with a bell; None when not at all."""
    return current_session().scalar(_BELL, {"person_id": person.id, "channel_id": channel.id})


def _refuse_too_many(session: Session, person: User) -> None:
    some = select(Subscription.channel_id).where(Subscription.subscriber_id == person.id).limit(MOST_FOLLOWED + 1)
    if len(session.scalars(some).all()) > MOST_FOLLOWED:
        raise Conflict(f"You follow {MOST_FOLLOWED} channels, which is the most that there can be.")


def _count(session: Session, channel_ids: Sequence[int], change: int) -> None:
    """In the order of the ids, so that two who count at the same time never wait for each other."""
    for channel_id in sorted(channel_ids):
        raised = update(User).where(User.id == channel_id).values(follower_count=User.follower_count + change)
        session.execute(raised, execution_options={"synchronize_session": False})
