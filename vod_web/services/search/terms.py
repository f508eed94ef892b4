"""What is looked for, when somebody has typed this?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from vod_web.services.search.words import STEMMERS, stems_of, words_of

MOST_TERMS = 12
"""What comes after these is left out: each costs the database a look."""
SHORTEST_BEGINNING = 3
"""A word of so many letters also finds words that go on after it; the one that is typed last always does."""


@dataclass(frozen=True)
class Term:
    """A word that a video must hold in one of several forms."""

    word: str
    """Folded."""
    is_beginning: bool
    """Whether words that begin with it will do."""
    stems: frozenset[str]
    """What it may be kept as; see `words.stem_of`."""
    instead: frozenset[str] = frozenset()
    """Words that will do as well, as the one that was typed is nowhere."""


def read_terms(query: str, languages: Collection[str] = STEMMERS) -> tuple[Term, ...]:
    """The words that must all be found; none where nothing that was typed is a word. Texts are in these languages."""
    words = list(dict.fromkeys(words_of(query)))[:MOST_TERMS]
    return tuple(
        Term(word, len(word) >= SHORTEST_BEGINNING or word == words[-1], frozenset(stems_of(word, languages)))
        for word in words
    )


def loosen(terms: Sequence[Term], instead: Mapping[str, Sequence[str]]) -> tuple[Term, ...]:
    """The same terms with the words that will do instead."""
    return tuple(replace(term, instead=frozenset(instead.get(term.word, ()))) for term in terms)


def forms_of(term: Term) -> list[str]:
    """All that is kept as it is, and will do for the term."""
    return sorted(term.stems | term.instead)


def without_beginnings(terms: Sequence[Term], usual: Collection[str]) -> tuple[Term, ...]:
    """The same terms, the usual ones without the words that only begin with them."""
    return tuple(replace(term, is_beginning=False) if term.word in usual else term for term in terms)


def exactly(terms: Sequence[Term]) -> tuple[Term, ...]:
    """The same terms without the words that only begin with them."""
    return tuple(replace(term, is_beginning=False) for term in terms)
