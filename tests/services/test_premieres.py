"""Who may know of a scheduled video, and who is reminded of it, once."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from tests.factories import make_user, make_video
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound, NotSignedIn, RateLimited
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import (
    AwaitedVideo,
    Notification,
    NotificationKind,
    PublishRule,
    Reminder,
    User,
    Video,
    VideoStatus,
    Visibility,
)
from vod_web.schemas.base import PageQuery, parse_input
from vod_web.schemas.videos import VideoUpdate
from vod_web.services import notification_list, premieres, videos
from vod_web.services.announcing import announce_new_videos
from vod_web.services.publication import publish_due
from vod_web.services.subscriptions import subscribe
from vod_web.services.throttle import Throttle

NOW = utc_now()
FRIDAY = NOW + timedelta(days=3)


@pytest.fixture
def owner(database: Engine) -> User:
    """Whose videos are to come."""
    return make_user("ada")


def scheduled(owner: User, **values: object) -> Video:
    plan = {"publish_rule": PublishRule.AT_TIME, "publish_at": FRIDAY, "published_at": None}
    return make_video(owner, "film", **(plan | values))


def told(person: User) -> list[NotificationKind]:
    """Of what the person finds a notification."""
    close_session()
    return [row.kind for row in notification_list.list_notifications(person, PageQuery()).items]


def publish() -> int:
    """The time has come, and the sweep comes round."""
    publish_due(now=FRIDAY)
    return premieres.remind_of_published(now=FRIDAY)


@pytest.mark.parametrize(
    ("visibility", "knows"),
    [
        (Visibility.PUBLIC, {"visitor", "viewer", "named", "owner"}),
        (Visibility.UNLISTED, {"visitor", "viewer", "named", "owner"}),
        (Visibility.INTERNAL, {"viewer", "named", "owner"}),
        (Visibility.PRIVATE, {"named", "owner"}),
    ],
)
def test_who_could_watch_it_later_may_know_when(owner: User, visibility: Visibility, knows: set[str]) -> None:
    named = make_user()
    video = scheduled(owner, visibility=visibility, viewers=[named])
    people = {"visitor": None, "viewer": make_user(), "named": named, "owner": owner}
    found = {who for who, person in people.items() if premieres.find_premiere(person, video.public_id)}
    assert found == knows
    for who in set(people) - {"owner"}:
        with pytest.raises(NotFound):
            videos.get_video(people[who], video.public_id)


@pytest.mark.parametrize(
    "values",
    [
        {"status": VideoStatus.DELETED},
        {"status": VideoStatus.BLOCKED},
        {"publish_rule": PublishRule.WHEN_READY},
        {"published_at": NOW},
    ],
)
def test_nothing_else_is_a_premiere(owner: User, values: dict[str, object]) -> None:
    video = scheduled(owner, **values)
    assert premieres.find_premiere(make_user(), video.public_id) is None
    assert premieres.find_premiere(None, "no-such-id!") is None


def test_who_waits_is_told_once_and_by_mail_if_there_is_any(owner: User, throttle: Throttle) -> None:
    fan, other, video = make_user(), make_user(), scheduled(owner)
    for _ in range(2):
        assert premieres.remind(fan, video.public_id, throttle=throttle, now=NOW).has_reminder
    assert premieres.remind_of_published(now=NOW) == 0
    assert (publish(), publish()) == (1, 0)
    assert (told(fan), told(other)) == ([NotificationKind.REMINDER], [])
    assert current_session().scalar(select(Notification.mail_due_at).where(Notification.user_id == fan.id)) == FRIDAY
    assert current_session().scalar(select(func.count()).select_from(Reminder)) == 0
    assert current_session().scalar(select(AwaitedVideo)) is None


def test_who_changes_their_mind_is_not_told(owner: User, throttle: Throttle) -> None:
    fan, video = make_user(), scheduled(owner)
    premieres.remind(fan, video.public_id, throttle=throttle, now=NOW)
    assert not premieres.stop_reminding(fan, video.public_id).has_reminder
    assert not premieres.get_premiere(fan, video.public_id).has_reminder
    publish()
    assert told(fan) == []


def test_a_video_that_was_moved_reminds_on_its_new_day(owner: User, throttle: Throttle) -> None:
    fan, video = make_user(), scheduled(owner)
    premieres.remind(fan, video.public_id, throttle=throttle, now=NOW)
    later = FRIDAY + timedelta(days=7)
    changes = parse_input(VideoUpdate, {"publish": "at_time", "publish_at": later.isoformat()})
    videos.update_video(owner, video.public_id, changes, now=NOW)
    assert publish() == 0
    assert told(fan) == []
    publish_due(now=later)
    assert premieres.remind_of_published(now=later) == 1
    assert told(fan) == [NotificationKind.REMINDER]


@pytest.mark.parametrize(
    "values",
    [
        {"status": VideoStatus.DELETED},
        {"status": VideoStatus.BLOCKED},
        {"visibility": Visibility.PRIVATE},
        {"publish_rule": PublishRule.WHEN_READY, "published_at": None},
    ],
)
def test_what_was_withdrawn_reminds_nobody(owner: User, throttle: Throttle, values: dict[str, object]) -> None:
    fan, video = make_user(), scheduled(owner)
    premieres.remind(fan, video.public_id, throttle=throttle, now=NOW)
    with transaction() as session:
        row = session.get_one(Video, video.id, populate_existing=True)
        row.published_at = FRIDAY
        for name, value in values.items():
            setattr(row, name, value)
    premieres.remind_of_published(now=FRIDAY)
    assert told(fan) == []
    assert current_session().scalar(select(Notification)) is None


def test_those_who_are_named_are_reminded_of_a_private_video(owner: User, throttle: Throttle) -> None:
    named, other = make_user(), make_user()
    video = scheduled(owner, viewers=[named])
    for person in (named, other):
        premieres.remind(person, video.public_id, throttle=throttle, now=NOW)
    with transaction() as session:
        session.get_one(Video, video.id, populate_existing=True).visibility = Visibility.PRIVATE
    publish()
    assert (told(named), told(other)) == ([NotificationKind.REMINDER], [])


def test_one_that_was_taken_back_can_be_waited_for_again(owner: User, throttle: Throttle) -> None:
    fan, video = make_user(), scheduled(owner)
    for _ in range(2):
        premieres.remind(fan, video.public_id, throttle=throttle, now=NOW)
        publish()
        assert told(fan) == [NotificationKind.REMINDER]
        with transaction() as session:
            session.get_one(Video, video.id, populate_existing=True).published_at = None
        assert told(fan) == []


def test_followers_who_waited_are_told_once(owner: User, throttle: Throttle) -> None:
    fan, follower = make_user(), make_user()
    for person in (fan, follower):
        subscribe(person, owner.username, has_bell=True, now=NOW)
    video = scheduled(owner)
    premieres.remind(fan, video.public_id, throttle=throttle, now=NOW)
    publish_due(now=FRIDAY)
    assert announce_new_videos(now=FRIDAY) == 0  # those who wait come first
    publish()
    announce_new_videos(now=FRIDAY)
    assert (told(fan), told(follower)) == ([NotificationKind.REMINDER], [NotificationKind.NEW_VIDEO])


def test_many_are_told_some_at_a_time(owner: User, throttle: Throttle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(premieres, "PEOPLE_AT_ONCE", 2)
    fans, video = [make_user() for _ in range(5)], scheduled(owner)
    for fan in fans:
        premieres.remind(fan, video.public_id, throttle=throttle, now=NOW)
    assert publish() == 5
    assert all(told(fan) == [NotificationKind.REMINDER] for fan in fans)


def test_only_people_and_only_so_often(owner: User, throttle: Throttle) -> None:
    fan, video = make_user(), scheduled(owner)
    with pytest.raises(NotSignedIn):
        premieres.remind(None, video.public_id, throttle=throttle, now=NOW)
    with pytest.raises(RateLimited):
        for _ in range(premieres.MOST_REMINDERS.amount + 1):
            premieres.remind(fan, video.public_id, throttle=throttle, now=NOW)


def test_waiting_for_a_time_costs_the_sweep_one_question(owner: User, throttle: Throttle) -> None:
    for _ in range(3):
        premieres.remind(make_user(), scheduled(owner).public_id, throttle=throttle, now=NOW)
    with counted_queries() as statements:
        premieres.remind_of_published(now=NOW)
    assert len([one for one in statements if one.startswith("SELECT")]) == 1
