"""Can the site do its work, and what is to be done where it cannot?

`check_readiness` is quick and changes nothing that people see; `check_site` tests everything and may take seconds.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from vod_web.core.errors import StorageFailed, Unavailable
from vod_web.core.settings import Settings
from vod_web.db.engine import is_away
from vod_web.db.fulltext import has_trigrams
from vod_web.db.session import close_session, current_session
from vod_web.media.tools import find_ffmpeg
from vod_web.models import SearchDocument, Video
from vod_web.queue import JobQueue
from vod_web.services.mail import Mailer
from vod_web.services.processing.workers import ALIVE_S, count_urgent_workers, count_workers
from vod_web.storage.base import Storage

PARTS = ("database", "search", "queue", "storage", "browsers", "ffmpeg", "workers", "mail", "disk")
"""What `check_site` tests, in this order."""

LEAST_FREE_BYTES = 2 * 1024**3
STORAGE_REMEMBERED_S = 30
"""How long readiness trusts the last good answer of the storage: the test writes an object, and anybody may ask."""


@dataclass(frozen=True)
class Check:
    """One part of the site, and whether it works."""

    name: str
    """Such as `database`; stable."""
    is_ok: bool
    detail: str
    """What was found, in a sentence or less."""
    mend: str = ""
    """What to do when it does not work."""


TRIGRAMS_MISSING = (
    "Let a superuser of PostgreSQL, or the owner of the database, say CREATE EXTENSION pg_trgm in it; "
    "then run ./vod search rebuild."
)

_storage_good_until: dict[int, datetime] = {}
"""By the identity of the storage; see STORAGE_REMEMBERED_S."""


def recover_from(error: Exception) -> bool:
    """Give back the database connection, which may be broken; whether the error says that the database is away."""
    close_session()
    return is_away(error)


def check_readiness(*, storage: Storage, queue: JobQueue, now: datetime) -> list[Check]:
    """What the site needs to show a page and to process a video: database, queue, storage, workers."""
    return [check_database(), check_queue(queue), _check_storage_now_and_then(storage, now), check_workers(now)]


def check_site(
    *, settings: Settings, storage: Storage, queue: JobQueue, now: datetime, only: Sequence[str] = PARTS
) -> list[Check]:
    """Every part of the site, or `only` some of PARTS, tested for real."""
    checks: dict[str, Callable[[], Check]] = {
        "database": check_database,
        "search": check_search,
        "queue": lambda: check_queue(queue),
        "storage": lambda: check_storage(storage),
        "browsers": lambda: check_browsers(settings, storage),
        "ffmpeg": lambda: check_ffmpeg(settings),
        "workers": lambda: check_workers(now),
        "mail": lambda: check_mail(settings),
        "disk": lambda: check_disk(settings, storage),
    }
    return [checks[part]() for part in PARTS if part in only]


def check_database() -> Check:
    """The database answers, and has its tables."""
    try:
        session = current_session()
        version = session.scalar(text("SELECT version_num FROM alembic_version"))
        dialect = session.get_bind().dialect.name
    except SQLAlchemyError as error:
        close_session()
        return Check(
            "database",
            False,
            f"The database does not answer as it should: {_first_line(error)}.",
            "See that the server of VOD_DATABASE_URL runs; ./vod db upgrade makes missing tables.",
        )
    return Check("database", True, f"{dialect}, schema {version}")


def check_search() -> Check:
    """The database can search, and every video is in its index."""
    session = current_session()
    indexed = select(SearchDocument.video_id).where(SearchDocument.video_id == Video.id).exists()
    try:
        has_missing = session.scalar(select(Video.id).where(~indexed).limit(1)) is not None
        understands = has_trigrams(session)
    except SQLAlchemyError as error:
        close_session()
        return Check("search", False, f"The index does not answer: {_first_line(error)}.", "./vod db upgrade makes it.")
    if has_missing:
        return Check("search", False, "Some videos are not in the index.", "./vod search rebuild puts them there.")
    if not understands:
        return Check("search", False, "Mistyped words are understood less well without pg_trgm.", TRIGRAMS_MISSING)
    return Check("search", True, "every video is in the index, and mistyped words are understood")


def check_queue(queue: JobQueue) -> Check:
    """The queue server answers."""
    try:
        waiting = sum(queue.depths().values())
    except Unavailable as error:
        return Check(
            "queue", False, error.message, "./vod up starts a private one; for one of your own, correct VOD_REDIS_URL."
        )
    return Check("queue", True, f"{waiting} jobs are waiting")


def check_storage(storage: Storage) -> Check:
    """An object can be written, read, read in part, and deleted."""
    try:
        storage.check()
    except StorageFailed as error:
        return Check("storage", False, error.message, "Correct VOD_STORAGE and the settings beside it.")
    return Check("storage", True, "writing, reading and deleting work")


def check_browsers(settings: Settings, storage: Storage) -> Check:
    """Browsers can send parts and fetch media; a bucket that does not let the site's pages is told to."""
    try:
        return Check("browsers", True, storage.allow_pages(_origin(settings.base_url)))
    except StorageFailed as error:
        return Check("browsers", False, error.message, "Until then nobody can upload, and videos may not play.")


