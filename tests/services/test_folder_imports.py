"""Files of this machine become videos, once, with their captions, and stay or go as is wanted."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests.factories import make_admin, make_user
from tests.uploading import make_bytes
from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import Caption, Role, Source, Upload, UploadState, User, Video, VideoStatus, Visibility
from vod_web.queue import JobQueue
from vod_web.services import bin
from vod_web.services.folder_imports import Outcome, Told, Wanted, find_owner, import_file, list_files
from vod_web.services.upload_removal import expire_uploads
from vod_web.storage.local import LocalStorage

CONTENT = b"\0\0\0\x18ftypmp42" + make_bytes(50_000)
SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello.\n"
Importing = Callable[..., list[Told]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a video in it."""
    folder = tmp_path / "films"
    folder.mkdir()
    (folder / "my_film.mp4").write_bytes(CONTENT)
    return folder


@pytest.fixture
def owner(database: Engine) -> User:
    """Whose videos they become."""
    return make_user("anna", quota_bytes=10)


@pytest.fixture
def run(folder: Path, owner: User, storage: LocalStorage, queue: JobQueue, settings: Settings) -> Importing:
    """`run(is_deep=False, **wanted)`: what the command does with the folder."""

    def import_all(*, is_deep: bool = False, **wanted: object) -> list[Told]:
        how = Wanted(owner=owner, **wanted)  # type: ignore[arg-type] # the fields by name
        return [
            import_file(path, folder, how, storage=storage, queue=queue, settings=settings, report=lambda *_told: None)
            for path in list_files(folder, is_deep=is_deep)
        ]

    return import_all


def videos() -> list[Video]:
    """All that there are."""
    close_session()
    return list(current_session().scalars(select(Video).order_by(Video.id)))


def test_a_file_becomes_a_video_whatever_the_quota(run: Importing, folder: Path, storage: LocalStorage) -> None:
    [told] = run(visibility=Visibility.INTERNAL)

    [video] = videos()
    source = current_session().scalars(select(Source)).one()
    assert (told.outcome, told.sentence) == (Outcome.IMPORTED, "my film")
    assert (video.title, video.visibility, video.status) == ("my film", Visibility.INTERNAL, VideoStatus.QUEUED)
    assert (source.checksum_sha256, source.filename) == (hashlib.sha256(CONTENT).hexdigest(), "my_film.mp4")
    assert storage.read_bytes(source.key) == CONTENT
    kept = folder / "my_film.mp4"
    assert kept.stat().st_ino != (storage.root / source.key).stat().st_ino


def test_what_was_imported_is_passed_over(run: Importing, folder: Path, owner: User) -> None:
    run()
    (folder / "the_same.mov").write_bytes(CONTENT)

    assert [told.outcome for told in run()] == [Outcome.KNOWN, Outcome.KNOWN]
    [video] = videos()
    bin.delete_video(owner, video.public_id, now=utc_now())
    assert [told.outcome for told in run()] == [Outcome.IMPORTED, Outcome.KNOWN]


def test_a_file_that_is_given_moves_without_being_copied(run: Importing, folder: Path, storage: LocalStorage) -> None:
    inode = (folder / "my_film.mp4").stat().st_ino
    (folder / "my_film.de.srt").write_text(SRT)

    [told] = run(is_given=True)

    source = current_session().scalars(select(Source)).one()
    assert told.outcome is Outcome.IMPORTED
    assert (storage.root / source.key).stat().st_ino == inode
    assert list(folder.iterdir()) == []


def test_captions_of_the_same_name_come_along(run: Importing, folder: Path) -> None:
    (folder / "my_film.de.srt").write_text(SRT)
    (folder / "my_film.vtt").write_text("WEBVTT\n\nnot a cue")
    (folder / "other.srt").write_text(SRT)

    [told] = run()

    caption = current_session().scalars(select(Caption)).one()
    assert (caption.language, caption.filename) == ("de", "my_film.de.srt")
    assert "with my_film.de.srt" in told.sentence
    assert "my_film.vtt is left out: " in told.sentence


def test_a_rehearsal_changes_nothing(run: Importing, storage: LocalStorage) -> None:
    assert [told.outcome for told in run(is_rehearsal=True)] == [Outcome.WANTED]
    assert (videos(), list(storage.list(""))) == ([], [])


def test_what_is_no_video_is_told_and_passed_over(run: Importing, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.mp4").write_bytes(CONTENT + b"1")
    (folder / "link.mp4").symlink_to(tmp_path / "outside.mp4")
    (folder / "gone.mp4").symlink_to(folder / "nowhere.mp4")
    (folder / "empty.mp4").touch()
    (folder / "notes.mp4").write_text("notes")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / ".hidden.mp4").write_bytes(CONTENT)

    told = {one.path.name: (one.outcome, one.sentence) for one in run()}

    assert told == {
        "my_film.mp4": (Outcome.IMPORTED, "my film"),
        "link.mp4": (Outcome.SKIPPED, "It is a link that leads out of the folder."),
        "gone.mp4": (Outcome.FAILED, "No such file or directory"),
        "empty.mp4": (Outcome.SKIPPED, "It is empty."),
        "notes.mp4": (Outcome.SKIPPED, "It is not a video: it is a text file."),
        "photo.jpg": (Outcome.SKIPPED, "photo.jpg is a picture; only videos can be published here."),
    }


def test_folders_are_looked_into_if_wanted_and_links_to_them_never(
    run: Importing, folder: Path, tmp_path: Path
) -> None:
    (folder / "more").mkdir()
    (folder / "more" / "second.mp4").write_bytes(CONTENT + b"2")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "third.mp4").write_bytes(CONTENT + b"3")
    (folder / "way").symlink_to(tmp_path / "elsewhere")

    assert [told.path.name for told in run()] == ["my_film.mp4"]
    assert [told.path.name for told in run(is_deep=True)] == ["second.mp4", "my_film.mp4"]


def test_a_run_that_was_killed_is_cleaned_up_by_the_next_one(
    run: Importing, owner: User, storage: LocalStorage, queue: JobQueue
) -> None:
    """It died between storing the file and telling so: that leaves an open upload and an object."""
    run()
    with transaction() as session:
        upload = session.scalars(select(Upload)).one()
        upload.state, left = UploadState.OPEN, upload.key
        session.delete(session.scalars(select(Source)).one())
        session.scalars(select(Video)).one().status = VideoStatus.UPLOADING

    [told] = run()

    [source] = current_session().scalars(select(Source)).all()
    assert told.outcome is Outcome.IMPORTED
    assert [found.key for found in storage.list("")] == [source.key]
    assert source.key != left
    assert expire_uploads(storage=storage, now=utc_now() + timedelta(days=8)) == 0
    assert [video.title for video in videos()] == ["my film"]


def test_what_breaks_off_leaves_nothing(run: Importing, storage: LocalStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the file is being copied."""

    def interrupt(*_told: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(storage, "take_file", interrupt)

    with pytest.raises(KeyboardInterrupt):
        run()
    assert (videos(), list(storage.list(""))) == ([], [])
    assert current_session().scalars(select(Upload)).all() == []


def test_the_owner_is_the_one_who_is_named_or_the_first_admin(owner: User) -> None:
    with pytest.raises(NotFound, match="no admin yet"):
        find_owner(None)
    admin = make_admin()
    make_user("watcher", role=Role.VIEWER)

    assert find_owner(None).id == admin.id
    assert find_owner("Anna").id == owner.id
    with pytest.raises(NotFound, match="nobody called bert"):
        find_owner("bert")
    with pytest.raises(NotFound, match="may not upload"):
        find_owner("watcher")
