"""Which videos are popular."""

from datetime import datetime, timedelta

import pytest
from redis import Redis
from sqlalchemy import Engine, delete

from tests.factories import make_user, make_video
from tests.queries import counted_queries
from vod_web.core.security import new_secret
from vod_web.db.session import close_session, transaction
from vod_web.models import PopularIn, User, Video, VideoDay, Visibility
from vod_web.schemas.viewing import PopularFilter
from vod_web.services.play_buffer import PlayBuffer
from vod_web.services.popular import list_popular, rank_if_due, rank_popular, weights_of

NOW = datetime.fromisoformat("2026-05-20T18:00:00+00:00")


@pytest.fixture
def ada(database: Engine) -> User:
    """Whose videos are watched."""
    return make_user("ada")


def make_watched(owner: User, title: str, views: dict[int, int], **values: object) -> Video:
    """A video with so many views, so many days ago."""
    video = make_video(owner, title, view_count=sum(views.values()), **values)
    with transaction() as session:
        for ago, count in views.items():
            session.add(VideoDay(video_id=video.id, day=NOW.date() - timedelta(days=ago), views=count, watched_s=0.0))
    return video


def popular(popular_in: PopularIn | None, actor: User | None = None) -> list[str]:
    close_session()
    return [video.title for video in list_popular(actor, PopularFilter(popular_in=popular_in)).items]


def test_each_time_has_its_ranking(ada: User) -> None:
    make_watched(ada, "of today", {0: 5})
    make_watched(ada, "of the week", {3: 20})
    make_watched(ada, "of the month", {20: 50})
    make_watched(ada, "of old", {90: 1000})
    make_watched(ada, "never watched", {})
    rank_popular(now=NOW)
    assert popular(PopularIn.DAY) == ["of today"]
    assert popular(PopularIn.WEEK) == ["of the week", "of today"]
    assert popular(PopularIn.MONTH) == ["of the month", "of the week", "of today"]
    assert popular(PopularIn.NOW) == ["of the week", "of today"]
    assert popular(None) == ["of old", "of the month", "of the week", "of today"]


def test_what_is_newer_counts_more_now(ada: User) -> None:
    make_watched(ada, "older", {8: 15})
    make_watched(ada, "newer", {0: 1})
    rank_popular(now=NOW)
    assert popular(PopularIn.NOW) == ["newer", "older"]


def test_the_last_day_does_not_begin_anew_at_midnight() -> None:
    weights = weights_of(PopularIn.DAY, NOW)
    assert weights == {NOW.date(): 1.0, NOW.date() - timedelta(days=1): 0.25}
    assert sum(weights_of(PopularIn.WEEK, NOW).values()) == 7.25


def test_only_what_one_may_find_is_shown(ada: User) -> None:
    for visibility in Visibility:
        make_watched(ada, visibility.value, {0: 5}, visibility=visibility)
    rank_popular(now=NOW)
    for popular_in in (*PopularIn, None):
        assert set(popular(popular_in)) == {"public"}
        assert set(popular(popular_in, make_user())) == {"public", "internal"}


def test_pages_go_on_and_ranking_again_replaces(ada: User) -> None:
    for number in range(5):
        make_watched(ada, f"film {number}", {0: 10 - number})
    gone = make_watched(ada, "gone", {0: 100})
    rank_popular(now=NOW)
    with transaction() as session:
        session.execute(delete(Video).where(Video.id == gone.id))
    rank_popular(now=NOW)
    first = list_popular(None, PopularFilter(limit=3))
    rest = list_popular(None, PopularFilter(limit=3, cursor=first.next))
    assert [video.title for video in (*first.items, *rest.items)] == [f"film {number}" for number in range(5)]
    rank_popular(now=NOW + timedelta(days=40))
    assert popular(PopularIn.NOW) == []


def test_one_of_the_workers_ranks_every_few_minutes(database: Engine, redis_url: str) -> None:
    buffer = PlayBuffer(Redis.from_url(redis_url), site_key=new_secret())
    assert [rank_if_due(buffer, now=NOW), rank_if_due(buffer, now=NOW)] == [True, False]


def test_a_page_makes_as_many_queries_for_many_as_for_few(ada: User) -> None:
    counts = []
    for _ in range(2):
        for _ in range(4):
            make_watched(ada, "film", {0: 1})
        rank_popular(now=NOW)
        close_session()
        with counted_queries() as statements:
            list_popular(None, PopularFilter())
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 7
