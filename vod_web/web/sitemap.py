"""What does the sitemap say of a video? What Google's schema of video sitemaps (1.1) takes, in its order and bounds."""

from dataclasses import dataclass
from datetime import datetime

from vod_web.models import Video
from vod_web.resources import resources
from vod_web.services.embedding import is_embeddable
from vod_web.services.playback import media_address
from vod_web.services.video_telling import poster_address
from vod_web.web.formats import count_seconds

LONGEST_TITLE = 100
LONGEST_DESCRIPTION = 1000
"""The schema takes 2048, of which a page of the sitemap might become too large."""
CONTENT = "multivariant.m3u8"
LONGEST_S = 28_800
"""Longer ones have no length there."""


@dataclass(frozen=True)
class Entry:
    """One video of the sitemap; its addresses are whole ones."""

    address: str
    changed_at: datetime
    picture: str | None
    """None where there is none to show, as of a sensitive video: then nothing is said but the address."""
    title: str
    description: str
    player: str | None
    content: str | None
    """Where it may stand on no other site."""
    duration_s: int | None
    views: int
    published_at: datetime | None
    owner: str
    owner_address: str


def tell_entry(video: Video) -> Entry:
    """What is told of a video that anybody may find, which was loaded `AS_CARD`."""
    settings = resources().settings
    base_url, key = settings.base_url, settings.secret_key
    has_player = is_embeddable(video)
    duration_s = count_seconds(video.duration_s) if video.duration_s else 0
    content = None if has_player or not video.active_encode else media_address(video, None, CONTENT, secret_key=key)
    return Entry(
        address=f"{base_url}/watch/{video.public_id}",
        changed_at=video.updated_at,
        picture=None if video.is_sensitive else poster_address(video, None, secret_key=key, base_url=base_url),
        title=_cut(video.title, LONGEST_TITLE),
        description=_cut(video.description, LONGEST_DESCRIPTION) or _cut(video.title, LONGEST_TITLE),
        player=f"{base_url}/embed/{video.public_id}" if has_player else None,
        content=base_url + content if content else None,
        duration_s=duration_s if 0 < duration_s <= LONGEST_S else None,
        views=video.view_count,
        published_at=video.published_at,
        owner=video.owner.display_name or video.owner.username,
        owner_address=f"{base_url}/@{video.owner.username}",
    )


def _cut(text: str, longest: int) -> str:
    """In one line, no longer than the schema takes."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
