"""Who wants to be reminded of a video whose time is still to come?"""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from vod_web.core.clock import utc_now
from vod_web.db.base import Base


class Reminder(Base):
    """A person is to be told when the video is published; gone when that has happened."""

    __tablename__ = "reminders"

    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class AwaitedVideo(Base):
    """A video of which somebody is to be reminded: one row, however many wait, so that the sweep looks at few."""

    __tablename__ = "awaited_videos"

    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True)
