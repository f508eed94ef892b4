"""Which videos is a list to hold, in which order, and which page of them?"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BeforeValidator, Field

from vod_web.models import Category, Licence, VideoStatus, Visibility
from vod_web.schemas.base import Input, PageQuery

MOST_PER_PAGE = 100

VideoSort = Literal[
    "relevance",
    "created_at",
    "-created_at",
    "published_at",
    "-published_at",
    "title",
    "-title",
    "duration_s",
    "-duration_s",
    "views",
    "-views",
    "size_bytes",
    "-size_bytes",
]


def _absent_if_empty(value: Any) -> Any:
    """Forms and addresses have an empty text where nothing was chosen."""
    return None if value == "" else value


Wanted = BeforeValidator(_absent_if_empty)


def _without(sign: str) -> Callable[[Any], Any]:
    """Names as people type them into a field, with the sign that stands before them elsewhere."""
    return lambda value: value.strip().removeprefix(sign) if isinstance(value, str) else value


class VideoFilter(PageQuery):
    """Which videos of a list, in which order, and which page of them."""

    query: Annotated[
        str,
        Field(
            max_length=200,
            description="Words that must all be in the title, the tags, the description, the captions or the names of "
            "the owner, whatever their endings. Where none holds them, words that are nearly those will do.",
        ),
    ] = ""
    tag: Annotated[str | None, Wanted] = None
    owner: Annotated[str | None, Wanted, Field(description="A user name.")] = None
    status: Annotated[VideoStatus | None, Wanted] = None
    visibility: Annotated[Visibility | None, Wanted] = None
    category: Annotated[Category | None, Wanted] = None
    language: Annotated[str | None, Wanted, Field(description="As BCP 47 writes it.", max_length=40)] = None
    licence: Annotated[Licence | None, Wanted] = None
    min_duration_s: Annotated[float | None, Wanted, Field(ge=0)] = None
    max_duration_s: Annotated[float | None, Wanted, Field(ge=0)] = None
    published_after: Annotated[AwareDatetime | None, Wanted, Field(description="With a time zone.")] = None
    published_before: Annotated[AwareDatetime | None, Wanted, Field(description="With a time zone.")] = None
    has_captions: Annotated[bool | None, Wanted] = None
    sort: VideoSort = "-created_at"


class NewestFilter(VideoFilter):
    """The same for a list of what is published, the newest first."""

    sort: VideoSort = "-published_at"


class RelatedQuery(Input):
    """How many of the videos that go with another."""

    limit: Annotated[int, Field(ge=1, le=50)] = 20


class Age(StrEnum):
    """How long ago a video was published, at most."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    @property
    def longest(self) -> timedelta:
        """The same as a time."""
        return timedelta(days={"day": 1, "week": 7, "month": 31, "year": 366}[self.value])


class Length(StrEnum):
    """How long a video is, as people speak of it."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"

    @property
    def bounds_s(self) -> tuple[float, float | None]:
        """From how many seconds to how many."""
        bounds: dict[str, tuple[float, float | None]] = {"short": (0, 240), "medium": (240, 1200), "long": (1200, None)}
        return bounds[self.value]


class SearchFilter(VideoFilter):
    """The same for the search page, in the words of people, the best first."""

    tag: Annotated[str | None, Wanted, BeforeValidator(_without("#"))] = None
    owner: Annotated[str | None, Wanted, BeforeValidator(_without("@"))] = None
    age: Annotated[Age | None, Wanted] = None
    length: Annotated[Length | None, Wanted] = None
    sort: VideoSort = "relevance"

    def in_numbers(self, now: datetime) -> "SearchFilter":
        """The same with times and seconds in place of what they are called."""
        numbers: dict[str, Any] = {}
        if self.age:
            numbers["published_after"] = now - self.age.longest
        if self.length:
            numbers["min_duration_s"], numbers["max_duration_s"] = self.length.bounds_s
        return self.model_copy(update=numbers)

    def without_filters(self) -> "SearchFilter":
        """The words alone."""
        return SearchFilter(query=self.query, limit=1)

    @property
    def is_narrowed(self) -> bool:
        """Whether more is asked for than words."""
        return bool(set(self.model_fields_set) - {"query", "sort", "limit", "cursor"})


class OwnFilter(VideoFilter):
    """The same for the table of one's own videos."""

    limit: Annotated[int, Field(ge=1, le=MOST_PER_PAGE)] = 25
