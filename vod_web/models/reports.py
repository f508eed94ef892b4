"""What do people find wrong with videos and comments, and what became of it?"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.core.ids import new_public_id
from vod_web.db.base import Base, enum_column
from vod_web.models.comments import Comment
from vod_web.models.users import User
from vod_web.models.videos import Video


class ReportReason(StrEnum):
    """What is wrong."""

    SPAM = "spam"
    ABUSE = "abuse"
    VIOLENCE = "violence"
    SEXUAL = "sexual"
    MISLEADING = "misleading"
    PRIVACY = "privacy"
    COPYRIGHT = "copyright"
    OTHER = "other"

    @property
    def label(self) -> str:
        """As it is shown."""
        return _LABELS[self.value]


_LABELS = {
    "spam": "Spam or advertising",
    "abuse": "Insults, threats or hatred",
    "violence": "Violence or danger",
    "sexual": "Sexual content",
    "misleading": "False or misleading",
    "privacy": "It shows somebody who did not agree",
    "copyright": "It uses somebody else's work",
    "other": "Something else",
}


class Report(Base):
    """One person says what is wrong with a video, or with a comment under it."""

    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(11), unique=True, default=new_public_id)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), index=True)
    """None where the video itself is meant."""
    subject: Mapped[str] = mapped_column(String(30))
    """What is meant, in one word: reports of the same thing have the same."""
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    """None for a visitor without an account."""
    reporter_key: Mapped[str] = mapped_column(String(64))
    """The person, or a hash of the address a visitor came from: nobody reports the same thing twice."""
    reason: Mapped[ReportReason] = mapped_column(enum_column(ReportReason))
    words: Mapped[str] = mapped_column(default="")
    excerpt: Mapped[str] = mapped_column()
    """What the comment said, or what the video was called, when it was reported."""
    is_open: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(default="")
    """What moderators want to remember of it."""
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    resolved_at: Mapped[datetime | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    video: Mapped[Video] = relationship(lazy="raise")
    comment: Mapped[Comment | None] = relationship(lazy="raise")
    reporter: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[reporter_id])
    resolved_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[resolved_by_id])

    __table_args__ = (
        UniqueConstraint("reporter_key", "subject", name="uq_reports_reporter_key"),
        Index("ix_reports_queue", "is_open", "id"),
        Index("ix_reports_subject", "subject", "is_open"),
    )
