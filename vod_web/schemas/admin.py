"""What admins ask for and decide."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from vod_web.core.settings import MOST_WORKERS
from vod_web.models import CommentRule, JobKind, JobState, RegistrationPolicy, Role, SensitiveRule
from vod_web.schemas.accounts import Email, Username
from vod_web.schemas.base import Input, Output, PageQuery
from vod_web.schemas.setup import SiteName
from vod_web.schemas.video_lists import VideoFilter

UserSort = Literal[
    "username",
    "-username",
    "role",
    "-role",
    "videos",
    "-videos",
    "stored",
    "-stored",
    "created_at",
    "-created_at",
    "last_seen_at",
    "-last_seen_at",
]
EveryVideoSort = Literal[
    "title",
    "-title",
    "owner",
    "-owner",
    "status",
    "-status",
    "visibility",
    "-visibility",
    "size_bytes",
    "-size_bytes",
    "duration_s",
    "-duration_s",
    "created_at",
    "-created_at",
]
AuditSort = Literal["created_at", "-created_at", "action", "-action", "target", "-target"]
JobSort = Literal[
    "created_at", "-created_at", "started_at", "-started_at", "progress", "-progress", "attempt", "-attempt"
]


class UserFilter(PageQuery):
    """Which people, in which order, and which page of them."""

    query: Annotated[str, Field(max_length=200)] = ""
    """Part of a user name, shown name or e-mail address."""
    role: Role | None = None
    is_suspended: bool | None = None
    sort: UserSort = "-created_at"
    limit: int = Field(default=50, ge=1, le=100)


class JobFilter(PageQuery):
    """Which jobs, in which order, and which page of them."""

    query: Annotated[str, Field(max_length=200)] = ""
    """Part of a video's title, its id, or a worker's name."""
    state: JobState | None = None
    kind: JobKind | None = None
    sort: JobSort = "-created_at"
    limit: int = Field(default=50, ge=1, le=100)


class EveryVideoFilter(VideoFilter):
    """Which videos of the whole site, in which order, and which page of them."""

    sort: EveryVideoSort = "-created_at"  # type: ignore[assignment] # other columns than in the lists for everybody
    limit: int = Field(default=50, ge=1, le=100)


class AuditFilter(PageQuery):
    """Which deeds, in which order, and which page of them."""

    query: Annotated[str, Field(max_length=200)] = ""
    """Part of the name of who did it, or of whom or what it was done to."""
    action: Annotated[str, Field(max_length=60)] = ""
    sort: AuditSort = "-created_at"
    limit: int = Field(default=50, ge=1, le=100)


class PersonCreate(Input):
    """An account that an admin makes for somebody, who chooses the password."""

    username: Username
    email: Email
    role: Role = Role.UPLOADER


class RoleChange(Input):
    """What somebody may do from now on."""

    role: Role


class Suspension(Input):
    """Why somebody is shut out."""

    reason: Annotated[str, StringConstraints(max_length=300)] = ""


class SiteChange(Input):
    """The decisions about the site; what is left out stays as it is."""

    name: SiteName
    registration: RegistrationPolicy
    has_reactions: bool | None = None
    has_comments: bool | None = None
    comment_rule: CommentRule | None = None
    sensitive_rule: SensitiveRule | None = None


class WorkersChange(Input):
    """How many workers `./vod up` is to keep."""

    count: Annotated[int, Field(ge=1, le=MOST_WORKERS)]


class WorkerRead(Output):
    """A worker, as it last reported."""

    name: str
    host: str
    queues: str
    """What it takes, with commas between them; `urgent` alone is kept free for what viewers wait for."""
    job_id: int | None
    cpu_cores: float | None
    """How many processors it keeps busy, FFmpeg included."""
    drained_at: datetime | None
    """Since when it takes no further job."""
    started_at: datetime
    seen_at: datetime


class PersonRead(Output):
    """Somebody with an account, as admins know them."""

    username: str
    display_name: str
    email: str
    role: Role
    is_suspended: bool
    suspended_reason: str | None
    video_count: int
    stored_bytes: int
    """Sources and renditions of all their videos, the bin included."""
    created_at: datetime
    last_seen_at: datetime | None


class JobRead(Output):
    """One piece of work on one video."""

    id: int
    video_id: str
    kind: JobKind
    number: int
    state: JobState
    progress: float
    speed: float | None
    attempt: int
    worker: str | None
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
