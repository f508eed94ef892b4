"""Likes: one of each person, counters that stay right, and the list of liked videos."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.factories import make_user, make_video
from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, NotFound, NotSignedIn, RateLimited
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import ReactionKind, Role, User, Video, VideoStatus, Visibility
from vod_web.schemas.base import PageQuery
from vod_web.services import reactions, site
from vod_web.services.throttle import Throttle

LIKE, DISLIKE = ReactionKind.LIKE, ReactionKind.DISLIKE
pytestmark = pytest.mark.usefixtures("database")


def counts(video: Video) -> tuple[int, int]:
    """What the row says."""
    close_session()
    row = current_session().get_one(Video, video.id)
    return row.like_count, row.dislike_count


def test_everybody_has_one_opinion_and_may_change_it(throttle: Throttle) -> None:
    video, bob, eve = make_video(make_user("ada")), make_user("bob"), make_user("eve")

    def say(person: User, kind: ReactionKind | None) -> tuple[int, int]:
        reactions.react(person, video.public_id, kind, throttle=throttle, now=utc_now())
        assert reactions.find_reaction(person, video) == kind
        return counts(video)

    edited_at = video.updated_at
    assert say(bob, LIKE) == (1, 0)
    assert say(bob, LIKE) == (1, 0)
    assert say(eve, LIKE) == (2, 0)
    assert say(bob, DISLIKE) == (1, 1)
    assert say(bob, None) == (1, 0)
    assert say(bob, None) == (1, 0)
    assert current_session().get_one(Video, video.id).updated_at == edited_at
    assert reactions.find_reaction(None, video) is None


def test_counters_stay_right_when_people_press_at_the_same_moment(database: Engine, throttle: Throttle) -> None:
    video, people = make_video(make_user()), [make_user() for _ in range(6)]

    def press(turn: int) -> None:
        kind = (LIKE, DISLIKE, None)[turn % 3]
        reactions.react(people[turn % len(people)], video.public_id, kind, throttle=throttle, now=utc_now())
        close_session()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(press, range(30)))
    said = [reactions.find_reaction(person, video) for person in people]
    assert counts(video) == (said.count(LIKE), said.count(DISLIKE))


def test_only_people_who_may_see_the_video_like_it(throttle: Throttle) -> None:
    owner, stranger = make_user(), make_user()
    private = make_video(owner, visibility=Visibility.PRIVATE)
    with pytest.raises(NotFound):
        reactions.react(stranger, private.public_id, LIKE, throttle=throttle, now=utc_now())
    with pytest.raises(NotSignedIn):
        reactions.react(None, private.public_id, LIKE, throttle=throttle, now=utc_now())
    reactions.react(owner, private.public_id, LIKE, throttle=throttle, now=utc_now())
    assert counts(private) == (1, 0)


def test_liking_has_a_limit(throttle: Throttle) -> None:
    video, bob = make_video(make_user()), make_user()
    for _ in range(reactions.MOST_REACTIONS.amount):
        throttle.hit(reactions.MOST_REACTIONS, f"user {bob.id}")
    with pytest.raises(RateLimited):
        reactions.react(bob, video.public_id, LIKE, throttle=throttle, now=utc_now())


def test_a_site_without_likes_takes_none(throttle: Throttle) -> None:
    video, bob = make_video(make_user()), make_user()
    site.change_site(site.Site(has_reactions=False))
    with pytest.raises(Conflict):
        reactions.react(bob, video.public_id, LIKE, throttle=throttle, now=utc_now())
    with pytest.raises(Conflict):
        reactions.list_liked(bob, PageQuery())


def test_liked_videos_are_listed_while_they_may_be_seen(throttle: Throttle) -> None:
    owner, bob, now = make_user(), make_user(), utc_now()
    kinds = [
        {},
        {"visibility": Visibility.UNLISTED},
        {"visibility": Visibility.INTERNAL},
        {"visibility": Visibility.PRIVATE, "viewers": [bob]},
        {"title": "Disliked"},
        {"title": "Deleted"},
        {"title": "Blocked"},
        {"title": "Private"},
        {"title": "Scheduled"},
    ]
    videos = [make_video(owner, **kind) for kind in kinds]
    for place, video in enumerate(videos):
        kind = DISLIKE if video.title == "Disliked" else LIKE
        reactions.react(bob, video.public_id, kind, throttle=throttle, now=now + timedelta(seconds=place))
    changes = {"Deleted": ("status", VideoStatus.DELETED), "Blocked": ("status", VideoStatus.BLOCKED)}
    changes |= {"Private": ("visibility", Visibility.PRIVATE)}
    with transaction() as session:
        for video in videos:
            row = session.get_one(Video, video.id)
            if video.title in changes:
                setattr(row, *changes[video.title])
            if video.title == "Scheduled":
                row.published_at, row.publish_rule = None, "at_time"

    expected = [video.id for video in reversed(videos[:4])]
    first = reactions.list_liked(bob, PageQuery(limit=3))
    second = reactions.list_liked(bob, PageQuery(limit=3, cursor=first.next))
    assert [video.id for video in first.items + second.items] == expected
    assert second.next is None
    assert reactions.list_liked(owner, PageQuery()).items == []
    moderator = make_user(role=Role.MODERATOR)
    reactions.react(moderator, videos[6].public_id, LIKE, throttle=throttle, now=now)
    assert len(reactions.list_liked(moderator, PageQuery()).items) == 1
