"""Which videos may somebody see who has their addresses? The same as `permissions.can_see`, of many at once."""

from functools import cache

from sqlalchemy import BindParameter, ColumnElement, and_, not_, or_, select, true

from vod_web.models import PublishRule, User, Video, VideoStatus, Visibility
from vod_web.models.videos import video_viewers

Person = int | BindParameter[int]
"""A row id, or the place of one in a statement that is made once for everybody."""


def is_reachable(actor: User | None) -> ColumnElement[bool]:
    """Whether this person gets to see the video at its address; never one in the bin."""
    return and_(Video.status != VideoStatus.DELETED, _may_see(actor))


def is_reachable_by(person_id: Person, *, is_moderator: bool) -> ColumnElement[bool]:
    """The same for somebody who is signed in, whose row id may still have to be given to the statement."""
    return and_(Video.status != VideoStatus.DELETED, true() if is_moderator else _may_see_as(person_id))


def is_playable_for(actor: User | None) -> ColumnElement[bool]:
    """Whether a player has something to show this person."""
    return and_(is_reachable(actor), Video.is_playable, Video.status != VideoStatus.BLOCKED)


def _may_see(actor: User | None) -> ColumnElement[bool]:
    if actor is not None:
        return true() if actor.is_moderator else _may_see_as(actor.id)
    return and_(_is_for_others(), Video.visibility.in_((Visibility.PUBLIC, Visibility.UNLISTED)))


def _may_see_as(person_id: Person) -> ColumnElement[bool]:
    named = select(video_viewers.c.user_id).where(
        video_viewers.c.video_id == Video.id, video_viewers.c.user_id == person_id
    )
    is_meant_for = or_(Video.visibility != Visibility.PRIVATE, named.exists())
    return or_(Video.owner_id == person_id, and_(_is_for_others(), is_meant_for))


@cache
def _is_for_others() -> ColumnElement[bool]:
    is_held = and_(Video.published_at.is_(None), Video.publish_rule != PublishRule.NOW)
    return and_(Video.status != VideoStatus.BLOCKED, not_(is_held))
