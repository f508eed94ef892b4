"""Which videos does a feed hold?

A feed is read by programs that nobody is signed in to: it holds what a visitor may find, and nothing else,
whoever asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from vod_web.db.lists import is_one_of
from vod_web.db.session import current_session
from vod_web.models import Playlist, User, Video
from vod_web.schemas.base import PageQuery
from vod_web.schemas.video_lists import NewestFilter, SearchFilter
from vod_web.services import library, playlists
from vod_web.services.channels import get_owner
from vod_web.services.playlist_items import list_entries
from vod_web.services.videos import AS_READ

MOST_ITEMS = 50
"""As many as readers look at; what is older has been read or will not be."""


@dataclass(frozen=True)
class Feed:
    """What a feed is about, and what it holds."""

    title: str
    """Empty for that of the whole site."""
    summary: str
    path: str
    """The page of the site with the same videos."""
    videos: Sequence[Video]
    owner: User | None = None
    """Whose channel or playlist it is."""


def feed_site() -> Feed:
    """The newest videos of all channels."""
    found = library.list_listed(None, NewestFilter(limit=MOST_ITEMS), options=())
    return Feed("", "The newest videos", "/", load_whole(found.items))


def feed_channel(username: str) -> Feed:
    """The newest videos of a channel.

    Raises:
        NotFound: as `channels.get_owner`.
    """
    owner = get_owner(None, username)
    found = library.list_channel(None, owner, NewestFilter(limit=MOST_ITEMS), options=())
    name = owner.display_name or owner.username
    return Feed(name, owner.about or f"Videos by {name}", f"/@{owner.username}", load_whole(found.items), owner)


def feed_playlist(public_id: str) -> Feed:
    """The first videos of a public or unlisted playlist, in its order: those that anybody may find.

    Raises:
        NotFound, Gone: as `playlists.get_playlist`, asked by a visitor.
    """
    playlist: Playlist = playlists.get_playlist(None, public_id)
    entries = list_entries(None, playlist, PageQuery(limit=MOST_ITEMS)).items
    ids = [entry.item.video_id for entry in entries if entry.is_available]
    found = set(current_session().scalars(select(Video.id).where(is_one_of(Video.id, ids), library.is_listed(None))))
    videos = [entry.item.video for entry in entries if entry.item.video_id in found]
    name = playlist.owner.display_name or playlist.owner.username
    summary = playlist.description or f"A playlist by {name}"
    return Feed(playlist.title, summary, f"/playlists/{playlist.public_id}", videos, playlist.owner)


def feed_search(wanted: SearchFilter, path: str, *, now: datetime) -> Feed:
    """The newest videos that a search finds; `path` is its page."""
    newest = wanted.model_copy(update={"sort": "-published_at", "limit": MOST_ITEMS, "cursor": None})
    found = library.search_listed(None, newest, now=now)
    title = wanted.query or (f"#{wanted.tag}" if wanted.tag else wanted.category.label if wanted.category else "Videos")
    return Feed(title, f"The newest videos for {title}", path, load_whole(found.page.items))


def load_whole(videos: Sequence[Video]) -> list[Video]:
    """The same with all that is said of a video."""
    query = select(Video).where(is_one_of(Video.id, [video.id for video in videos])).options(*AS_READ)
    loaded = {video.id: video for video in current_session().scalars(query.execution_options(populate_existing=True))}
    return [loaded[video.id] for video in videos if video.id in loaded]
