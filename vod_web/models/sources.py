"""Which files was a video made from, and which of them is in use?"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.db.base import Base, enum_column
from vod_web.models.videos import Video, VideoStatus


class SourceState(StrEnum):
    """What a file is to its video."""

    CURRENT = "current"
    """The one in use: it plays, or will as soon as it can."""
    INCOMING = "incoming"
    """It takes the place of the current one when it is ready; at most one of a video does."""
    FORMER = "former"
    """Another one has taken its place; it is kept for a time, and can be restored."""
    DISCARDED = "discarded"
    """Nobody wants it any more: its files go, then its row."""


class Source(Base):
    """A file as uploaded, from which a video is made."""

    __tablename__ = "sources"
    __table_args__ = (
        Index(
            "uq_sources_incoming",
            "video_id",
            unique=True,
            sqlite_where=text("state = 'incoming'"),
            postgresql_where=text("state = 'incoming'"),
        ),
        Index("ix_sources_retired", "state", "retired_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    filename: Mapped[str] = mapped_column(String(255))
    """As it was called on the uploader's machine; never used as a path."""
    size_bytes: Mapped[int] = mapped_column()
    checksum_sha256: Mapped[str | None] = mapped_column(String(64))
    """Hexadecimal, as announced by the uploader."""
    probe: Mapped[dict[str, Any] | None] = mapped_column()
    """`media.probe.Probe` as JSON, once the file has been read; so are the next four."""
    duration_s: Mapped[float | None] = mapped_column()
    width_px: Mapped[int | None] = mapped_column()
    height_px: Mapped[int | None] = mapped_column()
    frame_rate: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    state: Mapped[SourceState] = mapped_column(enum_column(SourceState), default=SourceState.CURRENT)
    retired_at: Mapped[datetime | None] = mapped_column()
    """Since when it is not in use any more; of an incoming one: it was, and is being restored."""
    files_removed_at: Mapped[datetime | None] = mapped_column()
    """Of a discarded one, whose row stays a moment longer than its bytes."""
    status: Mapped[VideoStatus | None] = mapped_column(enum_column(VideoStatus))
    """Of an incoming one: queued, processing or failed. That of the current one is the status of the video."""
    status_reason: Mapped[str | None] = mapped_column()
    """Why it failed, in a sentence for the owner."""
    progress: Mapped[float] = mapped_column(default=0.0)
    """Of an incoming one: how much of the processing is done, 0 to 1."""
    eta_s: Mapped[float | None] = mapped_column()
    """Seconds until it takes its place, counted from `measured_at`."""
    measured_at: Mapped[datetime | None] = mapped_column()

    video: Mapped[Video] = relationship(lazy="raise", back_populates="sources")

    @property
    def public_id(self) -> str:
        """By what people name this version of the video: its folder among the stored sources."""
        return self.key.split("/")[-2]
