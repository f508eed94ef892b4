"""Which files are on their way to us, and which of their parts have arrived?"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.core.ids import new_public_id
from vod_web.db.base import Base, enum_column
from vod_web.models.licences import Licence
from vod_web.models.users import User
from vod_web.models.videos import Category, CommentRule, DownloadRule, PublishRule, Video, Visibility


class UploadState(StrEnum):
    """Where an upload is."""

    OPEN = "open"
    COMPLETED = "completed"
    ABORTED = "aborted"
    EXPIRED = "expired"


class Upload(Base):
    """One file on its way: sent in numbered parts, in any order, each at most `part_size_bytes`."""

    __tablename__ = "uploads"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(11), unique=True, default=new_public_id)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    size_bytes: Mapped[int] = mapped_column()
    part_size_bytes: Mapped[int] = mapped_column()
    part_count: Mapped[int] = mapped_column()
    checksum_sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the whole file, in hexadecimal, where the sender announced it."""
    fingerprint: Mapped[str | None] = mapped_column(String(100))
    """By what the sender knows the same file again, to go on after an interruption."""
    is_replacement: Mapped[bool] = mapped_column(default=False)
    """Whether the video has a file, whose place this one takes."""
    has_part_checksums: Mapped[bool] = mapped_column(default=False)
    """Whether the sender gives the SHA-256 of every part; S3 must be told at the beginning."""
    key: Mapped[str] = mapped_column(String(200), unique=True)
    parts_id: Mapped[str] = mapped_column(default="")
    """How storage calls this run of parts (the multipart upload id of S3)."""
    state: Mapped[UploadState] = mapped_column(enum_column(UploadState), default=UploadState.OPEN, index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    completed_at: Mapped[datetime | None] = mapped_column()

    video: Mapped[Video] = relationship(lazy="raise")
    owner: Mapped[User] = relationship(lazy="raise")
    parts: Mapped[list["Part"]] = relationship(lazy="raise", order_by="Part.number", passive_deletes=True)


class Part(Base):
    """A part that the site itself receives, or whose checksum was agreed on with its sender.

    Which parts have arrived on S3, S3 alone knows.
    """

    __tablename__ = "parts"

    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """From 1."""
    size_bytes: Mapped[int] = mapped_column()
    fence: Mapped[str] = mapped_column(String(11))
    """Names the request that writes it; an older one, that another has overtaken, must not call it received."""
    etag: Mapped[str | None] = mapped_column(String(100))
    """None until the site has received all its bytes."""
    checksum_sha256: Mapped[str | None] = mapped_column(String(64))
    """What the site has counted, or what was agreed on for a part on S3, which wants to hear it again in the end."""


class UploadDefaults(Base):
    """What a person's new uploads begin with."""

    __tablename__ = "upload_defaults"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    description: Mapped[str] = mapped_column(default="")
    tags: Mapped[list[Any]] = mapped_column(default=list)
    """Their names."""
    visibility: Mapped[Visibility] = mapped_column(enum_column(Visibility), default=Visibility.PUBLIC)
    category: Mapped[Category | None] = mapped_column(enum_column(Category))
    language: Mapped[str | None] = mapped_column(String(40))
    licence: Mapped[Licence | None] = mapped_column(enum_column(Licence))
    is_sensitive: Mapped[bool] = mapped_column(default=False)
    publish: Mapped[PublishRule] = mapped_column(enum_column(PublishRule), default=PublishRule.NOW)
    """Never at a time: that is another one for each video."""
    downloads: Mapped[DownloadRule] = mapped_column(enum_column(DownloadRule), default=DownloadRule.OFF)
    comments: Mapped[CommentRule | None] = mapped_column(enum_column(CommentRule))
    """None for what the site begins with."""
