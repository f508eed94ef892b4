"""How does a file from another server become the source of a video?

It is stored part by part as it comes, each part once it is whole: so little is held in memory, and after an
interruption it goes on behind the last part, where the server still has the same file.
"""

import hashlib
import time
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from vod_web.core.clock import utc_now
from vod_web.core.errors import Duplicate, UnsupportedMedia
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.media.sniff import describe_bytes
from vod_web.models import Import, ImportState, JobState, Source, SourceState, User, Video
from vod_web.queue import JobQueue
from vod_web.remote.downloads import Download, FetchFailed, Limits, Mark, open_download
from vod_web.schemas.uploads import clean_filename
from vod_web.schemas.videos import VideoUpdate
from vod_web.services import processing, quotas, upload_room, videos
from vod_web.services.filenames import make_title, require_video_name
from vod_web.services.import_jobs import ImportLease, get_fetch, lock_held_import, renew_import
from vod_web.services.import_removal import KEPT_FOR
from vod_web.services.processing.attempts import REPORT_INTERVAL_S, WorkerStopped
from vod_web.services.processing.leases import LEASE_S, LeaseLost
from vod_web.services.uploads import choose_part_size
from vod_web.storage.base import Storage, UploadedPart

HEAD_BYTES = 4096
"""By so many it is seen what a file is."""
HASH_BYTES = 1024**2
WEB_PAGE = "This is a web page, not a video. Give the address of the video file itself."
_PAGES = (b"<!doctype html", b"<html", b"<?xml", b"<head", b"<body")
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
SILENT_S = 4.0
"""After so long without a byte no speed is told any more."""
SMOOTHING = 0.7
"""How much of the speed that was told before stays."""


@dataclass
class Fetching:
    """One attempt at one import, and how it is stopped in the middle."""

    lease: ImportLease
    storage: Storage
    queue: JobQueue
    settings: Settings
    limits: Limits
    lease_s: float = LEASE_S
    is_lost: bool = False
    """Seen by the thread that renews the lease."""
    is_stop_wanted: bool = False
    stored_bytes: int = 0
    """In this attempt."""
    _told: tuple[float, int] = field(default_factory=lambda: (time.monotonic(), 0))
    _speed_bps: float | None = None

    def check(self) -> None:
        """Nothing, while it goes on.

        Raises:
            LeaseLost: the import is not ours any more.
            WorkerStopped: the worker is told to end.
        """
        if self.is_stop_wanted:
            raise WorkerStopped
        if self.is_lost:
            raise LeaseLost

    def renew(self) -> None:
        """Hold the import for another while; from the thread that does this all the time."""
        is_silent = time.monotonic() - self._told[0] > SILENT_S
        told = {"speed_bps": None} if is_silent else {}
        try:
            renew_import(self.lease, lease_s=self.lease_s, now=utc_now(), **told)
        except LeaseLost:
            self.is_lost = True
        finally:
            close_session()

    def begin(self, at: int) -> None:
        """Bytes come from here on."""
        self._told = time.monotonic(), at

    def report(self, received_bytes: int) -> None:
        """Say how much has come; call it often.

        Raises:
            LeaseLost, WorkerStopped: as `check`.
        """
        self.check()
        moment, before = self._told
        now = time.monotonic()
        if now - moment < REPORT_INTERVAL_S:
            return
        speed = (received_bytes - before) / (now - moment)
        self._speed_bps = speed if self._speed_bps is None else SMOOTHING * self._speed_bps + (1 - SMOOTHING) * speed
        self._told = now, received_bytes
        told = {"received_bytes": received_bytes, "speed_bps": self._speed_bps}
        renew_import(self.lease, lease_s=self.lease_s, now=utc_now(), **told)
        close_session()


def fetch_import(attempt: Fetching) -> None:
    """Fetch the file, make it the source of its video, and begin the processing.

    Raises:
        FetchFailed, AddressRefused, TooLarge, QuotaExceeded, StorageFailed, UnsupportedMedia: what went wrong.
        Duplicate: all of it is here, and was here before.
        LeaseLost, WorkerStopped: somebody wants it no more, or not here.
    """
    found = _get(attempt)
    intake = _Intake(attempt, found)
    limits = replace(
        attempt.limits, max_bytes=attempt.settings.max_upload_bytes, networks=attempt.settings.import_networks
    )
    while not intake.is_whole:
        before = intake.stored_bytes
        if utc_now() > found.expires_at:
            raise FetchFailed(f"This file could not be fetched within {KEPT_FOR.days} days.", is_lasting=True)
        try:
            with open_download(found.url, limits, intake.mark) as download:
                intake.take(download)
        except FetchFailed as error:
            if error.is_lasting or intake.stored_bytes <= before:
                raise
    _complete(attempt, intake)


