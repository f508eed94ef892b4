"""What is said of what people watch: their history, and how it goes on?"""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from vod_web.models import PopularIn
from vod_web.schemas.base import Input, Output, PageQuery
from vod_web.schemas.videos import VideoRead


class HistoryFilter(PageQuery):
    """Which part of one's history, and which page of it."""

    query: Annotated[str, Field(max_length=200, description="Words of the title or the channel.")] = ""
    unfinished: Annotated[bool, Field(description="Only what one can go on watching.")] = False


class HistoryRead(Output):
    """A video that was watched."""

    video: VideoRead
    position_s: float
    """Where watching stopped."""
    watched_at: datetime


class RemovalRead(Output):
    """That something was taken out of the history."""

    removed_at: datetime
    """With this it can be brought back, for an hour."""


class RemovalUndo(Input):
    """What was taken out and is to come back."""

    removed_at: AwareDatetime


class RecordingUpdate(Input):
    """Whether the history goes on."""

    is_paused: bool


Seconds = Annotated[float, Field(ge=0, le=10**7, allow_inf_nan=False)]


class PlayReport(Input):
    """What a player has played since it reported last."""

    played_s: Annotated[
        float,
        Field(
            ge=0,
            le=3600,
            allow_inf_nan=False,
            description="By the clock on the wall; no more is believed than went by.",
        ),
    ]
    ranges: Annotated[
        list[tuple[Seconds, Seconds]],
        Field(max_length=200, description="From which second of the video to which, for each run without a jump."),
    ] = Field(default_factory=list)


class PopularFilter(PageQuery):
    """Of which time, and which page."""

    popular_in: Annotated[PopularIn | None, Field(description="Null for all time.")] = PopularIn.NOW
