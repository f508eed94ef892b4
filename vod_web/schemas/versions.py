"""What is told of the files that a video was made from?"""

from datetime import datetime
from typing import Literal

from vod_web.models import SourceState, VideoStatus
from vod_web.schemas.base import Output


class ReplacementRead(Output):
    """How far the file is that takes the place of the one in use; told to those who may change the video."""

    version_id: str
    filename: str
    is_restored: bool
    """Whether it is an earlier version that comes back."""
    status: Literal[VideoStatus.QUEUED, VideoStatus.PROCESSING, VideoStatus.FAILED]
    status_reason: str | None
    """Why it failed; the file in use stays."""
    progress: float
    eta_s: float | None


class VersionRead(Output):
    """One file of a video."""

    id: str
    state: Literal[SourceState.CURRENT, SourceState.INCOMING, SourceState.FORMER]
    """In use, about to take the place of that one, or an earlier version."""
    filename: str
    size_bytes: int
    """Of the file alone."""
    stored_bytes: int
    """Of the file, and of all that was made of it and is kept."""
    checksum_sha256: str | None
    """Where its sender announced it."""
    duration_s: float | None
    width_px: int | None
    height_px: int | None
    frame_rate: str | None
    created_at: datetime
    retired_at: datetime | None
    """Since when it is an earlier version."""
    kept_until: datetime | None
    """When it is removed for good; null for one that is not an earlier version."""
    is_instant: bool
    """Whether it plays at once when it is restored; otherwise it is processed again first."""
