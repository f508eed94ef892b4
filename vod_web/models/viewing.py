"""Where did a person stop watching?"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.db.base import Base
from vod_web.models.videos import Video


class ViewingPosition(Base):
    """How far a person has watched a video."""

    __tablename__ = "viewing_positions"
    __table_args__ = (Index("ix_viewing_positions_history", "user_id", "watched_at"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True, index=True)
    position_s: Mapped[float] = mapped_column()
    watched_at: Mapped[datetime] = mapped_column(default=utc_now)

    video: Mapped[Video] = relationship(lazy="raise")
