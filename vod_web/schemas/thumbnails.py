"""How is the picture of a video chosen, and what is said of the choice?"""

from typing import Annotated, Literal

from pydantic import Field

from vod_web.models import ThumbnailKind
from vod_web.schemas.base import Input, Output

LONGEST_S = 10 * 24 * 3600


class ThumbnailChoice(Input):
    """Which frame is the picture."""

    at_s: Annotated[float, Field(ge=0, le=LONGEST_S, allow_inf_nan=False)]
    """The frame that is shown so many seconds after the beginning of the video."""


class PicturePlace(Input):
    """Which part is kept of a picture that has another shape than the video."""

    position: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            allow_inf_nan=False,
            description="For an uploaded picture of another shape than the video: from 0 (the left or upper part is "
            "kept) to 1 (the right or lower part).",
        ),
    ] = 0.5


class ThumbnailRead(Output):
    """How the picture of a video was chosen."""

    kind: ThumbnailKind
    at_s: float | None
    """Of a chosen frame."""
    is_made: bool
    """Whether it is shown already: a chosen frame is, as soon as the file is there and a worker has made it."""


class FrameRead(Output):
    """A frame that may be chosen."""

    at_s: float
    url: str


class FramesRead(Output):
    """Some frames from good places of the video."""

    state: Literal["waiting", "making", "ready", "failed"]
    """waiting: the file has to be there first; making: ask again in a second."""
    frames: list[FrameRead]
