"""What does a search ask of a database, whichever it is?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVarTuple

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from vod_web.services.search.terms import Term

PLENTY = 1000
"""Where so many are expected to hold the words, nobody looks whether they are more than can be ranked. They are rather
more: words that go together are expected less often than they do."""
Columns = TypeVarTuple("Columns")
RowId = InstrumentedAttribute[int] | ColumnElement[int]


class Place(StrEnum):
    """Where in a video's texts all of the terms are."""

    ANYWHERE = "anywhere"
    WHOLE_TITLE = "whole-title"
    """They are the title, in their order and without others."""
    TITLE = "title"
    """In the title, which has others or another order, where whole titles are looked for by themselves."""
    ELSEWHERE = "elsewhere"
    """Anywhere, but not as they were typed in the title."""


@dataclass(frozen=True)
class Commonness:
    """In which share of all videos the terms are that have the labels, as far as the database knows; 0 for rare."""

    anywhere: float = 0.0
    in_titles: float = 0.0
    """As they were typed."""
    begun_in_titles: float = 0.0
    """Also where words go on after them."""
    expected: float = 0.0
    """In how many videos they are."""
    usual: frozenset[str] = frozenset()
    """Words that are so common that those which begin with them need not be looked for, which is dear."""


@dataclass(frozen=True)
class Sought:
    """What is looked for where, and how the videos with it are best found."""

    terms: Sequence[Term]
    place: Place = Place.ANYWHERE
    labels: Sequence[str] = ()
    """Which of `labels` all of the videos have."""
    ranges: Sequence[str] = ()
    """The newest of their ranges of row ids; nothing is looked for in others, if there are any here."""
    whole: Collection[str] = ()
    """Titles that are what was typed, as `models.search.SearchDocument` keeps titles."""
    common: Commonness = Commonness()
    is_among_few: bool = False
    """Whether other conditions find few videos by an index, or other columns than the ids put them in order."""

    @property
    def share(self) -> float:
        """Of all videos those that hold it, as far as is known."""
        if self.place is Place.WHOLE_TITLE:
            return 0.0
        if self.place is not Place.TITLE:
            return self.common.anywhere
        is_begun = any(term.is_beginning for term in self.terms)
        return self.common.begun_in_titles if is_begun else self.common.in_titles


class TextIndex(Protocol):
    """What a database does for searching."""

    def weigh(self, session: Session, terms: Sequence[Term], labels: Sequence[str]) -> Commonness:
        """How common the terms are among videos with all of the labels. Two statements at most."""
        ...

    def narrow(self, wanted: Select[*Columns], sought: Sought) -> Select[*Columns]:
        """Of the videos and their documents in a statement those that hold what is sought."""
        ...

    def row_id(self, sought: Sought) -> RowId:
        """The id of a narrowed statement's video: what to sort by, so that the newest are found first and at once."""
        ...

    def prefers_ranges(self, sought: Sought) -> bool:
        """Whether the newest are found sooner in a few of the newest ranges than in all."""
        ...

    def is_spoken(self) -> ColumnElement[bool]:
        """Whether anything is said in a document's video, as far as captions tell."""
        ...

    def unspoken_among(self, session: Session, terms: Sequence[Term], ids: Sequence[int]) -> set[int]:
        """Which of these videos hold all of the terms outside of their captions. One statement."""
        ...

    def list_near(self, session: Session, words: Sequence[str]) -> list[str]:
        """Known words that look somewhat like one of these, or have one inside. Two statements at most."""
        ...

    def titled(self, wanted: ColumnElement[str]) -> Select[int]:
        """Some videos with a term in their titles, as `in_words` says it; with a limit, cheap if it is not common."""
        ...

    def in_words(self, term: Term) -> str:
        """The term in the words of the database."""
        ...

    def leave_out_common(self, session: Session, terms: Sequence[Term]) -> list[Term]:
        """The terms that so few videos hold that `titled` is cheap. One statement at most."""
        ...
