"""How do files that lie on the server become videos, without being sent?

Whoever runs the command may do all that the machine lets them, so what bounds uploads (the size of a file, the quota)
does not bound this; only the room on the disk does. What was imported before is known by its bytes.
"""

import hashlib
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from vod_web.core.clock import utc_now
from vod_web.core.errors import InvalidInput, NotFound, UnsupportedMedia, VodError
from vod_web.core.ids import new_public_id
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.media.caption_names import guess_caption
from vod_web.media.sniff import describe_bytes
from vod_web.models import CaptionKind, Role, Source, Upload, UploadState, User, Video, VideoStatus, Visibility
from vod_web.queue import JobQueue
from vod_web.schemas.captions import CaptionCreate
from vod_web.services import audit, captions, processing, upload_defaults, upload_room, videos
from vod_web.services.filenames import require_video_name
from vod_web.services.import_fetching import HEAD_BYTES, find_same
from vod_web.services.processing.rows import lock_video
from vod_web.services.upload_removal import KEPT_FOR, remove_upload
from vod_web.storage.base import Storage
from vod_web.storage.keys import source_key

READ_BYTES = 1024**2
CAPTION_ENDINGS = frozenset({".srt", ".vtt", ".ass", ".ssa"})
MOST_CAPTION_BYTES = 10 * 1024**2
LONGEST_FILENAME = 255

Report = Callable[[str, int, int], None]
"""Hears what is going on with a file (reading, copying), how many bytes of it are done, and how many it has."""


class Outcome(StrEnum):
    """What became of a file."""

    IMPORTED = "imported"
    WANTED = "would be imported"
    KNOWN = "here already"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True)
class Told:
    """What became of one file, for people."""

    path: Path
    outcome: Outcome
    sentence: str = ""
    video: Video | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How files are imported."""

    owner: User
    visibility: Visibility | None = None
    """None: as the owner's uploads begin."""
    is_given: bool = False
    """The files are the site's from now on, and are gone from where they lay."""
    is_rehearsal: bool = False
    """Only say what would be done."""


def find_owner(username: str | None) -> User:
    """The person of this name, or the first admin.

    Raises:
        NotFound: there is none, or they may not upload.
    """
    wanted = select(User).where(User.is_suspended.is_(False)).order_by(User.id)
    if username is None:
        wanted = wanted.where(User.role == Role.ADMIN)
    else:
        wanted = wanted.where(User.username_key == username.lower())
    owner = current_session().scalars(wanted.limit(1)).one_or_none()
    if owner is None:
        raise NotFound(f"There is nobody called {username} here." if username else "This site has no admin yet.")
    if not owner.role.includes(Role.UPLOADER):
        raise NotFound(f"{owner.username} may not upload, and so own no videos.")
    return owner


def list_files(folder: Path, *, is_deep: bool) -> Iterator[Path]:
    """The files of a folder by name, and of the folders in it; without hidden ones, captions, and what links lead to.

    A link to a file inside of the folder is that file once more, and one that leads out is told by `import_file`.
    """
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.suffix.lower() in CAPTION_ENDINGS:
            continue
        if path.is_dir():
            if is_deep and not path.is_symlink():
                yield from list_files(path, is_deep=True)
        else:
            yield path


def import_file(
    path: Path, folder: Path, wanted: Wanted, *, storage: Storage, queue: JobQueue, settings: Settings, report: Report
) -> Told:
    """Make a video of a file below the folder, unless one was made of it before; says so if something is wrong with it.

    Raises:
        KeyboardInterrupt: as it comes, with nothing of the file left.
    """
    try:
        size_bytes = _look_at(path, folder)
        checksum = _hash(path, size_bytes, report)
        known = find_same(wanted.owner.id, checksum, size_bytes)
        if known is not None:
            return Told(path, Outcome.KNOWN, known.title, known)
        if wanted.is_rehearsal:
            return Told(path, Outcome.WANTED)
        video = _take(path, size_bytes, checksum, wanted, storage, queue, settings, report)
        notes = _add_captions(path, video, wanted, storage)
        if wanted.is_given:
            path.unlink()
    except (UnsupportedMedia, InvalidInput) as error:
        return Told(path, Outcome.SKIPPED, error.message)
    except VodError as error:
        return Told(path, Outcome.FAILED, error.message)
    except OSError as error:
        return Told(path, Outcome.FAILED, error.strerror or str(error))
    finally:
        close_session()
    return Told(path, Outcome.IMPORTED, "; ".join([video.title, *notes]), video)


