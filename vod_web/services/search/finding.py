"""Which videos answer what somebody typed, and which of them come on which page?

First those are looked at that hold all words (`MOST_RANKED` of them at most). Are there none, then words that are
nearly those that were typed will do. What is found is ranked; where it is more than can be ranked in a moment, the
newest come first: of those whose title is what was typed, then of those with all words in it, then of the others.
Which way it was is in the cursor, so that a list goes on as it began, whatever is published meanwhile.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import ColumnElement, Integer, Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from vod_web.db.lists import is_one_of
from vod_web.db.session import current_session
from vod_web.models import SearchDocument, Video
from vod_web.services.paging import Found, Order, cursor_of, cut_page, find_page, name_in_cursor, row_in_cursor
from vod_web.services.search.databases import text_index
from vod_web.services.search.index import languages_of_texts
from vod_web.services.search.known_words import find_known
from vod_web.services.search.labels import newest_ranges
from vod_web.services.search.nearness import choose_meant
from vod_web.services.search.questions import Answer, Narrowing, Question
from vod_web.services.search.ranking import Candidate, score
from vod_web.services.search.reading import holds_all
from vod_web.services.search.sought import PLENTY, Columns, Commonness, Place, Sought, TextIndex
from vod_web.services.search.terms import Term, exactly, loosen, read_terms, without_beginnings
from vod_web.services.search.words import kept_words
from vod_web.services.videos import load_videos

MOST_RANKED = 500
RELEVANCE = "relevance"
LOOSE = "~"
"""Ends the names of orders in which words that are nearly those that were typed will do."""
UNRANKED = {
    "relevance-whole-titles": Place.WHOLE_TITLE,
    "relevance-titles": Place.TITLE,
    "relevance-others": Place.ELSEWHERE,
}
"""What comes one after the other, each the newest first, where it is more than can be ranked: by the cursors' names."""


def find_videos(question: Question, order: Order | None = None) -> Answer:
    """One page of the videos that answer the question, in the given order or by relevance."""
    session = current_session()
    languages = languages_of_texts(session)
    terms = read_terms(question.query, languages)
    if not terms:
        return Answer(Found([], None), 0, False, (), False)
    index = text_index(session)
    begun = name_in_cursor(question.cursor) if question.cursor else ""
    common = index.weigh(session, terms, question.labels)
    sought = without_beginnings(terms, common.usual)
    search = _Search(session, index, question, languages, sought, begun, common)
    if begun.endswith(LOOSE):
        search = search.loosened()
    looked = search.look()
    if looked.candidates == [] and not begun:
        search = search.loosened()
        looked = search.look()
    page = search.page_in(order, looked.candidates) if order else search.page_by_relevance(looked)
    count, has_more = search.count(looked, page)
    return Answer(page, count, has_more, search.terms, search.is_loose)


@dataclass(frozen=True)
class _Looked:
    """What was found at the first look."""

    candidates: list[Candidate] | None
    """What holds the terms; None where that is more than can be ranked, or nobody looked."""
    newest: Sequence[tuple[int, str]] = ()
    """Of more than can be ranked the newest, with the words of their titles."""
    has_more: bool = False
    """Whether there are, or may be, more than can be ranked. A list that began ranked goes on so, with the newest."""


