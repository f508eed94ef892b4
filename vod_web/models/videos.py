"""What is a video, and who may see it?"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, String, Table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.core.ids import new_public_id
from vod_web.db.base import Base, enum_column
from vod_web.models.chapters import ChapterSet
from vod_web.models.licences import Licence
from vod_web.models.users import User


class Visibility(StrEnum):
    """Who may see a video."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    """Whoever has the link."""
    INTERNAL = "internal"
    """Any signed-in person."""
    PRIVATE = "private"
    """The owner, admins, and the people named."""


class VideoStatus(StrEnum):
    """Where a video is on its way; `is_playable` is a matter of its own."""

    DRAFT = "draft"
    UPLOADING = "uploading"
    QUEUED = "queued"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"
    BLOCKED = "blocked"
    DELETED = "deleted"


class PublishRule(StrEnum):
    """When others get to see a video, as far as its visibility lets them."""

    NOW = "now"
    """As soon as it plays, and gets better."""
    WHEN_READY = "when_ready"
    """When all of its qualities are made."""
    AT_TIME = "at_time"
    """At `publish_at`, but not before it is ready."""


class ThumbnailKind(StrEnum):
    """How the picture of a video was chosen."""

    AUTOMATIC = "automatic"
    """By us, among several frames."""
    FRAME = "frame"
    """A frame, by a person."""
    PICTURE = "picture"
    """An uploaded picture."""


class EmbedRule(StrEnum):
    """On which other sites a video's player may stand."""

    EVERYWHERE = "everywhere"
    LISTED = "listed"
    """On those in `embed_sites`."""
    NOWHERE = "nowhere"


class CommentRule(StrEnum):
    """Whether people may comment on a video."""

    ON = "on"
    HELD = "held"
    """Yes, and its owner sees each comment before others do."""
    OFF = "off"
    """No; comments that are there are not shown."""


class DownloadRule(StrEnum):
    """What others than the owner may keep of a video that they may watch."""

    OFF = "off"
    MADE = "made"
    """What was made of it: each quality, the sound, captions."""
    ORIGINAL = "original"
    """The file as it was uploaded as well."""


class Category(StrEnum):
    """What a video is about, in the kinds that people know from elsewhere."""

    ANIMALS = "animals"
    ART = "art"
    CARS = "cars"
    COMEDY = "comedy"
    EDUCATION = "education"
    ENTERTAINMENT = "entertainment"
    FILM = "film"
    FOOD = "food"
    GAMING = "gaming"
    HOWTO = "howto"
    MUSIC = "music"
    NATURE = "nature"
    NEWS = "news"
    PEOPLE = "people"
    SCIENCE = "science"
    SOCIETY = "society"
    SPORTS = "sports"
    TALKS = "talks"
    TRAVEL = "travel"

    @property
    def label(self) -> str:
        """As it is shown."""
        return _CATEGORY_TITLES.get(self.value, self.value.capitalize())


_CATEGORY_TITLES = {
    "animals": "Pets and animals",
    "art": "Art and design",
    "cars": "Cars and vehicles",
    "film": "Film and animation",
    "food": "Food and drink",
    "howto": "How-to and style",
    "nature": "Nature",
    "news": "News and politics",
    "people": "People and blogs",
    "science": "Science and technology",
    "society": "Nonprofit and society",
    "talks": "Talks and lectures",
    "travel": "Travel and places",
}