def _origin(address: str) -> str:
    """The scheme, host and port of a page, as browsers name where a request comes from."""
    parts = urlsplit(address.lower())
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.removesuffix(usual)}"


def _check_storage_now_and_then(storage: Storage, now: datetime) -> Check:
    if _storage_good_until.get(id(storage), now) > now:
        return Check("storage", True, "worked a moment ago")
    check = check_storage(storage)
    if check.is_ok:
        _storage_good_until[id(storage)] = now + timedelta(seconds=STORAGE_REMEMBERED_S)
    return check


def check_ffmpeg(settings: Settings) -> Check:
    """There is an FFmpeg without known holes, and it has the encoders that the ladder needs."""
    try:
        program = find_ffmpeg(settings.ffmpeg)
    except Unavailable as error:
        return Check("ffmpeg", False, error.message, "Name a newer FFmpeg with VOD_FFMPEG, or remove that setting.")
    return Check("ffmpeg", True, str(program))


def check_workers(now: datetime) -> Check:
    """At least one worker that takes every kind of job has reported a moment ago."""
    try:
        count, urgent = count_workers(now=now), count_urgent_workers(now=now)
    except SQLAlchemyError:
        close_session()
        count = urgent = 0
    if not count:
        return Check(
            "workers",
            False,
            f"No worker has reported in the last {ALIVE_S:g} s (one that is --urgent does not count): videos wait.",
            "Start one with: python worker.py (or set VOD_WORKERS above 0 for ./vod up).",
        )
    others = f", and {urgent} for what viewers wait for" if urgent else ""
    return Check("workers", True, f"{count if count > 1 else 'one'} at work{others}")


def check_mail(settings: Settings) -> Check:
    """The mail server lets us in; having none is fine."""
    if not settings.mail_url:
        return Check("mail", True, "no mail server is set: admins hand out reset links")
    try:
        Mailer(settings).check()
    except OSError as error:
        return Check(
            "mail", False, f"The mail server does not let us in: {_first_line(error)}.", "Correct VOD_MAIL_URL."
        )
    return Check("mail", True, "the mail server lets us in")


def check_disk(settings: Settings, storage: Storage) -> Check:
    """There is room for the next uploads, in the storage and in the data directory."""
    free_bytes = [shutil.disk_usage(settings.data_dir).free]
    in_storage = storage.free_bytes()
    if in_storage is not None:
        free_bytes.append(in_storage)
    least = min(free_bytes)
    detail = f"{least / 1000**3:.1f} GB free"
    if least < LEAST_FREE_BYTES:
        return Check("disk", False, detail, "Delete videos, or move VOD_DATA_DIR to a larger disk.")
    return Check("disk", True, detail)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")
