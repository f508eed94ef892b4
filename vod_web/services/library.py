"""Which videos does a list hold: the newest ones, a channel's, what a search finds, one's own?

Lists show what is meant to be found: public videos, and internal ones to signed-in people. Unlisted and private
videos stand in their owner's lists alone.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true, union
from sqlalchemy.orm.interfaces import ORMOption

from vod_web.db.session import current_session
from vod_web.models import NameKind, SensitiveRule, User, Video, VideoStatus, Visibility
from vod_web.models.videos import video_tags
from vod_web.schemas.video_lists import MOST_PER_PAGE, SearchFilter, VideoFilter
from vod_web.services.mutes import find_muted, is_of_others
from vod_web.services.paging import Column, Found, Order, find_page, first_after
from vod_web.services.permissions import require_signed_in
from vod_web.services.search.finding import RELEVANCE, find_videos
from vod_web.services.search.questions import Answer, Question
from vod_web.services.search.suggestions import Suggestion, Suggestions, suggest
from vod_web.services.search.suggestions import suggest_names as search_names
from vod_web.services.sensitivity import is_not_hidden_by, rule_for
from vod_web.services.video_filters import conditions_of, is_narrowed, labels_by, look_up, narrowing_by
from vod_web.services.videos import AS_CARD, AS_HIT, AS_READ, is_public_id, load_videos, loading

MOST_COUNTED = 500
"""Counting stops here, as for searches: "more than 500" is read as well as a number that costs a walk over all rows."""

SORTED_BY: dict[str, Column] = {
    "created_at": Video.created_at,
    "published_at": Video.published_at,
    "title": func.lower(Video.title),
    "duration_s": Video.duration_s,
    "views": Video.view_count,
    "size_bytes": Video.source_bytes + Video.rendition_bytes,
}
MAY_BE_ABSENT = ("published_at", "duration_s")
ABSENT_IN_LISTED: tuple[str, ...] = ()
"""What is listed has been published; and PostgreSQL walks no index where absent values are to come last. So lists by
length leave out what has none, which nothing has for long that plays."""
NEWEST_FIRST = "-published_at"
"""The order of what answers no words, where relevance was asked for."""


def list_listed(actor: User | None, wanted: VideoFilter, *, options: Sequence[ORMOption] = AS_CARD) -> Found[Video]:
    """The videos that this person may find on the home page and by searching."""
    return _page(is_listed(actor), wanted, absent=ABSENT_IN_LISTED, options=options)


def list_videos(actor: User | None, wanted: VideoFilter) -> Found[Video]:
    """What this person may find, and everything of his or her own that is not in the bin."""
    if actor is None:
        return _page(is_listed(None), wanted, absent=ABSENT_IN_LISTED)
    if wanted.query:
        return _page(or_(is_listed(actor), _is_own(actor)), wanted)
    return _page_of_both(actor, wanted)


def list_own_videos(actor: User | None, wanted: VideoFilter) -> Found[Video]:
    """The person's own videos in all states but the bin.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    return _page(_is_own(require_signed_in(actor)), wanted, owner=actor)


def list_all(wanted: VideoFilter, sorted_by: dict[str, Column]) -> Found[Video]:
    """Everybody's videos in all states; who may see that is for the caller to ask."""
    return _page(true(), wanted, sorted_by, is_sorted_anew=True)


def list_own_of(actor: User | None, public_ids: list[str]) -> list[Video]:
    """Those of the person's own videos that have these ids; what is not there any more is left out."""
    ids = [public_id for public_id in public_ids[:MOST_PER_PAGE] if is_public_id(public_id)]
    own = select(Video).where(_is_own(require_signed_in(actor)), Video.public_id.in_(ids)).order_by(Video.id.desc())
    return list(current_session().scalars(own.options(*AS_READ)))


def list_channel(
    actor: User | None, channel: User, wanted: VideoFilter, *, options: Sequence[ORMOption] = AS_READ
) -> Found[Video]:
    """A channel's videos that this person may find; the owner sees all of them, the newest made first."""
    if is_own_channel(actor, channel):
        made = wanted.model_copy(update={"sort": wanted.sort.replace("published_at", "created_at")})
        return _page(_is_own(actor), made, options=options, owner=channel)
    listed = and_(is_listed(actor), Video.owner_id == channel.id)
    return _page(listed, wanted, absent=ABSENT_IN_LISTED, options=options, owner=channel)


def count_channel(actor: User | None, channel: User) -> int:
    """How many they are, as far as is counted."""
    own = is_own_channel(actor, channel)
    return _count(_is_own(actor) if own else and_(is_listed(actor), Video.owner_id == channel.id))


def search_listed(actor: User | None, wanted: SearchFilter, *, now: datetime) -> Answer:
    """The same as `list_listed`, with what is to be said of the search."""
    wanted = wanted.in_numbers(now)
    if wanted.query:
        return _ask(is_listed(actor), wanted, absent=ABSENT_IN_LISTED, options=AS_HIT)
    named = look_up(wanted)
    count = _count(and_(is_listed(actor), *conditions_of(wanted, named)), named.tag_id)
    counted = min(count, MOST_COUNTED)
    return Answer(list_listed(actor, wanted), counted, count > counted, terms=(), is_loose=False)


def suggest_listed(actor: User | None, typed: str) -> Suggestions:
    """What this person may want to find who has typed this so far."""
    return suggest(typed, and_(is_listed(actor), is_of_others(find_muted(actor))))


def suggest_names(actor: User | None, kind: NameKind, typed: str) -> list[Suggestion]:
    """The tags, or the channels, that this person may mean who has typed this so far."""
    return search_names(kind, typed, and_(is_listed(actor), is_of_others(find_muted(actor))))


