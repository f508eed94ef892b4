"""What is said about a video, by people who publish it and to people and programs that watch it?"""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from vod_web.models import (
    CaptionKind,
    Category,
    CommentRule,
    DownloadRule,
    EmbedRule,
    Licence,
    PublishRule,
    VideoStatus,
    Visibility,
)
from vod_web.schemas.accounts import OwnerRead
from vod_web.schemas.base import Input, Output
from vod_web.schemas.chapters import ChapterRead
from vod_web.schemas.embedding import Sites
from vod_web.schemas.publishing import Publishing
from vod_web.schemas.thumbnails import ThumbnailRead
from vod_web.schemas.versions import ReplacementRead

MOST_TAGS = 30
LONGEST_TAG = 40
MOST_VIEWERS = 200
MOST_PLAYLISTS = 100


def split_tags(value: Any) -> Any:
    """Tags from a line of text or a list: without `#`, in lower case, each once, in the order given."""
    words = _words(value, separator=r"[,\n]", prefix="#", fold=True)
    if isinstance(words, list) and any(len(word) > LONGEST_TAG for word in words):
        raise ValueError(f"A tag has at most {LONGEST_TAG} characters. Put commas between tags.")
    return words


def split_names(value: Any) -> Any:
    """User names from a text or a list, with or without `@`."""
    return _words(value, separator=r"[,;\s]", prefix="@", fold=False)


def _words(value: Any, *, separator: str, prefix: str, fold: bool) -> Any:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        return value
    found: dict[str, None] = {}
    for text in texts:
        for part in re.split(separator, text):
            word = " ".join(part.split()).removeprefix(prefix).strip()
            if word:
                found[word.lower() if fold else word] = None
    return list(found)


Title = Annotated[str, Field(min_length=1, max_length=300)]
Description = Annotated[str, Field(max_length=20_000)]
Tags = Annotated[list[str], BeforeValidator(split_tags), Field(max_length=MOST_TAGS)]
Usernames = Annotated[list[str], BeforeValidator(split_names), Field(max_length=MOST_VIEWERS)]


class VideoCreate(Publishing):
    """A new video, before its file has arrived."""

    title: Title
    description: Description = ""
    tags: Tags = Field(default_factory=list)
    visibility: Visibility = Visibility.PUBLIC
    comments: CommentRule | None = None


class VideoUpdate(Publishing):
    """What is to change about a video; what is left out (or null, but for what `Publishing` has) stays."""

    title: Title | None = None
    description: Description | None = None
    tags: Tags | None = None
    visibility: Visibility | None = None
    viewers: Usernames | None = None
    """The user names of the people who may watch it while it is private."""
    embed: EmbedRule | None = None
    """On which other sites the player may stand."""
    embed_sites: Sites | None = None
    """With `embed` = `listed`: hosts, such as "example.org" or "*.example.org"."""
    comments: CommentRule | None = None
    """Whether people may comment: `on`, `held` (you see each comment before others do), or `off`."""
    playlists: Annotated[list[str], Field(max_length=MOST_PLAYLISTS)] | None = None
    """The ids of all of your playlists that are to hold it."""


class PositionUpdate(Input):
    """How far a person has watched."""

    position_s: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class PositionRead(Output):
    """How far a person has watched."""

    position_s: float


class SizeRead(Output):
    """What is stored, in bytes."""

    source: int
    renditions: int
    versions: int
    """Of both, what is kept of earlier versions."""


class RenditionRead(Output):
    """One encoded stream of a video."""

    name: str
    width_px: int | None
    height_px: int | None
    bitrate_bps: int | None
    codecs: str | None
    status: Literal["processing", "ready"]
    progress: float
    """How much of it is made, 0 to 1."""
    eta_s: float | None
    """Seconds until it is complete; None when it is, or as long as nobody knows."""
    is_playable: bool
    """Whether players are offered it: of a video that is being processed, only what is made first."""
    loudness_lufs: float | None
    """Of sound, over its whole length (EBU R 128), once it is measured."""


class CaptionRead(Output):
    """One caption track of a video."""

    id: str
    language: str
    """BCP 47; "und" where nobody knows."""
    label: str
    kind: CaptionKind
    is_default: bool
    """The first to be chosen when somebody turns captions on."""
    is_forced: bool
    """Only what everybody must read: signs, and speech in a foreign language."""
    url: str
    """WebVTT."""


class AddressesRead(Output):
    """Where things are found; None for what does not exist yet."""

    watch: str
    embed: str
    hls: str | None
    poster: str | None
    storyboard: str | None


class PicturesRead(Output):
    """Which pictures show what is in a video; None for what does not exist yet."""

    poster: str | None
    storyboard: str | None


class VideoCard(Output):
    """What a list of videos shows of each: it is quickly loaded, and quickly made."""

    id: str
    title: str
    description: str
    owner: OwnerRead
    visibility: Visibility
    status: VideoStatus
    is_playable: bool
    duration_s: float | None
    width_px: int | None
    height_px: int | None
    views: int
    created_at: datetime
    published_at: datetime | None
    publish: PublishRule
    is_sensitive: bool
    is_blurred: bool
    """Whether the person who asks is to see no picture of it that is not blurred."""
    is_saved: bool
    """Whether it is in *Watch later* of the person who asks."""
    urls: PicturesRead


class VideoRead(Output):
    """A video, as the person who asks may see it."""

    id: str
    title: str
    description: str
    owner: OwnerRead
    visibility: Visibility
    status: VideoStatus
    status_reason: str | None
    is_playable: bool
    progress: float
    eta_s: float | None
    queue_position: int | None
    duration_s: float | None
    width_px: int | None
    height_px: int | None
    frame_rate: float | None
    size_bytes: SizeRead
    renditions: list[RenditionRead]
    captions: list[CaptionRead]
    chapters: list[ChapterRead]
    """In their order, from 0; empty where it has none."""
    thumbnail: ThumbnailRead
    """How its picture (`urls.poster`) was chosen."""
    tags: list[str]
    category: Category | None
    language: str | None
    licence: Licence | None
    licence_url: str | None
    """Where the licence can be read."""
    recorded_on: date | None
    is_sensitive: bool
    """Not everybody may want to see it without a warning."""
    is_marked_by_moderator: bool
    """As sensitive, which its owner cannot take back."""
    is_blurred: bool
    """Whether you are to see no picture of it that is not blurred, nor the video, before you ask for it."""
    views: int
    watched_s: float | None
    """How long it was watched by everybody together; for whoever may change the video, null for others."""
    likes: int | None
    """Null where the site counts no likes."""
    dislikes: int | None
    comments: CommentRule
    comment_count: int
    downloads: DownloadRule
    """What others than its owner may keep of it."""
    created_at: datetime
    published_at: datetime | None
    """Since when others may see it; null as long as they may not."""
    replacement: ReplacementRead | None
    """The file that is to take the place of the one in use; all else here tells of the latter."""
    publish: PublishRule
    publish_at: datetime | None
    embed: EmbedRule
    embed_sites: list[str] | None
    """For whoever may change the video; null for others."""
    urls: AddressesRead
