"""What was decided about the site in the browser, and who did what?"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.db.base import Base
from vod_web.models.users import User


class RegistrationPolicy(StrEnum):
    """Who may make an account."""

    OPEN = "open"
    """Anybody, and may upload."""
    VIEWERS = "viewers"
    """Anybody, to watch; admins decide who may upload."""
    CLOSED = "closed"
    """Nobody; admins make accounts."""


class SiteSetting(Base):
    """One decision that admins take in the browser, such as the site's name."""

    __tablename__ = "site_settings"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column()
    """`{"value": ...}`"""


class AuditEvent(Base):
    """Something that a person with power did, kept for later questions."""

    __tablename__ = "audit_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    action: Mapped[str] = mapped_column(String(60), index=True)
    """Such as `user.suspend`."""
    target: Mapped[str] = mapped_column(String(120), default="")
    """Whom or what it was done to, as people name it."""
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)

    actor: Mapped[User | None] = relationship(lazy="raise")
