"""Who follows whose channel?"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.db.base import Base
from vod_web.models.users import User


class Subscription(Base):
    """A person follows a channel, with or without a bell."""

    __tablename__ = "subscriptions"
    __table_args__ = (Index("ix_subscriptions_bells", "channel_id", "has_bell", "subscriber_id"),)

    subscriber_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    has_bell: Mapped[bool] = mapped_column(default=False)
    """Whether new videos are announced to the subscriber."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    subscriber: Mapped[User] = relationship(lazy="raise", foreign_keys=[subscriber_id])
    channel: Mapped[User] = relationship(lazy="raise", foreign_keys=[channel_id])
