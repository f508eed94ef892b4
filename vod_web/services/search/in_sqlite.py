"""How does SQLite find words? By FTS5: `fts_documents` has the texts of videos, `fts_words` the trigrams of words."""

from collections.abc import Iterable, Sequence

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    column,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    table,
    text,
    union_all,
)
from sqlalchemy.orm import Session

from vod_web.models import SearchDocument, Video
from vod_web.services.search.nearness import MOST_NEAR, look_by_beginning
from vod_web.services.search.reading import is_in, is_other_title
from vod_web.services.search.sought import PLENTY, Columns, Commonness, Place, RowId, Sought
from vod_web.services.search.terms import Term, exactly, forms_of, without_beginnings

USUAL = 500
"""Of a word that so many videos have, longer ones are not looked for: FTS5 first makes one list of all that begin
so, which takes 10 ms instead of 0.5 for a word that half of 100,000 videos have. Its stem finds other forms of it."""
FEW_LETTERS = 4
"""In so short a word, one mistake may leave no three letters as they were."""


class SqliteIndex:
    """By FTS5, which finds in the order of the row ids, so that the newest come first at once."""

    def weigh(self, session: Session, terms: Sequence[Term], labels: Sequence[str]) -> Commonness:
        """As `TextIndex`: FTS5 counts them, as far as that matters."""
        usual = self._find_usual(session, terms)
        sought = without_beginnings(terms, usual)
        some = _rows_matching(_with_labels(_format_all_for_fts5(sought), labels)).limit(PLENTY).subquery()
        return Commonness(expected=session.scalar(select(func.count()).select_from(some)) or 0, usual=usual)

    def _find_usual(self, session: Session, terms: Sequence[Term]) -> frozenset[str]:
        counts = []
        for term in (term for term in terms if term.is_beginning):
            some = _rows_matching(f'"{term.word}"').limit(USUAL).subquery()
            counts.append(select(literal(term.word), func.count()).select_from(some))
        found = session.execute(union_all(*counts)) if counts else ()
        return frozenset(word for word, count in found if count == USUAL)

    def narrow(self, wanted: Select[*Columns], sought: Sought) -> Select[*Columns]:
        """As `TextIndex`: row by row as FTS5 finds them, by a list of all that it finds, or by reading the texts."""
        if sought.place is Place.WHOLE_TITLE:
            return wanted.where(SearchDocument.title.in_(sought.whole))
        if sought.is_among_few and sought.common.expected >= PLENTY:
            return wanted.where(_reads(sought), is_other_title(sought))
        if sought.is_among_few:
            return wanted.where(Video.id.in_(select(_FTS.c.rowid).where(_matches_fts5(sought))), is_other_title(sought))
        return wanted.join(_FTS, Video.id == _NOT_BY_ROW).where(_matches_fts5(sought), is_other_title(sought))

    def row_id(self, sought: Sought) -> RowId:
        """As `TextIndex`; FTS5 finds in the order of its own row ids."""
        return Video.id if sought.is_among_few or sought.place is Place.WHOLE_TITLE else _FTS.c.rowid

    def prefers_ranges(self, _sought: Sought) -> bool:
        """As `TextIndex`: FTS5 begins with the newest anyhow."""
        return False

    def is_spoken(self) -> ColumnElement[bool]:
        """As `TextIndex`."""
        return SearchDocument.caption_words != ""

    def unspoken_among(self, session: Session, terms: Sequence[Term], ids: Sequence[int]) -> set[int]:
        """As `TextIndex`; FTS5 must not look each row up by itself, for which it reads the terms anew."""
        wanted = f"{{title channel text_words}} : ({_format_all_for_fts5(terms)})"
        found = select(_FTS.c.rowid).where(_FTS.c.fts_documents.op("MATCH")(wanted), _NOT_BY_ROW.in_(ids))
        return set(session.scalars(found))

    def list_near(self, session: Session, words: Sequence[str]) -> list[str]:
        """As `TextIndex`; words stand between `^` and `$`, so that their first and last letters count more."""
        near = "SELECT * FROM (SELECT word FROM fts_words WHERE fts_words MATCH :w{} ORDER BY rank LIMIT {})"
        statement = " UNION ALL ".join(near.format(number, MOST_NEAR) for number in range(len(words)))
        wanted = {f"w{number}": " OR ".join(_trigrams(f"^{word}$")) for number, word in enumerate(words)}
        found = [found[1:-1] for found in session.scalars(text(statement), wanted)]
        short = [word for word in words if len(word) <= FEW_LETTERS]
        return [*found, *session.scalars(union_all(*look_by_beginning(short)))] if short else found

    def titled(self, wanted: ColumnElement[str]) -> Select[int]:
        """As `TextIndex`; the newest, in whose order FTS5 finds them."""
        return _rows_matching(literal("{title} : ").concat(wanted)).order_by(_FTS.c.rowid.desc())

    def in_words(self, term: Term) -> str:
        """As `TextIndex`."""
        return _format_for_fts5(term)

    def leave_out_common(self, session: Session, terms: Sequence[Term]) -> list[Term]:
        """As `TextIndex`: FTS5 stops at a limit however many there are."""
        return list(terms)


_FTS = table("fts_documents", column("rowid", Integer), column("fts_documents", String))
_NOT_BY_ROW: ColumnElement[int] = literal_column("+fts_documents.rowid", Integer)
"""The same id, by which SQLite does not look rows up: FTS5 reads the terms anew for each."""


def _matches_fts5(sought: Sought) -> ColumnElement[bool]:
    in_title = f"({{title}} : ({_format_all_for_fts5(exactly(sought.terms))}))"
    anywhere = f"({_format_all_for_fts5(sought.terms)})"
    wanted = {
        Place.ANYWHERE: anywhere,
        Place.TITLE: f"({{title}} : {anywhere})",
        Place.ELSEWHERE: f"({anywhere} NOT {in_title})",
    }
    return _FTS.c.fts_documents.op("MATCH", is_comparison=True)(_with_labels(wanted[sought.place], sought.labels))


def _with_labels(wanted: str, labels: Sequence[str]) -> str:
    return " AND ".join((wanted, *(f'"{label}"' for label in labels)))


def _format_all_for_fts5(terms: Sequence[Term]) -> str:
    """The words are in quotes, and none has a quote in it: nothing that was typed is read as an operator."""
    return " AND ".join(_format_for_fts5(term) for term in terms)


def _reads(sought: Sought) -> ColumnElement[bool]:
    """The same as a condition on a row that is there already: by looking into its texts."""
    if sought.place is Place.TITLE:
        return is_in(SearchDocument.title, sought.terms, func.instr)
    title = is_in(SearchDocument.title, exactly(sought.terms), func.instr)
    parts = (SearchDocument.text_words, SearchDocument.channel, SearchDocument.caption_words)
    anywhere = and_(*(or_(*(is_in(part, [term], func.instr) for part in parts)) for term in sought.terms))
    return and_(anywhere, not_(title)) if sought.place is Place.ELSEWHERE else anywhere


def _rows_matching(wanted: str | ColumnElement[str]) -> Select[int]:
    return select(_FTS.c.rowid).where(_FTS.c.fts_documents.op("MATCH")(wanted))


def _format_for_fts5(term: Term) -> str:
    word = f'"{term.word}"' + ("*" if term.is_beginning else "")
    return "(" + " OR ".join((word, *(f'"{form}"' for form in forms_of(term)))) + ")"


def _trigrams(word: str) -> Iterable[str]:
    return dict.fromkeys(f'"{word[place : place + 3]}"' for place in range(len(word) - 2))