def _look_at(path: Path, folder: Path) -> int:
    """The size of the file, if it may be a video and is truly in the folder."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise UnsupportedMedia("It is a link that leads out of the folder.")
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UnsupportedMedia("It is no file.")
    if not status.st_size:
        raise UnsupportedMedia("It is empty.")
    require_video_name(path.name)
    with path.open("rb") as file:
        kind = describe_bytes(file.read(HEAD_BYTES))
    if kind:
        raise UnsupportedMedia(f"It is not a video: it is {kind}.")
    return status.st_size


def _hash(path: Path, size_bytes: int, report: Report) -> str:
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while data := file.read(READ_BYTES):
            digest.update(data)
            done += len(data)
            report("Reading", done, size_bytes)
    return digest.hexdigest()


def _take(
    path: Path,
    size_bytes: int,
    checksum: str,
    wanted: Wanted,
    storage: Storage,
    queue: JobQueue,
    settings: Settings,
    report: Report,
) -> Video:
    """Store the file, and begin to process it. Broken off, nothing stays; the next run or the sweep sees to that."""
    upload_room.require_disk_room(0 if wanted.is_given else size_bytes, storage.free_bytes(), now=utc_now())
    _remove_leftovers(wanted.owner, checksum, storage)
    upload = _draft(path, size_bytes, checksum, wanted)
    close_session()
    done = 0

    def copied(more: int) -> None:
        nonlocal done
        done += more
        report("Copying", done, size_bytes)

    try:
        stored = storage.take_file(upload.key, path, is_given=wanted.is_given, report=copied)
        if stored.size_bytes != size_bytes:
            raise InvalidInput("It changed while it was read.")
        return _complete(upload, queue=queue, settings=settings)
    except BaseException:
        with transaction() as session:
            session.get_one(Upload, upload.id, populate_existing=True).state = UploadState.ABORTED
        remove_upload(upload, storage=storage)
        raise


def _fingerprint(checksum: str) -> str:
    return f"server:{checksum}"


def _remove_leftovers(owner: User, checksum: str, storage: Storage) -> None:
    """What a run left that was killed while it was at this file."""
    with transaction() as session:
        is_left = (Upload.owner_id == owner.id, Upload.fingerprint == _fingerprint(checksum))
        found = session.scalars(select(Upload).where(*is_left, Upload.state == UploadState.OPEN)).all()
        for upload in found:
            upload.state = UploadState.ABORTED
    for upload in found:
        remove_upload(upload, storage=storage)


def _draft(path: Path, size_bytes: int, checksum: str, wanted: Wanted) -> Upload:
    """The rows of the video, and of an upload by which the sweep finds what is left of it."""
    now, public_id = utc_now(), new_public_id()
    said = {"visibility": wanted.visibility} if wanted.visibility else {}
    filename = path.name[-LONGEST_FILENAME:]
    with transaction() as session:
        described = upload_defaults.describe_video(wanted.owner, said, filename)
        video = videos.create_video(wanted.owner, described, status=VideoStatus.UPLOADING)
        session.flush()
        upload = Upload(
            public_id=public_id,
            video=video,
            owner_id=wanted.owner.id,
            filename=filename,
            size_bytes=size_bytes,
            part_size_bytes=size_bytes,
            part_count=1,
            checksum_sha256=checksum,
            fingerprint=_fingerprint(checksum),
            key=source_key(video.public_id, public_id),
            created_at=now,
            expires_at=now + KEPT_FOR,
        )
        session.add(upload)
    return upload


def _complete(upload: Upload, *, queue: JobQueue, settings: Settings) -> Video:
    now = utc_now()
    with transaction() as session:
        lock_video(session, upload.video_id)
        current = session.scalars(
            select(Upload)
            .where(Upload.id == upload.id, Upload.state == UploadState.OPEN)
            .options(joinedload(Upload.video))
            .execution_options(populate_existing=True)
        ).one_or_none()
        if current is None or current.video.deleted_at:
            raise NotFound("Its draft was deleted meanwhile.")
        current.state, current.completed_at = UploadState.COMPLETED, now
        current.video.source_bytes += current.size_bytes
        source = Source(
            video_id=current.video_id,
            key=current.key,
            filename=current.filename,
            size_bytes=current.size_bytes,
            checksum_sha256=current.checksum_sha256,
            created_at=now,
        )
        processing.offer_file(session, current.video, source, queue=queue, settings=settings, now=now)
        audit.note(None, "video.import", current.video.title[: audit.TARGET_LENGTH], id=current.video.public_id)
    return current.video


def _add_captions(path: Path, video: Video, wanted: Wanted, storage: Storage) -> list[str]:
    """Caption files that are called as the video is, such as film.srt and film.de.vtt; says what became of them."""
    notes = []
    for file in sorted(path.parent.iterdir()):
        is_its = file.name.startswith(f"{path.stem}.") and file.suffix.lower() in CAPTION_ENDINGS
        if not is_its or file.is_symlink() or not file.is_file():
            continue
        try:
            notes.append(_add_caption(file, video, wanted, storage))
        except (VodError, OSError) as error:
            notes.append(f"{file.name} is left out: {error}")
            continue
        if wanted.is_given:
            with suppress(OSError):
                file.unlink()
    return notes


def _add_caption(file: Path, video: Video, wanted: Wanted, storage: Storage) -> str:
    if file.stat().st_size > MOST_CAPTION_BYTES:
        raise InvalidInput("captions are never so large.")
    guess = guess_caption(file.name)
    kind = CaptionKind.CAPTIONS if guess.tells_sounds else CaptionKind.SUBTITLES
    new = CaptionCreate(language=guess.language or "und", kind=kind, is_forced=guess.is_forced)
    captions.add_caption(wanted.owner, video.public_id, new, file.read_bytes(), storage=storage, filename=file.name)
    return f"with {file.name}"
