"""Which files were made of a video for people to keep?"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.db.base import Base, enum_column
from vod_web.models.encodes import Encode


class DownloadState(StrEnum):
    """Where the making of a file is."""

    ABSENT = "absent"
    """Nobody has asked for it lately; no row is in this state."""
    WAITING = "waiting"
    """For a worker, or for the end of its work."""
    READY = "ready"
    FAILED = "failed"


class Download(Base):
    """One file made of the renditions of an encode; it goes again when nobody asks for it."""

    __tablename__ = "downloads"
    __table_args__ = (
        UniqueConstraint("encode_id", "name"),
        Index(
            "ix_downloads_waiting",
            "wanted_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    encode_id: Mapped[int] = mapped_column(ForeignKey("encodes.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    """Of the rendition with the picture, or of the sound."""
    state: Mapped[DownloadState] = mapped_column(enum_column(DownloadState), default=DownloadState.WAITING)
    size_bytes: Mapped[int] = mapped_column(default=0)
    wanted_at: Mapped[datetime] = mapped_column(default=utc_now)
    used_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    """When somebody last asked for it."""
    claimed_until: Mapped[datetime | None] = mapped_column()
    """So long it is the work of the worker that makes it, which puts this off as long as it lives."""

    encode: Mapped[Encode] = relationship(lazy="raise")
