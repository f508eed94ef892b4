"""What is a person told of, where, and how far has the telling come?"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.db.base import Base, enum_column
from vod_web.models.users import User
from vod_web.models.videos import Video


class MailChoice(StrEnum):
    """When a person gets a mail about something."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    """With all else of the day, in one mail."""
    NEVER = "never"


class NotificationKind(StrEnum):
    """What people are told of; a new one needs no migration, but words in `services.notification_words`."""

    NEW_VIDEO = "new_video"
    """Of a channel that is followed with a bell. Its subject is the video."""
    REMINDER = "reminder"
    """A video of which the person wanted to be reminded is published; the subject is the video."""
    VIDEO_READY = "video_ready"
    """An own video is made; the subject is the encode."""
    VIDEO_FAILED = "video_failed"
    """An own video could not be made; the subject is the encode."""
    COMMENT = "comment"
    """Somebody commented on an own video; the subject is the comment."""
    REPLY = "reply"
    """Somebody answered an own comment; the subject is the answer."""
    MENTION = "mention"
    """Somebody named the person in a comment, which is the subject."""


class Notification(Base):
    """Something that a person is told, once: in the list on the site, by mail, or both."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("user_id", "kind", "subject"),
        Index("ix_notifications_about", "video_id", "kind", "subject"),
        Index("ix_notifications_list", "user_id", "created_at", "id"),
        Index(
            "ix_notifications_unread",
            "user_id",
            "created_at",
            "id",
            sqlite_where=text("read_at IS NULL AND is_on_site = 1"),  # in the words of questions, else it is not used
            postgresql_where=text("read_at IS NULL AND is_on_site"),
        ),
        Index(
            "ix_notifications_mail",
            "mail_due_at",
            "user_id",
            sqlite_where=text("mail_due_at IS NOT NULL"),
            postgresql_where=text("mail_due_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[NotificationKind] = mapped_column(enum_column(NotificationKind))
    subject: Mapped[str] = mapped_column(String(40))
    """What it is about, by its public id: of one kind, a person is told of it once."""
    video_id: Mapped[int | None] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"))
    """The video to which it leads; who may not see that any more is not told."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    """Who did it."""
    excerpt: Mapped[str] = mapped_column(String(200), default="")
    """What was said, in short."""
    is_on_site: Mapped[bool] = mapped_column(default=True)
    """False: for a mail alone."""
    mail_due_at: Mapped[datetime | None] = mapped_column()
    """When a mail about it is to be sent; None when none is, or it has been."""
    is_for_digest: Mapped[bool] = mapped_column(default=False)
    """Whether that mail is the daily one."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    read_at: Mapped[datetime | None] = mapped_column()

    video: Mapped[Video | None] = relationship(lazy="raise")
    person: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[person_id])


class NotificationSetting(Base):
    """What a person decided about one kind; where there is no row, the kind's own rule holds."""

    __tablename__ = "notification_settings"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[NotificationKind] = mapped_column(enum_column(NotificationKind), primary_key=True)
    on_site: Mapped[bool] = mapped_column()
    mail: Mapped[MailChoice] = mapped_column(enum_column(MailChoice))


class MailTurn(Base):
    """Whose mail is being sent at this moment, and when somebody last got the daily one."""

    __tablename__ = "mail_turns"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    held_until: Mapped[datetime | None] = mapped_column()
    """Nobody else sends to this person before then: a worker is at it, or the last try failed."""
    failures: Mapped[int] = mapped_column(default=0)
    """How often the last mail could not be sent."""
    digest_sent_at: Mapped[datetime | None] = mapped_column()


class Announcement(Base):
    """A new video of which followers are being told, some thousands at a time; gone when all are."""

    __tablename__ = "announcements"

    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True)
    told_up_to: Mapped[int] = mapped_column(default=0)
    """The followers up to this row of users have been told."""
    begun_at: Mapped[datetime] = mapped_column(default=utc_now)
    """Who follows later learns of the videos that come later."""
