"""Where in a text is what was looked for, and which part of the text is worth showing?"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile

from vod_web.services.search.terms import Term
from vod_web.services.search.words import (
    CHANGING_BEGINNINGS,
    LONGEST_WORD,
    STEM,
    base_language,
    places_of_words,
    stem_of,
)

EXCERPT_CHARACTERS = 180
BEFORE_CHARACTERS = 50
"""So much of an excerpt stands before what was found."""
LINE_END = "\n"
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


class Marker:
    """Finds the terms in texts of one language; what it has found out about a word, it remembers."""

    def __init__(self, terms: Sequence[Term], language: str) -> None:
        self.terms = terms
        self._language = language
        self._forms = _forms_in(terms, language)
        self._beginnings = tuple(term.word for term in terms if term.is_beginning)
        self._begun = _begun_with(_initials_of(self._forms, language))
        self._seen: set[str] = set()
        self._found: dict[str, Term] = {}

    def find(self, text: str) -> Iterator[tuple[int, int, Term]]:
        """Each place where a word of the text is one of the terms, in their order."""
        for start, end, word in self._words(text):
            term = self.term_of(word)
            if term is not None:
                yield start, end, term

    def _words(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Those words of the text that may be terms: of plain ones the first letter tells."""
        if self._begun is None or not text.isascii():
            return places_of_words(text)
        folded = text.lower()
        found = self._begun.finditer(folded)
        return ((place.start(), place.end(), place.group()[:LONGEST_WORD]) for place in found)

    def term_of(self, word: str) -> Term | None:
        """The term that this folded word is a form of."""
        if word not in self._seen:
            self._look_at(word)
        return self._found.get(word)

    def terms_among(self, folded: str) -> dict[str, Term]:
        """The words of a folded text that are forms of a term, with their terms; of most the first letter tells."""
        words = set(self._begun.findall(folded) if self._begun and folded.isascii() else folded.split())
        for word in words - self._seen:
            self._look_at(word)
        return {word: self._found[word] for word in words & self._found.keys()}

    def _look_at(self, word: str) -> None:
        stem = stem_of(word, self._language)
        term = self._forms.get(word) or self._forms.get(stem or "") or self._begun_by(word)
        self._seen.add(word)
        if term is not None:
            self._found[word] = term

    def _begun_by(self, word: str) -> Term | None:
        """The term that this word begins with."""
        if not word.startswith(self._beginnings):
            return None
        return next(term for term in self.terms if term.is_beginning and word.startswith(term.word))

    def mark(self, text: str) -> list[Piece]:
        """The whole text in pieces."""
        return cut_at(text, [(start, end) for start, end, _ in self.find(text)])

    def excerpt(self, text: str) -> list[Piece]:
        """The part of a text around the first of what was found, in one line; none where nothing is found."""
        line = " ".join(text.split())
        places = self.find(line)
        first = next(places, None)
        if first is None:
            return []
        start = _word_begin(line, max(0, first[0] - BEFORE_CHARACTERS))
        end = _word_end(line, min(len(line), start + EXCERPT_CHARACTERS))
        shown = takewhile(lambda place: place[1] <= end, chain([first], places))
        within = [(one - start, other - start) for one, other, _ in shown if start <= one]
        pieces = cut_at(line[start:end], within)
        return [*([Piece("… ")] if start else []), *pieces, *([Piece(" …")] if end < len(line) else [])]

    def missing(self, texts: Iterable[str]) -> list[Term]:
        """The terms that none of the texts holds; it reads no further than it must."""
        left = {term.word for term in self.terms}
        for _, _, term in (place for text in texts for place in self.find(text)):
            left.discard(term.word)
            if not left:
                return []
        return [term for term in self.terms if term.word in left]


class Markers:
    """A marker for each language: for many texts in which the same is looked for."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._terms = terms
        self._made: dict[str, Marker] = {}

    def for_language(self, language: str | None) -> Marker:
        """The one for texts of a language, or of one that nobody knows."""
        base = base_language(language)
        if base not in self._made:
            self._made[base] = Marker(self._terms, base)
        return self._made[base]


def make_marker(terms: Sequence[Term], language: str | None) -> Marker:
    """The one for texts of a language, or of one that nobody knows."""
    return Marker(terms, base_language(language))


def _forms_in(terms: Sequence[Term], language: str) -> dict[str, Term]:
    """Which term each form is one of; stems of the texts' own language alone, as others are not what they say."""
    own = f"{STEM}{language}{STEM}"
    forms: dict[str, Term] = {}
    for term in terms:
        stems = (stem for stem in term.stems if stem.startswith(own))
        for form in (term.word, *term.instead, *stems):
            forms.setdefault(form, term)
    return forms


def _initials_of(forms: Iterable[str], language: str) -> tuple[str, ...]:
    """The letters with which a word must begin to be one of the forms; any, where stems may begin otherwise."""
    if language in CHANGING_BEGINNINGS:
        return ("",)
    return tuple({form.removeprefix(f"{STEM}{language}{STEM}")[:1] for form in forms})


def _begun_with(initials: Iterable[str]) -> re.Pattern[str] | None:
    """Words in plain letters that begin with one of these; None where a word may begin with anything."""
    letters = "".join(initial for initial in initials if initial.isascii() and initial.isalnum())
    if "" in initials or not letters:
        return None
    return re.compile(f"(?<![a-z0-9])[{letters}][a-z0-9]*")


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


def find_spoken(spoken: str, folded: str, marker: Marker, wanted: Iterable[Term]) -> SpokenHit | None:
    """The first cue with the most of the wanted terms, as `models.search.SearchTrack` keeps cues."""
    held = _held_by_line(folded, marker, {term.word for term in wanted})
    best, most = 0, 0
    for place in sorted(held):
        together = (held.get(place + more, set()) for more in range(CUES_TOGETHER))
        count = len(set().union(*together))
        if count > most:
            best, most = place, count
    if not most:
        return None
    start, _, said = spoken.split("\n")[best].partition("\t")
    return SpokenHit(float(start), marker.excerpt(said))


def _held_by_line(folded: str, marker: Marker, wanted: Collection[str]) -> dict[int, set[str]]:
    """The lines that hold any of the wanted terms, and which; only they are looked at, as a film has thousands."""
    held: dict[int, set[str]] = defaultdict(set)
    padded = f" {folded.replace(LINE_END, f' {LINE_END} ')} "
    for form, term in marker.terms_among(folded).items():
        if term.word in wanted:
            for line in _lines_with(padded, f" {form} "):
                held[line].add(term.word)
    return held


def _lines_with(text: str, part: str) -> Iterator[int]:
    """The numbers of the lines with this part; one comes again where it is there twice."""
    line, done, place = 0, 0, text.find(part)
    while place >= 0:
        line += text.count(LINE_END, done, place)
        yield line
        done, place = place, text.find(part, place + 1)
