"""Which videos has a person put in an order?"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
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


class PlaylistOrder(StrEnum):
    """By what a playlist is ordered."""

    HAND = "hand"
    """As its owner put them."""
    ADDED_NEWEST = "added_newest"
    ADDED_OLDEST = "added_oldest"
    PUBLISHED_NEWEST = "published_newest"
    PUBLISHED_OLDEST = "published_oldest"
    TITLE = "title"
    SHORTEST = "shortest"
    LONGEST = "longest"
    VIEWS = "views"

    @property
    def label(self) -> str:
        """As it is shown."""
        return _ORDER_LABELS[self.value]


_ORDER_LABELS = {
    "hand": "By hand",
    "added_newest": "Last added first",
    "added_oldest": "First added first",
    "published_newest": "Newest videos first",
    "published_oldest": "Oldest videos first",
    "title": "By title",
    "shortest": "Shortest first",
    "longest": "Longest first",
    "views": "Most watched first",
}


class Playlist(Base):
    """A list of videos that a person keeps."""

    __tablename__ = "playlists"
    __table_args__ = (
        Index("ix_playlists_owner", "owner_id", "updated_at", "id"),
        Index(
            "uq_playlists_watch_later",
            "owner_id",
            unique=True,
            sqlite_where=text("kind = 'watch_later'"),
            postgresql_where=text("kind = 'watch_later'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(11), unique=True, default=new_public_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[PlaylistKind] = mapped_column(enum_column(PlaylistKind), default=PlaylistKind.ORDINARY)
    title: Mapped[str] = mapped_column(String(150))
    description: Mapped[str] = mapped_column(default="")
    visibility: Mapped[Visibility] = mapped_column(enum_column(Visibility), default=Visibility.PRIVATE)
    order: Mapped[PlaylistOrder] = mapped_column("item_order", enum_column(PlaylistOrder), default=PlaylistOrder.HAND)
    cover_video_id: Mapped[int | None] = mapped_column(ForeignKey("videos.id", ondelete="SET NULL"), index=True)
    """Whose picture stands for it, if its owner chose one; else that of the first video."""
    item_count: Mapped[int] = mapped_column(default=0)
    """How many items it has, also of videos that not everybody may see."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)
    """When its items changed for the last time."""
    deleted_at: Mapped[datetime | None] = mapped_column(index=True)
    """Since when it waits to be removed; until then it can come back."""

    owner: Mapped[User] = relationship(lazy="raise")
    items: Mapped[list["PlaylistItem"]] = relationship(
        lazy="raise", back_populates="playlist", order_by="PlaylistItem.position", passive_deletes=True
    )


class PlaylistItem(Base):
    """A video's place in a playlist."""

    __tablename__ = "playlist_items"
    __table_args__ = (
        UniqueConstraint("playlist_id", "video_id"),
        Index("ix_playlist_items_order", "playlist_id", "position", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(11), unique=True, default=new_public_id)
    playlist_id: Mapped[int] = mapped_column(ForeignKey("playlists.id", ondelete="CASCADE"))
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), index=True)
    position: Mapped[float] = mapped_column()
    """Only the order counts; an item put between two others gets a number between theirs."""
    start_s: Mapped[float | None] = mapped_column()
    """Where the video begins in this playlist, and in `stop_s` where it ends."""
    stop_s: Mapped[float | None] = mapped_column()
    added_at: Mapped[datetime] = mapped_column(default=utc_now)

    playlist: Mapped[Playlist] = relationship(lazy="raise", back_populates="items")
    video: Mapped[Video] = relationship(lazy="raise")


class PlaylistChange(Base):
    """What somebody added, removed or moved, kept for a while so that it can be undone."""

    __tablename__ = "playlist_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(11), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    added: Mapped[list[Any]] = mapped_column(default=list)
    """Ids of the items that were added."""
    removed: Mapped[list[Any]] = mapped_column(default=list)
    """The items that were removed, with all that their rows held."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
