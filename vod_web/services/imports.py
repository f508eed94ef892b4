"""What do people do with files on other servers: have them fetched, follow that, cancel it, try again?

A worker fetches them, beside its other work: see `import_jobs` for whose turn it is, `import_fetching` for the deed.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, NotAllowed, NotFound, RateLimited
from vod_web.core.ids import new_public_id
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import Import, ImportState, Job, JobKind, JobState, Role, User, Video, VideoStatus
from vod_web.remote.addresses import find_addresses, parse_target
from vod_web.schemas.imports import ImportCreate, ImportRead, ImportRetry, name_in
from vod_web.schemas.videos import VideoCreate
from vod_web.services import audit, quotas, upload_defaults, upload_room, videos
from vod_web.services.filenames import require_video_name
from vod_web.services.import_removal import KEPT_FOR, OPEN_STATES, give_up, remove_import
from vod_web.services.permissions import can_edit, require_role, require_signed_in
from vod_web.services.processing.rows import lock_video, show_status
from vod_web.services.throttle import Limit, Throttle
from vod_web.storage.base import Storage
from vod_web.storage.keys import source_key

BEGUN = Limit("imports", 120, 3600, "You have begun many imports within an hour.")
MOST_OPEN = 50
"""Imports of one person that are not over."""
SHOWN_AFTER = timedelta(hours=1)
"""So long a finished one stays in the list."""
MOST_LISTED = 100
ASK_AGAIN_S = 60


def create_import(
    actor: User | None,
    wanted: ImportCreate,
    *,
    storage: Storage,
    settings: Settings,
    throttle: Throttle,
    now: datetime | None = None,
) -> Import:
    """Have a file fetched from an address, into the draft of a video. What can be refused without asking is refused.

    Raises:
        NotSignedIn, NotAllowed: the person may not upload, or the site does not import.
        AddressRefused: it is no address that the site asks.
        UnsupportedMedia: its name says that it is no video.
        QuotaExceeded, StorageFull: there is no room at all.
        RateLimited: too many of theirs are on the way already.
    """
    person = require_role(actor, Role.UPLOADER)
    if not settings.imports:
        raise NotAllowed("This site does not fetch files from other servers.")
    target = parse_target(wanted.url)
    if _is_number(target.host):  # names are asked for by the worker: a name server may be slow
        find_addresses(target, settings.import_networks)
    filename = name_in(target.url)
    require_video_name(filename)
    throttle.hit(BEGUN, str(person.id))
    now = now or utc_now()
    upload_room.require_disk_room(0, storage.free_bytes(), now=now)
    said = wanted.model_dump(include=set(VideoCreate.model_fields), exclude_none=True)
    with transaction() as session:
        person = session.get_one(User, person.id, with_for_update=True, populate_existing=True)
        quotas.require_room(quotas.get_quota(person, settings=settings, now=now), 1)
        _require_turn(session, person)
        described = upload_defaults.describe_video(person, said, filename)
        video = videos.create_video(person, described, status=VideoStatus.UPLOADING)
        session.flush()  # the video gets its ids
        found = _make(video, target.url, filename, wanted, settings=settings, now=now)
        session.add(found)
        session.flush()
        session.add(Job(import_id=found.id, kind=JobKind.IMPORT, weight_s=0.0, created_at=now))
    return found


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _require_turn(session: Session, person: User) -> None:
    is_theirs = (Import.owner_id == person.id, Import.state.in_(OPEN_STATES))
    count = session.scalar(select(func.count()).select_from(Import).where(*is_theirs)) or 0
    if count >= MOST_OPEN:
        raise RateLimited(
            f"{count} files are being fetched for you, the most that may be: wait for some, or cancel them.",
            retry_after_s=ASK_AGAIN_S,
        )


def _make(video: Video, url: str, filename: str, wanted: ImportCreate, *, settings: Settings, now: datetime) -> Import:
    public_id = new_public_id()
    return Import(
        public_id=public_id,
        video=video,
        owner_id=video.owner_id,
        url=url,
        filename=filename,
        part_size_bytes=settings.upload_part_bytes,
        key=source_key(video.public_id, public_id),
        allow_duplicate=wanted.allow_duplicate,
        created_at=now,
        expires_at=now + KEPT_FOR,
    )


def list_imports(actor: User | None, *, now: datetime | None = None) -> list[Import]:
    """This person's imports that are not over, and those that ended lately, with their videos; the newest first."""
    person = require_signed_in(actor)
    is_shown = or_(
        Import.state.in_((*OPEN_STATES, ImportState.FAILED)),
        (Import.state == ImportState.DONE) & (Import.finished_at > (now or utc_now()) - SHOWN_AFTER),
    )
    return list(
        current_session().scalars(
            select(Import)
            .options(joinedload(Import.video))
            .where(Import.owner_id == person.id, is_shown)
            .order_by(Import.id.desc())
            .limit(MOST_LISTED)
            .execution_options(populate_existing=True)
        )
    )


