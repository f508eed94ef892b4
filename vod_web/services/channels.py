"""What does somebody see who comes to a channel?"""

from dataclasses import dataclass

from sqlalchemy import func, select

from vod_web.core.errors import NotFound
from vod_web.db.session import current_session
from vod_web.models import User, Video
from vod_web.services.accounts import get_user
from vod_web.services.library import count_channel, is_listed, is_own_channel

NOBODY = "There is nobody of this name."


@dataclass(frozen=True)
class Channel:
    """A person as the owner of videos, and how many of them whoever asks may find."""

    owner: User
    video_count: int
    is_own: bool
    """Whether it is the channel of whoever asks."""


def get_channel(actor: User | None, username: str) -> Channel:
    """The channel of this name, however its letters are written.

    Raises:
        NotFound: as `get_owner`.
    """
    owner = get_owner(actor, username)
    return Channel(owner, count_channel(actor, owner), is_own_channel(actor, owner))


def get_owner(actor: User | None, username: str) -> User:
    """Whose channel it is.

    Raises:
        NotFound: nobody has this name, or whoever has it is shut out, which moderators may look at all the same.
    """
    owner = get_user(username)
    if owner.is_suspended and not (actor is not None and actor.is_moderator):
        raise NotFound(NOBODY)
    return owner


def count_views(actor: User | None, owner: User) -> int:
    """How often those of the channel's videos were watched that this person may find as a stranger would."""
    views = select(func.sum(Video.view_count)).where(Video.owner_id == owner.id, is_listed(actor))
    return int(current_session().scalar(views) or 0)
