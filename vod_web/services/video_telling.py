"""What is a person told of a video?"""

from datetime import datetime
from fractions import Fraction

from vod_web.core.clock import utc_now
from vod_web.core.settings import Settings
from vod_web.models import Encode, EncodeStatus, Rendition, Source, ThumbnailKind, User, Video
from vod_web.schemas.accounts import OwnerRead
from vod_web.schemas.chapters import ChapterRead
from vod_web.schemas.thumbnails import ThumbnailRead
from vod_web.schemas.versions import ReplacementRead
from vod_web.schemas.videos import (
    AddressesRead,
    CaptionRead,
    PicturesRead,
    RenditionRead,
    SizeRead,
    VideoCard,
    VideoRead,
)
from vod_web.services.caption_files import shown_captions
from vod_web.services.chapters import told_chapters
from vod_web.services.permissions import can_edit
from vod_web.services.playback import caption_address, media_address, thumbnail_address
from vod_web.services.sensitivity import is_blurred

SHORTEST_LEFT_S = 1.0


def read_video(
    video: Video,
    actor: User | None,
    *,
    settings: Settings,
    has_reactions: bool = True,
    base_url: str = "",
    queue_position: int | None = None,
) -> VideoRead:
    """What this person is told of the video, which was loaded with `AS_READ`.

    Addresses begin with `base_url`; pages leave it out, programs need it. `has_reactions` says whether the site
    counts likes.
    """
    encode, now = video.active_encode or video.open_encode, utc_now()
    return VideoRead(
        id=video.public_id,
        title=video.title,
        description=video.description,
        owner=read_owner(video.owner, base_url=base_url),
        visibility=video.visibility,
        status=video.status,
        status_reason=video.status_reason if can_edit(actor, video) or _moderates(actor) else None,
        is_playable=video.is_playable,
        progress=round(video.progress, 4),
        eta_s=_time_left(video.eta_s, video, now),
        queue_position=queue_position,
        duration_s=video.duration_s,
        width_px=video.width_px,
        height_px=video.height_px,
        frame_rate=round(float(Fraction(video.frame_rate)), 3) if video.frame_rate else None,
        size_bytes=SizeRead(source=video.source_bytes, renditions=video.rendition_bytes, versions=video.version_bytes),
        renditions=_read_renditions(video, encode, now) if encode else [],
        captions=_read_captions(video, actor, settings.secret_key, base_url),
        chapters=[ChapterRead.model_validate(chapter) for chapter in told_chapters(video)],
        thumbnail=_read_thumbnail(video),
        tags=[tag.name for tag in video.tags],
        category=video.category,
        language=video.language,
        licence=video.licence,
        licence_url=video.licence.url if video.licence else None,
        recorded_on=video.recorded_on,
        is_sensitive=video.is_sensitive,
        is_marked_by_moderator=video.is_marked_by_moderator,
        is_blurred=is_blurred(actor, video),
        views=video.view_count,
        watched_s=round(video.watched_s, 1) if can_edit(actor, video) else None,
        likes=video.like_count if has_reactions else None,
        dislikes=video.dislike_count if has_reactions else None,
        comments=video.comment_rule,
        comment_count=video.comment_count,
        downloads=video.download_rule,
        created_at=video.created_at,
        published_at=video.published_at,
        replacement=_read_replacement(video, now) if can_edit(actor, video) else None,
        publish=video.publish_rule,
        publish_at=video.publish_at,
        embed=video.embed_rule,
        embed_sites=video.embed_sites if can_edit(actor, video) else None,
        urls=_addresses(video, actor, settings.secret_key, base_url),
    )


def read_card(video: Video, actor: User | None, *, secret_key: str, is_saved: bool = False) -> VideoCard:
    """The little of it that a list shows, on pages; the video was loaded with `AS_CARD`, or with more."""
    encode = video.active_encode
    folder = media_address(video, actor, "", secret_key=secret_key) if encode else ""
    return VideoCard(
        id=video.public_id,
        title=video.title,
        description=video.description,
        owner=read_owner(video.owner),
        visibility=video.visibility,
        status=video.status,
        is_playable=video.is_playable,
        duration_s=video.duration_s,
        width_px=video.width_px,
        height_px=video.height_px,
        views=video.view_count,
        created_at=video.created_at,
        published_at=video.published_at,
        publish=video.publish_rule,
        is_sensitive=video.is_sensitive,
        is_blurred=is_blurred(actor, video),
        is_saved=is_saved,
        urls=PicturesRead(
            poster=poster_address(video, actor, secret_key=secret_key),
            storyboard=f"{folder}storyboard.vtt" if encode and encode.has_storyboard else None,
        ),
    )


