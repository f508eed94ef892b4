"""What does the search page say of a search, beside the videos?"""

from dataclasses import dataclass
from typing import Any

from vod_web.core.clock import utc_now
from vod_web.media.languages import list_languages
from vod_web.models import Category, Licence
from vod_web.schemas.video_lists import Age, Length, SearchFilter
from vod_web.services import library
from vod_web.services.caption_files import find_shown_captions
from vod_web.services.search.hits import Hit, list_hits, say_meant
from vod_web.services.search.questions import Answer
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_list


@dataclass(frozen=True)
class Telling:
    """A search in words."""

    hits: dict[str, Hit]
    count: int
    has_more: bool
    """Whether there are more than were counted."""
    meant: str
    """What the person may have meant to type; empty where that was understood."""
    count_unfiltered: int
    """Where nothing was found: how many the words alone would find."""
    has_more_unfiltered: bool


def show_search(wanted: SearchFilter) -> dict[str, Any]:
    """What the page needs for this person's search."""
    answer = library.search_listed(current_person(), wanted, now=utc_now())
    return {"telling": _tell(wanted, answer), **show_list(answer.page)}


def _tell(wanted: SearchFilter, answer: Answer) -> Telling:
    hits = _hits(answer)
    meant = say_meant(wanted.query, answer.terms, list(hits.values())) if answer.is_loose else ""
    unfiltered, has_more = 0, False
    if not answer.count and wanted.query and wanted.is_narrowed:
        other = library.search_listed(current_person(), wanted.without_filters(), now=utc_now())
        unfiltered, has_more = other.count, other.has_more
        if other.is_loose:
            meant = say_meant(wanted.query, other.terms, list(_hits(other).values()))
    meant = meant if meant != wanted.query else ""
    return Telling(hits, answer.count, answer.has_more, meant, unfiltered, has_more)


def _hits(answer: Answer) -> dict[str, Hit]:
    return list_hits(answer.page.items, answer.terms, find_shown_captions)


def search_choices(wanted: SearchFilter) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer, by their names."""
    languages = list_languages()
    if wanted.language and wanted.language not in dict(languages):
        languages = [*languages, (wanted.language, wanted.language)]
    ages = {Age.DAY: "Last 24 hours", Age.WEEK: "This week", Age.MONTH: "This month", Age.YEAR: "This year"}
    lengths = {Length.SHORT: "Under 4 minutes", Length.MEDIUM: "4 to 20 minutes", Length.LONG: "Over 20 minutes"}
    best = [("relevance", "Best match")] if wanted.query else []
    return {
        "sort": [*best, ("-published_at", "Newest"), ("-views", "Most viewed"), *_LENGTH_ORDERS],
        "age": [("", "Any time"), *((one.value, text) for one, text in ages.items())],
        "length": [("", "Any length"), *((one.value, text) for one, text in lengths.items())],
        "category": [("", "All"), *sorted(((one.value, one.label) for one in Category), key=lambda one: one[1])],
        "language": [("", "All"), *languages],
        "licence": [("", "Any"), *((one.value, one.label) for one in Licence)],
        "has_captions": [("", "With or without"), ("true", "With captions")],
    }


_LENGTH_ORDERS = (("duration_s", "Shortest"), ("-duration_s", "Longest"))
