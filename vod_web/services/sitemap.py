"""What may search engines find, a page at a time?

Pages are ranges of row ids: which one a video is on never changes, and finding a page costs the same on a site of a
million videos.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from vod_web.db.session import current_session
from vod_web.models import Playlist, PlaylistKind, User, Video, Visibility
from vod_web.services.library import is_listed
from vod_web.services.videos import AS_CARD

PAGE_ROWS = 2000
"""A sitemap may name 50,000 addresses and have 50 MB; what is told of a video may take some kilobytes."""


_LISTED_PLAYLISTS = (
    Playlist.visibility == Visibility.PUBLIC,
    Playlist.kind == PlaylistKind.ORDINARY,
    Playlist.deleted_at.is_(None),
    Playlist.item_count > 0,
)


@dataclass(frozen=True)
class Listed:
    """One playlist or channel that search engines may find: its id or user name, and when it was changed."""

    name: str
    changed_at: datetime


def count_pages() -> int:
    """How many pages there are; some may be empty."""
    last_video = current_session().scalar(select(func.max(Video.id)).where(is_listed(None))) or 0
    last_playlist = current_session().scalar(select(func.max(Playlist.id)).where(*_LISTED_PLAYLISTS)) or 0
    return max(last_video, last_playlist) // PAGE_ROWS + 1


def list_videos(page: int) -> Sequence[Video]:
    """The videos of a page, counted from 0, that anybody may find, loaded `AS_CARD`; one statement."""
    within = Video.id.between(page * PAGE_ROWS, (page + 1) * PAGE_ROWS - 1)
    wanted = select(Video).where(is_listed(None), within).order_by(Video.id).options(*AS_CARD)
    return current_session().scalars(wanted).all()


def list_channels(page: int) -> Sequence[Listed]:
    """The channels of the videos of a page, once each."""
    within = Video.id.between(page * PAGE_ROWS, (page + 1) * PAGE_ROWS - 1)
    rows = (
        select(User.username, func.max(Video.updated_at))
        .join(Video, Video.owner_id == User.id)
        .where(is_listed(None), within, User.is_suspended.is_(False))
        .group_by(User.username)
        .order_by(User.username)
    )
    return [Listed(*row) for row in current_session().execute(rows)]


def list_playlists(page: int) -> Sequence[Listed]:
    """The playlists of a page that anybody may find."""
    within = Playlist.id.between(page * PAGE_ROWS, (page + 1) * PAGE_ROWS - 1)
    rows = select(Playlist.public_id, Playlist.updated_at).where(*_LISTED_PLAYLISTS, within).order_by(Playlist.id)
    return [Listed(*row) for row in current_session().execute(rows)]
