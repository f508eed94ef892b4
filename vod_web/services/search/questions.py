"""What is asked of a search, and what does it answer?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy import ColumnElement
from sqlalchemy.orm.interfaces import ORMOption

from vod_web.models import Video
from vod_web.services.paging import Found
from vod_web.services.search.terms import Term


class Narrowing(Enum):
    """What the filters leave."""

    NOTHING = auto()
    """Everything, as there are none."""
    TO_SOME = auto()
    TO_FEW = auto()
    """Few enough to begin with them, and found by an index: those of a few days."""


@dataclass(frozen=True)
class Question:
    """What is asked of the index: the words, and which videos may be found at all."""

    query: str
    audience: Sequence[ColumnElement[bool]]
    """Conditions on videos: who asks, and what the filters leave."""
    options: Sequence[ORMOption]
    """What is to be loaded with the videos."""
    cursor: str | None
    limit: int
    narrowing: Narrowing = Narrowing.NOTHING
    labels: Sequence[str] = ()
    """What all of them have, by `labels`; the audience says the same."""


@dataclass(frozen=True)
class Answer:
    """What was found."""

    page: Found[Video]
    count: int
    """On all pages, as far as is counted."""
    has_more: bool
    """Whether there are more than were counted."""
    terms: tuple[Term, ...]
    is_loose: bool
    """Whether nothing holds the words as they were typed."""
