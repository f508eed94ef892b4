"""Which pictures has a channel, and what is stored of them?"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from vod_web.core.clock import utc_now
from vod_web.core.ids import new_public_id
from vod_web.db.base import Base, enum_column


class ChannelPictureKind(StrEnum):
    """What a picture of a channel is for."""

    AVATAR = "avatar"
    """Round, beside its name, wherever that stands."""
    BANNER = "banner"
    """Wide, on top of its page."""


class ChannelPicture(Base):
    """The files of one picture; another picture has another name, so that none changes under a name.

    The row is there before the files are, and goes after them: nothing is stored that no row knows of. Which one is
    shown stands in its owner's row as well, so that it is at hand wherever the owner is.
    """

    __tablename__ = "channel_pictures"
    __table_args__ = (Index("ix_channel_pictures_owner", "owner_id", "kind", "dropped_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[ChannelPictureKind] = mapped_column(enum_column(ChannelPictureKind))
    name: Mapped[str] = mapped_column(String(11), unique=True, default=new_public_id)
    """Of its stored files; see `storage.keys`."""
    widths_px: Mapped[str] = mapped_column(String(60), default="")
    """In which widths it is stored, the largest first, with blanks between; empty until it is stored."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    dropped_at: Mapped[datetime | None] = mapped_column(index=True)
    """Since when it is not shown: another one took its place, or it is only just being stored."""
