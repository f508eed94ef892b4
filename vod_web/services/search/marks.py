"""Where in a text is what was looked for, and which part of the text is worth showing?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vod_web.services.search.terms import Term
from vod_web.services.search.words import base_language, places_of_words, stem_of

EXCERPT_CHARACTERS = 180
BEFORE_CHARACTERS = 50
"""So much of an excerpt stands before what was found."""
CUES_TOGETHER = 2
"""What is said goes on from one cue to the next: words of so many count as said together."""


@dataclass(frozen=True)
class Piece:
    """A part of a text, and whether it is what was looked for."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True)
class SpokenHit:
    """What is said at some second."""

    start_s: float
    pieces: list[Piece]


@dataclass(frozen=True)
class Marker:
    """Finds the terms in texts of one language."""

    terms: Sequence[Term]
    language: str

    def find(self, text: str) -> list[tuple[int, int, Term]]:
        """Each place where a word of the text is one of the terms."""
        return [
            (start, end, term) for start, end, word in places_of_words(text) if (term := self.term_of(word)) is not None
        ]

    def term_of(self, word: str) -> Term | None:
        """The term that this folded word is a form of."""
        stem = stem_of(word, self.language)
        return next((term for term in self.terms if _is_form(term, word, stem)), None)

    def mark(self, text: str) -> list[Piece]:
        """The whole text in pieces."""
        return cut_at(text, [(start, end) for start, end, _ in self.find(text)])

    def excerpt(self, text: str) -> list[Piece]:
        """The part of a text around the first of what was found, in one line; none where nothing is found."""
        line = " ".join(text.split())
        places = self.find(line)
        if not places:
            return []
        start = _word_begin(line, max(0, places[0][0] - BEFORE_CHARACTERS))
        end = _word_end(line, min(len(line), start + EXCERPT_CHARACTERS))
        within = [(one - start, other - start) for one, other, _ in places if start <= one and other <= end]
        pieces = cut_at(line[start:end], within)
        return [*([Piece("… ")] if start else []), *pieces, *([Piece(" …")] if end < len(line) else [])]


def make_marker(terms: Sequence[Term], language: str | None) -> Marker:
    """The one for texts of a language, or of one that nobody knows."""
    return Marker(terms, base_language(language))


def _is_form(term: Term, word: str, stem: str | None) -> bool:
    if word == term.word or word in term.instead or (term.is_beginning and word.startswith(term.word)):
        return True
    return stem is not None and stem in term.stems


def missing_terms(terms: Sequence[Term], texts: Iterable[str], language: str | None) -> list[Term]:
    """The terms that none of the texts holds."""
    marker = make_marker(terms, language)
    held = {term.word for text in texts for _, _, term in marker.find(text)}
    return [term for term in terms if term.word not in held]


def cut_at(text: str, places: Iterable[tuple[int, int]]) -> list[Piece]:
    """The text cut at these places, which are sorted and may overlap."""
    pieces: list[Piece] = []
    done = 0
    for start, end in _joined(places):
        pieces += [Piece(text[done:start]), Piece(text[start:end], is_hit=True)]
        done = end
    return [piece for piece in (*pieces, Piece(text[done:])) if piece.text]


def _joined(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in places:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _word_begin(line: str, place: int) -> int:
    """The beginning of the word after this place; the place itself where words have no ends."""
    found = line.rfind(" ", 0, place + 1) + 1 if place else 0
    return found if place - found < 30 else place


def _word_end(line: str, place: int) -> int:
    """The end of the word at this place; the place itself where words have no ends."""
    found = line.find(" ", place)
    found = len(line) if found < 0 else found
    return found if found - place < 30 else place


def find_spoken(spoken: str, folded: str, terms: Sequence[Term], language: str | None) -> SpokenHit | None:
    """The first cue with the most of the terms, as `models.search.SearchTrack` keeps cues."""
    marker = make_marker(terms, language)
    held = [frozenset(_held(marker, line)) for line in folded.split("\n")]
    best, most = 0, 0
    for place, here in enumerate(held):
        count = len(here.union(*held[place + 1 : place + CUES_TOGETHER])) if here else 0
        if count > most:
            best, most = place, count
    if not most:
        return None
    start, _, said = spoken.split("\n")[best].partition("\t")
    return SpokenHit(float(start), marker.excerpt(said))


def _held(marker: Marker, line: str) -> Iterable[str]:
    return (term.word for word in line.split() if (term := marker.term_of(word)) is not None)
