"""What goes with a video, alike on both databases."""

import pytest
from sqlalchemy import Engine

from tests.factories import make_unready_video, make_user, make_video
from tests.queries import counted_queries
from vod_web.core.errors import NotFound
from vod_web.db.session import close_session
from vod_web.models import Category, User, Video, VideoStatus, Visibility
from vod_web.services.related import list_related


@pytest.fixture
def ada(database: Engine) -> User:
    """Somebody who publishes."""
    return make_user("ada")


def _titles(actor: User | None, video: Video, limit: int = 20) -> list[str]:
    return [one.title for one in list_related(actor, video.public_id, limit=limit)]


def test_what_shares_more_comes_first(ada: User) -> None:
    bob, cyd = make_user("bob"), make_user("cyd")
    video = make_video(ada, "Sailing around Skye", tags=["sea", "boat"], category=Category.TRAVEL)
    make_video(cyd, "Bread")
    make_video(cyd, "Trains", category=Category.TRAVEL)
    make_video(ada, "Cake")
    make_video(bob, "Fish", tags=["sea"])
    make_video(bob, "Two harbours", tags=["sea", "boat"])
    make_video(bob, "Skye by bus", tags=["boat"])

    titles = _titles(None, video)

    assert titles[:2] == ["Two harbours", "Skye by bus"]
    assert titles[2:] == ["Fish", "Cake", "Trains", "Bread"]


def test_words_count_in_all_their_forms(ada: User) -> None:
    bob = make_user("bob")
    video = make_video(ada, "Baking breads", language="en")
    make_video(bob, "How to bake a bread", language="en")
    make_video(bob, "Boats")
    assert _titles(None, video)[0] == "How to bake a bread"


def test_only_what_one_may_find_is_named(ada: User) -> None:
    bob = make_user("bob")
    video = make_video(ada, "The sea", tags=["sea"])
    for visibility in Visibility:
        make_video(ada, visibility.value, tags=["sea"], visibility=visibility)
    make_video(ada, "blocked", tags=["sea"], status=VideoStatus.BLOCKED)
    make_video(ada, "deleted", tags=["sea"], status=VideoStatus.DELETED)
    make_unready_video(ada, VideoStatus.PROCESSING, "processing", tags=["sea"])
    assert _titles(None, video) == ["public"]
    assert sorted(_titles(bob, video)) == ["internal", "public"]
    assert sorted(_titles(ada, video)) == ["internal", "public"]


def test_nobody_learns_of_what_goes_with_a_video_they_may_not_see(ada: User) -> None:
    video = make_video(ada, visibility=Visibility.PRIVATE)
    with pytest.raises(NotFound):
        list_related(None, video.public_id, limit=5)


def test_the_newest_follow_where_nothing_is_shared(ada: User) -> None:
    bob = make_user("bob")
    video = make_video(ada, "!!!")
    for number in range(4):
        make_video(bob, f"Other {number}")
    assert _titles(None, video, limit=3) == ["Other 3", "Other 2", "Other 1"]


def test_it_takes_as_many_statements_however_many_there_are(ada: User) -> None:
    video = make_video(ada, "The sea of many words and names", tags=["sea", "boat", "sun"])
    list_related(None, video.public_id, limit=10)  # what a process asks once
    counts = []
    for _ in range(2):
        for number in range(12):
            make_video(ada, f"The sea {number}", tags=["sea"])
        close_session()
        with counted_queries() as statements:
            assert len(list_related(None, video.public_id, limit=10)) == 10
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 14
