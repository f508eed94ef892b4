"""Which videos has a person put in an order?"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.core.ids import new_public_id
from vod_web.db.base import Base, enum_column
from vod_web.models.users import User
from vod_web.models.videos import Video, Visibility


class PlaylistKind(StrEnum):
    """Each person has one *Watch later*; all others are ordinary."""

    ORDINARY = "ordinary"
    WATCH_LATER = "watch_later"


class Playlist(Base):
    """A list of videos that a person keeps."""

    __tablename__ = "playlists"
    __table_args__ = (Index("ix_playlists_owner", "owner_id", "updated_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(11), unique=True, default=new_public_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[PlaylistKind] = mapped_column(enum_column(PlaylistKind), default=PlaylistKind.ORDINARY)
    title: Mapped[str] = mapped_column(String(150))
    description: Mapped[str] = mapped_column(default="")
    visibility: Mapped[Visibility] = mapped_column(enum_column(Visibility), default=Visibility.PRIVATE)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)

    owner: Mapped[User] = relationship(lazy="raise")
    items: Mapped[list["PlaylistItem"]] = relationship(
        lazy="raise", back_populates="playlist", order_by="PlaylistItem.position", passive_deletes=True
    )


class PlaylistItem(Base):
    """A video's place in a playlist."""

    __tablename__ = "playlist_items"
    __table_args__ = (
        UniqueConstraint("playlist_id", "video_id"),
        Index("ix_playlist_items_order", "playlist_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(11), unique=True, default=new_public_id)
    playlist_id: Mapped[int] = mapped_column(ForeignKey("playlists.id", ondelete="CASCADE"))
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), index=True)
    position: Mapped[float] = mapped_column()
    """Only the order counts; an item put between two others gets a number between theirs."""
    added_at: Mapped[datetime] = mapped_column(default=utc_now)

    playlist: Mapped[Playlist] = relationship(lazy="raise", back_populates="items")
    video: Mapped[Video] = relationship(lazy="raise")
