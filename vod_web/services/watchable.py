"""Which videos may a person watch? `permissions.can_see` as the database asks it, of many videos at once."""

from sqlalchemy import ColumnElement, and_, false, not_, or_, select

from vod_web.models import PublishRule, User, Video, VideoStatus, Visibility
from vod_web.models.videos import video_viewers


def is_watchable(actor: User | None) -> ColumnElement[bool]:
    """Whether this person may know of a video that is not in the bin, wherever its link was found."""
    is_there = Video.status != VideoStatus.DELETED
    if actor is not None and actor.is_moderator:
        return is_there
    is_held = and_(Video.published_at.is_(None), Video.publish_rule != PublishRule.NOW)
    is_open = and_(Video.status != VideoStatus.BLOCKED, not_(is_held), _is_meant_for(actor))
    is_own = false() if actor is None else Video.owner_id == actor.id
    return and_(is_there, or_(is_open, is_own))


def is_playable_for(actor: User | None) -> ColumnElement[bool]:
    """Whether a player has something to show this person."""
    return and_(is_watchable(actor), Video.is_playable, Video.status != VideoStatus.BLOCKED)


def _is_meant_for(actor: User | None) -> ColumnElement[bool]:
    by_link = Video.visibility.in_((Visibility.PUBLIC, Visibility.UNLISTED))
    if actor is None:
        return by_link
    named = select(video_viewers.c.video_id).where(
        video_viewers.c.video_id == Video.id, video_viewers.c.user_id == actor.id
    )
    inside = Video.visibility == Visibility.INTERNAL
    return or_(by_link, inside, and_(Video.visibility == Visibility.PRIVATE, named.exists()))