video_tags = Table(
    "video_tags",
    Base.metadata,
    Column("video_id", ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_video_tags_tag", "tag_id", "video_id"),
)

video_viewers = Table(
    "video_viewers",
    Base.metadata,
    Column("video_id", ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""The people who are named as viewers of a private video."""


UNANNOUNCED = "announced_at IS NULL AND is_playable AND visibility IN ('public', 'internal')"
"""Of the index by which the sweep finds the videos that followers are to be told of."""


class Tag(Base):
    """A word that videos are found by."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    """In lower case."""


_LISTED = text("is_playable AND published_at IS NOT NULL")
_LISTED_IN_SQLITE = text("is_playable = 1 AND published_at IS NOT NULL")
"""SQLite uses such an index only for conditions in the same words, and there a truth is written so."""

_LICENSED = text("licence IS NOT NULL")


class Video(Base):
    """A video as people know it; its files belong to its sources and encodes."""

    __tablename__ = "videos"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(11), unique=True, default=new_public_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(default="")
    visibility: Mapped[Visibility] = mapped_column(enum_column(Visibility), default=Visibility.PUBLIC)
    category: Mapped[Category | None] = mapped_column(enum_column(Category))
    language: Mapped[str | None] = mapped_column(String(40))
    """What is spoken in it, as BCP 47 writes it."""
    licence: Mapped[Licence | None] = mapped_column(enum_column(Licence))
    recorded_on: Mapped[date | None] = mapped_column()
    """The day on which it was filmed, wherever that was."""
    is_sensitive: Mapped[bool] = mapped_column(default=False)
    """Not everybody may want to see it without a warning."""
    is_marked_by_moderator: Mapped[bool] = mapped_column(default=False)
    """As sensitive, which its owner cannot take back."""
    publish_rule: Mapped[PublishRule] = mapped_column(enum_column(PublishRule), default=PublishRule.NOW)
    publish_at: Mapped[datetime | None] = mapped_column(index=True)
    """With `PublishRule.AT_TIME`: not before then."""
    embed_rule: Mapped[EmbedRule] = mapped_column(enum_column(EmbedRule), default=EmbedRule.EVERYWHERE)
    embed_sites: Mapped[list[Any]] = mapped_column(default=list)
    """Hosts as a Content-Security-Policy writes them, such as "example.org" or "https://*.example.org"."""
    status: Mapped[VideoStatus] = mapped_column(enum_column(VideoStatus), default=VideoStatus.DRAFT, index=True)
    status_reason: Mapped[str | None] = mapped_column()
    """Why it failed or is blocked: a sentence for its owner."""
    former_status: Mapped[VideoStatus | None] = mapped_column(enum_column(VideoStatus))
    """What it was when it was deleted, for bringing it back."""
    is_playable: Mapped[bool] = mapped_column(default=False)
    progress: Mapped[float] = mapped_column(default=0.0)
    """How much of the processing is done, 0 to 1."""
    eta_s: Mapped[float | None] = mapped_column()
    """Seconds until the processing is complete, counted from `measured_at`."""
    measured_at: Mapped[datetime | None] = mapped_column()
    """When progress and time left were measured."""
    access_epoch: Mapped[int] = mapped_column(default=0)
    """Raised whenever who may watch changes, which ends the playback tokens that are out."""
    duration_s: Mapped[float | None] = mapped_column()
    width_px: Mapped[int | None] = mapped_column()
    """As shown: after rotation, with square pixels."""
    height_px: Mapped[int | None] = mapped_column()
    frame_rate: Mapped[str | None] = mapped_column(String(20))
    """The average frame rate as a fraction, such as 30000/1001."""
    thumbnail_kind: Mapped[ThumbnailKind] = mapped_column(enum_column(ThumbnailKind), default=ThumbnailKind.AUTOMATIC)
    thumbnail_at_s: Mapped[float | None] = mapped_column()
    """With `ThumbnailKind.FRAME`: which one is wanted, also before it can be made."""
    source_bytes: Mapped[int] = mapped_column(default=0)
    rendition_bytes: Mapped[int] = mapped_column(default=0)
    """What all its stored files but the sources take."""
    version_bytes: Mapped[int] = mapped_column(default=0)
    """Of both, what is kept of earlier versions."""
    chapter_set: Mapped[ChapterSet] = mapped_column(enum_column(ChapterSet), default=ChapterSet.SOURCE)
    """Which of its chapters are shown: what a person wrote holds whatever its source says."""
    view_count: Mapped[int] = mapped_column(default=0)
    like_count: Mapped[int] = mapped_column(default=0)
    dislike_count: Mapped[int] = mapped_column(default=0)
    comment_rule: Mapped[CommentRule] = mapped_column(enum_column(CommentRule), default=CommentRule.ON)
    download_rule: Mapped[DownloadRule] = mapped_column(enum_column(DownloadRule), default=DownloadRule.OFF)
    comment_count: Mapped[int] = mapped_column(default=0)
    """Of the comments that everybody sees, with the replies."""
    watched_s: Mapped[float] = mapped_column(default=0.0)
    """How long it was watched by everybody together, but for its owner."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)
    published_at: Mapped[datetime | None] = mapped_column()
    """Since when others may see it; the order of the home page."""
    announced_at: Mapped[datetime | None] = mapped_column()
    """When the followers of its channel began to be told of it, which happens once."""
    deleted_at: Mapped[datetime | None] = mapped_column(index=True)

    owner: Mapped[User] = relationship(lazy="raise")
    tags: Mapped[list[Tag]] = relationship(secondary=video_tags, lazy="raise", order_by=Tag.name)
    viewers: Mapped[list[User]] = relationship(secondary=video_viewers, lazy="raise", order_by=User.username)
    sources: Mapped[list["Source"]] = relationship(  # type: ignore[name-defined] # noqa: F821 - in models.sources
        lazy="raise", back_populates="video", order_by="Source.id", passive_deletes=True
    )
    incoming_source: Mapped["Source | None"] = relationship(  # type: ignore[name-defined] # noqa: F821 - in models.sources
        lazy="raise",
        viewonly=True,
        primaryjoin="and_(Source.video_id == Video.id, Source.state == 'incoming')",
        overlaps="sources",
    )
    """The file that is to take the place of the one in use."""
    active_encode: Mapped["Encode | None"] = relationship(  # type: ignore[name-defined] # noqa: F821 - in models.encodes
        lazy="raise", viewonly=True, primaryjoin="and_(Encode.video_id == Video.id, Encode.is_active)"
    )
    """The encode that plays."""
    open_encode: Mapped["Encode | None"] = relationship(  # type: ignore[name-defined] # noqa: F821 - in models.encodes
        lazy="raise",
        viewonly=True,
        primaryjoin="and_(Encode.video_id == Video.id, Encode.status.in_(('queued', 'processing')))",
        overlaps="active_encode",
    )
    """The encode that is being made."""
    thumbnail: Mapped["Thumbnail | None"] = relationship(  # type: ignore[name-defined] # noqa: F821 - in models.thumbnails
        lazy="raise",
        viewonly=True,
        primaryjoin="and_(Thumbnail.video_id == Video.id, Thumbnail.dropped_at.is_(None))",
    )
    """The chosen picture, as soon as it is made; that of a former choice until then."""
    captions: Mapped[list["Caption"]] = relationship(  # type: ignore[name-defined] # noqa: F821 - in models.captions
        lazy="raise",
        viewonly=True,
        primaryjoin="and_(Caption.video_id == Video.id, Caption.deleted_at.is_(None))",
        order_by="(Caption.origin, Caption.position, Caption.id)",
    )
    """Also those of sources that are in use no more; see `services.caption_files`."""
    chapters: Mapped[list["Chapter"]] = relationship(  # type: ignore[name-defined] # noqa: F821 - in models.chapters
        lazy="raise",
        viewonly=True,
        primaryjoin="and_(Chapter.video_id == Video.id, Chapter.of_set == Video.chapter_set)",
        order_by="(Chapter.start_s, Chapter.id)",
    )
    """Of the set that is shown; also those of other sources, see `services.chapters`."""

    __table_args__ = (
        Index("ix_videos_listed", "visibility", "is_playable", "published_at", "id"),
        # For who sees internal videos too: "visibility" in front of the date gives no order to two of its values.
        Index("ix_videos_newest", "published_at", "id", sqlite_where=_LISTED_IN_SQLITE, postgresql_where=_LISTED),
        Index("ix_videos_viewed", "view_count", "id", sqlite_where=_LISTED_IN_SQLITE, postgresql_where=_LISTED),
        Index(  # the date for lists of short or long videos of some days, without looking at those of others
            "ix_videos_lasting",
            "duration_s",
            "id",
            "published_at",
            sqlite_where=_LISTED_IN_SQLITE,
            postgresql_where=_LISTED,
        ),
        Index("ix_videos_owner", "owner_id", "created_at", "id"),
        Index("ix_videos_created", "created_at", "id"),
        Index("ix_videos_channel", "owner_id", "published_at", "id"),
        Index("ix_videos_category", "category", "published_at", "id"),
        Index("ix_videos_licence", "licence", "published_at", "id", sqlite_where=_LICENSED, postgresql_where=_LICENSED),
        Index(
            "ix_videos_unannounced", "published_at", sqlite_where=text(UNANNOUNCED), postgresql_where=text(UNANNOUNCED)
        ),
        Index("ix_videos_owner_viewed", "owner_id", "view_count", "id"),
    )
