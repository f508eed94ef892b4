"""What do people say about a video?"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.core.ids import new_public_id
from vod_web.db.base import Base
from vod_web.models.users import User
from vod_web.models.videos import Video

_BEGINS_THREAD = text("thread_id IS NULL")
_PINNED, _PINNED_IN_SQLITE = text("is_pinned"), text("is_pinned = 1")
_HELD, _HELD_IN_SQLITE = text("is_held"), text("is_held = 1")
_HAS_TEXT = text("text <> ''")


class Comment(Base):
    """A comment under a video: it begins a thread, or is a reply in one."""

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(11), unique=True, default=new_public_id)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    """The owner of the video, who looks after what is said under all of his or her videos."""
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    """The comment that it answers, or that begins the thread of what it answers; None for one that begins a thread."""
    text: Mapped[str] = mapped_column()
    send_id: Mapped[str | None] = mapped_column(String(40))
    """Chosen by the form or program that sent it: the same again is the same comment."""
    is_held: Mapped[bool] = mapped_column(default=False)
    """Whether it waits for the owner of the video; until then only they, its author and moderators see it."""
    is_pinned: Mapped[bool] = mapped_column(default=False)
    """Whether it stands above all others of its video."""
    is_hearted: Mapped[bool] = mapped_column(default=False)
    """Whether the owner of the video marked it with a heart."""
    like_count: Mapped[int] = mapped_column(default=0)
    reply_count: Mapped[int] = mapped_column(default=0)
    """Of the replies in its thread, those that everybody sees."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    edited_at: Mapped[datetime | None] = mapped_column()
    deleted_at: Mapped[datetime | None] = mapped_column()
    """What is deleted can be brought back for a while, then its text is emptied; as long as it has replies, its place
    is kept."""
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))

    video: Mapped[Video] = relationship(lazy="raise")
    author: Mapped[User] = relationship(lazy="raise", foreign_keys=[author_id])

    __table_args__ = (
        UniqueConstraint("author_id", "send_id", name="uq_comments_author_id"),
        Index(
            "ix_comments_newest",
            "video_id",
            "created_at",
            "id",
            sqlite_where=_BEGINS_THREAD,
            postgresql_where=_BEGINS_THREAD,
        ),
        Index(
            "ix_comments_top",
            "video_id",
            "like_count",
            "id",
            sqlite_where=_BEGINS_THREAD,
            postgresql_where=_BEGINS_THREAD,
        ),
        Index(
            "ix_comments_pinned",
            "video_id",
            unique=True,
            sqlite_where=_PINNED_IN_SQLITE,
            postgresql_where=_PINNED,
        ),
        Index("ix_comments_held", "thread_id", sqlite_where=_HELD_IN_SQLITE, postgresql_where=_HELD),
        Index("ix_comments_thread", "thread_id", "id"),
        Index("ix_comments_video", "video_id", "id"),
        Index("ix_comments_channel", "channel_id", "is_held", "id"),
        Index("ix_comments_deleted", "deleted_at", sqlite_where=_HAS_TEXT, postgresql_where=_HAS_TEXT),
        Index("ix_comments_deleted_by_id", "deleted_by_id"),
    )


class CommentLike(Base):
    """One person likes one comment; `Comment.like_count` says how many do."""

    __tablename__ = "comment_likes"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, index=True)