def get_import(actor: User | None, public_id: str) -> Import:
    """An import, with its video.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound: there is none, or it is another person's, or it was cancelled.
    """
    person = require_signed_in(actor)
    found = current_session().scalar(
        select(Import)
        .options(joinedload(Import.video))
        .where(Import.public_id == public_id, Import.state != ImportState.CANCELLED)
        .execution_options(populate_existing=True)
    )
    if found is None or not can_edit(person, found.video):
        raise NotFound("There is no such import. It may have been cancelled, or be over for long.")
    return found


def cancel_import(actor: User | None, public_id: str, *, storage: Storage) -> None:
    """Throw away what has come, and the draft of the video.

    Raises:
        NotFound: as `get_import`.
        Conflict: the file is here; delete the video instead.
    """
    with transaction() as session:
        found = _lock(session, actor, public_id)
        if found.state is ImportState.DONE:
            raise Conflict("This file is here already: delete the video instead.")
        give_up(found)
        audit.note_power(actor, found.video, "job.cancel", kind=JobKind.IMPORT.value)
    close_session()
    remove_import(found, storage=storage)


def retry_import(
    actor: User | None, public_id: str, wanted: ImportRetry, *, settings: Settings, now: datetime | None = None
) -> Import:
    """Fetch a file again that could not be fetched.

    Raises:
        NotFound: as `get_import`.
        NotAllowed: the site does not import any more.
        Conflict: it has not failed.
    """
    if not settings.imports:
        raise NotAllowed("This site does not fetch files from other servers.")
    now = now or utc_now()
    with transaction() as session:
        found = _lock(session, actor, public_id)
        if found.state is not ImportState.FAILED or found.parts_id:
            raise Conflict("Only an import that failed can be tried again.")
        found.state, found.error, found.error_code, found.finished_at = ImportState.WAITING, None, None, None
        found.received_bytes, found.size_bytes, found.speed_bps = 0, None, None
        found.expires_at = now + KEPT_FOR
        if wanted.allow_duplicate is not None:
            found.allow_duplicate = wanted.allow_duplicate
        show_status(found.video, VideoStatus.UPLOADING)
        audit.note_power(actor, found.video, "job.retry", kind=JobKind.IMPORT.value)
        job = session.scalars(select(Job).where(Job.import_id == found.id)).one()
        job.state, job.not_before, job.attempt, job.failures, job.finished_at = JobState.WAITING, None, 0, 0, None
    return found


def _lock(session: Session, actor: User | None, public_id: str) -> Import:
    """An import that nobody else changes until the transaction ends."""
    lock_video(session, get_import(actor, public_id).video_id)
    return get_import(actor, public_id)


def read_import(found: Import) -> ImportRead:
    """An import as its owner sees it; its video must be loaded."""
    told = {name: getattr(found, name) for name in ImportRead.model_fields if hasattr(found, name)}
    ids = {"id": found.public_id, "video_id": found.video.public_id}
    return ImportRead(**(told | ids), host=parse_target(found.url).host, eta_s=_left_s(found))


def _left_s(found: Import) -> float | None:
    if found.state is not ImportState.FETCHING or not found.speed_bps or found.size_bytes is None:
        return None
    return max(0.0, found.size_bytes - found.received_bytes) / found.speed_bps
