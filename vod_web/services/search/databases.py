"""How do SQLite and PostgreSQL find words? What differs between them, behind one interface."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import Boolean, ColumnElement, Integer, Select, and_, cast, column, func, select, text, union_all
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from vod_web.db.fulltext import as_vector, has_trigrams
from vod_web.models import SearchDocument, SearchWord
from vod_web.services.search.terms import Term, forms_of

MOST_NEAR = 60
"""Of the words that look like a typed one, so many are looked at more closely."""
FEW_LETTERS = 4
"""In so short a word, one mistake may leave no three letters as they were."""
MOST_BEGINNING = 2000
"""The same where nothing but their beginning says which ones look like it."""
LAST = "\U0010ffff"
"""Comes after all words, in the order of bytes."""


class TextIndex(Protocol):
    """What a database does for searching. The conditions are about a row of `SearchDocument`."""

    def holds(self, terms: Sequence[Term]) -> ColumnElement[bool]:
        """Whether the video holds all of the terms, wherever."""
        ...

    def holds_in_title(self, terms: Sequence[Term]) -> ColumnElement[bool]:
        """Whether its title holds all of them."""
        ...

    def holds_unspoken(self, terms: Sequence[Term]) -> ColumnElement[bool]:
        """Whether it holds all of them outside of its captions."""
        ...

    def list_near(self, session: Session, words: Sequence[str]) -> list[str]:
        """Known words that look somewhat like one of these, or have one inside. Two statements at most."""
        ...

    def titled(self, term: Term) -> Select[int]:
        """The row ids of videos whose titles hold the term; with a limit, cheap for terms that are not common."""
        ...

    def leave_out_common(self, session: Session, terms: Sequence[Term]) -> list[Term]:
        """The terms that so few videos hold that `titled` is cheap. One statement at most."""
        ...


def text_index(session: Session) -> TextIndex:
    """The one of this session's database."""
    if session.get_bind().dialect.name == "sqlite":
        return SqliteIndex()
    return PostgresIndex()


class SqliteIndex:
    """By FTS5: `fts_documents` indexes `search_documents`, `fts_words` the trigrams of `search_words`."""

    def holds(self, terms: Sequence[Term]) -> ColumnElement[bool]:
        """As `TextIndex`."""
        return _is_among("", terms)

    def holds_in_title(self, terms: Sequence[Term]) -> ColumnElement[bool]:
        """As `TextIndex`."""
        return _is_among("{title} : ", terms)

    def holds_unspoken(self, terms: Sequence[Term]) -> ColumnElement[bool]:
        """As `TextIndex`."""
        return _is_among("{title channel text_words} : ", terms)

    def list_near(self, session: Session, words: Sequence[str]) -> list[str]:
        """As `TextIndex`; words stand between `^` and `$`, so that their first and last letters count more."""
        near = "SELECT * FROM (SELECT word FROM fts_words WHERE fts_words MATCH :w{} ORDER BY rank LIMIT {})"
        statement = " UNION ALL ".join(near.format(number, MOST_NEAR) for number in range(len(words)))
        wanted = {f"w{number}": " OR ".join(_trigrams(f"^{word}$")) for number, word in enumerate(words)}
        found = [found[1:-1] for found in session.scalars(text(statement), wanted)]
        short = [word for word in words if len(word) <= FEW_LETTERS]
        return [*found, *session.scalars(union_all(*_near_by_beginning(short)))] if short else found

    def titled(self, term: Term) -> Select[int]:
        """As `TextIndex`; the newest, in whose order FTS5 finds them."""
        return _rows_matching("{title} : ", [term]).order_by(column("rowid").desc())

    def leave_out_common(self, session: Session, terms: Sequence[Term]) -> list[Term]:
        """As `TextIndex`: FTS5 stops at a limit however many there are."""
        return list(terms)


def _is_among(columns: str, terms: Sequence[Term]) -> ColumnElement[bool]:
    """The words are in quotes, and none has a quote in it: nothing that was typed is read as an operator."""
    return SearchDocument.video_id.in_(_rows_matching(columns, terms))


def _rows_matching(columns: str, terms: Sequence[Term]) -> Select[int]:
    wanted = columns + "(" + " AND ".join(_format_for_fts5(term) for term in terms) + ")"
    table = text("fts_documents")
    return select(column("rowid", Integer)).select_from(table).where(column("fts_documents").op("MATCH")(wanted))


def _format_for_fts5(term: Term) -> str:
    word = f'"{term.word}"' + ("*" if term.is_beginning else "")
    return "(" + " OR ".join((word, *(f'"{form}"' for form in forms_of(term)))) + ")"


