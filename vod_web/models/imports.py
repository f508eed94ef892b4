"""Which files does the site fetch from other servers, and how far is each?"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.core.ids import new_public_id
from vod_web.db.base import Base, enum_column
from vod_web.models.users import User
from vod_web.models.videos import Video


class ImportState(StrEnum):
    """Where an import is."""

    WAITING = "waiting"
    """For its turn, or to be tried again."""
    FETCHING = "fetching"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """Its bytes and its draft are being removed."""

    @property
    def is_open(self) -> bool:
        """Whether the file is still to come by itself."""
        return self in (ImportState.WAITING, ImportState.FETCHING)


class Import(Base):
    """One file that a worker fetches from an address, into the draft of a video."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(11), unique=True, default=new_public_id)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(String(2000))
    """As it was given; without what follows the path once the file is here, as that may be a secret."""
    filename: Mapped[str] = mapped_column(String(255))
    """From the address, until the server says a better one."""
    state: Mapped[ImportState] = mapped_column(enum_column(ImportState), default=ImportState.WAITING, index=True)
    size_bytes: Mapped[int | None] = mapped_column()
    """As the server announces it; None as long as nobody knows."""
    received_bytes: Mapped[int] = mapped_column(default=0)
    """So many have come."""
    stored_bytes: Mapped[int] = mapped_column(default=0)
    """So many of them are stored, in whole parts: here it goes on after an interruption."""
    speed_bps: Mapped[float | None] = mapped_column()
    """Bytes in a second, lately."""
    part_size_bytes: Mapped[int] = mapped_column()
    key: Mapped[str] = mapped_column(String(200), unique=True)
    parts_id: Mapped[str] = mapped_column(default="")
    """How storage calls the parts; empty where there are none."""
    validator: Mapped[str | None] = mapped_column()
    """By what the server knows the same file again: its ETag, or the time of its last change."""
    allow_duplicate: Mapped[bool] = mapped_column(default=True)
    """Whether it may be a file of which the person has a video."""
    error: Mapped[str | None] = mapped_column()
    """What went wrong the last time, in a sentence for its owner."""
    error_code: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column()
    """When it was last taken up."""
    finished_at: Mapped[datetime | None] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column(index=True)
    """When it is forgotten: a failed one with its draft."""

    video: Mapped[Video] = relationship(lazy="raise")
    owner: Mapped[User] = relationship(lazy="raise")
