"""How does PostgreSQL find words? By vectors with inverted indexes, and by the trigrams of `pg_trgm`."""

import math
from collections.abc import Sequence

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    String,
    and_,
    cast,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from vod_web.db.fulltext import as_vector, has_trigrams
from vod_web.db.lists import is_one_of
from vod_web.models import SearchDocument, SearchWord, Video
from vod_web.services.search.nearness import MOST_NEAR, look_by_beginning
from vod_web.services.search.reading import is_in, is_other_title
from vod_web.services.search.sought import Columns, Commonness, Place, RowId, Sought
from vod_web.services.search.statistics import Shares, word_statistics
from vod_web.services.search.terms import Term, exactly, forms_of, without_beginnings

COMMON_SHARE = 0.01
"""A word that is in more than this share of the texts is common."""
_FOUND_BY_INDEX = "found_by_index"
_FOUND: ColumnElement[int] = literal_column(f"{_FOUND_BY_INDEX}.video_id", Integer)
EMPTY_VECTOR_BYTES = 8
"""At most; a vector with a word takes 10."""

RANGED_SHARE = 0.004
"""From here on, the newest are looked for in the newest ranges: finding all would be to read thousands of documents."""
WALKED_SHARE = 0.01
"""Where a larger share of all videos has it, a page is full before many were looked into."""
USUAL_SHARE = 0.002
"""Of a word that a larger share of all videos has, longer ones are not looked for: the index would read all of its
places, not only those where the other words are, too; 47 ms instead of 4 for two words in a million videos."""
_TITLE: ColumnElement[str] = as_vector(SearchDocument.title)
_UNSPOKEN: ColumnElement[str] = SearchDocument.text_words.op("||")(as_vector(SearchDocument.channel))


class PostgresIndex:
    """By vectors with inverted indexes, and by the trigrams of `pg_trgm`."""

    def weigh(self, session: Session, terms: Sequence[Term], labels: Sequence[str]) -> Commonness:
        """As `TextIndex`, by the statistics from which the planner takes what it thinks."""
        known = word_statistics(session)
        usual = frozenset(term.word for term in terms if known.anywhere.by_word.get(term.word, 0.0) >= USUAL_SHARE)
        labelled = math.prod(known.anywhere.by_word.get(label, 0.0) for label in labels)
        share = labelled * _share(known.anywhere, without_beginnings(terms, usual))
        exact, begun = (labelled * _share(known.in_titles, one) for one in (exactly(terms), terms))
        return Commonness(share, exact, begun, share * known.rows, usual)

    def narrow(self, wanted: Select[*Columns], sought: Sought) -> Select[*Columns]:
        """As `TextIndex`: by the inverted index, or by looking into one row after the other where every few have it."""
        if sought.place is Place.WHOLE_TITLE:
            return wanted.where(SearchDocument.title.in_(sought.whole))
        holds, besides = self._is_there(sought), self._besides(sought)
        if not _is_sorted_first(sought):
            return wanted.where(holds, besides)
        found = select(SearchDocument.video_id).where(holds)
        by_index = found.order_by(SearchDocument.video_id.desc()).offset(0).subquery(_FOUND_BY_INDEX)
        return wanted.join(by_index, by_index.c.video_id == Video.id).where(besides)

    def _is_there(self, sought: Sought) -> ColumnElement[bool]:
        """Whether the words are in that place; with labels, by the index of all words, which has the labels."""
        is_in_title = sought.place is Place.TITLE and not sought.labels
        if is_in_title and _is_walk(sought):
            return _matches(_TITLE, sought.terms)
        if is_in_title:
            return _found(_matches(_TITLE, sought.terms))
        if sought.place is Place.TITLE and _is_walk(sought):
            return true()
        return _looked_into(sought.terms) if _is_walk(sought) else self.holds(sought)

    def _besides(self, sought: Sought) -> ColumnElement[bool]:
        """What is read of the rows that are found."""
        title = SearchDocument.title
        if sought.place is Place.ELSEWHERE:
            return not_(is_in(title, exactly(sought.terms), func.strpos))
        if sought.place is Place.TITLE:
            is_there = is_in(title, sought.terms, func.strpos) if sought.labels else true()
            return and_(is_there, is_other_title(sought))
        return true()

    def row_id(self, sought: Sought) -> RowId:
        """As `TextIndex`; as a sum where rows are to be found first and then sorted, not walked over in this order."""
        if _is_sorted_first(sought):
            return _FOUND
        is_walk = _is_walk(sought) and not sought.is_among_few
        return SearchDocument.video_id if is_walk else SearchDocument.video_id + 0

    def prefers_ranges(self, sought: Sought) -> bool:
        """As `TextIndex`: of what is rarer there is less to read, and what is more common is walked over."""
        return sought.place is Place.ELSEWHERE and RANGED_SHARE <= sought.share < WALKED_SHARE

    def is_spoken(self) -> ColumnElement[bool]:
        """As `TextIndex`, by the size in the row: reading the vector itself, which lies elsewhere, takes 0.2 ms."""
        return func.pg_column_size(SearchDocument.caption_words) > EMPTY_VECTOR_BYTES

    def unspoken_among(self, session: Session, terms: Sequence[Term], ids: Sequence[int]) -> set[int]:
        """As `TextIndex`."""
        of_these = is_one_of(SearchDocument.video_id, ids)
        return set(session.scalars(select(SearchDocument.video_id).where(of_these, _matches(_UNSPOKEN, terms))))

    def holds(self, sought: Sought) -> ColumnElement[bool]:
        """Whether the video holds all of it, wherever; the migration has the same expression in an index."""
        ranges = [" | ".join(f"'{one}'" for one in sought.ranges)] if sought.ranges else []
        labels = [f"'{label}'" for label in sought.labels]
        return _found(_matches(_UNSPOKEN.op("||")(SearchDocument.caption_words), sought.terms, *labels, *ranges))

    def list_near(self, session: Session, words: Sequence[str]) -> list[str]:
        """As `TextIndex`."""
        looks = _near_by_trigrams(words) if has_trigrams(session) else look_by_beginning(words)
        return list(session.scalars(union_all(*looks)))

    def titled(self, wanted: ColumnElement[str]) -> Select[int]:
        """As `TextIndex`; any of them: putting all in order would cost more than they are worth."""
        matches = _TITLE.op("@@", is_comparison=True)(cast(wanted, TSQUERY))
        return select(SearchDocument.video_id).where(_found(matches))

    def in_words(self, term: Term) -> str:
        """As `TextIndex`."""
        return _format_for_postgres(term)

    def leave_out_common(self, session: Session, terms: Sequence[Term]) -> list[Term]:
        """As `TextIndex`, by what the planner knows of the words in the texts, which are more than in the titles."""
        shares = word_statistics(session).anywhere
        return [term for term in terms if shares.of_term(term) < COMMON_SHARE]


