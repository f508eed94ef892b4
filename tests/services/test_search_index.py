"""The index of words while several people change what it follows from."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine

from tests.factories import make_user, make_video
from vod_web.core.clock import utc_now
from vod_web.db.session import close_session, current_session
from vod_web.models import User
from vod_web.schemas.channels import ProfileUpdate
from vod_web.schemas.video_lists import SearchFilter
from vod_web.schemas.videos import VideoUpdate
from vod_web.services import accounts, library, videos
from vod_web.services.search import index
from vod_web.services.search.rebuild import rebuild
from vod_web.storage.local import LocalStorage

MEANWHILE_S = 1.0
"""So long something else may happen while one is held up; what waits for it goes on afterwards."""


@pytest.fixture
def ada(database: Engine) -> User:
    """Somebody who publishes."""
    return make_user("ada", display_name="Ada Lovelace")


@contextmanager
def held_up(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> Iterator[None]:
    """The work, in a thread of its own, has read what it is about to write while the block runs."""
    has_read, may_go_on = threading.Event(), threading.Event()
    original = index.document_of

    def read(texts: index.Texts) -> dict[str, str]:
        if threading.current_thread() is thread:
            has_read.set()
            may_go_on.wait(60)
        return original(texts)

    thread = in_thread(work)
    monkeypatch.setattr(index, "document_of", read)
    thread.start()
    assert has_read.wait(60)
    try:
        yield
    finally:
        may_go_on.set()
        thread.join(60)


def in_thread(work: Callable[[], object]) -> threading.Thread:
    """With a session of its own."""

    def run() -> None:
        work()
        close_session()

    return threading.Thread(target=run)


def edit(person_id: int, video_id: str, title: str) -> None:
    person = current_session().get_one(User, person_id)
    videos.update_video(person, video_id, VideoUpdate.model_validate({"title": title}))


def rename(person_id: int, name: str) -> None:
    person = current_session().get_one(User, person_id)
    accounts.change_profile(person, ProfileUpdate.model_validate({"display_name": name}))


def titles(query: str) -> list[str]:
    close_session()
    found = library.search_listed(None, SearchFilter(query=query), now=utc_now())
    return [video.title for video in found.page.items]


def test_a_video_that_is_changed_while_its_owner_is_renamed_is_found_by_the_new_name(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = make_video(ada, "film")
    renaming = in_thread(lambda: rename(ada.id, "Zebra"))
    with held_up(monkeypatch, lambda: edit(ada.id, video.public_id, "movie")):
        renaming.start()
        renaming.join(MEANWHILE_S)
    renaming.join(60)
    assert titles("zebra") == ["movie"]
    assert titles("lovelace") == []


def test_a_video_that_is_changed_while_the_index_is_made_anew_is_found_by_its_new_words(
    ada: User, monkeypatch: pytest.MonkeyPatch, storage: LocalStorage
) -> None:
    video = make_video(ada, "oldword")
    editing = in_thread(lambda: edit(ada.id, video.public_id, "newword"))
    with held_up(monkeypatch, lambda: rebuild(storage=storage, report=lambda *_: None)):
        editing.start()
        editing.join(MEANWHILE_S)
    editing.join(60)
    assert titles("newword") == ["newword"]
    assert titles("oldword") == []
