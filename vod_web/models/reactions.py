"""Who likes which video, and who does not?"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.db.base import Base, enum_column
from vod_web.models.videos import Video


class ReactionKind(StrEnum):
    """What somebody thinks of a video."""

    LIKE = "like"
    DISLIKE = "dislike"


class Reaction(Base):
    """One person's opinion of one video; `Video.like_count` and `Video.dislike_count` say how many there are."""

    __tablename__ = "reactions"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True, index=True)
    kind: Mapped[ReactionKind] = mapped_column(enum_column(ReactionKind))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    video: Mapped[Video] = relationship(lazy="raise")

    __table_args__ = (Index("ix_reactions_listed", "user_id", "kind", "created_at", "video_id"),)
