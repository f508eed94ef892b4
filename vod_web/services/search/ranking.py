"""In which order do videos answer what somebody looked for?

A word counts by where it is found (`PLACES`) and how: as it was typed, as the same word with another ending, as the
beginning of a longer one, or as a word that was meant. The newer of two that are equally good comes first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from vod_web.services.search.terms import Term
from vod_web.services.search.words import is_stem

TITLE, TAGS, CHANNEL, DESCRIPTION, CAPTIONS = 100, 60, 36, 20, 10
EXACT, OTHER_FORM, BEGINNING, MEANT = 1.0, 0.9, 0.75, 0.7
SAME_ORDER = 20
"""For words that follow each other in the title as they were typed."""
WHOLE_TITLE = 15
"""For a title with no other words; less, the more others there are."""
PER_YEAR = 0.4
"""For each year that a video is newer: it decides between equals, and hardly more."""
FINENESS = 1000
"""Scores are whole numbers, so that a page ends at the same place whenever it is asked for."""

_ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)
_YEAR_S = 365.25 * 24 * 3600


@dataclass(frozen=True)
class Candidate:
    """A video that holds all terms."""

    video_id: int
    title: str
    """Words with blanks between, as they are kept; so are the next two."""
    tags: str
    channel: str
    published_at: datetime | None
    is_unspoken: bool
    """Whether it holds all terms outside of its captions."""


def score(candidate: Candidate, terms: Sequence[Term]) -> int:
    """How well a video answers; the same for the same video at any time."""
    elsewhere = MEANT * (DESCRIPTION if candidate.is_unspoken else CAPTIONS)
    places = [
        (weight, words, words.split())
        for weight, words in ((TITLE, candidate.title), (TAGS, candidate.tags), (CHANNEL, candidate.channel))
    ]
    points = sum(_best(term, places, elsewhere) for term in terms) / len(terms)
    return round(FINENESS * (points + _likeness(candidate.title, terms) + _newness(candidate.published_at)))


def _best(term: Term, places: Sequence[tuple[int, str, list[str]]], elsewhere: float) -> float:
    """What a term counts: at the best of the places where it is found."""
    best = elsewhere
    for weight, words, each in places:
        if weight > best:  # else no form of it would count more
            best = max(best, weight * _form(term, words, each))
    return best


def _form(term: Term, words: str, each: list[str]) -> float:
    """In which form the words hold the term; 0 for in none."""
    if term.word in each:
        return EXACT
    if not term.stems.isdisjoint(each):
        return OTHER_FORM
    if term.is_beginning and f" {term.word}" in f" {words}":
        return BEGINNING
    return 0.0 if term.instead.isdisjoint(each) else MEANT


def _likeness(words: str, terms: Sequence[Term]) -> float:
    """How much more a title is what was typed than that it holds the words."""
    typed = [term.word for term in terms]
    title = [word for word in words.split() if not is_stem(word)]
    held = sum(word in typed for word in title)
    if not held:
        return 0.0
    is_phrase = len(typed) > 1 and f" {' '.join(typed)} " in f" {' '.join(title)} "
    return SAME_ORDER * is_phrase + WHOLE_TITLE * held / len(title)


def _newness(published_at: datetime | None) -> float:
    """By the year, whatever day it is today: the difference between two videos never changes."""
    return PER_YEAR * (published_at - _ORIGIN).total_seconds() / _YEAR_S if published_at else 0.0
