"""What is reported, and what is decided of it?"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from vod_web.models import ReportReason
from vod_web.schemas.base import Input, Output, PageQuery


class ReportCreate(Input):
    """What is wrong with a video or a comment."""

    reason: ReportReason
    words: Annotated[str, Field(max_length=2000)] = ""


class ReportState(StrEnum):
    """Which reports."""

    OPEN = "open"
    RESOLVED = "resolved"


class ReportFilter(PageQuery):
    """Which reports, the newest first."""

    limit: int = Field(default=25, ge=1, le=100)
    state: ReportState = ReportState.OPEN


class Decision(StrEnum):
    """What is done about what was reported."""

    KEEP = "keep"
    """Nothing: it stays as it is."""
    REMOVE = "remove"
    """The comment is deleted; a video is blocked, with a reason that its owner reads."""


class ReportDecision(Input):
    """What a moderator decides of all open reports of one thing."""

    decision: Decision
    note: Annotated[str, Field(max_length=2000)] = ""
    """For other moderators."""
    reason: Annotated[str, Field(max_length=300)] = ""
    """For the owner of a video that is blocked."""


class ReportRead(Output):
    """A report, for moderators."""

    id: str
    reason: ReportReason
    words: str
    excerpt: str
    """What the comment said, or what the video was called, when it was reported."""
    video_id: str
    video_title: str
    comment_id: str | None
    """Null where the video itself is meant."""
    author: str
    """The user name of who wrote the comment, or owns the video."""
    is_gone: bool
    """Whether it is deleted or blocked by now."""
    reporter: str | None
    """Null for somebody without an account."""
    is_open: bool
    open_count: int
    """How many open reports there are of the same thing."""
    note: str
    resolved_by: str | None
    resolved_at: datetime | None
    created_at: datetime
