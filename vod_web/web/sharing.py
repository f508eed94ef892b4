"""What do other sites, search engines and messengers get to know of a video?"""

from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import segno
from markupsafe import Markup

from vod_web.models import User, Visibility
from vod_web.schemas.embedding import OEmbedRead
from vod_web.schemas.playlists import PlaylistRead
from vod_web.schemas.videos import VideoRead

POSTER_WIDTH = 1280
PLAYLIST_SIZE = (1280, 720)
QR_MODULE_PX = 8
FRAME = Markup(
    '<iframe src="{}" width="{}" height="{}" title="{}" allow="autoplay; fullscreen; picture-in-picture; '
    'encrypted-media" allowfullscreen loading="lazy" referrerpolicy="strict-origin-when-cross-origin" '
    'frameborder="0"></iframe>'
)


def embed_code(video: VideoRead, size: tuple[int, int]) -> str:
    """The HTML that puts the player on another page, `size` in pixels; addresses are as `video` has them.

    A plain text: to us it is something to copy, and templates must escape it.
    """
    return str(FRAME.format(video.urls.embed, *size, video.title))


def playlist_code(playlist: PlaylistRead, size: tuple[int, int] = PLAYLIST_SIZE) -> str | None:
    """The same for a playlist; None where other people may not see it."""
    if playlist.visibility not in (Visibility.PUBLIC, Visibility.UNLISTED):
        return None
    return str(FRAME.format(playlist.urls.embed, *size, playlist.title))


def tell_oembed(
    video: VideoRead, size: tuple[int, int] | None, poster_size: tuple[int, int], *, site_name: str, base_url: str
) -> OEmbedRead:
    """What a site that was given the video's address needs to show it; without a size there is nothing but a link."""
    poster = None if video.is_sensitive else video.urls.poster
    return OEmbedRead(
        type="video" if size else "link",
        provider_name=site_name,
        provider_url=base_url,
        title=video.title,
        author_name=video.owner.display_name or video.owner.username,
        author_url=f"{base_url}/@{video.owner.username}",
        thumbnail_url=poster,
        thumbnail_width=poster_size[0] if poster else None,
        thumbnail_height=poster_size[1] if poster else None,
        html=embed_code(video, size) if size else None,
        width=size[0] if size else None,
        height=size[1] if size else None,
    )


def tell_playlist_oembed(playlist: PlaylistRead, size: tuple[int, int], *, site_name: str, base_url: str) -> OEmbedRead:
    """The same of a playlist."""
    code = playlist_code(playlist, size)
    return OEmbedRead(
        type="video" if code else "link",
        provider_name=site_name,
        provider_url=base_url,
        title=playlist.title,
        author_name=playlist.owner.display_name or playlist.owner.username,
        author_url=f"{base_url}/@{playlist.owner.username}",
        thumbnail_url=playlist.urls.cover,
        thumbnail_width=POSTER_WIDTH if playlist.urls.cover else None,
        thumbnail_height=POSTER_WIDTH * 9 // 16 if playlist.urls.cover else None,
        html=code,
        width=size[0] if code else None,
        height=size[1] if code else None,
    )


def describe_video(
    video: VideoRead, *, base_url: str, is_embeddable: bool, transcript: str | None = None
) -> dict[str, Any]:
    """The video as schema.org's VideoObject, for search engines; its addresses are whole ones."""
    described = {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": video.title,
        "description": video.description or video.title,
        "thumbnailUrl": [video.urls.poster] if video.urls.poster and not video.is_sensitive else None,
        "uploadDate": (video.published_at or video.created_at).isoformat(),
        "duration": format_duration(video.duration_s) if video.duration_s else None,
        "url": video.urls.watch,
        "embedUrl": video.urls.embed if is_embeddable else None,
        "contentUrl": video.urls.hls,
        "inLanguage": video.language if video.language != "zxx" else None,
        "license": video.licence_url,
        "dateCreated": video.recorded_on.isoformat() if video.recorded_on else None,
        "transcript": transcript,
        "hasPart": _describe_chapters(video) or None,
        "keywords": ", ".join(video.tags) or None,
        "genre": video.category.label if video.category else None,
        "isFamilyFriendly": not video.is_sensitive,
        "author": {
            "@type": "Person",
            "name": video.owner.display_name or video.owner.username,
            "url": f"{base_url}/@{video.owner.username}",
        },
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": {"@type": "WatchAction"},
            "userInteractionCount": video.views,
        },
    }
    return {name: value for name, value in described.items() if value is not None}


def _describe_chapters(video: VideoRead) -> list[dict[str, Any]]:
    """Each chapter as a Clip, which ends where the next one begins."""
    ends = [chapter.start_s for chapter in video.chapters[1:]] + [video.duration_s]
    return [
        {
            "@type": "Clip",
            "name": chapter.title,
            "startOffset": chapter.start_s,
            "endOffset": end_s,
            "url": f"{video.urls.watch}?t={int(chapter.start_s)}",
        }
        for chapter, end_s in zip(video.chapters, ends, strict=False)
        if end_s is not None and end_s > chapter.start_s
    ]


def format_duration(seconds: float) -> str:
    """As ISO 8601 writes it: "PT1H2M3S"."""
    whole = max(1, round(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    parts = ((hours, "H"), (minutes, "M"), (rest, "S"))
    return "PT" + "".join(f"{number}{unit}" for number, unit in parts if number)


def draw_qr(address: str, *, time_s: int = 0) -> bytes:
    """The address as a QR code, an SVG picture; `time_s` is where the video is to begin."""
    whole = f"{address}?{urlencode({'t': time_s})}" if time_s else address
    picture = BytesIO()
    segno.make(whole, error="m", micro=False).save(picture, kind="svg", scale=QR_MODULE_PX, border=4, light="#fff")
    return picture.getvalue()


def describe_channel(owner: User, *, address: str, picture: str | None) -> dict[str, Any]:
    """The channel as schema.org's ProfilePage."""
    person = {
        "@type": "Person",
        "name": owner.display_name or owner.username,
        "alternateName": f"@{owner.username}",
        "identifier": owner.username,
        "url": address,
        "description": owner.about or None,
        "image": picture,
        "sameAs": [link["url"] for link in owner.links] or None,
    }
    return {
        "@context": "https://schema.org",
        "@type": "ProfilePage",
        "dateCreated": owner.created_at.isoformat(),
        "mainEntity": {name: value for name, value in person.items() if value is not None},
    }
