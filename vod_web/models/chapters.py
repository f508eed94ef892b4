"""Which chapters does a video have?"""

from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from vod_web.db.base import Base, enum_column


class ChapterSet(StrEnum):
    """Chapters that belong together; a video shows one of the first two."""

    SOURCE = "source"
    """The file has them; each source has its own."""
    OWN = "own"
    """A person wrote them."""
    FORMER = "former"
    """A person wrote them before the last change: kept so that it can be undone."""


class Chapter(Base):
    """One chapter; it ends where the next one of its set begins."""

    __tablename__ = "chapters"

    id: Mapped[int] = mapped_column(primary_key=True)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), index=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    """The source that has it, of `ChapterSet.SOURCE`."""
    of_set: Mapped[ChapterSet] = mapped_column(enum_column(ChapterSet))
    start_s: Mapped[float] = mapped_column()
    """From the beginning of the video, to the millisecond."""
    title: Mapped[str] = mapped_column(String(200))
