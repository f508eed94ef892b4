"""Followers with a bell learn of a new video once, whatever made it new."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import make_unready_video, make_user, make_video
from vod_web.core.clock import utc_now
from vod_web.db.session import current_session, transaction
from vod_web.models import (
    Announcement,
    Notification,
    NotificationKind,
    PublishRule,
    User,
    Video,
    VideoStatus,
    Visibility,
)
from vod_web.services import announcing
from vod_web.services.announcing import announce_new_videos
from vod_web.services.publication import publish_due
from vod_web.services.subscriptions import subscribe

pytestmark = pytest.mark.usefixtures("database")


def follower_of(channel: User, *, has_bell: bool = True) -> User:
    person = make_user()
    subscribe(person, channel.username, has_bell=has_bell, now=utc_now())
    return person


def told_to(person: User) -> list[str]:
    titles = select(Video.title).join(Notification, Notification.video_id == Video.id)
    wanted = titles.where(Notification.user_id == person.id, Notification.kind == NotificationKind.NEW_VIDEO)
    return sorted(current_session().scalars(wanted))


def test_those_with_a_bell_are_told_once() -> None:
    ada = make_user("ada")
    fan, quiet, stranger = follower_of(ada), follower_of(ada, has_bell=False), make_user()
    video = make_video(ada, "film")
    changed_at = video.updated_at
    assert announce_new_videos(now=utc_now()) == 1
    assert announce_new_videos(now=utc_now()) == 0
    assert (told_to(fan), told_to(quiet), told_to(stranger), told_to(ada)) == (["film"], [], [], [])
    current_session().refresh(video)
    assert video.updated_at == changed_at
    assert current_session().scalar(select(Announcement)) is None


@pytest.mark.parametrize("visibility", list(Visibility))
def test_only_what_followers_may_find_is_announced(visibility: Visibility) -> None:
    ada = make_user("ada")
    fan = follower_of(ada)
    make_video(ada, "film", visibility=visibility, viewers=[fan])
    announce_new_videos(now=utc_now())
    assert told_to(fan) == (["film"] if visibility in (Visibility.PUBLIC, Visibility.INTERNAL) else [])


def test_a_video_that_becomes_public_later_is_announced_then_and_never_again() -> None:
    ada = make_user("ada")
    fan = follower_of(ada)
    video = make_video(ada, "film", visibility=Visibility.PRIVATE)
    announce_new_videos(now=utc_now())
    for visibility in (Visibility.PUBLIC, Visibility.PRIVATE, Visibility.INTERNAL):
        with transaction() as session:
            session.get_one(Video, video.id, populate_existing=True).visibility = visibility
        announce_new_videos(now=utc_now())
        assert told_to(fan) == ["film"]


def test_a_scheduled_video_is_announced_when_its_time_has_come() -> None:
    ada, now = make_user("ada"), utc_now()
    fan = follower_of(ada)
    at = now + timedelta(hours=1)
    make_video(ada, "film", publish_rule=PublishRule.AT_TIME, publish_at=at, published_at=None)
    publish_due(now=now)
    assert announce_new_videos(now=now) == 0
    publish_due(now=at)
    assert announce_new_videos(now=at) == 1
    assert told_to(fan) == ["film"]


@pytest.mark.parametrize("status", [VideoStatus.DELETED, VideoStatus.BLOCKED])
def test_what_nobody_may_see_is_not_announced(status: VideoStatus) -> None:
    ada = make_user("ada")
    fan = follower_of(ada)
    make_video(ada, "film", status=status)
    make_unready_video(ada, VideoStatus.PROCESSING, "not yet")
    announce_new_videos(now=utc_now())
    assert told_to(fan) == []


def test_many_followers_are_told_a_batch_at_a_time_and_a_broken_off_one_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(announcing, "FOLLOWERS_AT_ONCE", 2)
    ada = make_user("ada")
    fans = [follower_of(ada) for _ in range(5)]
    make_video(ada, "film")
    now = utc_now()
    announcing._begin(now)
    assert announcing._go_on(now) == 2
    assert sum(len(told_to(fan)) for fan in fans) == 2
    assert announce_new_videos(now=now) == 3
    assert all(told_to(fan) == ["film"] for fan in fans)


def test_who_follows_after_it_was_announced_is_not_told() -> None:
    ada = make_user("ada")
    make_video(ada, "film")
    announcing._begin(utc_now() - timedelta(seconds=1))
    late = follower_of(ada)
    announce_new_videos(now=utc_now())
    assert told_to(late) == []
