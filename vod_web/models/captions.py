"""Which caption tracks does a video have?"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from vod_web.core.clock import utc_now
from vod_web.core.ids import new_public_id
from vod_web.db.base import Base, enum_column


class CaptionKind(StrEnum):
    """What a track tells."""

    SUBTITLES = "subtitles"
    """What is said, for those who do not know the language."""
    CAPTIONS = "captions"
    """Sounds too, for those who do not hear them."""


class CaptionOrigin(StrEnum):
    """Where a track comes from."""

    EMBEDDED = "embedded"
    """The source has it; made anew with each encode."""
    UPLOADED = "uploaded"
    """A person added it."""


class Caption(Base):
    """One caption track; its files are named after what they say, so that they never change under a name."""

    __tablename__ = "captions"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(11), unique=True, default=new_public_id)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), index=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    """The source that has it, of an embedded one."""
    origin: Mapped[CaptionOrigin] = mapped_column(enum_column(CaptionOrigin))
    kind: Mapped[CaptionKind] = mapped_column(enum_column(CaptionKind), default=CaptionKind.SUBTITLES)
    language: Mapped[str] = mapped_column(String(40))
    """BCP 47; "und" where nobody knows."""
    label: Mapped[str] = mapped_column(String(200))
    """What menus show."""
    is_default: Mapped[bool] = mapped_column(default=False)
    """The first to be chosen when somebody turns captions on."""
    is_forced: Mapped[bool] = mapped_column(default=False)
    """Only what everybody must read: signs, and speech in a foreign language."""
    position: Mapped[int] = mapped_column(default=0)
    """Its place in the source; uploaded ones come after those."""
    name: Mapped[str] = mapped_column(String(32))
    """Of its stored files; see `storage.keys`."""
    size_bytes: Mapped[int] = mapped_column(default=0)
    """What its stored files take."""
    filename: Mapped[str | None] = mapped_column(String(255))
    """As the file was called that somebody added; never used as a path."""
    cue_count: Mapped[int | None] = mapped_column()
    end_s: Mapped[float | None] = mapped_column()
    """When its last cue ends."""
    is_edited: Mapped[bool] = mapped_column(default=False)
    """A person said what an embedded one is: that holds whatever its source says."""
    deleted_at: Mapped[datetime | None] = mapped_column(index=True)
    """Since when nobody is offered it: an uploaded one goes for good after a while, an embedded one stays left out."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