def _get(attempt: Fetching) -> Import:
    with transaction() as session:
        found = get_fetch(lock_held_import(session, attempt.lease))
    close_session()
    return found


class _Intake:
    """Takes in a file, in however many downloads."""

    def __init__(self, attempt: Fetching, found: Import) -> None:
        self._attempt = attempt
        self._found = found
        self.stored_bytes = found.stored_bytes
        self._digest = hashlib.sha256() if not found.stored_bytes else None
        self._buffer = bytearray()
        self.is_whole = bool(found.stored_bytes) and found.stored_bytes == found.size_bytes

    @property
    def mark(self) -> Mark | None:
        """From where it may go on."""
        if not self.stored_bytes or not self._found.validator:
            return None
        return Mark(self.stored_bytes, self._found.validator)

    def checksum(self) -> str | None:
        """The SHA-256 of all, where this attempt has seen all of it."""
        return self._digest.hexdigest() if self._digest else None

    def take(self, download: Download) -> None:
        """All that comes, up to the end of the file."""
        if download.offset == 0:
            self._begin(download)
        self._buffer.clear()
        self._attempt.begin(download.offset)
        while data := download.read():
            self._buffer += data
            if not self.stored_bytes and len(self._buffer) >= HEAD_BYTES:
                _require_video(self._buffer)
            while len(self._buffer) >= self._found.part_size_bytes:
                self._store(self._found.part_size_bytes)
            self._attempt.report(self.stored_bytes + len(self._buffer))
        if not self.stored_bytes:
            _require_video(self._buffer)
        self._store(len(self._buffer), is_last=True)
        self.is_whole = True

    def _begin(self, download: Download) -> None:
        """From the beginning: what came before is thrown away."""
        if download.content_type in _PAGE_TYPES:
            raise UnsupportedMedia(WEB_PAGE)
        attempt, found = self._attempt, self._found
        former = found.parts_id
        if former:
            attempt.storage.abort_parts(found.key, former)
        part_size_bytes = choose_part_size(
            download.size_bytes or attempt.settings.max_upload_bytes, smallest_bytes=attempt.settings.upload_part_bytes
        )
        _announce(attempt, download, part_size_bytes)
        parts_id = attempt.storage.begin_parts(
            found.key, size_bytes=0, part_size_bytes=part_size_bytes, content_type="application/octet-stream"
        )
        try:
            self._found = _note(attempt, parts_id=parts_id, stored_bytes=0)
        except LeaseLost:
            attempt.storage.abort_parts(found.key, parts_id)
            raise
        self.stored_bytes, self._digest = 0, hashlib.sha256()

    def _store(self, size_bytes: int, *, is_last: bool = False) -> None:
        attempt, found = self._attempt, self._found
        attempt.check()
        data = bytes(memoryview(self._buffer)[:size_bytes])
        if found.size_bytes is None:
            _require_room(attempt, self.stored_bytes + size_bytes, size_bytes)
        if data:
            number = self.stored_bytes // found.part_size_bytes + 1
            attempt.storage.add_part(found.key, found.parts_id, number, data, offset=self.stored_bytes)
        stored_bytes = self.stored_bytes + size_bytes
        total = {"size_bytes": stored_bytes} if is_last else {}
        self._found = _note(attempt, stored_bytes=stored_bytes, received_bytes=stored_bytes, **total)
        if self._digest:
            self._digest.update(data)
        del self._buffer[:size_bytes]
        self.stored_bytes = stored_bytes
        attempt.stored_bytes += size_bytes


def _require_video(head: bytearray) -> None:
    """Nothing, when a file that begins so may be video; the chain looks at it closely later."""
    beginning = bytes(head[:HEAD_BYTES])
    if not beginning:
        raise FetchFailed("The server sent an empty file.", is_lasting=True)
    if beginning.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGES):
        raise UnsupportedMedia(WEB_PAGE)
    kind = describe_bytes(beginning)
    if kind:
        raise UnsupportedMedia(f"This file is not a video: it is {kind}.")


