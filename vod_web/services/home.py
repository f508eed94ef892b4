"""What stands on the home page? The beginnings of several lists, whose videos are read all at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import BigInteger, Select, bindparam, select

from vod_web.db.lists import is_one_of
from vod_web.db.session import current_session
from vod_web.models import PopularIn, PopularVideo, SensitiveRule, User, Video, ViewingPosition
from vod_web.schemas.base import PageQuery
from vod_web.services.history import is_in_history
from vod_web.services.library import is_listed, is_listed_by
from vod_web.services.mutes import find_muted, is_of_others
from vod_web.services.paging import Found, find_page
from vod_web.services.reach import is_reachable_by
from vod_web.services.sensitivity import is_not_hidden_by, rule_for
from vod_web.services.subscriptions import NEWEST, newest_of_followed
from vod_web.services.videos import AS_CARD

MOST_ON_SHELF = 12
MOST_NEWEST = 24


@dataclass(frozen=True)
class Home:
    """The lists of the home page; empty ones are not shown."""

    unfinished: list[Video]
    """What the person has begun to watch."""
    followed: list[Video]
    """The newest of the channels that the person follows."""
    popular: list[Video]
    newest: Found[Video]


def get_home(actor: User | None) -> Home:
    """The home page as this person sees it."""
    session, muted = current_session(), find_muted(actor)
    unfinished = _list_unfinished(actor) if actor else []
    followed = session.scalars(newest_of_followed(actor, PageQuery(limit=MOST_ON_SHELF))).all() if actor else []
    ranked = _popular(rule_for(actor), is_visitor=actor is None)
    popular = session.scalars(ranked.where(is_of_others(muted)) if muted else ranked).all()
    listed = select(Video.id).where(is_listed(actor), is_of_others(muted))
    newest = find_page(listed, NEWEST, cursor=None, limit=MOST_NEWEST)
    videos = _load({*unfinished, *followed, *popular, *newest.items})

    def pick(video_ids: Sequence[int]) -> list[Video]:
        return [videos[video_id] for video_id in video_ids if video_id in videos]

    return Home(
        unfinished=pick(unfinished),
        followed=[video for video in pick(followed[:MOST_ON_SHELF]) if video.owner_id not in muted],
        popular=pick(popular),
        newest=Found(pick(newest.items), newest.next),
    )


def _list_unfinished(person: User) -> Sequence[int]:
    wanted = _unfinished(rule_for(person), is_moderator=person.is_moderator)
    return current_session().scalars(wanted, {"person_id": person.id}).all()


@cache
def _unfinished(rule: SensitiveRule, *, is_moderator: bool) -> Select[int]:
    person_id = bindparam("person_id", type_=BigInteger())
    return (
        select(ViewingPosition.video_id)
        .join(ViewingPosition.video)
        .where(is_in_history(person_id), ViewingPosition.goes_on, Video.is_playable)
        .where(is_reachable_by(person_id, is_moderator=is_moderator), is_not_hidden_by(rule))
        .order_by(ViewingPosition.watched_at.desc(), ViewingPosition.video_id.desc())
        .limit(MOST_ON_SHELF)
    )


@cache
def _popular(rule: SensitiveRule, *, is_visitor: bool) -> Select[int]:
    return (
        select(PopularVideo.video_id)
        .join(Video, Video.id == PopularVideo.video_id)
        .where(PopularVideo.popular_in == PopularIn.NOW, is_listed_by(rule, is_visitor=is_visitor))
        .order_by(PopularVideo.score.desc(), PopularVideo.video_id.desc())
        .limit(MOST_ON_SHELF)
    )


def _load(video_ids: set[int]) -> dict[int, Video]:
    if not video_ids:
        return {}
    found = current_session().scalars(select(Video).where(is_one_of(Video.id, video_ids)).options(*AS_CARD))
    return {video.id: video for video in found.unique()}
