"""Is there room for what a person announces, beside all that is announced and has not come yet?

Room is promised before the first byte, so that nobody sends for hours in vain. Nobody may have so much promised that
nothing is left for others, and an upload that does not go on is promised nothing any more.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from vod_web.core.errors import RateLimited, StorageFull
from vod_web.core.logging import get_logger
from vod_web.core.settings import Settings
from vod_web.core.sizes import format_bytes
from vod_web.db.session import current_session, transaction
from vod_web.db.upserts import upsert
from vod_web.models import Import, ImportState, Part, SiteSetting, Upload, UploadState, User
from vod_web.services.upload_removal import KEPT_FOR

KEPT_FREE_BYTES = 2 * 1024**3
"""What uploads leave free on the disk, for renditions, the database and logs."""
PROMISED_FOR = timedelta(days=1)
"""An upload of which nothing has come for so long can go on, and has no room promised."""
SHARE_OF_ROOM = 0.5
"""So much of what is left may be promised to one person, who may however send any one file that fits."""
ASK_AGAIN_S = 30
REFUSED = "upload_refused_at"
"""Where the time of the last refusal is kept, among the site's settings."""

log = get_logger(__name__)


def require_disk_room(size_bytes: int, free_bytes: int | None, *, now: datetime) -> None:
    """Nothing, when there is room for a file of this size beside what others still have to send.

    Raises:
        StorageFull: there is none.
    """
    if free_bytes is None:
        return
    is_alive = Upload.expires_at > now + KEPT_FOR - PROMISED_FOR
    if size_bytes > free_bytes - count_unsent(is_alive) - count_unfetched() - KEPT_FREE_BYTES:
        log.warning("disk_nearly_full", free_bytes=free_bytes, wanted_bytes=size_bytes)
        _note_refusal(now)
        raise StorageFull("This site's disk is nearly full, so it cannot take this file now. Please tell its admin.")


def count_unfetched() -> int:
    """The bytes that servers have announced of imports, and that have not come."""
    to_come = select(func.sum(Import.size_bytes - Import.stored_bytes)).where(Import.state == ImportState.FETCHING)
    return int(current_session().scalar(to_come) or 0)


def _note_refusal(now: datetime) -> None:
    """For the admins, who alone can make room."""
    with transaction() as session:
        upsert(session, SiteSetting, {"name": REFUSED}, {"value": {"value": now.isoformat()}})


def find_last_refusal() -> datetime | None:
    """When an upload was refused for lack of room, the last time; None where that never happened."""
    kept = current_session().get(SiteSetting, REFUSED)
    return datetime.fromisoformat(kept.value["value"]) if kept else None


def require_turn(person: User, size_bytes: int, free_bytes: int | None, *, settings: Settings) -> None:
    """Nothing, when the person may begin another upload beside those that are not finished.

    Raises:
        RateLimited: some must be finished before; asking again helps.
    """
    is_theirs = Upload.owner_id == person.id
    open_count = current_session().scalar(select(func.count()).select_from(Upload).where(_IS_OPEN, is_theirs)) or 0
    if open_count >= settings.user_open_uploads:
        raise RateLimited(
            f"You have {open_count} uploads that are not finished, the most that may be: finish or cancel some first.",
            retry_after_s=ASK_AGAIN_S,
        )
    unsent_bytes = count_unsent(is_theirs)
    limit_bytes = _limit(free_bytes, settings)
    if unsent_bytes and unsent_bytes + size_bytes > limit_bytes:
        raise RateLimited(
            f"This file is {format_bytes(size_bytes)}, and your unfinished uploads still have to send "
            f"{format_bytes(unsent_bytes)}; {format_bytes(limit_bytes)} may be on the way at once: "
            "finish or cancel some first.",
            retry_after_s=ASK_AGAIN_S,
        )


def _limit(free_bytes: int | None, settings: Settings) -> int:
    if free_bytes is None:
        return settings.user_open_bytes
    return min(settings.user_open_bytes, int(max(0, free_bytes - KEPT_FREE_BYTES) * SHARE_OF_ROOM))


_IS_OPEN = Upload.state == UploadState.OPEN


def count_unsent(which: ColumnElement[bool]) -> int:
    """The bytes that these open uploads have announced and not sent; S3 does not tell us which of its parts came."""
    session = current_session()
    announced = session.scalar(select(func.sum(Upload.size_bytes)).where(_IS_OPEN, which))
    arrived = session.scalar(
        select(func.sum(Part.size_bytes))
        .join(Upload, Upload.id == Part.upload_id)
        .where(_IS_OPEN, which, Part.etag.is_not(None))
    )
    return int(announced or 0) - int(arrived or 0)
