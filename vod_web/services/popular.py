"""Which videos are popular now, and which were today, this week, this month, of all time?

A place in a ranking is the number of views in its time. A day of which a part lies within the time counts by that part,
so that the last 24 hours do not begin anew at midnight. *Now* is two weeks in which a view counts half as much after
every two days. Rankings are made every few minutes for everybody together; who may find which of their videos is asked
when they are shown.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import case, delete, func, insert, select
from sqlalchemy.orm.interfaces import ORMOption

from vod_web.db.session import current_session, transaction
from vod_web.models import PopularIn, PopularVideo, User, Video, VideoDay
from vod_web.schemas.viewing import PopularFilter
from vod_web.services.library import is_listed
from vod_web.services.paging import Found, Order, find_page
from vod_web.services.play_buffer import PlayBuffer
from vod_web.services.videos import AS_READ, loading

MOST_RANKED = 5000
RANKED_EVERY_S = 300
HALF_AFTER_DAYS = 2
NOW_DAYS = 14
WHOLE_DAYS = {PopularIn.DAY: 1, PopularIn.WEEK: 7, PopularIn.MONTH: 30}


def list_popular(actor: User | None, wanted: PopularFilter, *, options: Sequence[ORMOption] = AS_READ) -> Found[Video]:
    """Those that the person may find, the most watched first.

    Raises:
        InvalidInput: as `paging.find_page`.
    """
    statement = loading(select(Video).where(is_listed(actor)), options)
    if wanted.popular_in is None:
        order = Order(name="popular-all", by=Video.view_count, id=Video.id)
        statement = statement.where(Video.view_count > 0)
    else:
        order = Order(name=f"popular-{wanted.popular_in.value}", by=PopularVideo.score, id=PopularVideo.video_id)
        statement = statement.join(PopularVideo, PopularVideo.video_id == Video.id)
        statement = statement.where(PopularVideo.popular_in == wanted.popular_in)
    return find_page(statement, order, cursor=wanted.cursor, limit=wanted.limit)


def rank_if_due(buffer: PlayBuffer, *, now: datetime) -> bool:
    """Make the rankings anew, unless that was done by anybody in the last minutes; whether it was done.

    Raises:
        Unavailable: the queue server cannot be reached.
    """
    is_due = buffer.claim("ranking", for_s=RANKED_EVERY_S)
    if is_due:
        rank_popular(now=now)
    return is_due


def rank_popular(*, now: datetime) -> None:
    """Make all rankings anew."""
    for popular_in in PopularIn:
        ranked = _rank(weights_of(popular_in, now))
        rows = [{"popular_in": popular_in, "video_id": video_id, "score": score} for video_id, score in ranked]
        with transaction() as session:
            session.execute(delete(PopularVideo).where(PopularVideo.popular_in == popular_in))
            known = set(session.scalars(select(Video.id).where(Video.id.in_([row["video_id"] for row in rows]))))
            kept = [row for row in rows if row["video_id"] in known]
            if kept:
                session.execute(insert(PopularVideo), kept)


def weights_of(popular_in: PopularIn, now: datetime) -> dict[date, float]:
    """How much a view of each day counts."""
    today = now.date()
    if popular_in is PopularIn.NOW:
        return {today - timedelta(days=ago): 0.5 ** (ago / HALF_AFTER_DAYS) for ago in range(NOW_DAYS)}
    days = WHOLE_DAYS[popular_in]
    gone = (now - datetime.combine(today, time(), now.tzinfo)) / timedelta(days=1)
    weights = {today - timedelta(days=ago): 1.0 for ago in range(days)}
    return weights | {today - timedelta(days=days): 1.0 - gone}


def _rank(weights: dict[date, float]) -> list[tuple[int, float]]:
    score = func.sum(
        case(*((VideoDay.day == day, weight) for day, weight in weights.items()), else_=0.0) * VideoDay.views
    )
    ranking = (
        select(VideoDay.video_id, score)
        .where(VideoDay.day >= min(weights), VideoDay.views > 0)
        .group_by(VideoDay.video_id)
        .having(score > 0)
        .order_by(score.desc(), VideoDay.video_id.desc())
        .limit(MOST_RANKED)
    )
    return [(row[0], row[1]) for row in current_session().execute(ranking)]