def read_owner(owner: User, *, base_url: str = "") -> OwnerRead:
    """What everybody is told of a person, in short."""
    told = OwnerRead.model_validate(owner)
    return told.model_copy(update={"avatar_url": base_url + told.avatar_url}) if told.avatar_url else told


def _time_left(eta_s: float | None, told: Video | Source, now: datetime) -> float | None:
    """What is left of a time that was measured a while ago; as long as something is left to do, there is some."""
    if eta_s is None or told.eta_s is None:
        return None
    if told.measured_at is None:
        return eta_s
    return round(max(SHORTEST_LEFT_S, eta_s - (now - told.measured_at).total_seconds()), 1)


def _read_replacement(video: Video, now: datetime) -> ReplacementRead | None:
    source = video.incoming_source
    if source is None:
        return None
    return ReplacementRead(
        version_id=source.public_id,
        filename=source.filename,
        is_restored=source.retired_at is not None,
        status=source.status,
        status_reason=source.status_reason,
        progress=round(source.progress, 4),
        eta_s=_time_left(source.eta_s, source, now),
    )


def _read_renditions(video: Video, encode: Encode, now: datetime) -> list[RenditionRead]:
    is_whole = encode.status is EncodeStatus.READY
    return [
        _read_rendition(
            rendition,
            eta_s=_time_left(rendition.eta_s, video, now),
            is_playable=encode.is_active and (is_whole or rendition.is_early),
        )
        for rendition in encode.renditions
        if rendition.dropped_at is None
    ]


def _read_rendition(rendition: Rendition, *, eta_s: float | None, is_playable: bool) -> RenditionRead:
    return RenditionRead(
        name=rendition.name,
        width_px=rendition.width_px,
        height_px=rendition.height_px,
        bitrate_bps=rendition.bitrate_bps,
        codecs=rendition.codecs,
        status="ready" if rendition.is_complete else "processing",
        progress=round(rendition.progress, 4),
        eta_s=eta_s,
        is_playable=is_playable,
        loudness_lufs=rendition.loudness_lufs,
    )


def _read_thumbnail(video: Video) -> ThumbnailRead:
    made, kind = video.thumbnail, video.thumbnail_kind
    is_made = kind is not ThumbnailKind.FRAME or (made is not None and made.at_s == video.thumbnail_at_s)
    return ThumbnailRead(kind=kind, at_s=video.thumbnail_at_s, is_made=is_made)


def _read_captions(video: Video, actor: User | None, secret_key: str, base_url: str) -> list[CaptionRead]:
    return [
        CaptionRead(
            id=caption.public_id,
            language=caption.language,
            label=caption.label,
            kind=caption.kind,
            is_default=caption.is_default,
            is_forced=caption.is_forced,
            url=base_url + caption_address(video, actor, caption, secret_key=secret_key),
        )
        for caption in shown_captions(video)
    ]


def _addresses(video: Video, actor: User | None, secret_key: str, base_url: str) -> AddressesRead:
    encode = video.active_encode
    folder = base_url + media_address(video, actor, "", secret_key=secret_key) if encode else ""
    return AddressesRead(
        watch=f"{base_url}/watch/{video.public_id}",
        embed=f"{base_url}/embed/{video.public_id}",
        hls=f"{folder}multivariant.m3u8" if encode and video.is_playable else None,
        poster=poster_address(video, actor, secret_key=secret_key, base_url=base_url),
        storyboard=f"{folder}storyboard.vtt" if encode and encode.has_storyboard else None,
    )


def poster_address(video: Video, actor: User | None, *, secret_key: str, base_url: str = "") -> str | None:
    """Of the chosen picture, or of the one that we chose; the video was loaded `AS_CARD`."""
    if video.thumbnail is not None:
        return base_url + thumbnail_address(video, actor, video.thumbnail, secret_key=secret_key)
    if video.active_encode is None or not video.active_encode.has_poster:
        return None
    return base_url + media_address(video, actor, "poster.jpg", secret_key=secret_key)


def _moderates(actor: User | None) -> bool:
    return actor is not None and actor.is_moderator
