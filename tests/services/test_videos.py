"""Making, changing, deleting and finding videos."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from tests.factories import make_admin, make_encode, make_unready_video, make_user, make_video
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.core.errors import Gone, InvalidInput, NotAllowed, NotFound, NotSignedIn, StorageFailed
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import AuditEvent, Role, Source, Tag, User, Video, VideoStatus, ViewingPosition, Visibility
from vod_web.schemas.base import parse_input
from vod_web.schemas.video_lists import SearchFilter, VideoFilter
from vod_web.schemas.videos import VideoCreate, VideoUpdate
from vod_web.services import bin as video_bin
from vod_web.services import library, positions, videos
from vod_web.services.search import finding
from vod_web.storage import open_storage
from vod_web.storage.base import Storage
from vod_web.storage.keys import source_key
from vod_web.storage.local import LocalStorage


@pytest.fixture
def ada(database: Engine) -> User:
    """Somebody who may upload."""
    return make_user("ada")


@pytest.fixture
def storage(settings: Settings) -> Storage:
    """An empty storage."""
    return open_storage(settings)


def titles(found: list[Video]) -> list[str]:
    return [video.title for video in found]


def test_new_videos_wait_for_their_file(ada: User) -> None:
    new = parse_input(VideoCreate, {"title": " Harbour ", "tags": "Sea, #sea, The  Alps"})
    video = videos.create_video(ada, new)
    kept = videos.get_video(ada, video.public_id)
    assert (kept.title, kept.status, kept.is_playable) == ("Harbour", VideoStatus.UPLOADING, False)
    assert [tag.name for tag in kept.tags] == ["sea", "the alps"]
    assert kept.owner_id == ada.id


def test_viewers_may_not_publish(database: Engine) -> None:
    with pytest.raises(NotAllowed):
        videos.create_video(make_user("vera", Role.VIEWER), VideoCreate(title="x"))
    with pytest.raises(NotSignedIn):
        videos.create_video(None, VideoCreate(title="x"))


def test_tags_are_shared(ada: User) -> None:
    for number in range(3):
        videos.create_video(ada, VideoCreate(title=str(number), tags=["sea", f"own {number}"]))
    assert current_session().scalar(select(func.count()).select_from(Tag)) == 4


def test_only_changes_of_who_may_watch_end_the_tokens(ada: User) -> None:
    bob, video = make_user("bob"), make_video(ada)

    def epoch_after(**changes: object) -> int:
        return videos.update_video(ada, video.public_id, VideoUpdate.model_validate(changes)).access_epoch

    assert epoch_after(title="New", tags=["a"], description="d") == 0
    assert epoch_after(visibility="public", viewers=[]) == 0
    assert epoch_after(visibility="private") == 1
    assert epoch_after(viewers=["BOB"]) == 2
    assert epoch_after(viewers="bob") == 2
    assert epoch_after(visibility="unlisted", viewers=[]) == 3
    assert bob.id


def test_what_others_do_to_a_video_is_kept_and_what_its_owner_does_is_not(ada: User) -> None:
    admin = make_admin()
    video_id = make_video(ada, "Harbour").public_id
    videos.update_video(ada, video_id, VideoUpdate(title="The harbour"))
    videos.update_video(admin, video_id, VideoUpdate(title="Blocked", visibility=Visibility.PRIVATE, tags=[]))
    videos.update_video(admin, video_id, VideoUpdate(title="Blocked"))
    for person in (ada, admin):
        video_bin.delete_video(person, video_id, now=utc_now())
        video_bin.restore_video(person, video_id, now=utc_now())
    events = list(current_session().scalars(select(AuditEvent).order_by(AuditEvent.id)))
    assert [event.action for event in events] == ["video.edit", "video.delete", "video.restore"]
    assert {event.actor_id for event in events} == {admin.id}
    assert {event.detail["id"] for event in events} == {video_id}
    assert events[0].detail["former_title"] == "The harbour"
    assert events[0].detail["changed"] == ["title", "visibility"]


def test_unknown_viewers_are_named(ada: User) -> None:
    video = make_video(ada, visibility=Visibility.PRIVATE)
    with pytest.raises(InvalidInput) as caught:
        videos.update_video(ada, video.public_id, VideoUpdate(viewers=["ada", "nobody", "noone"]))
    assert caught.value.fields == {"viewers": "There is nobody called nobody, noone here."}


def test_what_was_changed_is_found_at_once(ada: User) -> None:
    video = make_video(ada, "Before", tags=["sea"])
    videos.update_video(ada, video.public_id, VideoUpdate(title="Æther über alles", tags=["Straße"]))

    def finds(query: str) -> bool:
        return bool(library.list_listed(None, VideoFilter(query=query)).items)

    assert finds("UBER")
    assert finds("strasse")
    assert finds("alles straße")
    assert not finds("before")
    assert not finds("sea")


def test_what_is_not_text_is_dropped(ada: User) -> None:
    video = videos.create_video(ada, VideoCreate(title="a\x00b\ud800c", description="x\ny\x07", tags=["\x00t"]))
    kept = videos.get_video(ada, video.public_id)
    assert (kept.title, kept.description, [tag.name for tag in kept.tags]) == ("abc", "x\ny", ["t"])


@pytest.mark.parametrize("sort", ["-created_at", "title", "-title", "duration_s", "-views"])
def test_lists_page_through_ties_and_gaps(ada: User, sort: str) -> None:
    for number in range(9):
        make_video(ada, f"video {number // 3}", duration_s=None if number == 4 else float(number % 2), view_count=7)
    seen: list[str] = []
    cursor = None
    while True:
        wanted = VideoFilter.model_validate({"sort": sort, "limit": 2, "cursor": cursor})
        found = library.list_own_videos(ada, wanted)
        seen += [video.public_id for video in found.items]
        cursor = found.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 9


def test_counting_stops_where_it_would_cost(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "MOST_COUNTED", 3)
    monkeypatch.setattr(finding, "MOST_RANKED", 3)
    for _ in range(6):
        make_video(ada, "film", tags=["sea"])
    for wanted in (SearchFilter(query="film", limit=2), SearchFilter(tag="sea", limit=2)):
        found = library.search_listed(None, wanted, now=utc_now())
        assert (found.count, found.has_more) == (3, True)


def test_a_video_is_read_with_a_fixed_number_of_queries(ada: User, storage: Storage) -> None:
    video = make_video(ada, tags=["a", "b", "c"])
    make_encode(video, storage)
    close_session()
    with counted_queries() as statements:
        videos.get_video(None, video.public_id)
    assert len([text for text in statements if not text.startswith("BEGIN")]) == 5


def test_deleted_videos_lie_in_the_bin_and_come_back(ada: User) -> None:
    video = make_video(ada, "Harbour")
    deleted = video_bin.delete_video(ada, video.public_id, now=utc_now())
    assert deleted.access_epoch == 1
    assert titles(video_bin.list_bin(ada)) == ["Harbour"]
    with pytest.raises(Gone):
        videos.get_video(ada, video.public_id)
    with pytest.raises(Gone):
        video_bin.delete_video(ada, video.public_id, now=utc_now())
    back = video_bin.restore_video(ada, video.public_id, now=utc_now())
    assert (back.status, back.former_status, back.deleted_at) == (VideoStatus.READY, None, None)
    assert video_bin.restore_video(ada, video.public_id, now=utc_now()).status is VideoStatus.READY
    assert video_bin.list_bin(ada) == []


def test_restored_videos_are_what_processing_made_of_them(ada: User, storage: Storage) -> None:
    video = make_unready_video(ada, VideoStatus.PROCESSING)
    make_encode(video, storage, status="failed", failure="The disk was full.", is_active=False)
    video_bin.delete_video(ada, video.public_id, now=utc_now())
    back = video_bin.restore_video(ada, video.public_id, now=utc_now())
    assert (back.status, back.status_reason) == (VideoStatus.FAILED, "The disk was full.")


def test_deleting_does_not_lift_a_block(ada: User, storage: Storage) -> None:
    video = make_video(ada, status=VideoStatus.BLOCKED, status_reason="Not yours.")
    make_encode(video, storage)
    video_bin.delete_video(ada, video.public_id, now=utc_now())
    back = video_bin.restore_video(ada, video.public_id, now=utc_now())
    assert (back.status, back.status_reason) == (VideoStatus.BLOCKED, "Not yours.")


def test_only_its_owner_and_admins_bring_a_video_back(ada: User) -> None:
    video = make_video(ada)
    video_bin.delete_video(ada, video.public_id, now=utc_now())
    with pytest.raises(NotFound):
        video_bin.restore_video(make_user("eve"), video.public_id, now=utc_now())
    assert video_bin.restore_video(make_admin(), video.public_id, now=utc_now()).status is VideoStatus.READY


def test_purging_removes_rows_and_files_after_seven_days(ada: User, storage: Storage) -> None:
    now = utc_now()
    old, young, kept = make_video(ada, "old"), make_video(ada, "young"), make_video(ada, "kept")
    for video in (old, young, kept):
        make_encode(video, storage)
        storage.put_bytes(source_key(video.public_id, "upload00000"), b"source", content_type="x/y")
    with transaction() as session:
        session.add(ViewingPosition(user_id=ada.id, video_id=old.id, position_s=1.0))
    video_bin.delete_video(ada, old.public_id, now=now - timedelta(days=7))
    video_bin.delete_video(ada, young.public_id, now=now - timedelta(days=6, hours=23))
    assert video_bin.purge_deleted(storage=storage, now=now) == 1
    assert video_bin.purge_deleted(storage=storage, now=now) == 0
    left = {found.key.split("/")[1] for found in storage.list("")}
    assert left == {young.public_id, kept.public_id}
    session = current_session()
    assert session.scalar(select(func.count()).select_from(Video)) == 2
    assert session.scalar(select(func.count()).select_from(Source)) == 2
    assert titles(video_bin.list_bin(ada)) == ["young"]
    with pytest.raises(NotFound):
        videos.get_video(ada, old.public_id)


def test_purging_goes_on_where_it_was_broken_off(ada: User, storage: Storage) -> None:
    video = make_video(ada)
    make_encode(video, storage)
    video_bin.delete_video(ada, video.public_id, now=utc_now() - timedelta(days=8))
    storage.delete_prefix(f"videos/{video.public_id}/")
    assert video_bin.purge_deleted(storage=storage, now=utc_now()) == 1
    assert current_session().scalar(select(func.count()).select_from(Video)) == 0


class _StuckStorage(LocalStorage):
    """A disk on which the files of one video cannot be removed."""

    stuck = ""

    def delete_prefix(self, prefix: str) -> int:
        if self.stuck in prefix:
            raise StorageFailed("The site's disk does not work as it should.")
        return super().delete_prefix(prefix)


def test_a_video_that_cannot_be_removed_keeps_no_other_from_going(ada: User, tmp_path: Path) -> None:
    storage = _StuckStorage(tmp_path / "media")
    stuck, other = make_video(ada, "stuck"), make_video(ada, "other")
    for video in (stuck, other):
        make_encode(video, storage)
        video_bin.delete_video(ada, video.public_id, now=utc_now() - timedelta(days=8))
    storage.stuck = stuck.public_id

    assert video_bin.purge_deleted(storage=storage, now=utc_now()) == 1
    assert current_session().scalars(select(Video.title)).all() == ["stuck"]


def test_two_first_positions_at_the_same_moment_are_one(ada: User) -> None:
    video_ids = [make_video(ada).public_id for _ in range(10)]
    together = threading.Barrier(2)

    def watch(position_s: float) -> None:
        for video_id in video_ids:
            together.wait(10)
            positions.set_position(ada, video_id, position_s, now=utc_now())
        close_session()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(watch, (3.0, 30.0)))
    kept = current_session().scalars(select(ViewingPosition.position_s)).all()
    assert len(kept) == 10
    assert set(kept) <= {3.0, 30.0}


def test_positions_are_kept_within_the_video(ada: User) -> None:
    video, now = make_video(ada, duration_s=100.0), utc_now()
    assert positions.set_position(ada, video.public_id, 30.0, now=now) == 30.0
    assert positions.find_resume_s(ada, video) == 30.0
    assert positions.set_position(ada, video.public_id, 400.0, now=now) == 100.0
    assert positions.find_resume_s(ada, video) is None
    assert positions.set_position(ada, video.public_id, 3.0, now=now) == 3.0
    assert positions.find_resume_s(ada, video) is None
    assert positions.find_resume_s(None, video) is None
    with pytest.raises(NotSignedIn):
        positions.set_position(None, video.public_id, 3.0, now=now)