def _announce(attempt: Fetching, download: Download, part_size_bytes: int) -> None:
    """What the server says of the file; its size is counted from now on as what its owner stores."""
    upload_room.require_disk_room(download.size_bytes or 0, attempt.storage.free_bytes(), now=utc_now())
    with transaction() as session:
        found = get_fetch(lock_held_import(session, attempt.lease))
        person = session.get_one(User, found.owner_id, with_for_update=True, populate_existing=True)
        found.size_bytes, found.received_bytes, found.stored_bytes = None, 0, 0
        found.validator, found.part_size_bytes, found.parts_id = download.validator, part_size_bytes, ""
        session.flush()
        if download.size_bytes is not None:
            quotas.require_room(quotas.get_quota(person, settings=attempt.settings, now=utc_now()), download.size_bytes)
            found.size_bytes = download.size_bytes
        if download.filename:
            _rename(person, found, download.filename)
    close_session()


def _rename(person: User, found: Import, filename: str) -> None:
    """The server's name for the file; the title follows it, unless somebody has chosen one."""
    name = str(clean_filename(filename))
    if not name:
        return
    if not PurePosixPath(name).suffix:
        name += PurePosixPath(found.filename).suffix
    require_video_name(name)
    if found.video.title == make_title(found.filename):
        videos.update_video(person, found.video.public_id, VideoUpdate(title=make_title(name)))
    found.filename = name


def _require_room(attempt: Fetching, total_bytes: int, more_bytes: int) -> None:
    """Of a file whose size nobody announced, each part must find room; those before are counted already."""
    with transaction() as session:
        found = get_fetch(lock_held_import(session, attempt.lease))
        person = session.get_one(User, found.owner_id, with_for_update=True, populate_existing=True)
        quotas.require_room(quotas.get_quota(person, settings=attempt.settings, now=utc_now()), more_bytes)
    upload_room.require_disk_room(more_bytes, attempt.storage.free_bytes(), now=utc_now())
    close_session()


def _note(attempt: Fetching, **values: object) -> Import:
    """Write to the row of the import, which must still be ours."""
    with transaction() as session:
        found = get_fetch(lock_held_import(session, attempt.lease))
        for name, value in values.items():
            setattr(found, name, value)
    close_session()
    return found


def _complete(attempt: Fetching, intake: _Intake) -> None:
    found = _get(attempt)
    size_bytes = found.stored_bytes
    storage = attempt.storage
    parts = storage.list_parts(found.key, found.parts_id) or [UploadedPart(1, size_bytes, "1")]
    storage.complete_parts(found.key, found.parts_id, parts, size_bytes=size_bytes)
    checksum = intake.checksum() or _hash(attempt, found.key)
    with transaction() as session:
        job = lock_held_import(session, attempt.lease)
        found = get_fetch(job)
        if not found.allow_duplicate:
            require_new(found.owner_id, checksum, size_bytes)
        now = utc_now()
        job.state, job.progress, job.finished_at, job.lease_expires_at = JobState.DONE, 1.0, now, None
        found.state, found.finished_at, found.expires_at = ImportState.DONE, now, now + KEPT_FOR
        found.url, found.error, found.error_code = found.url.partition("?")[0], None, None
        found.video.source_bytes += size_bytes
        source = Source(
            video_id=found.video_id,
            key=found.key,
            filename=found.filename,
            size_bytes=size_bytes,
            checksum_sha256=checksum,
            created_at=now,
        )
        processing.offer_file(session, found.video, source, queue=attempt.queue, settings=attempt.settings, now=now)


def _hash(attempt: Fetching, key: str) -> str:
    """The SHA-256 of a file of which an earlier attempt stored a part."""
    digest = hashlib.sha256()
    with attempt.storage.open(key) as stream:
        while data := stream.read(HASH_BYTES):
            digest.update(data)
            attempt.check()
    return digest.hexdigest()


def find_same(owner_id: int, checksum_sha256: str, size_bytes: int) -> Video | None:
    """A video of this person that was made of the same file; None where there is none outside of the bin."""
    return current_session().scalar(
        select(Video)
        .join(Source, Source.video_id == Video.id)
        .where(
            Video.owner_id == owner_id,
            Video.deleted_at.is_(None),
            Source.checksum_sha256 == checksum_sha256,
            Source.size_bytes == size_bytes,
            Source.state.in_((SourceState.CURRENT, SourceState.INCOMING)),
        )
        .options(joinedload(Video.owner))
        .order_by(Video.id)
        .limit(1)
    )


def require_new(owner_id: int, checksum_sha256: str, size_bytes: int) -> None:
    """Nothing, when none of the person's videos was made of this file.

    Raises:
        Duplicate: there is such a video.
    """
    video = find_same(owner_id, checksum_sha256, size_bytes)
    if video is not None:
        raise Duplicate(
            f'You have this file already: it is the video "{video.title}".',
            about={"id": video.public_id, "title": video.title},
        )
