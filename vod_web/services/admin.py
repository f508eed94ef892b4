"""What do admins see of people, videos and the site as a whole?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, or_, select, true

from vod_web.db.session import current_session
from vod_web.models import Job, JobState, Role, User, Video, VideoStatus, Visibility
from vod_web.schemas.admin import EveryVideoFilter, JobRead, PersonRead, UserFilter
from vod_web.services import bin, library, upload_room
from vod_web.services.paging import Column, Found, Order, find_page
from vod_web.services.permissions import require_role

DAY = timedelta(days=1)


def _in_order(column: Column, values: type[StrEnum]) -> ColumnElement[int]:
    """Sorts by the order in which the values are defined, not by the alphabet."""
    return case({value: place for place, value in enumerate(values)}, value=column)


_OF_USER = Video.owner_id == User.id
_STORED = func.coalesce(func.sum(Video.source_bytes + Video.rendition_bytes), 0)

USERS_SORTED_BY: dict[str, Column] = {
    "username": User.username_key,
    "role": _in_order(User.role, Role),
    "videos": select(func.count(Video.id)).where(_OF_USER).scalar_subquery(),
    "stored": select(cast(_STORED, BigInteger)).where(_OF_USER).scalar_subquery(),
    "created_at": User.created_at,
    "last_seen_at": User.last_seen_at,
}


VIDEOS_SORTED_BY: dict[str, Column] = library.SORTED_BY | {
    "owner": select(User.username_key).where(_OF_USER).scalar_subquery(),
    "status": _in_order(Video.status, VideoStatus),
    "visibility": _in_order(Video.visibility, Visibility),
}


@dataclass(frozen=True)
class Person:
    """Somebody as the users table shows them."""

    user: User
    video_count: int
    stored_bytes: int
    """Sources and renditions of all their videos, the bin included."""


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The site in numbers."""

    user_count: int
    videos_by_status: dict[VideoStatus, int]
    stored_bytes: int
    new_videos: int
    """Of the last 24 hours, as is the next."""
    failed_videos: int
    jobs_waiting: int
    jobs_running: int
    oldest_wait_s: float | None
    """How long the oldest job that could begin has been on the queue; None when none is."""
    upload_refused_at: datetime | None
    """When an upload was refused for lack of room, if that was in the last 24 hours."""

    @property
    def video_count(self) -> int:
        """All videos that are not in the bin."""
        return sum(count for status, count in self.videos_by_status.items() if status is not VideoStatus.DELETED)


def list_users(actor: User | None, wanted: UserFilter) -> Found[Person]:
    """People, with what each of them stores; two queries, however many there are.

    Raises:
        NotAllowed: the actor is not an admin.
    """
    require_role(actor, Role.ADMIN)
    name = wanted.sort.removeprefix("-")
    order = Order(
        name=wanted.sort,
        by=USERS_SORTED_BY[name],
        id=User.id,
        descending=wanted.sort.startswith("-"),
        nullable=name == "last_seen_at",
    )
    page = find_page(select(User).where(*_user_conditions(wanted)), order, cursor=wanted.cursor, limit=wanted.limit)
    stored = _stored_by([user.id for user in page.items])
    return Found([Person(user, *stored.get(user.id, (0, 0))) for user in page.items], page.next)


def read_person(person: Person) -> PersonRead:
    """Somebody, as admins are told of them."""
    told = {name: getattr(person.user, name) for name in PersonRead.model_fields if hasattr(person.user, name)}
    return PersonRead(**told, video_count=person.video_count, stored_bytes=person.stored_bytes)


def read_job(job: Job) -> JobRead:
    """A job that was loaded with its encode or import, and its video."""
    told = {name: getattr(job, name) for name in JobRead.model_fields if name != "video_id"}
    return JobRead(**told, video_id=job.video.public_id)


def _user_conditions(wanted: UserFilter) -> list[ColumnElement[bool]]:
    needle = wanted.query.lower()
    return [
        or_(
            User.username_key.contains(needle, autoescape=True),
            User.email_key.contains(needle, autoescape=True),
            func.lower(User.display_name).contains(needle, autoescape=True),
        )
        if needle
        else true(),
        User.role == wanted.role if wanted.role else true(),
        User.is_suspended.is_(wanted.is_suspended) if wanted.is_suspended is not None else true(),
    ]


def _stored_by(user_ids: list[int]) -> dict[int, tuple[int, int]]:
    """How many videos and bytes each of these people has."""
    rows = current_session().execute(
        select(Video.owner_id, func.count(), _STORED).where(Video.owner_id.in_(user_ids)).group_by(Video.owner_id)
    )
    return {owner_id: (count, int(stored)) for owner_id, count, stored in rows}


def list_every_video(actor: User | None, wanted: EveryVideoFilter) -> Found[Video]:
    """Everybody's videos in all states, the bin included.

    Raises:
        NotAllowed: the actor is not an admin.
    """
    require_role(actor, Role.ADMIN)
    return library.list_all(wanted, VIDEOS_SORTED_BY)


def delete_video(actor: User | None, public_id: str, *, now: datetime) -> Video:
    """Put anybody's video into the bin.

    Raises:
        NotAllowed: the actor is not an admin.
        NotFound, Gone: as `bin.delete_video`.
    """
    return bin.delete_video(require_role(actor, Role.ADMIN), public_id, now=now)


def restore_video(actor: User | None, public_id: str, *, now: datetime) -> Video:
    """Take anybody's video out of the bin.

    Raises:
        NotAllowed: the actor is not an admin.
        NotFound, Gone: as `bin.restore_video`.
    """
    return bin.restore_video(require_role(actor, Role.ADMIN), public_id, now=now)


def get_overview(actor: User | None, *, now: datetime) -> Overview:
    """The site in numbers, by a handful of queries.

    Raises:
        NotAllowed: the actor is not an admin.
    """
    require_role(actor, Role.ADMIN)
    session = current_session()
    by_status = {row[0]: row[1] for row in session.execute(select(Video.status, func.count()).group_by(Video.status))}
    jobs = {row[0]: row[1] for row in session.execute(select(Job.state, func.count()).group_by(Job.state))}
    oldest = session.scalar(select(func.min(Job.queued_at)).where(Job.state == JobState.QUEUED))
    since = Video.created_at > now - DAY
    refused_at = upload_room.find_last_refusal()
    return Overview(
        user_count=session.scalar(select(func.count()).select_from(User)) or 0,
        videos_by_status=by_status,
        stored_bytes=int(session.scalar(select(func.sum(Video.source_bytes + Video.rendition_bytes))) or 0),
        new_videos=session.scalar(select(func.count()).select_from(Video).where(since)) or 0,
        failed_videos=session.scalar(
            select(func.count()).select_from(Video).where(since, Video.status == VideoStatus.FAILED)
        )
        or 0,
        jobs_waiting=jobs.get(JobState.WAITING, 0) + jobs.get(JobState.QUEUED, 0),
        jobs_running=jobs.get(JobState.RUNNING, 0),
        oldest_wait_s=(now - oldest).total_seconds() if oldest else None,
        upload_refused_at=refused_at if refused_at and refused_at > now - DAY else None,
    )
