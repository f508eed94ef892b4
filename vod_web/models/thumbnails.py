"""Which picture did a person choose for a video, and what is stored of it?"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from vod_web.core.clock import utc_now
from vod_web.core.ids import new_public_id
from vod_web.db.base import Base


class Thumbnail(Base):
    """The files of one chosen picture; another picture has another name, so that none changes under a name.

    The row is there before the files are, and goes after them: nothing is stored that no row knows of.
    """

    __tablename__ = "thumbnails"
    __table_args__ = (
        Index(
            "uq_thumbnails_shown",
            "video_id",
            unique=True,
            sqlite_where=text("dropped_at IS NULL"),
            postgresql_where=text("dropped_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), index=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id", ondelete="SET NULL"), index=True)
    """The file of which it shows a frame; none of a picture that was uploaded."""
    at_s: Mapped[float | None] = mapped_column()
    """Which frame: the one shown so many seconds after the beginning."""
    name: Mapped[str] = mapped_column(String(11), unique=True, default=new_public_id)
    """Of its stored files; see `storage.keys`."""
    size_bytes: Mapped[int] = mapped_column(default=0)
    """What its stored files take."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    dropped_at: Mapped[datetime | None] = mapped_column(index=True)
    """Since when it is not shown: another one took its place, or it is only just being made."""
