"""How do SQLite and PostgreSQL find words? What differs between them, behind one interface."""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    String,
    and_,
    cast,
    column,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    table,
    text,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from vod_web.db.fulltext import as_vector, has_trigrams
from vod_web.models import SearchDocument, SearchWord, Video
from vod_web.services.search.sought import PLENTY, Columns, Commonness, Place, RowId, Sought, TextIndex
from vod_web.services.search.statistics import Shares, word_statistics
from vod_web.services.search.terms import Term, exactly, forms_of, without_beginnings

MOST_NEAR = 60
"""Of the words that look like a typed one, so many are looked at more closely."""
FEW_LETTERS = 4
"""In so short a word, one mistake may leave no three letters as they were."""
MOST_BEGINNING = 2000
"""The same where nothing but their beginning says which ones look like it."""
LAST = "\U0010ffff"
"""Comes after all words, in the order of bytes."""


def text_index(session: Session) -> TextIndex:
    """The one of this session's database."""
    if session.get_bind().dialect.name == "sqlite":
        return SqliteIndex()
    return PostgresIndex()


def _is_other(sought: Sought) -> ColumnElement[bool]:
    """Whether the title is not one of those that are looked for by themselves."""
    is_title = sought.place is Place.TITLE and sought.whole
    return SearchDocument.title.not_in(sought.whole) if is_title else true()


class SqliteIndex:
    """By FTS5: `fts_documents` indexes `search_documents`, `fts_words` the trigrams of `search_words`."""

    def weigh(self, session: Session, terms: Sequence[Term]) -> Commonness:
        """As `TextIndex`: FTS5 counts them, as far as that matters."""
        some = _rows_matching("", terms).limit(PLENTY).subquery()
        return Commonness(expected=session.scalar(select(func.count()).select_from(some)) or 0)

    def narrow(self, wanted: Select[*Columns], sought: Sought) -> Select[*Columns]:
        """As `TextIndex`: row by row as FTS5 finds them, by a list of all that it finds, or by reading the texts."""
        if sought.place is Place.WHOLE_TITLE:
            return wanted.where(SearchDocument.title.in_(sought.whole))
        if sought.is_among_few and sought.common.expected >= PLENTY:
            return wanted.where(_reads(sought), _is_other(sought))
        if sought.is_among_few:
            return wanted.where(Video.id.in_(select(_FTS.c.rowid).where(_matches_fts5(sought))), _is_other(sought))
        return wanted.join(_FTS, Video.id == _NOT_BY_ROW).where(_matches_fts5(sought), _is_other(sought))

    def row_id(self, sought: Sought) -> RowId:
        """As `TextIndex`; FTS5 finds in the order of its own row ids."""
        return Video.id if sought.is_among_few or sought.place is Place.WHOLE_TITLE else _FTS.c.rowid

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
        return [*found, *session.scalars(union_all(*_near_by_beginning(short)))] if short else found

    def titled(self, term: Term) -> Select[int]:
        """As `TextIndex`; the newest, in whose order FTS5 finds them."""
        return _rows_matching("{title} : ", [term]).order_by(_FTS.c.rowid.desc())

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
        Place.TITLE: f"{{title}} : {anywhere}",
        Place.ELSEWHERE: f"{anywhere} NOT {in_title}",
    }
    return _FTS.c.fts_documents.op("MATCH", is_comparison=True)(wanted[sought.place])


def _format_all_for_fts5(terms: Sequence[Term]) -> str:
    """The words are in quotes, and none has a quote in it: nothing that was typed is read as an operator."""
    return " AND ".join(_format_for_fts5(term) for term in terms)


def _reads(sought: Sought) -> ColumnElement[bool]:
    """The same as a condition on a row that is there already: by looking into its texts."""
    if sought.place is Place.TITLE:
        return _is_in(SearchDocument.title, sought.terms, func.instr)
    title = _is_in(SearchDocument.title, exactly(sought.terms), func.instr)
    parts = (SearchDocument.text_words, SearchDocument.channel, SearchDocument.caption_words)
    anywhere = and_(*(or_(*(_is_in(part, [term], func.instr) for part in parts)) for term in sought.terms))
    return and_(anywhere, not_(title)) if sought.place is Place.ELSEWHERE else anywhere


def _is_in(
    words: SQLColumnExpression[str], terms: Sequence[Term], place: Callable[..., ColumnElement[int]]
) -> ColumnElement[bool]:
    """Whether a text holds all of the terms; `place` is the database's function for where a part of a text is."""
    text = literal(" ").concat(words).concat(" ")
    forms = (
        [f" {term.word}" + " " * (not term.is_beginning), *(f" {form} " for form in forms_of(term))] for term in terms
    )
    return and_(*(or_(*(place(text, form) > 0 for form in each)) for each in forms))


def _rows_matching(columns: str, terms: Sequence[Term]) -> Select[int]:
    wanted = f"{columns}({_format_all_for_fts5(terms)})"
    return select(_FTS.c.rowid).where(_FTS.c.fts_documents.op("MATCH")(wanted))


def _format_for_fts5(term: Term) -> str:
    word = f'"{term.word}"' + ("*" if term.is_beginning else "")
    return "(" + " OR ".join((word, *(f'"{form}"' for form in forms_of(term)))) + ")"


def _trigrams(word: str) -> Iterable[str]:
    return dict.fromkeys(f'"{word[place : place + 3]}"' for place in range(len(word) - 2))


