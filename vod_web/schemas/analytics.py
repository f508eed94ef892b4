"""What are owners told of how their videos are watched? Numbers alone."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from vod_web.schemas.base import Input, Output


class Span(StrEnum):
    """Back to when."""

    WEEK = "7"
    FOUR_WEEKS = "28"
    QUARTER = "90"
    ALL = "all"

    @property
    def days(self) -> int | None:
        """So many days, today among them; None for all."""
        return None if self is Span.ALL else int(self.value)


class AnalyticsQuery(Input):
    """Of which time."""

    span: Span = Field(default=Span.FOUR_WEEKS, description="The last days, today (UTC) among them, or all.")


class DayRead(Output):
    """What was watched on one day (UTC), or, where all time is asked for, in the month that begins with it."""

    day: date
    views: int
    watched_s: float


class WatchedRead(Output):
    """What was watched in a time."""

    span: Span
    views: int
    watched_s: float
    average_s: float | None
    """Of one view; null where there is none."""
    days: list[DayRead]
    """Without a gap, the first one first."""


class VideoAnalyticsRead(WatchedRead):
    """How one video is watched."""

    viewers: int
    """The views that the next counts."""
    retention: list[float]
    """For each hundredth of the video, the share of all its viewers who saw it; empty without any."""


class TopVideoRead(Output):
    """One of the videos of a channel that were watched most."""

    id: str
    title: str
    views: int
    watched_s: float


class ChannelAnalyticsRead(WatchedRead):
    """How the videos of a channel are watched."""

    top: list[TopVideoRead]
    """Those with the most views, the most first."""
