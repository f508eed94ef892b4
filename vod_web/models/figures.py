"""How often and how long are videos watched? Numbers alone: nothing here says who watched."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from vod_web.core.clock import utc_now
from vod_web.db.base import Base, enum_column


class PopularIn(StrEnum):
    """The times in which a video may be popular."""

    NOW = "now"
    """In the last two weeks, what is newer counting more."""
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class VideoDay(Base):
    """What was watched of a video on one day (UTC)."""

    __tablename__ = "video_days"
    __table_args__ = (Index("ix_video_days_day", "day", "video_id"),)

    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    views: Mapped[int] = mapped_column(default=0)
    watched_s: Mapped[float] = mapped_column(default=0.0)


class VideoRetention(Base):
    """How many viewers saw each part of a video."""

    __tablename__ = "video_retentions"

    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True)
    viewers: Mapped[int] = mapped_column(default=0)
    """The views since parts are counted."""
    seen: Mapped[list[Any]] = mapped_column(default=list)
    """For each hundredth of the video, how many of these viewers saw something of it."""


class PopularVideo(Base):
    """A place in the ranking of what is watched; made anew every few minutes."""

    __tablename__ = "popular_videos"
    __table_args__ = (Index("ix_popular_videos_ranking", "popular_in", "score", "video_id"),)

    popular_in: Mapped[PopularIn] = mapped_column(enum_column(PopularIn), primary_key=True)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True, index=True)
    score: Mapped[float] = mapped_column()


class FigureBatch(Base):
    """A batch of counts that is in the tables: one that comes a second time is not counted again."""

    __tablename__ = "figure_batches"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    counted_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
