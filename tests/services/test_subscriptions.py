"""Following channels: who, how many, and what is new there."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, func, select

from tests.factories import make_unready_video, make_user, make_video
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, InvalidInput, NotFound, NotSignedIn
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import Subscription, User, VideoStatus, Visibility
from vod_web.schemas.base import PageQuery
from vod_web.services.subscriptions import (
    follows_any,
    forget_follower,
    get_standing,
    get_subscription,
    list_newest_videos,
    list_subscriptions,
    subscribe,
    unsubscribe,
)

pytestmark = pytest.mark.usefixtures("database")
FIRST = PageQuery()


def followers_of(user: User) -> int:
    return current_session().scalar(select(User.follower_count).where(User.id == user.id)) or 0


def follow(person: User, *channels: User, has_bell: bool | None = None) -> None:
    for channel in channels:
        subscribe(person, channel.username, has_bell=has_bell, now=utc_now())


def newest(person: User, **wanted: object) -> list[str]:
    return [video.title for video in list_newest_videos(person, PageQuery.model_validate(wanted)).items]


def test_following_twice_counts_once_and_keeps_the_bell() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    follow(bob, ada, has_bell=True)
    follow(bob, ada)
    standing = get_standing(bob, ada)
    assert (standing.is_followed, standing.has_bell, followers_of(ada)) == (True, True, 1)
    follow(bob, ada, has_bell=False)
    assert not get_subscription(bob, "ada").has_bell
    assert follows_any(bob)


def test_leaving_twice_counts_once() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    follow(bob, ada)
    assert unsubscribe(bob, "ADA")
    assert not unsubscribe(bob, "ada")
    assert (followers_of(ada), get_standing(bob, ada).is_followed, follows_any(bob)) == (0, False, False)
    with pytest.raises(NotFound):
        get_subscription(bob, "ada")


def test_nobody_follows_oneself_a_stranger_of_the_site_or_without_an_account() -> None:
    ada = make_user("ada")
    with pytest.raises(Conflict):
        follow(ada, ada)
    with pytest.raises(NotFound):
        subscribe(ada, "nobody-here", now=utc_now())
    with pytest.raises(NotSignedIn):
        subscribe(None, "ada", now=utc_now())
    assert followers_of(ada) == 0
    assert get_standing(ada, ada).is_own
    assert not get_standing(None, ada).is_followed


def in_threads(*work: Callable[[], object]) -> None:
    """Do these at the same time."""
    ready = threading.Barrier(len(work))

    def run(one: Callable[[], object]) -> None:
        ready.wait()
        try:
            one()
        finally:
            close_session()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_clicks_at_the_same_moment_are_counted_once_for_each_person() -> None:
    ada, people = make_user("ada"), [make_user() for _ in range(3)]
    close_session()
    in_threads(*(lambda person=person: follow(person, ada) for person in people * 2))
    assert followers_of(ada) == 3
    close_session()
    in_threads(*(lambda person=person: unsubscribe(person, "ada") for person in people * 2))
    assert followers_of(ada) == 0


def test_the_count_is_right_when_an_account_is_removed() -> None:
    ada, bob, cy = make_user("ada"), make_user("bob"), make_user("cy")
    follow(bob, ada, cy)
    follow(cy, ada)
    with transaction() as session:
        forget_follower(session, bob)
        session.execute(delete(User).where(User.id == bob.id), execution_options={"synchronize_session": False})
    assert (followers_of(ada), followers_of(cy)) == (1, 0)
    assert current_session().scalar(select(func.count()).select_from(Subscription)) == 1


def test_followed_channels_are_listed_by_name_a_page_at_a_time() -> None:
    bob = make_user("bob")
    follow(bob, *(make_user(f"channel{number}", display_name=name) for number, name in enumerate("cAbd")))
    first = list_subscriptions(bob, PageQuery(limit=3))
    second = list_subscriptions(bob, PageQuery(limit=3, cursor=first.next))
    assert [one.channel.display_name for one in (*first.items, *second.items)] == ["A", "b", "c", "d"]
    assert second.next is None
    with counted_queries() as statements:
        list_subscriptions(bob, FIRST)
    assert len(statements) == 1


def test_new_videos_of_all_followed_channels_come_newest_first() -> None:
    now = utc_now()
    ada, bob, cy, eve = (make_user(name) for name in ("ada", "bob", "cy", "eve"))
    follow(bob, ada, cy)
    for number in range(6):
        owner = (ada, cy, eve)[number % 3]
        make_video(owner, f"{owner.username} {number}", published_at=now - timedelta(hours=number))
    assert newest(bob) == ["ada 0", "cy 1", "ada 3", "cy 4"]


def test_new_videos_are_paged_without_a_gap_also_among_equal_times() -> None:
    now = utc_now()
    ada, bob, cy = make_user("ada"), make_user("bob"), make_user("cy")
    follow(bob, ada, cy)
    for number in range(7):
        make_video((ada, cy)[number % 2], f"film {number}", published_at=now)
    seen: list[str] = []
    cursor = None
    while True:
        page = list_newest_videos(bob, PageQuery(limit=3, cursor=cursor))
        seen += [video.title for video in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [f"film {number}" for number in range(6, -1, -1)]


def test_new_videos_are_those_that_the_person_may_find() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    follow(bob, ada)
    for visibility in Visibility:
        make_video(ada, visibility.value, visibility=visibility, viewers=[bob])
    make_video(ada, "blocked", status=VideoStatus.BLOCKED)
    make_video(ada, "deleted", status=VideoStatus.DELETED)
    make_unready_video(ada, VideoStatus.PROCESSING, "not yet")
    assert sorted(newest(bob)) == ["internal", "public"]


def test_new_videos_are_nobodys_who_is_not_signed_in_and_cursors_are_checked() -> None:
    with pytest.raises(NotSignedIn):
        list_newest_videos(None, FIRST)
    with pytest.raises(InvalidInput):
        newest(make_user("bob"), cursor="x")


def test_a_page_of_new_videos_costs_the_same_however_many_channels_there_are(database: Engine) -> None:
    bob = make_user("bob")
    counts = []
    for _ in range(2):
        for _ in range(4):
            channel = make_user()
            make_video(channel)
            follow(bob, channel)
        close_session()
        with counted_queries() as statements:
            newest(bob)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 6
