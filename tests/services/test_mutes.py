"""Of whom one has muted one hears no more, and finds them all the same."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from tests.factories import make_user, make_video
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, NotFound, NotSignedIn
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import MailChoice, Mute, Notification, NotificationKind, User
from vod_web.schemas.base import PageQuery
from vod_web.schemas.comments import CommentCreate, CommentQuery
from vod_web.schemas.notifications import NotificationChoice
from vod_web.schemas.video_lists import SearchFilter
from vod_web.services import comment_lists, library, mutes, notification_settings
from vod_web.services.announcing import announce_new_videos
from vod_web.services.comments import add_comment
from vod_web.services.home import get_home
from vod_web.services.notification_list import count_unread, list_notifications
from vod_web.services.related import find_related
from vod_web.services.subscriptions import subscribe
from vod_web.services.throttle import Throttle
from vod_web.services.videos import get_video

NOW = utc_now()


@pytest.fixture
def ada(database: Engine) -> User:
    """Who mutes."""
    return make_user("ada")


@pytest.fixture
def bob(database: Engine) -> User:
    """Who is muted."""
    return make_user("bob")


def kinds(person: User) -> list[NotificationKind]:
    close_session()
    return [row.kind for row in list_notifications(person, PageQuery()).items]


def test_nothing_is_told_of_somebody_muted(ada: User, bob: User, throttle: Throttle) -> None:
    subscribe(ada, "bob", has_bell=True, now=NOW - timedelta(days=1))
    video = make_video(ada)
    mutes.mute(ada, "bob", now=NOW)
    add_comment(bob, video.public_id, CommentCreate(text="Hello @ada"), throttle=throttle, now=NOW)
    make_video(bob, "film")
    announce_new_videos(now=utc_now())
    assert kinds(ada) == []
    mutes.unmute(ada, "bob")
    add_comment(bob, video.public_id, CommentCreate(text="Hello again, @ada"), throttle=throttle, now=NOW)
    assert kinds(ada) == [NotificationKind.MENTION]
    assert mutes.unmute(ada, "bob").id == bob.id


def test_what_was_told_before_counts_no_more(ada: User, bob: User, throttle: Throttle) -> None:
    choice = NotificationChoice(kind=NotificationKind.COMMENT, on_site=True, mail=MailChoice.DAILY)
    notification_settings.choose(ada, [choice])
    video = make_video(ada)
    add_comment(bob, video.public_id, CommentCreate(text="Hello"), throttle=throttle, now=NOW)
    assert count_unread(ada) == 1
    mutes.mute(ada, "bob", now=NOW)
    close_session()
    assert count_unread(ada) == 0
    assert current_session().scalars(select(Notification.mail_due_at)).all() == [None]


def test_comments_are_marked_for_the_muter_alone(ada: User, bob: User, throttle: Throttle) -> None:
    video = make_video(make_user())
    for person in (ada, bob):
        add_comment(person, video.public_id, CommentCreate(text="Hello"), throttle=throttle, now=NOW)
    mutes.mute(ada, "bob", now=NOW)

    def marked(person: User | None) -> dict[str, bool]:
        seen, found = comment_lists.list_threads(person, video.public_id, CommentQuery())
        read = comment_lists.read_comments(person, seen, found.items)
        return {one.author.username: one.is_muted for one in read if one.author}

    assert marked(ada) == {"ada": False, "bob": True}
    assert marked(bob) == marked(None) == {"ada": False, "bob": False}


def test_their_videos_are_found_and_not_suggested(ada: User, bob: User) -> None:
    carol = make_user("carol")
    subscribe(ada, "bob", has_bell=False, now=NOW)
    seen = make_video(carol, "Seen film", tags=["boats"])
    make_video(carol, "Fine film", tags=["boats"])
    film = make_video(bob, "Bad film", tags=["boats"])

    def suggested(person: User | None) -> set[str]:
        close_session()
        home, video = get_home(person), get_video(person, seen.public_id)
        rows = {video.title for row in (home.followed, home.popular, home.newest.items) for video in row}
        related = {video.title for video in find_related(person, video, limit=5)}
        typed = {"".join(piece.text for piece in one.pieces) for one in library.suggest_listed(person, "film").titles}
        return (rows | related | typed) - {"Seen film"}

    assert suggested(ada) == {"Fine film", "Bad film"}
    mutes.mute(ada, "bob", now=NOW)
    assert suggested(ada) == {"Fine film"}
    assert suggested(None) == {"Fine film", "Bad film"}
    assert film.id in {one.id for one in library.list_listed(ada, SearchFilter()).items}
    assert "Bad film" in {one.title for one in find_related(ada, film, limit=5)} | {film.title}


def test_beside_a_video_of_somebody_muted_stand_more_of_theirs(ada: User, bob: User) -> None:
    first, _ = make_video(bob, "First"), make_video(bob, "Second")
    mutes.mute(ada, "bob", now=NOW)
    found = find_related(ada, get_video(ada, first.public_id), limit=5)
    assert [video.title for video in found] == ["Second"]


def test_the_list_is_paged_and_ones_own(ada: User, bob: User) -> None:
    people = [make_user(f"person-{number}") for number in range(4)]
    for minute, person in enumerate(people):
        mutes.mute(ada, person.username, now=NOW + timedelta(minutes=minute))
        mutes.mute(ada, person.username, now=NOW + timedelta(hours=1))
    first = mutes.list_muted(ada, PageQuery(limit=3))
    rest = mutes.list_muted(ada, PageQuery(limit=3, cursor=first.next))
    assert [row.muted.username for row in first.items + rest.items] == [one.username for one in reversed(people)]
    assert rest.next is None
    assert mutes.list_muted(bob, PageQuery()).items == []


def test_what_is_refused(ada: User, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutes, "MOST_MUTED", 1)
    with pytest.raises(NotSignedIn):
        mutes.mute(None, "bob", now=NOW)
    with pytest.raises(NotFound):
        mutes.mute(ada, "nobody", now=NOW)
    with pytest.raises(NotFound):
        mutes.mute(ada, make_user(is_suspended=True).username, now=NOW)
    with pytest.raises(Conflict):
        mutes.mute(ada, "ada", now=NOW)
    mutes.mute(ada, "bob", now=NOW)
    with pytest.raises(Conflict):
        mutes.mute(ada, make_user().username, now=NOW)
    assert len(current_session().scalars(select(Mute)).all()) == 1


def test_an_account_that_is_removed_leaves_nothing(ada: User, bob: User) -> None:
    mutes.mute(ada, "bob", now=NOW)
    mutes.mute(bob, "ada", now=NOW)
    with transaction() as session:
        session.delete(session.get_one(User, bob.id))
    assert current_session().scalars(select(Mute)).all() == []


def test_the_number_of_questions_does_not_grow(ada: User, bob: User) -> None:
    make_video(bob)
    counts = []
    for _ in range(3):
        close_session()
        with counted_queries() as statements:
            get_home(ada)
        counts.append(len(statements))
        mutes.mute(ada, make_user().username, now=NOW)
    assert len(set(counts)) == 1
