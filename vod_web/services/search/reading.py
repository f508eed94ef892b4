"""Conditions on the texts of a video that is at hand, where no index is asked."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, literal, or_, true

from vod_web.models import SearchDocument
from vod_web.services.search.sought import Place, Sought
from vod_web.services.search.terms import Term, forms_of


def is_other_title(sought: Sought) -> ColumnElement[bool]:
    """Whether the title is not one of those that are looked for by themselves."""
    is_title = sought.place is Place.TITLE and sought.whole
    return SearchDocument.title.not_in(sought.whole) if is_title else true()


def is_in(
    words: SQLColumnExpression[str], terms: Sequence[Term], place: Callable[..., ColumnElement[int]]
) -> ColumnElement[bool]:
    """Whether a text holds all of the terms; `place` is the database's function for where a part of a text is."""
    text = literal(" ").concat(words).concat(" ")
    return and_(*(or_(*(place(text, part) > 0 for part in _parts_of(term))) for term in terms))


def holds_all(words: str, terms: Sequence[Term]) -> bool:
    """The same of a text that is at hand."""
    text = f" {words} "
    return all(any(part in text for part in _parts_of(term)) for term in terms)


def _parts_of(term: Term) -> list[str]:
    """What a text with blanks around its words has, if it holds the term."""
    return [f" {term.word}" + " " * (not term.is_beginning), *(f" {form} " for form in forms_of(term))]
