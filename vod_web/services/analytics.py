"""How are somebody's videos watched? For their owners and for admins."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Row, func, select

from vod_web.db.session import current_session
from vod_web.models import User, Video, VideoDay, VideoRetention, VideoStatus
from vod_web.schemas.analytics import (
    ChannelAnalyticsRead,
    DayRead,
    Span,
    TopVideoRead,
    VideoAnalyticsRead,
    WatchedRead,
)
from vod_web.services.permissions import require_signed_in
from vod_web.services.videos import get_own_video

MOST_ON_TOP = 10


def get_video_analytics(actor: User | None, public_id: str, span: Span, *, now: datetime) -> VideoAnalyticsRead:
    """How this video is watched.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`.
    """
    video = get_own_video(actor, public_id)
    watched = _read_watched(VideoDay.video_id == video.id, span, now.date())
    kept = current_session().get(VideoRetention, video.id)
    viewers = kept.viewers if kept else 0
    shares = [min(1.0, seen / viewers) for seen in kept.seen] if kept and viewers else []
    return VideoAnalyticsRead(**watched.model_dump(), viewers=viewers, retention=shares)


def get_channel_analytics(actor: User | None, span: Span, *, now: datetime) -> ChannelAnalyticsRead:
    """How the person's videos are watched; those in the bin do not count.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    person = require_signed_in(actor)
    own = select(Video.id).where(Video.owner_id == person.id, Video.status != VideoStatus.DELETED)
    is_own = VideoDay.video_id.in_(own)
    watched = _read_watched(is_own, span, now.date())
    return ChannelAnalyticsRead(**watched.model_dump(), top=_find_top(is_own, span, now.date()))


def _read_watched(which: ColumnElement[bool], span: Span, today: date) -> WatchedRead:
    sums = (
        select(VideoDay.day, func.sum(VideoDay.views).label("views"), func.sum(VideoDay.watched_s).label("watched_s"))
        .where(which, *_since(span, today))
        .group_by(VideoDay.day)
        .order_by(VideoDay.day)
    )
    rows = current_session().execute(sums).all()
    views, watched_s = sum(int(row.views) for row in rows), sum(row.watched_s for row in rows)
    days = _by_month(rows) if span.days is None else _by_day(rows, today, span.days)
    average_s = watched_s / views if views else None
    return WatchedRead(span=span, views=views, watched_s=watched_s, average_s=average_s, days=days)


def _since(span: Span, today: date) -> list[ColumnElement[bool]]:
    return [] if span.days is None else [VideoDay.day > today - timedelta(days=span.days)]


def _by_day(rows: Iterable[Row[date, int, float]], today: date, count: int) -> list[DayRead]:
    known = {row[0]: row for row in rows}
    days = [today - timedelta(days=ago) for ago in reversed(range(count))]
    return [
        DayRead(day=day, views=known[day][1], watched_s=known[day][2])
        if day in known
        else DayRead(day=day, views=0, watched_s=0.0)
        for day in days
    ]


def _by_month(rows: Iterable[Row[date, int, float]]) -> list[DayRead]:
    """A sum for each month from the first to the last one."""
    months: dict[date, DayRead] = {}
    for day, views, watched_s in rows:
        month = day.replace(day=1)
        while months and max(months) < month:
            following = (max(months) + timedelta(days=32)).replace(day=1)
            months[following] = DayRead(day=following, views=0, watched_s=0.0)
        before = months.get(month, DayRead(day=month, views=0, watched_s=0.0))
        months[month] = DayRead(day=month, views=before.views + views, watched_s=before.watched_s + watched_s)
    return list(months.values())


def _find_top(which: ColumnElement[bool], span: Span, today: date) -> list[TopVideoRead]:
    views = func.sum(VideoDay.views)
    best = (
        select(VideoDay.video_id, views.label("views"), func.sum(VideoDay.watched_s).label("watched_s"))
        .where(which, *_since(span, today))
        .group_by(VideoDay.video_id)
        .having(views > 0)
        .order_by(views.desc(), VideoDay.video_id.desc())
        .limit(MOST_ON_TOP)
        .subquery()
    )
    rows = select(Video.public_id, Video.title, best.c.views, best.c.watched_s)
    rows = rows.join(best, best.c.video_id == Video.id).order_by(best.c.views.desc(), Video.id.desc())
    return [
        TopVideoRead(id=row.public_id, title=row.title, views=row.views, watched_s=row.watched_s)
        for row in current_session().execute(rows)
    ]