def has_own_videos(actor: User | None) -> bool:
    """Whether the person has any video outside of the bin."""
    return current_session().scalar(select(Video.id).where(_is_own(actor)).limit(1)) is not None


def is_listed(actor: User | None) -> ColumnElement[bool]:
    """Whether this person may find a video that is not his or hers."""
    return is_listed_by(rule_for(actor), is_visitor=actor is None)


@cache
def is_listed_by(rule: SensitiveRule, *, is_visitor: bool = False) -> ColumnElement[bool]:
    """The same for whoever is shown sensitive videos in this way."""
    audiences = [Visibility.PUBLIC] if is_visitor else [Visibility.PUBLIC, Visibility.INTERNAL]
    return and_(
        Video.visibility.in_(audiences),
        Video.is_playable,
        Video.published_at.is_not(None),
        Video.status.not_in((VideoStatus.DELETED, VideoStatus.BLOCKED)),
        is_not_hidden_by(rule),
    )


def _is_own(actor: User | None) -> ColumnElement[bool]:
    if actor is None:
        return false()
    return and_(Video.owner_id == actor.id, Video.status != VideoStatus.DELETED)


def is_own_channel(actor: User | None, channel: User) -> bool:
    """Whether it is the person's own."""
    return actor is not None and actor.id == channel.id


def _page(
    audience: ColumnElement[bool],
    wanted: VideoFilter,
    sorted_by: dict[str, Column] = SORTED_BY,
    absent: Sequence[str] = MAY_BE_ABSENT,
    options: Sequence[ORMOption] = AS_READ,
    *,
    owner: User | None = None,
    is_sorted_anew: bool = False,
) -> Found[Video]:
    """One page; where no index has the order, ids are sorted and nothing is loaded but what is shown.

    `owner` is the one whose videos the audience leaves, if it leaves those of one.
    """
    if wanted.query:
        return _ask(audience, wanted, sorted_by, absent, options, owner).page
    conditions = (audience, *conditions_of(wanted, look_up(wanted)), _is_sortable(wanted, absent))
    order = _order(wanted, sorted_by, absent)
    if wanted.tag or is_sorted_anew or is_narrowed(wanted):
        found = find_page(select(Video.id).where(*conditions), order, cursor=wanted.cursor, limit=wanted.limit)
        return Found(load_videos(found.items, options), found.next)
    statement = loading(select(Video).where(*conditions), options)
    return find_page(statement, order, cursor=wanted.cursor, limit=wanted.limit)


def _page_of_both(actor: User, wanted: VideoFilter) -> Found[Video]:
    """What is listed and what is the person's own: the first of each by an index, and of these the page."""
    order = _order(wanted, SORTED_BY, MAY_BE_ABSENT)
    ids = select(Video.id).where(*conditions_of(wanted, look_up(wanted)))
    firsts = [
        first_after(ids.where(part), order, cursor=wanted.cursor, limit=wanted.limit, is_never_absent=is_never_absent)
        for part, is_never_absent in ((is_listed(actor), not _is_absent_in_some(order)), (_is_own(actor), False))
    ]
    some = union(*(select(first.subquery().c.id) for first in firsts))
    found = find_page(select(Video.id).where(Video.id.in_(some)), order, cursor=wanted.cursor, limit=wanted.limit)
    return Found(load_videos(found.items, AS_READ), found.next)


def _is_absent_in_some(order: Order) -> bool:
    """Whether even what is listed may lack what the list is sorted by."""
    return order.name.removeprefix("-") == "duration_s"


def _ask(
    audience: ColumnElement[bool],
    wanted: VideoFilter,
    sorted_by: dict[str, Column] = SORTED_BY,
    absent: Sequence[str] = MAY_BE_ABSENT,
    options: Sequence[ORMOption] = AS_READ,
    owner: User | None = None,
) -> Answer:
    named = look_up(wanted)
    question = Question(
        wanted.query,
        (audience, *conditions_of(wanted, named), _is_sortable(wanted, absent)),
        options,
        cursor=wanted.cursor,
        limit=wanted.limit,
        narrowing=narrowing_by(wanted),
        labels=labels_by(wanted, named, owner),
    )
    return find_videos(question, None if wanted.sort == RELEVANCE else _order(wanted, sorted_by, absent))


def _count(condition: ColumnElement[bool], tag_id: int | None = None) -> int:
    """As far as is counted; in an order that an index has, or PostgreSQL reads the table."""
    found = select(Video.id).where(condition)
    newest = found.order_by(Video.published_at.desc())
    if tag_id is not None:
        tagged = found.join(video_tags, video_tags.c.video_id == Video.id).where(video_tags.c.tag_id == tag_id)
        newest = tagged.order_by(video_tags.c.video_id.desc())
    some = newest.limit(MOST_COUNTED + 1).subquery()
    return current_session().scalar(select(func.count()).select_from(some)) or 0


def _order(wanted: VideoFilter, sorted_by: dict[str, Column], absent: Sequence[str]) -> Order:
    sort = NEWEST_FIRST if wanted.sort == RELEVANCE else wanted.sort
    name = sort.removeprefix("-")
    return Order(
        name=sort,
        by=sorted_by[name],
        id=Video.id,
        descending=sort.startswith("-"),
        nullable=name in absent,
    )


def _is_sortable(wanted: VideoFilter, absent: Sequence[str]) -> ColumnElement[bool]:
    """Whether the video has what the list is sorted by, where that is not allowed to be absent."""
    is_by_length = wanted.sort.removeprefix("-") == "duration_s" and "duration_s" not in absent
    return Video.duration_s.is_not(None) if is_by_length else true()