class PostgresIndex:
    """By vectors with inverted indexes, and by the trigrams of `pg_trgm`."""

    def weigh(self, session: Session, terms: Sequence[Term]) -> Commonness:
        """As `TextIndex`, by the statistics from which the planner takes what it thinks."""
        known = word_statistics(session)
        usual = frozenset(term.word for term in terms if known.anywhere.by_word.get(term.word, 0.0) >= USUAL_SHARE)
        share = _share(known.anywhere, without_beginnings(terms, usual))
        titles = known.in_titles
        return Commonness(share, _share(titles, exactly(terms)), _share(titles, terms), share * known.rows, usual)

    def narrow(self, wanted: Select[*Columns], sought: Sought) -> Select[*Columns]:
        """As `TextIndex`: by the inverted index, or by looking into one row after the other where every few have it."""
        is_walk = sought.share >= WALKED_SHARE
        if sought.place is Place.WHOLE_TITLE:
            return wanted.where(SearchDocument.title.in_(sought.whole))
        if sought.place is Place.TITLE:
            in_title = _matches(_TITLE, sought.terms)
            return wanted.where(in_title if is_walk else _found(in_title), _is_other(sought))
        if sought.place is Place.ELSEWHERE:
            return self._elsewhere(wanted, sought, is_walk=is_walk)
        return wanted.where(_looked_into(sought.terms) if is_walk else self.holds(sought.terms))

    def _elsewhere(self, wanted: Select[*Columns], sought: Sought, *, is_walk: bool) -> Select[*Columns]:
        """What the index finds is put in order before anything else is asked of it, or all of it would be read."""
        in_title = partial(_is_in, terms=exactly(sought.terms), place=func.strpos)
        if is_walk or sought.is_among_few:
            holds = _looked_into(sought.terms) if is_walk else self.holds(sought.terms)
            return wanted.where(holds, not_(in_title(SearchDocument.title)))
        found = select(SearchDocument.video_id, SearchDocument.title).where(self.holds(sought.terms))
        by_index = found.order_by(SearchDocument.video_id.desc()).offset(0).subquery(_FOUND_BY_INDEX)
        return wanted.join(by_index, by_index.c.video_id == Video.id).where(not_(in_title(by_index.c.title)))

    def row_id(self, sought: Sought) -> RowId:
        """As `TextIndex`; as a sum where rows are to be found first and then sorted, not walked over in this order."""
        is_walk = sought.share >= WALKED_SHARE and not sought.is_among_few
        if sought.place is Place.ELSEWHERE and not is_walk and not sought.is_among_few:
            return _FOUND
        return SearchDocument.video_id if is_walk else SearchDocument.video_id + 0

    def is_spoken(self) -> ColumnElement[bool]:
        """As `TextIndex`, by the size in the row: reading the vector itself, which lies elsewhere, takes 0.2 ms."""
        return func.pg_column_size(SearchDocument.caption_words) > EMPTY_VECTOR_BYTES

    def unspoken_among(self, session: Session, terms: Sequence[Term], ids: Sequence[int]) -> set[int]:
        """As `TextIndex`."""
        of_these = SearchDocument.video_id.in_(ids)
        return set(session.scalars(select(SearchDocument.video_id).where(of_these, _matches(_UNSPOKEN, terms))))

    def holds(self, terms: Sequence[Term]) -> ColumnElement[bool]:
        """Whether the video holds all of the terms, wherever; the migration has the same expression in an index."""
        return _found(_matches(_UNSPOKEN.op("||")(SearchDocument.caption_words), terms))

    def list_near(self, session: Session, words: Sequence[str]) -> list[str]:
        """As `TextIndex`."""
        looks = _near_by_trigrams(words) if has_trigrams(session) else _near_by_beginning(words)
        return list(session.scalars(union_all(*looks)))

    def titled(self, term: Term) -> Select[int]:
        """As `TextIndex`; any of them: putting all in order would cost more than they are worth."""
        return select(SearchDocument.video_id).where(_matches(_TITLE, [term]))

    def leave_out_common(self, session: Session, terms: Sequence[Term]) -> list[Term]:
        """As `TextIndex`, by what the planner knows of the words in the texts, which are more than in the titles."""
        shares = word_statistics(session).anywhere
        return [term for term in terms if shares.of_term(term) < COMMON_SHARE]


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
"""A word that is in more than this share of the texts is common."""
_FOUND_BY_INDEX = "found_by_index"
_FOUND: ColumnElement[int] = literal_column(f"{_FOUND_BY_INDEX}.video_id", Integer)
EMPTY_VECTOR_BYTES = 8
"""At most; a vector with a word takes 10."""

WALKED_SHARE = 0.01
"""Where a larger share of all videos has it, a page is full before many were looked into."""
USUAL_SHARE = 0.002
"""Of a word that a larger share of all videos has, longer ones are not looked for: the index would read all of its
places, not only those where the other words are, too; 47 ms instead of 4 for two words in a million videos."""
_TITLE: ColumnElement[str] = as_vector(SearchDocument.title)
_UNSPOKEN: ColumnElement[str] = SearchDocument.text_words.op("||")(as_vector(SearchDocument.channel))


def _share(shares: Shares, terms: Sequence[Term]) -> float:
    """The share of what holds all terms, as if none went with another."""
    return math.prod(shares.of_term(term) for term in terms)


def _looked_into(terms: Sequence[Term]) -> ColumnElement[bool]:
    """The same as `PostgresIndex.holds`, without putting vectors together, which takes longer than searching them."""
    parts = (SearchDocument.text_words, as_vector(SearchDocument.channel), SearchDocument.caption_words)
    return and_(*(or_(*(_matches(part, [term]) for part in parts)) for term in terms))


def _matches(vector: SQLColumnExpression[str], terms: Sequence[Term]) -> ColumnElement[bool]:
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
