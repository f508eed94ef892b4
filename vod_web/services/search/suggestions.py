"""What may somebody want to find who has typed this so far?"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from vod_web.db.session import current_session
from vod_web.models import NameKind, SearchDocument, SearchName, Tag, User, Video
from vod_web.models.videos import video_tags
from vod_web.services.search.databases import text_index
from vod_web.services.search.index import languages_of_texts
from vod_web.services.search.known_words import after_all
from vod_web.services.search.marks import Markers, Piece, make_marker
from vod_web.services.search.ranking import Candidate, score
from vod_web.services.search.sought import Place, Sought
from vod_web.services.search.terms import Term, read_terms
from vod_web.services.search.words import words_of

SHORTEST = 2
"""One letter says nothing, and every second title has it."""
MOST_LOOKED_AT = 60
MOST_NAMES = 300
MOST_TITLES, MOST_TAGS, MOST_CHANNELS = 5, 3, 3
MOST_NAMES_OFFERED = 8
"""Of tags or channels, where nothing else is offered beside them."""


@dataclass(frozen=True)
class Suggestion:
    """A title, a tag or a channel."""

    pieces: list[Piece]
    """Its name, with what was typed marked."""
    key: str
    """The id of the video, the tag, or the user name."""


@dataclass(frozen=True)
class Suggestions:
    """What is shown under the search box."""

    titles: list[Suggestion]
    tags: list[Suggestion]
    channels: list[Suggestion]

    def __bool__(self) -> bool:
        return bool(self.titles or self.tags or self.channels)


NOTHING = Suggestions([], [], [])


def suggest(typed: str, audience: ColumnElement[bool]) -> Suggestions:
    """The titles that hold what was typed, the tags and channels with a word that begins so.

    `audience` says which videos may be found; tags and channels without any of them are not suggested either.
    """
    session = current_session()
    terms = read_terms(typed, languages_of_texts(session))
    if sum(len(term.word) for term in terms) < SHORTEST:
        return NOTHING
    beginning = " ".join(words_of(typed))
    return Suggestions(
        _titles(session, terms, audience),
        _names(session, _tags_like(beginning, audience), terms),
        _names(session, _channels_like(beginning, audience), terms),
    )


def suggest_names(kind: NameKind, typed: str, audience: ColumnElement[bool]) -> list[Suggestion]:
    """The tags, or the channels, with a word that begins with what was typed, for a field that takes nothing else."""
    beginning = " ".join(words_of(typed))
    if len(beginning) < SHORTEST:
        return []
    named = _LIKE[kind](beginning, audience).limit(MOST_NAMES_OFFERED)
    return _names(current_session(), named, read_terms(typed))


def _titles(session: Session, terms: tuple[Term, ...], audience: ColumnElement[bool]) -> list[Suggestion]:
    """The best of the newest titles."""
    columns = (SearchDocument.title, SearchDocument.tags, SearchDocument.channel, Video.published_at)
    wanted = select(Video.title, Video.public_id, Video.language, Video.id, *columns)
    wanted = wanted.join(SearchDocument, SearchDocument.video_id == Video.id)
    index = text_index(session)
    sought = Sought(terms, Place.TITLE, common=index.weigh(session, terms, ()))
    wanted = index.narrow(wanted, sought).where(audience)
    wanted = wanted.order_by(index.row_id(sought).desc()).limit(MOST_LOOKED_AT)
    ranked = []
    for title, key, language, video_id, words, tags, channel, published_at in session.execute(wanted):
        candidate = Candidate(video_id, words, tags, channel, published_at, is_unspoken=True)
        ranked.append((-score(candidate, terms), title, key, language))
    best: dict[str, Suggestion] = {}
    markers = Markers(terms)
    for _, title, key, language in sorted(ranked, key=lambda one: one[0]):
        best.setdefault(title, Suggestion(markers.for_language(language).mark(title), key))
    return list(best.values())[:MOST_TITLES]


def _tags_like(beginning: str, audience: ColumnElement[bool]) -> Select[str, str]:
    is_seen = select(Video.id).where(Video.id == video_tags.c.video_id, audience).correlate(video_tags)
    is_used = select(video_tags.c.video_id).where(video_tags.c.tag_id == Tag.id, is_seen.exists()).correlate(Tag)
    wanted = select(Tag.name, Tag.name.label("key")).where(
        Tag.id.in_(_named(NameKind.TAG, beginning).with_only_columns(SearchName.tag_id)), is_used.exists()
    )
    return wanted.order_by(Tag.name).limit(MOST_TAGS)


def _channels_like(beginning: str, audience: ColumnElement[bool]) -> Select[str, str]:
    has_any = select(Video.id).where(Video.owner_id == User.id, audience).correlate(User)
    wanted = select(User.display_name, User.username.label("key")).where(
        User.id.in_(_named(NameKind.CHANNEL, beginning).with_only_columns(SearchName.user_id)), has_any.exists()
    )
    return wanted.order_by(User.username_key).limit(MOST_CHANNELS)


def _named(kind: NameKind, beginning: str) -> Select[int]:
    is_like = SearchName.folded.between(beginning, after_all(beginning))
    return select(SearchName.id).where(SearchName.kind == kind, is_like).limit(MOST_NAMES)


def _names(session: Session, wanted: Select[str, str], terms: tuple[Term, ...]) -> list[Suggestion]:
    marker = make_marker(terms, None)
    return [Suggestion(marker.mark(name or key), key) for name, key in session.execute(wanted)]


_LIKE = {NameKind.TAG: _tags_like, NameKind.CHANNEL: _channels_like}
