"""Lists of videos: one's own among what everybody finds, page after page, alike on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.factories import make_unready_video, make_user, make_video
from vod_web.core.clock import utc_now
from vod_web.models import User, VideoStatus, Visibility
from vod_web.schemas.video_lists import VideoFilter
from vod_web.services import library

SORTED_BY = {
    "published_at": "published_at", "created_at": "created_at", "title": "title", "duration_s": "duration_s",
    "views": "view_count",
}  # fmt: skip


def walk(actor: User | None, sort: str) -> list[str]:
    """The titles of all pages of two."""
    titles, cursor = [], None
    while True:
        wanted = VideoFilter.model_validate({"sort": sort, "limit": 2, **({"cursor": cursor} if cursor else {})})
        page = library.list_videos(actor, wanted)
        titles += [video.title for video in page.items]
        cursor = page.next
        if cursor is None:
            return titles


@pytest.mark.parametrize("sort", ["-published_at", "published_at", "-created_at", "title", "-duration_s", "-views"])
def test_ones_own_and_what_everybody_finds_are_one_list(database: Engine, sort: str) -> None:
    ada, bob, moment = make_user("ada"), make_user("bob"), utc_now()
    for number in range(4):
        seen = {"published_at": moment - timedelta(days=number), "view_count": number % 2}
        make_video(bob, f"of bob {number}", duration_s=float(number) if number else None, **seen)
        make_video(ada, f"of ada {number}", visibility=list(Visibility)[number], duration_s=2.0, **seen)
    make_video(bob, "hidden", visibility=Visibility.PRIVATE)
    for number in range(3):
        make_unready_video(ada, VideoStatus.FAILED, f"failed {number}")
    make_unready_video(bob, VideoStatus.FAILED, "failed of bob")
    whole = library.list_videos(ada, VideoFilter.model_validate({"sort": sort, "limit": 100})).items
    everything = {f"of {name} {number}" for name in ("ada", "bob") for number in range(4)}
    assert {video.title for video in whole} == everything | {f"failed {number}" for number in range(3)}
    values = [getattr(video, SORTED_BY[sort.removeprefix("-")]) for video in whole]
    present = [value for value in values if value is not None]
    assert values == [*sorted(present, reverse=sort.startswith("-")), *([None] * (len(values) - len(present)))]
    assert walk(ada, sort) == [video.title for video in whole]


def test_who_is_not_signed_in_finds_what_is_public(database: Engine) -> None:
    ada = make_user("ada")
    for number, visibility in enumerate(Visibility):
        make_video(ada, visibility.value, visibility=visibility, duration_s=float(number + 1))
    assert walk(None, "-published_at") == walk(None, "duration_s") == ["public"]
