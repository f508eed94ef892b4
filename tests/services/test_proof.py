"""The test clip: made, sent, followed, replaced and removed; broken storage and FFmpeg are told, not raised."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests.conftest import with_settings
from tests.databases import on_sqlite
from tests.factories import make_admin, make_user
from tests.queries import counted_queries
from vod_web.core.errors import NotAllowed, NotSignedIn
from vod_web.core.settings import Settings
from vod_web.db.session import current_session, transaction
from vod_web.models import Encode, EncodeStatus, User, Video, VideoStatus, Visibility
from vod_web.queue import JobQueue
from vod_web.schemas.video_lists import VideoFilter
from vod_web.services import bin, library, proof
from vod_web.services.chain import LinkState
from vod_web.services.processing.workers import list_workers
from vod_web.storage.local import LocalStorage

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def admin(database: Engine) -> User:
    """Who runs the site."""
    return make_admin()


def states(found: proof.Proof) -> dict[str, LinkState]:
    return {link.name.value: link.state for link in found.links}


def test_without_a_clip_every_link_waits(admin: User, queue: JobQueue, storage: LocalStorage) -> None:
    found = proof.get_proof(admin, storage=storage, queue=queue, now=NOW)

    assert set(states(found).values()) == {LinkState.WAITING}
    assert (found.is_begun, found.is_moving, found.is_playable, found.video) == (False, False, False, None)


def test_a_clip_is_stored_and_queued(admin: User, queue: JobQueue, storage: LocalStorage, settings: Settings) -> None:
    proof.start_proof(admin, storage=storage, queue=queue, settings=settings, now=NOW)
    found = proof.get_proof(admin, storage=storage, queue=queue, now=NOW)

    assert found.video is not None
    assert states(found)["Storage"] is LinkState.DONE
    assert states(found)["Worker"] is LinkState.RUNNING
    assert (found.is_begun, found.is_moving, found.is_playable) == (True, True, False)
    assert found.video.visibility is Visibility.PRIVATE
    assert library.list_listed(admin, VideoFilter()).items == []
    assert [stored.size_bytes for stored in storage.list("sources/")] == [found.video.source_bytes]
    assert len(queue.hints()) == 1


@on_sqlite
def test_a_missing_worker_is_told(admin: User, queue: JobQueue, storage: LocalStorage, settings: Settings) -> None:
    proof.start_proof(admin, storage=storage, queue=queue, settings=settings, now=NOW)

    found = proof.get_proof(admin, storage=storage, queue=queue, now=NOW + timedelta(seconds=20))

    assert list_workers(admin) == []
    assert found.summary == "Worker does not work."
    assert found.is_moving, "it goes on by itself when a worker comes"


@on_sqlite
def test_a_broken_storage_is_told_and_mended(admin: User, queue: JobQueue, tmp_path: Path, settings: Settings) -> None:
    blocked = tmp_path / "media"
    blocked.write_text("a file where the folder should be")

    proof.start_proof(admin, storage=LocalStorage(blocked), queue=queue, settings=settings, now=NOW)
    found = proof.get_proof(admin, storage=LocalStorage(blocked), queue=queue, now=NOW)

    assert states(found)["Storage"] is LinkState.FAILED
    assert (found.is_begun, found.is_moving, found.video) == (True, False, None)
    assert found.links[1].detail
    assert found.links[1].mend

    blocked.unlink()
    proof.start_proof(admin, storage=LocalStorage(blocked), queue=queue, settings=settings, now=NOW)

    assert (
        states(proof.get_proof(admin, storage=LocalStorage(blocked), queue=queue, now=NOW))["Storage"] is LinkState.DONE
    )


@on_sqlite
def test_a_broken_ffmpeg_is_told(
    admin: User, queue: JobQueue, storage: LocalStorage, settings: Settings, tmp_path: Path
) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)

    proof.start_proof(
        admin, storage=storage, queue=queue, settings=with_settings(settings, ffmpeg=str(program)), now=NOW
    )
    found = proof.get_proof(admin, storage=storage, queue=queue, now=NOW)

    assert states(found)["FFmpeg"] is LinkState.FAILED
    assert states(found)["Storage"] is LinkState.WAITING


@on_sqlite
def test_a_queue_that_is_away_is_told(admin: User, storage: LocalStorage, settings: Settings) -> None:
    away = JobQueue("redis://127.0.0.1:1")

    proof.start_proof(admin, storage=storage, queue=away, settings=settings, now=NOW)
    found = proof.get_proof(admin, storage=storage, queue=away, now=NOW)

    assert found.summary == "Queue does not work."
    assert found.is_moving


@on_sqlite
def test_a_finished_clip_leaves_only_the_player_to_prove(
    admin: User, queue: JobQueue, storage: LocalStorage, settings: Settings
) -> None:
    proof.start_proof(admin, storage=storage, queue=queue, settings=settings, now=NOW)
    with transaction() as session:
        encode = session.scalars(select(Encode)).one()
        encode.status, encode.is_active = EncodeStatus.READY, True

    found = proof.get_proof(admin, storage=storage, queue=queue, now=NOW)

    assert list(states(found).values()) == [LinkState.DONE] * 5 + [LinkState.RUNNING]
    assert (found.is_playable, found.is_moving) == (True, False)


@on_sqlite
def test_a_new_test_removes_the_clip_before(
    admin: User, queue: JobQueue, storage: LocalStorage, settings: Settings
) -> None:
    for _ in range(2):
        proof.start_proof(admin, storage=storage, queue=queue, settings=settings, now=NOW)

    statuses = sorted(video.status.value for video in current_session().scalars(select(Video)))

    assert statuses == [VideoStatus.DELETED.value, VideoStatus.QUEUED.value]


def test_a_removed_clip_goes_for_good_at_the_next_sweep(
    admin: User, queue: JobQueue, storage: LocalStorage, settings: Settings
) -> None:
    proof.start_proof(admin, storage=storage, queue=queue, settings=settings, now=NOW)

    assert proof.remove_proof(admin, now=NOW)
    assert not proof.get_proof(admin, storage=storage, queue=queue, now=NOW).is_begun
    assert bin.purge_deleted(storage=storage, now=NOW) == 1
    assert list(storage.list("sources/")) == []
    assert not proof.remove_proof(admin, now=NOW)


def test_a_clip_that_was_deleted_elsewhere_is_no_clip(
    admin: User, queue: JobQueue, storage: LocalStorage, settings: Settings
) -> None:
    proof.start_proof(admin, storage=storage, queue=queue, settings=settings, now=NOW)
    found = proof.get_proof(admin, storage=storage, queue=queue, now=NOW)
    assert found.video is not None
    bin.delete_video(admin, found.video.public_id, now=NOW)

    assert not proof.get_proof(admin, storage=storage, queue=queue, now=NOW).is_begun
    assert proof.remove_proof(admin, now=NOW)


def test_only_admins_test_the_site(admin: User, queue: JobQueue, storage: LocalStorage, settings: Settings) -> None:
    viewer = make_user()

    with pytest.raises(NotAllowed):
        proof.start_proof(viewer, storage=storage, queue=queue, settings=settings, now=NOW)
    with pytest.raises(NotAllowed):
        proof.get_proof(viewer, storage=storage, queue=queue, now=NOW)
    with pytest.raises(NotSignedIn):
        proof.remove_proof(None, now=NOW)


def test_looking_takes_few_queries(admin: User, queue: JobQueue, storage: LocalStorage, settings: Settings) -> None:
    proof.start_proof(admin, storage=storage, queue=queue, settings=settings, now=NOW)

    with counted_queries() as statements:
        proof.get_proof(admin, storage=storage, queue=queue, now=NOW)

    assert len([text for text in statements if not text.startswith("BEGIN")]) <= 10
