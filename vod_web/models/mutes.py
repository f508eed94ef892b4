"""Of whom does somebody want to hear no more?"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.db.base import Base
from vod_web.models.users import User


class Mute(Base):
    """A person has muted another one, who is not told of it."""

    __tablename__ = "mutes"
    __table_args__ = (Index("ix_mutes_list", "person_id", "created_at", "muted_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    muted_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    muted: Mapped[User] = relationship(lazy="raise", foreign_keys=[muted_id])
