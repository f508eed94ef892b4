"""How much may a person store, and how much is stored already?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from vod_web.core.errors import QuotaExceeded
from vod_web.core.settings import Settings
from vod_web.core.sizes import format_bytes
from vod_web.db.session import current_session
from vod_web.models import Import, ImportState, Upload, UploadState, User, Video

DAY = timedelta(hours=24)
OPEN_IMPORTS = (ImportState.WAITING, ImportState.FETCHING)


@dataclass(frozen=True)
class Quota:
    """What a person stores, of what is allowed."""

    used_bytes: int
    limit_bytes: int | None
    """None where there is no limit."""
    used_today_bytes: int = 0
    """Uploaded or announced within the last 24 hours."""
    daily_bytes: int | None = None
    """What may be uploaded within 24 hours; None where there is no limit."""

    @property
    def left_bytes(self) -> int | None:
        """What may still be stored; None where there is no limit."""
        return None if self.limit_bytes is None else max(0, self.limit_bytes - self.used_bytes)

    @property
    def left_today_bytes(self) -> int | None:
        """What may still be uploaded today; None where there is no limit."""
        return None if self.daily_bytes is None else max(0, self.daily_bytes - self.used_today_bytes)


def storage_used(user: User) -> int:
    """The bytes that a person's videos really take, deleted ones in the bin too, and open uploads at full size."""
    stored = select(func.sum(Video.source_bytes + Video.rendition_bytes)).where(Video.owner_id == user.id)
    on_the_way = select(func.sum(Upload.size_bytes)).join(Upload.video)
    on_the_way = on_the_way.where(Video.owner_id == user.id, Upload.state == UploadState.OPEN)
    session = current_session()
    return int(session.scalar(stored) or 0) + int(session.scalar(on_the_way) or 0) + _imported(user, OPEN_IMPORTS)


def uploaded_since(user: User, moment: datetime) -> int:
    """The bytes of the uploads that a person began since then and has not given up."""
    counted = (UploadState.OPEN, UploadState.COMPLETED)
    begun = select(func.sum(Upload.size_bytes)).where(
        Upload.owner_id == user.id, Upload.created_at > moment, Upload.state.in_(counted)
    )
    counted_imports = (*OPEN_IMPORTS, ImportState.DONE)
    return int(current_session().scalar(begun) or 0) + _imported(user, counted_imports, moment)


def _imported(user: User, states: Sequence[ImportState], since: datetime | None = None) -> int:
    """The bytes of a person's imports in these states, as announced, else as far as they have come."""
    counted = select(func.sum(func.coalesce(Import.size_bytes, Import.stored_bytes)))
    counted = counted.where(Import.owner_id == user.id, Import.state.in_(states))
    if since is not None:
        counted = counted.where(Import.created_at > since)
    return int(current_session().scalar(counted) or 0)


def get_quota(user: User, *, settings: Settings, now: datetime) -> Quota:
    """The person's own limit, or else the site's; 0 is no limit in both. What may be uploaded a day, the site says."""
    limit = settings.user_quota_bytes if user.quota_bytes is None else user.quota_bytes
    daily = settings.user_daily_bytes or None
    return Quota(
        used_bytes=storage_used(user),
        limit_bytes=limit or None,
        used_today_bytes=uploaded_since(user, now - DAY) if daily else 0,
        daily_bytes=daily,
    )


def require_room(quota: Quota, size_bytes: int) -> None:
    """Nothing, when so many bytes more may be stored.

    Raises:
        QuotaExceeded: they may not; says by how much they are too many.
    """
    _require(
        size_bytes,
        quota.left_bytes,
        f"of your {format_bytes(quota.limit_bytes or 0)} are left",
        "Delete videos that you do not need, or ask for more room.",
    )
    _require(
        size_bytes,
        quota.left_today_bytes,
        f"of the {format_bytes(quota.daily_bytes or 0)} that you may upload within 24 hours are left",
        "Try again tomorrow.",
    )


def _require(size_bytes: int, left_bytes: int | None, of_what: str, cure: str) -> None:
    if left_bytes is None or size_bytes <= left_bytes:
        return
    size, left, too_much = map(format_bytes, (size_bytes, left_bytes, size_bytes - left_bytes))
    raise QuotaExceeded(f"This file is {size}, and {left} {of_what}: {too_much} too much. {cure}")
