"""What did the pipeline make from a source, or is making?"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.core.ids import new_public_id
from vod_web.db.base import Base, enum_column
from vod_web.models.sources import Source
from vod_web.models.videos import Video


class EncodeStatus(StrEnum):
    """Where one run of the pipeline is."""

    QUEUED = "queued"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Encode(Base):
    """One run of the pipeline over one source; a retry or a new ladder is a new one with files of its own."""

    __tablename__ = "encodes"
    __table_args__ = (
        Index(
            "uq_encodes_active",
            "video_id",
            unique=True,
            sqlite_where=text("is_active"),
            postgresql_where=text("is_active"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(11), unique=True, default=new_public_id)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), index=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    status: Mapped[EncodeStatus] = mapped_column(enum_column(EncodeStatus), default=EncodeStatus.QUEUED, index=True)
    plan: Mapped[dict[str, Any] | None] = mapped_column()
    """`media.plan.EncodePlan` as JSON: decided once, everything later follows from it."""
    may_copy: Mapped[bool] = mapped_column(default=True)
    """False: the copy of the source turned out wrong, so that everything is encoded."""
    is_active: Mapped[bool] = mapped_column(default=False)
    """Whether it is the one that plays; at most one of a video is."""
    failure: Mapped[str | None] = mapped_column()
    """Why it failed, in a sentence for the owner."""
    has_poster: Mapped[bool] = mapped_column(default=False)
    has_storyboard: Mapped[bool] = mapped_column(default=False)
    cost: Mapped[float] = mapped_column(default=1.0)
    """What a second of it takes, where a second of 1080p at 30 frames in all default sizes takes 1."""
    speed: Mapped[float | None] = mapped_column()
    """Seconds of it that one worker makes in a second, measured."""
    size_bytes: Mapped[int] = mapped_column(default=0)
    """What its stored files take."""
    episode_bytes: Mapped[int | None] = mapped_column()
    """Of its sound as one file, for podcasts; None as long as nobody made that, 0 where it cannot be made."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column()
    playable_at: Mapped[datetime | None] = mapped_column()
    finished_at: Mapped[datetime | None] = mapped_column()
    files_removed_at: Mapped[datetime | None] = mapped_column()
    """When its files were removed, because another one took its place or it came to nothing."""

    video: Mapped[Video] = relationship(lazy="raise")
    source: Mapped[Source] = relationship(lazy="raise")
    renditions: Mapped[list["Rendition"]] = relationship(
        lazy="raise", back_populates="encode", order_by="Rendition.id", passive_deletes=True
    )


class RenditionKind(StrEnum):
    """Picture and sound are encoded apart from each other."""

    VIDEO = "video"
    AUDIO = "audio"


class Rendition(Base):
    """One encoded stream of a video, such as 720p, or one language of sound."""

    __tablename__ = "renditions"
    __table_args__ = (UniqueConstraint("encode_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    encode_id: Mapped[int] = mapped_column(ForeignKey("encodes.id", ondelete="CASCADE"))
    kind: Mapped[RenditionKind] = mapped_column(enum_column(RenditionKind))
    name: Mapped[str] = mapped_column(String(40))
    """Also its folder among the stored files."""
    width_px: Mapped[int | None] = mapped_column()
    height_px: Mapped[int | None] = mapped_column()
    codecs: Mapped[str | None] = mapped_column(String(60))
    """As RFC 6381 has it, such as avc1.64001f; known once a segment is made."""
    bitrate_bps: Mapped[int | None] = mapped_column()
    """The peak over its segments, measured; None until it is complete."""
    average_bitrate_bps: Mapped[int | None] = mapped_column()
    loudness_lufs: Mapped[float | None] = mapped_column()
    """Of sound, over its whole length (EBU R 128); None until measured, and for silence."""
    peak_dbfs: Mapped[float | None] = mapped_column()
    """Of sound, its loudest sample."""
    size_bytes: Mapped[int] = mapped_column(default=0)
    progress: Mapped[float] = mapped_column(default=0.0)
    eta_s: Mapped[float | None] = mapped_column()
    """Seconds until it is complete, counted from `Video.measured_at`."""
    is_early: Mapped[bool] = mapped_column(default=False)
    """Made before the others: the video plays as soon as all of these are begun."""
    is_begun: Mapped[bool] = mapped_column(default=False)
    """Its first segment is stored."""
    is_complete: Mapped[bool] = mapped_column(default=False)
    """All its segments are stored."""
    dropped_at: Mapped[datetime | None] = mapped_column()
    """When better ones took its place; players that are open go on with it for a while."""

    encode: Mapped[Encode] = relationship(lazy="raise", back_populates="renditions")
