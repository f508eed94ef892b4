"""Where did a person stop watching, and what does the history of a person hold?"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.db.base import Base
from vod_web.models.videos import Video

_IN_HISTORY = text("removed_at IS NULL")
_UNFINISHED = text("goes_on AND removed_at IS NULL")
_UNFINISHED_ON_SQLITE = text("goes_on = 1 AND removed_at IS NULL")  # as queries say it there: else it is not used
_REMOVED = text("removed_at IS NOT NULL")


class ViewingPosition(Base):
    """How far a person has watched a video: a line of the person's history."""

    __tablename__ = "viewing_positions"
    __table_args__ = (
        Index(
            "ix_viewing_positions_history",
            "user_id",
            "watched_at",
            "video_id",
            sqlite_where=_IN_HISTORY,
            postgresql_where=_IN_HISTORY,
        ),
        Index(
            "ix_viewing_positions_unfinished",
            "user_id",
            "watched_at",
            "video_id",
            sqlite_where=_UNFINISHED_ON_SQLITE,
            postgresql_where=_UNFINISHED,
        ),
        Index("ix_viewing_positions_removed", "removed_at", sqlite_where=_REMOVED, postgresql_where=_REMOVED),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True, index=True)
    position_s: Mapped[float] = mapped_column()
    watched_at: Mapped[datetime] = mapped_column(default=utc_now)
    goes_on: Mapped[bool] = mapped_column(default=False)
    """Whether watching goes on at the position: more than its beginning was seen, and not as good as all."""
    removed_at: Mapped[datetime | None] = mapped_column()
    """When the person took it out of the history; for a while it can be brought back."""

    video: Mapped[Video] = relationship(lazy="raise")