def _trigrams(word: str) -> Iterable[str]:
    return dict.fromkeys(f'"{word[place : place + 3]}"' for place in range(len(word) - 2))


class PostgresIndex:
    """By vectors with inverted indexes, and by the trigrams of `pg_trgm`."""

    def holds(self, terms: Sequence[Term]) -> ColumnElement[bool]:
        """As `TextIndex`; the migration has the same expression in an index."""
        return _found(_matches(_UNSPOKEN.op("||")(SearchDocument.caption_words), terms))

    def holds_in_title(self, terms: Sequence[Term]) -> ColumnElement[bool]:
        """As `TextIndex`; this one, too."""
        return _matches(as_vector(SearchDocument.title), terms)

    def holds_unspoken(self, terms: Sequence[Term]) -> ColumnElement[bool]:
        """As `TextIndex`."""
        return _matches(_UNSPOKEN, terms)

    def list_near(self, session: Session, words: Sequence[str]) -> list[str]:
        """As `TextIndex`."""
        looks = _near_by_trigrams(words) if has_trigrams(session) else _near_by_beginning(words)
        return list(session.scalars(union_all(*looks)))

    def titled(self, term: Term) -> Select[int]:
        """As `TextIndex`; any of them: putting all in order would cost more than they are worth."""
        return select(SearchDocument.video_id).where(self.holds_in_title([term]))

    def leave_out_common(self, session: Session, terms: Sequence[Term]) -> list[Term]:
        """As `TextIndex`, by what the planner knows of the words in the texts, which are more than in the titles."""
        forms = {form for term in terms for form in (term.word, *forms_of(term))}
        common = set(session.scalars(_COMMON, {"forms": sorted(forms), "share": COMMON_SHARE, "most": MOST_BY_SCAN}))
        return [term for term in terms if common.isdisjoint((term.word, *forms_of(term)))]


def _near_by_trigrams(words: Sequence[str]) -> list[Select[str]]:
    known = SearchWord.word
    looks = [select(known).order_by(known.op("<->")(word)).limit(MOST_NEAR) for word in words]
    looks += [select(known).where(known.contains(word, autoescape=True)).limit(MOST_NEAR) for word in words]
    return [select(look.subquery().c.word) for look in looks]


def _near_by_beginning(words: Sequence[str]) -> list[Select[str]]:
    """Without `pg_trgm`: who mistypes the first letter is not understood."""
    known = SearchWord.word
    looks = [
        select(known)
        .where(known.between(word[:1], word[:1] + LAST), func.char_length(known).between(len(word) - 2, len(word) + 2))
        .limit(MOST_BEGINNING)
        for word in words
    ]
    return [select(look.subquery().c.word) for look in looks]


COMMON_SHARE = 0.01
"""A word that is in more than this share of the texts is common,"""
MOST_BY_SCAN = 20_000
"""where there are more texts than these: fewer are looked at in a moment."""
_COMMON = text("""
SELECT known.word
FROM pg_stats, pg_class,
     LATERAL unnest(most_common_elems::text::text[], most_common_elem_freqs) AS known (word, share)
WHERE pg_stats.tablename = 'search_documents' AND pg_stats.attname = 'text_words'
  AND pg_stats.schemaname = current_schema() AND pg_class.oid = 'search_documents'::regclass
  AND known.word = ANY (:forms) AND known.share > :share AND pg_class.reltuples > :most
""")

_UNSPOKEN: ColumnElement[str] = SearchDocument.text_words.op("||")(as_vector(SearchDocument.channel))


def _matches(vector: ColumnElement[str], terms: Sequence[Term]) -> ColumnElement[bool]:
    wanted = " & ".join(_format_for_postgres(term) for term in terms)
    return vector.op("@@", is_comparison=True)(cast(wanted, TSQUERY))


def _found(matches: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same as a condition by which rows are found: PostgreSQL is told what it costs to look into a row.

    It takes that for cheap, and rather walks over tens of thousands of rows than asks the index. The function is true,
    has its price, and is called for what matches alone; see the migration 0020.
    """
    return and_(matches, func.vod_looked_into(SearchDocument.video_id, type_=Boolean))


def _format_for_postgres(term: Term) -> str:
    """The words are in quotes, and none has a quote or a backslash in it."""
    word = f"'{term.word}'" + (":*" if term.is_beginning else "")
    return "(" + " | ".join((word, *(f"'{form}'" for form in forms_of(term)))) + ")"
