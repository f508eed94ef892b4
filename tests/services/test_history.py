"""What a person has watched, what is taken out of it, and whether it goes on."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from tests.factories import make_user, make_video
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound, NotSignedIn
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import Role, User, Video, VideoStatus, ViewingPosition, Visibility
from vod_web.schemas.viewing import HistoryFilter
from vod_web.services import history
from vod_web.services.positions import find_positions, find_resume_s, set_position

NOW = utc_now()


@pytest.fixture
def vera(database: Engine) -> User:
    """Somebody who watches."""
    return make_user("vera", Role.VIEWER)


@pytest.fixture
def ada(database: Engine) -> User:
    """Whose videos are watched."""
    return make_user("ada")


def seen(person: User, **wanted: object) -> list[str]:
    close_session()
    return [one.video.title for one in history.list_history(person, HistoryFilter(**wanted)).items]


def watch(person: User, video: Video, position_s: float = 20.0, *, minutes_ago: int = 0) -> None:
    set_position(person, video.public_id, position_s, now=NOW - timedelta(minutes=minutes_ago))


def test_the_last_watched_comes_first_and_pages_go_on(vera: User, ada: User) -> None:
    for number in range(5):
        watch(vera, make_video(ada, f"film {number}"), minutes_ago=number)
    watch(vera, make_video(ada, "again"), minutes_ago=9)
    watch(ada, make_video(ada, "of another person"))
    first = history.list_history(vera, HistoryFilter(limit=4))
    assert [one.video.title for one in first.items] == ["film 0", "film 1", "film 2", "film 3"]
    rest = history.list_history(vera, HistoryFilter(limit=4, cursor=first.next))
    assert ([one.video.title for one in rest.items], rest.next) == (["film 4", "again"], None)


def test_the_shortest_clip_that_was_watched_to_its_end_is_finished(vera: User, ada: User) -> None:
    watch(vera, make_video(ada, "blink", duration_s=0.6), 0.6)
    assert (seen(vera), seen(vera, unfinished=True)) == (["blink"], [])


def test_words_find_titles_and_channels(vera: User, ada: User) -> None:
    watch(vera, make_video(ada, "Harbour at 100% dawn"))
    watch(vera, make_video(make_user("bob", display_name="Bob the Great"), "Alps"))
    assert seen(vera, query="dawn HARB") == ["Harbour at 100% dawn"]
    assert seen(vera, query="great") == ["Alps"]
    assert seen(vera, query="0%") == ["Harbour at 100% dawn"]
    assert seen(vera, query="%") == ["Harbour at 100% dawn"]
    assert seen(vera, query="dawn alps") == []


def test_what_one_may_see_no_more_is_not_listed(vera: User, ada: User) -> None:
    kept = {
        "public": make_video(ada, "public"),
        "unlisted": make_video(ada, "unlisted", visibility=Visibility.UNLISTED),
        "named": make_video(ada, "named", visibility=Visibility.PRIVATE, viewers=[vera]),
        "own": make_video(vera, "own", visibility=Visibility.PRIVATE),
    }
    lost = [make_video(ada, title) for title in ("private", "deleted", "blocked")]
    for video in (*kept.values(), *lost):
        watch(vera, video)
    with transaction() as session:
        for video, change in zip(
            lost,
            (
                {"visibility": Visibility.PRIVATE},
                {"status": VideoStatus.DELETED},
                {"status": VideoStatus.BLOCKED},
            ),
            strict=True,
        ):
            for name, value in change.items():
                setattr(session.get_one(Video, video.id), name, value)
    assert set(seen(vera)) == set(kept)


def test_only_what_is_neither_begun_nor_over_can_be_gone_on_with(vera: User, ada: User) -> None:
    for title, position_s in (("begun", 9.0), ("amid", 50.0), ("nearly over", 95.0), ("over", 96.0)):
        watch(vera, make_video(ada, title, duration_s=100.0), position_s)
    assert set(seen(vera, unfinished=True)) == {"amid", "nearly over"}
    assert set(seen(vera)) == {"begun", "amid", "nearly over", "over"}


def test_what_is_removed_is_gone_everywhere_and_comes_back(vera: User, ada: User) -> None:
    video, other = make_video(ada, "film"), make_video(ada, "other")
    watch(vera, video)
    watch(vera, other)
    removed_at = history.remove_from_history(vera, video.public_id, now=NOW)
    assert seen(vera) == ["other"]
    assert (find_positions(vera, [video]), find_resume_s(vera, video)) == ({}, None)
    with pytest.raises(NotFound):
        history.remove_from_history(vera, video.public_id, now=NOW)
    assert history.bring_back(ada, removed_at) == 0
    assert history.bring_back(vera, removed_at) == 1
    assert set(seen(vera)) == {"film", "other"}
    assert find_resume_s(vera, video) == 20.0


def test_clearing_takes_all_and_gives_back_what_was_not_watched_since(vera: User, ada: User) -> None:
    first, second = make_video(ada, "first"), make_video(ada, "second")
    for video in (first, second):
        watch(vera, video)
    watch(ada, first)
    removed_at = history.clear_history(vera, now=NOW)
    assert (seen(vera), seen(ada)) == ([], ["first"])
    watch(vera, first, 40.0)
    assert history.bring_back(vera, removed_at) == 1
    assert find_positions(vera, [first, second]) == {first.public_id: 40.0, second.public_id: 20.0}


def test_what_was_removed_is_forgotten_after_a_while(vera: User, ada: User) -> None:
    for title in ("one", "two"):
        watch(vera, make_video(ada, title))
    history.clear_history(vera, now=NOW)
    watch(vera, make_video(ada, "three"))
    assert history.purge_history(now=NOW + history.KEPT) == 0
    assert history.purge_history(now=NOW + history.KEPT + timedelta(seconds=1)) == 2
    assert current_session().scalar(select(func.count()).select_from(ViewingPosition)) == 1


def test_nothing_is_remembered_while_the_history_is_paused(vera: User, ada: User) -> None:
    before, later = make_video(ada, "before"), make_video(ada, "later")
    watch(vera, before)
    history.pause_history(vera, is_paused=True)
    watch(vera, later)
    watch(vera, before, 50.0)
    assert seen(vera) == ["before"]
    assert find_resume_s(vera, before) == 20.0
    history.pause_history(vera, is_paused=False)
    watch(vera, later)
    assert set(seen(vera)) == {"before", "later"}


def test_visitors_have_no_history(ada: User) -> None:
    with pytest.raises(NotSignedIn):
        history.list_history(None, HistoryFilter())
    with pytest.raises(NotSignedIn):
        history.clear_history(None, now=NOW)


def test_a_position_costs_one_look_and_one_row(vera: User, ada: User) -> None:
    video = make_video(ada)
    with counted_queries() as statements:
        watch(vera, video)
    told = [one for one in statements if not one.startswith(("BEGIN", "PRAGMA", "SET LOCAL"))]
    assert len(told) == 2, told


def test_a_long_history_is_listed_with_as_many_queries_as_a_short_one(vera: User, ada: User) -> None:
    counts = []
    for _ in range(2):
        for _ in range(3):
            watch(vera, make_video(ada))
        close_session()
        with counted_queries() as statements:
            history.list_history(vera, HistoryFilter())
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 7