def _is_walk(sought: Sought) -> bool:
    return sought.share >= WALKED_SHARE


def _is_sorted_first(sought: Sought) -> bool:
    """Whether what the index finds is put in order before anything else is asked of it, or all would be looked up."""
    return sought.place is not Place.WHOLE_TITLE and not _is_walk(sought) and not sought.is_among_few


def _near_by_trigrams(words: Sequence[str]) -> list[Select[str]]:
    known = SearchWord.word
    looks = [select(known).order_by(known.op("<->")(word)).limit(MOST_NEAR) for word in words]
    looks += [select(known).where(known.contains(word, autoescape=True)).limit(MOST_NEAR) for word in words]
    return [select(look.subquery().c.word) for look in looks]


def _share(shares: Shares, terms: Sequence[Term]) -> float:
    """The share of what holds all terms, as if none went with another."""
    return math.prod(shares.of_term(term) for term in terms)


def _looked_into(terms: Sequence[Term]) -> ColumnElement[bool]:
    """The same as `PostgresIndex.holds`, without putting vectors together, which takes longer than searching them."""
    parts = (SearchDocument.text_words, as_vector(SearchDocument.channel), SearchDocument.caption_words)
    return and_(*(or_(*(_matches(part, [term]) for part in parts)) for term in terms))


def _matches(vector: SQLColumnExpression[str], terms: Sequence[Term], *others: str) -> ColumnElement[bool]:
    """Whether a vector holds all terms, and what else is asked of it in PostgreSQL's own words.

    They stand in the statement itself, so that it is planned for them: a plan for any words is a bad one for most.
    """
    wanted = " & ".join((*(_format_for_postgres(term) for term in terms), *(f"({other})" for other in others)))
    return vector.op("@@", is_comparison=True)(cast(literal(wanted, String, literal_execute=True), TSQUERY))


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
