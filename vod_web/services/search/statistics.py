"""How common are words, as far as PostgreSQL knows that without looking?

Its planner has statistics of the indexes by which words are found: the commonest words, and in which share of the rows
they are. They change when the tables are analysed, so each process reads them now and then and keeps them: reading
10,000 words takes longer than most searches.
"""

import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from vod_web.services.search.terms import Term, forms_of

KEPT_FOR_S = 600.0
MOST_BY_SCAN = 20_000
"""Of fewer texts nothing is said: they are looked at in a moment."""
_SHARES = text("""
SELECT tablename, most_common_elems::text::text[] AS words, most_common_elem_freqs AS shares
FROM pg_stats
WHERE schemaname = current_schema() AND tablename IN ('fts_documents_title', 'fts_documents_words')
""")
_ROWS = text("SELECT reltuples FROM pg_class WHERE oid = to_regclass('search_documents')")


@dataclass(frozen=True)
class Shares:
    """In which share of all texts the commonest words are."""

    by_word: dict[str, float] = field(default_factory=dict)
    in_order: list[str] = field(default_factory=list)
    """The same words in the order of their characters."""

    def of_term(self, term: Term) -> float:
        """In which share the term is, in any of its forms; 0 for rare ones."""
        forms = max(self.by_word.get(form, 0.0) for form in (term.word, *forms_of(term)))
        return max(forms, min(1.0, self._begun_by(term.word))) if term.is_beginning else forms

    def _begun_by(self, word: str) -> float:
        """The sum of all words that begin so."""
        total = 0.0
        for place in range(bisect_left(self.in_order, word), len(self.in_order)):
            known = self.in_order[place]
            if not known.startswith(word):
                break
            total += self.by_word[known]
        return total


@dataclass(frozen=True)
class WordStatistics:
    """What is known of the words of one database."""

    rows: float = 0.0
    anywhere: Shares = Shares()
    in_titles: Shares = Shares()


_kept: WeakKeyDictionary[Engine | Connection, tuple[float, WordStatistics]] = WeakKeyDictionary()


def word_statistics(session: Session) -> WordStatistics:
    """What this process knows of the words in the session's database; read anew from time to time."""
    bind = session.get_bind()
    read_at, known = _kept.get(bind, (-KEPT_FOR_S, WordStatistics()))
    if time.monotonic() - read_at >= KEPT_FOR_S:
        known = _read(session)
        _kept[bind] = time.monotonic(), known
    return known


def _read(session: Session) -> WordStatistics:
    rows = session.scalar(_ROWS) or 0.0
    if rows <= MOST_BY_SCAN:
        return WordStatistics()
    shares = {name: _shares(words or (), of_them or ()) for name, words, of_them in session.execute(_SHARES)}
    return WordStatistics(
        rows, shares.get("fts_documents_words", Shares()), shares.get("fts_documents_title", Shares())
    )


def _shares(words: Sequence[str], shares: Sequence[float]) -> Shares:
    by_word = dict(zip(words, shares, strict=False))  # after the last word's share come the least and the greatest
    return Shares(by_word, sorted(by_word))