@dataclass(frozen=True)
class _Search:
    """A question to one database, in one reading of its words."""

    session: Session
    index: TextIndex
    question: Question
    languages: Collection[str]
    """In which there are texts."""
    terms: tuple[Term, ...]
    begun: str
    """The order in which the list began, if this is not its first page."""
    common: Commonness
    is_loose: bool = False

    def loosened(self) -> "_Search":
        """The same with words that were perhaps meant; those that are known already stay, unless all are.

        Known is what is in a video that this audience may find: who mistypes a word must not learn of any other.
        """
        unknown = self._find_unknown() or [term.word for term in self.terms]
        near = self.index.list_near(self.session, unknown)
        instead = {word: choose_meant(word, near) for word in unknown}
        terms = loosen(self.terms, instead)
        common = self.index.weigh(self.session, terms, self.question.labels)
        return replace(self, terms=terms, common=common, is_loose=True)

    def _find_unknown(self) -> list[str]:
        """The words that none of the videos has which may be found."""
        somewhere = find_known(self.session, self.terms)
        maybe = [term for term in self.terms if term.word in somewhere]
        weights = {term: self.index.weigh(self.session, (term,), self.question.labels) for term in maybe}
        rare = [term for term in maybe if weights[term].expected < PLENTY]  # of more, some may be found by everybody
        looks = [select(literal(term.word)).where(self._is_found(term, weights[term])) for term in rare]
        found = set(self.session.scalars(union_all(*looks))) if looks else set()
        known = {term.word for term in maybe if term not in rare} | found
        return [term.word for term in self.terms if term.word not in known]

    def _is_found(self, term: Term, common: Commonness) -> ColumnElement[bool]:
        """Whether any of the videos has the term which may be found."""
        sought = Sought((term,), labels=self.question.labels, common=Commonness(expected=common.expected))
        return self._narrow(select(Video.id), sought).exists()

    def look(self) -> _Looked:
        """What holds all terms, the newest first."""
        if self.is_loose and not any(term.instead for term in self.terms):
            return _Looked([])
        if self._way in UNRANKED or self._is_plenty():
            return _Looked(None, has_more=True)
        texts = (SearchDocument.title, SearchDocument.tags, SearchDocument.channel)
        wanted = select(Video.id, *texts, Video.published_at, self.index.is_spoken())
        sought = self._by_index()
        found = self._narrow(wanted, sought).order_by(self.index.row_id(sought).desc()).limit(MOST_RANKED + 1)
        rows = self.session.execute(found).all()
        has_more = len(rows) > MOST_RANKED
        if has_more and self._way != RELEVANCE:
            return _Looked(None, [(row[0], row[1]) for row in rows], has_more)
        rows = rows[:MOST_RANKED]
        spoken = [row[0] for row in rows if row[-1]]
        by_captions = set(spoken) - self.index.unspoken_among(self.session, self.terms, spoken) if spoken else set()
        return _Looked(
            [
                Candidate(video_id, title, tags, channel, published_at, video_id not in by_captions)
                for video_id, title, tags, channel, published_at, _ in rows
            ],
            has_more=has_more,
        )

    def count(self, looked: _Looked, page: Found[Video]) -> tuple[int, bool]:
        """How many answer on all pages, and whether it is more than that."""
        if looked.candidates is not None:
            return len(looked.candidates), looked.has_more
        if looked.newest:
            return MOST_RANKED, True
        has_more = page.next is not None or bool(self.begun)
        return len(page.items), has_more  # nobody knows how many of the many this audience may find

    def page_in(self, order: Order, candidates: list[Candidate] | None) -> Found[Video]:
        """A page in an order that the database knows."""
        named = replace(order, name=order.name + LOOSE * self.is_loose)
        wanted = self._sorted_among_many() if candidates is None else self._among(candidates)
        found = find_page(wanted, named, cursor=self.question.cursor, limit=self.question.limit)
        return Found(load_videos(found.items, self.question.options), found.next)

    def page_by_relevance(self, looked: _Looked) -> Found[Video]:
        """A page of the ranked candidates, or of what is too much to be ranked."""
        name = RELEVANCE + LOOSE * self.is_loose
        if self._way != RELEVANCE and (self._way or looked.candidates is None):
            unranked = self._page_unranked(looked.newest)
            return Found(load_videos(unranked.items, self.question.options), unranked.next)
        ranked = sorted(((score(one, self.terms), one.video_id) for one in looked.candidates or []), reverse=True)
        order = Order(name=name, by=literal(0, Integer), id=Video.id)
        cut = cut_page(ranked, order, cursor=self.question.cursor, limit=self.question.limit)
        return Found(load_videos([video_id for _, video_id in cut.items], self.question.options), cut.next)

    def _is_plenty(self) -> bool:
        """Whether the terms are so common that nobody needs to look whether there are more than can be ranked."""
        is_narrow = self.question.narrowing is Narrowing.TO_FEW
        return self.common.expected >= PLENTY and not is_narrow and self._way != RELEVANCE

    @property
    def _way(self) -> str:
        """The order in which the list began, whether or not nearly those words will do."""
        return self.begun.removesuffix(LOOSE)

    def _page_unranked(self, newest: Sequence[tuple[int, str]]) -> Found[int]:
        """The ids of the newest of `UNRANKED`, from where the list has come to; `newest` are known already."""
        names = list(UNRANKED)
        cursor, limit = self.question.cursor, self.question.limit
        items: list[int] = []
        last = ""
        for name in names[names.index(self._way) if self._way in names else 0 :]:
            left = limit - len(items)
            known = self._cut_known(name, newest, max(left, 1)) if cursor is None else None
            found = known or self._newest(name, cursor, max(left, 1))
            if not left and found.items:
                return Found(items, cursor_of(self._newest_first(last), items[-1], items[-1]))
            if left and found.items:
                items, last = [*items, *found.items], name
            if found.next:
                return Found(items, found.next)
            cursor = None
        return Found(items, None)

    def _cut_known(self, name: str, newest: Sequence[tuple[int, str]], limit: int) -> Found[int] | None:
        """The beginning of the last part, where it is among those that are known; the others are sought by titles."""
        if UNRANKED[name] is not Place.ELSEWHERE:
            return None
        terms = exactly(self.terms)
        ids = [video_id for video_id, title in newest if not holds_all(title, terms)]
        if len(ids) <= limit:
            return None
        last = ids[limit - 1]
        return Found(ids[:limit], cursor_of(self._newest_first(name), last, last))

    def _newest(self, name: str, cursor: str | None, limit: int) -> Found[int]:
        """Among the newest videos, if a page of them is likely to be there; else among all."""
        sought, order = self._sought(UNRANKED[name]), self._newest_first(name)
        if self.index.prefers_ranges(sought):
            newest_id = row_in_cursor(order, cursor) if cursor else self._newest_id
            ranges = newest_ranges(newest_id, share=sought.share, wanted=limit)
            wanted = self._narrow(select(Video.id), replace(sought, ranges=ranges))
            found = find_page(wanted, order, cursor=cursor, limit=limit)
            if found.next or not ranges:
                return found
        return find_page(self._narrow(select(Video.id), sought), order, cursor=cursor, limit=limit)

    @cached_property
    def _newest_id(self) -> int:
        return self.session.scalar(select(func.max(SearchDocument.video_id))) or 0

    def _newest_first(self, name: str) -> Order:
        """By the ids, in which both databases find the words: however many there are, a page costs the same."""
        by = self.index.row_id(self._sought(UNRANKED[name]))
        return Order(name=name + LOOSE * self.is_loose, by=by, id=by)

    def _sought(self, place: Place) -> Sought:
        is_among_few = self.question.narrowing is Narrowing.TO_FEW
        terms = exactly(self.terms) if place is Place.TITLE else self.terms
        return Sought(
            terms,
            place,
            labels=self.question.labels,
            whole=self._whole_titles(),
            common=self.common,
            is_among_few=is_among_few,
        )

    def _whole_titles(self) -> list[str]:
        """What was typed, as it is kept where it is a title; the same words have other stems in other languages."""
        kept = (" ".join(kept_words(self.question.query, language)) for language in sorted(self.languages))
        return list(dict.fromkeys(kept))

    def _by_index(self) -> Sought:
        """Whatever share of all videos has the words: so many are wanted that a walk would be long."""
        return replace(self._sought(Place.ANYWHERE), common=Commonness(expected=self.common.expected))

    def _narrow(self, wanted: Select[*Columns], sought: Sought) -> Select[*Columns]:
        joined = wanted.join(SearchDocument, SearchDocument.video_id == Video.id)
        return self.index.narrow(joined, sought).where(*self.question.audience)

    def _sorted_among_many(self) -> Select[int]:
        return self._narrow(select(Video.id), replace(self._sought(Place.ANYWHERE), is_among_few=True))

    def _among(self, candidates: Sequence[Candidate]) -> Select[int]:
        return select(Video.id).where(is_one_of(Video.id, [one.video_id for one in candidates]))
