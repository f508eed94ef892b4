"""What is said about the chapters of a video?"""

from typing import Annotated

from pydantic import Field

from vod_web.media.chapters import LONGEST_TITLE, MOST_CHAPTERS
from vod_web.schemas.base import Input, Output


class ChapterWrite(Input):
    """Where a chapter begins, and what it is called."""

    start_s: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE)]


class ChaptersWrite(Input):
    """All chapters of a video, in their order; the first one begins at 0. Null brings those of the file back."""

    chapters: Annotated[list[ChapterWrite], Field(max_length=MOST_CHAPTERS)] | None


class ChapterRead(Output):
    """One chapter of a video; it ends where the next one begins."""

    start_s: float
    title: str
