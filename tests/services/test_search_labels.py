"""Which labels do videos have, and in which ranges are the newest looked for?"""

import pytest
from sqlalchemy import Engine, select, text

from tests.factories import make_user, make_video
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import SearchDocument, User
from vod_web.schemas.video_lists import NewestFilter, SearchFilter
from vod_web.schemas.videos import VideoUpdate
from vod_web.services import library, videos
from vod_web.services.search.labels import RANGE_IDS, label_of_owner, label_of_range, label_of_tag, newest_ranges


def labels_kept(video_id: int) -> set[str]:
    """The labels among the words of a video."""
    close_session()
    words = current_session().scalar(
        text("SELECT text_words FROM search_documents WHERE video_id = :id").bindparams(id=video_id)
    )
    return {word for word in str(words).replace("'", "").split() if word[:3] in ("¬o¬", "¬r¬", "¬t¬")}


def found(actor: User | None, query: str, **more: object) -> list[str]:
    """The titles of what a search with filters finds."""
    page = library.list_listed(actor, NewestFilter.model_validate({"query": query, **more}))
    return sorted(video.title for video in page.items)


def test_a_video_has_its_owner_its_range_and_its_tags(database: Engine) -> None:
    ada = make_user("ada")
    video = make_video(ada, "film", tags=["sea", "harbour"])
    tags = {label_of_tag(tag.id) for tag in video.tags}
    assert labels_kept(video.id) == {label_of_owner(ada.id), label_of_range(video.id), *tags}
    assert found(None, "film", tag="sea", owner="ADA") == ["film"]
    videos.update_video(ada, video.public_id, VideoUpdate(tags=["sea"]))
    assert len(labels_kept(video.id)) == 3
    assert found(None, "film", tag="harbour") == []
    assert found(None, "film", tag="unknown") == found(None, "film", owner="nobody") == []


def test_labels_are_no_words(database: Engine) -> None:
    ada = make_user("ada")
    make_video(ada, "film", tags=["sea"])
    for typed in (label_of_owner(ada.id), f"o {ada.id}", "¬r¬0"):
        page = library.search_listed(None, SearchFilter(query=typed), now=ada.created_at).page
        assert page.items == []


def test_a_channel_is_searched_by_its_label_and_its_owner_finds_what_is_hidden(database: Engine) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    make_video(ada, "film of ada")
    make_video(ada, "private film of ada", visibility="private")
    make_video(bob, "film of bob")
    wanted = NewestFilter(query="film")
    assert [video.title for video in library.list_channel(None, ada, wanted).items] == ["film of ada"]
    assert len(library.list_channel(ada, ada, wanted).items) == 2
    assert len(library.list_own_videos(ada, wanted).items) == 2


def test_the_condition_holds_whatever_the_label_says(database: Engine) -> None:
    """The index may be behind; whose a video is, the video knows."""
    ada, bob = make_user("ada"), make_user("bob")
    video = make_video(ada, "film")
    with transaction() as session:
        kept = session.scalars(select(SearchDocument).where(SearchDocument.video_id == video.id)).one()
        kept.text_words = f"film {label_of_owner(bob.id)}"
    assert found(None, "film", owner="bob") == []


@pytest.mark.parametrize(
    ("newest_id", "share", "expected"),
    [
        (1_000_000, 0.0, 0),
        (1_000_000, 1.0, 2),
        (1_000_000, 0.01, 11),
        (1_000_000, 0.0001, 0),
        (3 * RANGE_IDS, 0.01, 0),
    ],
)
def test_as_many_ranges_are_looked_into_as_hold_enough(newest_id: int, share: float, expected: int) -> None:
    ranges = newest_ranges(newest_id, share=share, wanted=25)
    assert len(ranges) == expected
    assert ranges[:1] == [label_of_range(newest_id)][: len(ranges)]
