"""Which videos may somebody see who has their addresses? The same as `permissions.can_see`, of many at once."""

from sqlalchemy import ColumnElement, and_, not_, or_, select, true

from vod_web.models import PublishRule, User, Video, VideoStatus, Visibility
from vod_web.models.videos import video_viewers


def is_reachable(actor: User | None) -> ColumnElement[bool]:
    """Whether this person gets to see the video at its address; never one in the bin."""
    return and_(Video.status != VideoStatus.DELETED, _may_see(actor))


def is_playable_for(actor: User | None) -> ColumnElement[bool]:
    """Whether a player has something to show this person."""
    return and_(is_reachable(actor), Video.is_playable, Video.status != VideoStatus.BLOCKED)


def _may_see(actor: User | None) -> ColumnElement[bool]:
    if actor is not None and actor.is_moderator:
        return true()
    is_held = and_(Video.published_at.is_(None), Video.publish_rule != PublishRule.NOW)
    for_others = and_(Video.status != VideoStatus.BLOCKED, not_(is_held), _is_meant_for(actor))
    return for_others if actor is None else or_(Video.owner_id == actor.id, for_others)


def _is_meant_for(actor: User | None) -> ColumnElement[bool]:
    if actor is None:
        return Video.visibility.in_((Visibility.PUBLIC, Visibility.UNLISTED))
    is_named = (
        select(video_viewers.c.user_id)
        .where(video_viewers.c.video_id == Video.id, video_viewers.c.user_id == actor.id)
        .exists()
    )
    return or_(Video.visibility != Visibility.PRIVATE, is_named)
