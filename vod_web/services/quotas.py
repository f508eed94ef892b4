"""How much may a person store, and how much is stored already?"""

from dataclasses import dataclass

from sqlalchemy import func, select

from vod_web.core.errors import QuotaExceeded
from vod_web.core.settings import Settings
from vod_web.core.sizes import format_bytes
from vod_web.db.session import current_session
from vod_web.models import Upload, UploadState, User, Video


@dataclass(frozen=True)
class Quota:
    """What a person stores, of what is allowed."""

    used_bytes: int
    limit_bytes: int | None
    """None where there is no limit."""

    @property
    def left_bytes(self) -> int | None:
        """What may still be stored; None where there is no limit."""
        return None if self.limit_bytes is None else max(0, self.limit_bytes - self.used_bytes)


def storage_used(user: User) -> int:
    """The bytes that a person's videos really take, deleted ones in the bin too, and open uploads at full size."""
    stored = select(func.sum(Video.source_bytes + Video.rendition_bytes)).where(Video.owner_id == user.id)
    on_the_way = select(func.sum(Upload.size_bytes)).where(Upload.owner_id == user.id, Upload.state == UploadState.OPEN)
    session = current_session()
    return int(session.scalar(stored) or 0) + int(session.scalar(on_the_way) or 0)


def get_quota(user: User, *, settings: Settings) -> Quota:
    """The person's own limit, or else the site's; 0 is no limit in both."""
    limit = settings.user_quota_bytes if user.quota_bytes is None else user.quota_bytes
    return Quota(used_bytes=storage_used(user), limit_bytes=limit or None)


def require_room(quota: Quota, size_bytes: int) -> None:
    """Nothing, when so many bytes more may be stored.

    Raises:
        QuotaExceeded: they may not; says by how much they are too many.
    """
    left = quota.left_bytes
    if left is None or quota.limit_bytes is None or size_bytes <= left:
        return
    raise QuotaExceeded(
        f"This file is {format_bytes(size_bytes)}, and {format_bytes(left)} of your "
        f"{format_bytes(quota.limit_bytes)} are left: {format_bytes(size_bytes - left)} too much. "
        "Delete videos that you do not need, or ask for more room."
    )
