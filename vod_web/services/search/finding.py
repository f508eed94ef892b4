"""Which videos answer what somebody typed, and which of them come on which page?

First those are looked at that hold all words (`MOST_RANKED` of them at most). Are there none, then words that are
nearly those that were typed will do. What is found is ranked; where it is more than can be ranked in a moment, the
newest come first: those with all words in their title, then the others. Which way it was is in the cursor, so that
a list goes on as it began, whatever is published meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Integer, Select, literal, not_, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption

from vod_web.db.session import current_session
from vod_web.models import SearchDocument, SearchWord, Video
from vod_web.services.paging import Found, Order, cursor_of, cut_page, find_page, name_in_cursor
from vod_web.services.search.databases import TextIndex, text_index
from vod_web.services.search.nearness import choose_meant
from vod_web.services.search.ranking import Candidate, score
from vod_web.services.search.terms import Term, exactly, loosen, read_terms

MOST_RANKED = 1000
RELEVANCE = "relevance"
LOOSE = "~"
"""Ends the names of orders in which words that are nearly those that were typed will do."""
TITLES_FIRST, OTHERS_AFTER = "relevance-titles", "relevance-others"


Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class Question:
    """What is asked of the index: the words, and which videos may be found at all."""

    query: str
    audience: Sequence[ColumnElement[bool]]
    """Conditions on videos: who asks, and what the filters leave."""
    options: Sequence[ORMOption]
    """What is to be loaded with the videos."""
    cursor: str | None
    limit: int


@dataclass(frozen=True)
class Answer:
    """What was found."""

    page: Found[Video]
    count: int
    """On all pages, up to `MOST_RANKED` + 1, which stands for more; of a page after the first not always known."""
    terms: tuple[Term, ...]
    is_loose: bool
    """Whether nothing holds the words as they were typed."""


def find_videos(question: Question, order: Order | None = None) -> Answer:
    """One page of the videos that answer the question, in the given order or by relevance."""
    session = current_session()
    terms = read_terms(question.query)
    if not terms:
        return Answer(Found([], None), 0, (), False)
    search = _Search(session, text_index(session), question, terms)
    begun = name_in_cursor(question.cursor) if question.cursor else ""
    candidates = [] if begun.endswith(LOOSE) else search.look()
    if not candidates and (not begun or begun.endswith(LOOSE)):
        search = search.loosened()
        candidates = search.look()
    page = search.page_in(order) if order else search.page_by_relevance(begun, candidates)
    return Answer(page, len(candidates), search.terms, search.is_loose)


@dataclass(frozen=True)
class _Search:
    """A question to one database, in one reading of its words."""

    session: Session
    index: TextIndex
    question: Question
    terms: tuple[Term, ...]
    is_loose: bool = False

    def loosened(self) -> "_Search":
        """The same with words that were perhaps meant; those that are known already stay, unless all are."""
        typed = [term.word for term in self.terms]
        unknown = find_unknown(self.session, self.terms) or typed
        near = self.index.list_near(self.session, unknown)
        instead = {word: choose_meant(word, near) for word in unknown}
        return _Search(self.session, self.index, self.question, loosen(self.terms, instead), is_loose=True)

    def look(self) -> list[Candidate]:
        """What holds all terms, in any order; one more than can be ranked where there are more."""
        if self.is_loose and not any(term.instead for term in self.terms):
            return []
        columns = (SearchDocument.title, SearchDocument.tags, SearchDocument.channel, Video.published_at)
        wanted = select(Video.id, *columns, self.index.holds_unspoken(self.terms))
        rows = self.session.execute(self._narrowed(wanted, self.index.holds(self.terms)).limit(MOST_RANKED + 1))
        return [Candidate(*row) for row in rows]

    def page_in(self, order: Order) -> Found[Video]:
        """A page in an order that the database knows."""
        named = replace(order, name=order.name + LOOSE * self.is_loose)
        return self._page(self.index.holds(self.terms), named, self.question.cursor, self.question.limit)

    def page_by_relevance(self, begun: str, candidates: Sequence[Candidate]) -> Found[Video]:
        """A page of the ranked candidates, or of what is too much to be ranked."""
        name = RELEVANCE + LOOSE * self.is_loose
        if begun != name and (begun or len(candidates) > MOST_RANKED):
            return self._page_unranked(begun)
        ranked = sorted(((score(one, self.terms), one.video_id) for one in candidates), reverse=True)
        order = Order(name=name, by=literal(0, Integer), id=Video.id)
        cut = cut_page(ranked, order, cursor=self.question.cursor, limit=self.question.limit)
        return Found(self._load([video_id for _, video_id in cut.items]), cut.next)

    def _page_unranked(self, begun: str) -> Found[Video]:
        """The newest with all words in their title, then the newest others."""
        cursor, limit = self.question.cursor, self.question.limit
        in_title = self.index.holds_in_title(exactly(self.terms))
        others = self.index.holds(self.terms) & not_(in_title)
        titles_order, others_order = _newest_first(TITLES_FIRST), _newest_first(OTHERS_AFTER)
        if begun == OTHERS_AFTER:
            return self._page(others, others_order, cursor, limit)
        first = self._page(in_title, titles_order, cursor, limit)
        if first.next:
            return first
        left = limit - len(first.items)
        rest = self._page(others, others_order, None, max(left, 1))
        if left or not rest.items:
            return Found([*first.items, *rest.items], rest.next)
        last = first.items[-1]
        return Found(first.items, cursor_of(titles_order, last.id, last.id))

    def _page(self, holds: ColumnElement[bool], order: Order, cursor: str | None, limit: int) -> Found[Video]:
        wanted = self._narrowed(select(Video), holds).options(*self.question.options)
        return find_page(wanted, order, cursor=cursor, limit=limit)

    def _narrowed(self, wanted: Select[*Columns], holds: ColumnElement[bool]) -> Select[*Columns]:
        joined = wanted.join(SearchDocument, SearchDocument.video_id == Video.id)
        return joined.where(holds, *self.question.audience)

    def _load(self, ids: Sequence[int]) -> list[Video]:
        wanted = select(Video).where(Video.id.in_(ids)).options(*self.question.options)
        found = {one.id: one for one in self.session.scalars(wanted).unique()}
        return [found[video_id] for video_id in ids if video_id in found]


def find_unknown(session: Session, terms: Sequence[Term]) -> list[str]:
    """The words that no text of the site has, whoever may see it."""
    looks = [
        select(literal(term.word)).where(
            select(SearchWord.id).where(SearchWord.word >= term.word, SearchWord.word < end_of(term)).exists()
        )
        for term in terms
    ]
    known = set(session.scalars(union_all(*looks)))
    return [term.word for term in terms if term.word not in known]


def end_of(term: Term) -> str:
    """What comes after the word, or after all words that begin with it."""
    return after_all(term.word) if term.is_beginning else term.word + "\x01"


def after_all(beginning: str) -> str:
    """What comes after all texts with this beginning, in the order of bytes."""
    return beginning + "\U0010ffff"


def _newest_first(name: str) -> Order:
    """By the ids, in which both databases find the words: however many there are, a page costs the same."""
    return Order(name=name, by=Video.id, id=Video.id)
