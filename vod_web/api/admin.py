"""What the admin pages show, for programs of admins."""

from vod_web.api.calls import call
from vod_web.core.clock import utc_now
from vod_web.models import TokenScope, Worker
from vod_web.schemas.admin import EveryVideoFilter, JobFilter, JobRead, PersonRead, UserFilter, WorkerRead
from vod_web.schemas.base import Page
from vod_web.schemas.videos import VideoRead
from vod_web.services import admin, processing
from vod_web.web.sign_in import current_person
from vod_web.web.videos import tell_page


@call("GET", "/admin/users", scope=TokenScope.ADMIN, query=UserFilter, returns=Page[PersonRead])
def list_every_user(query: UserFilter) -> Page[PersonRead]:
    """Everybody with an account, and what they store."""
    return admin.list_users(current_person(), query).read(admin.read_person)


@call("GET", "/admin/videos", scope=TokenScope.ADMIN, query=EveryVideoFilter, returns=Page[VideoRead])
def list_every_video(query: EveryVideoFilter) -> Page[VideoRead]:
    """Everybody's videos in all states, the bin included."""
    return tell_page(admin.list_every_video(current_person(), query))


@call("GET", "/admin/jobs", scope=TokenScope.ADMIN, query=JobFilter, returns=Page[JobRead])
def list_jobs(query: JobFilter) -> Page[JobRead]:
    """What the workers do, did and will do."""
    return processing.list_jobs(current_person(), query).read(admin.read_job)


@call("GET", "/admin/workers", scope=TokenScope.ADMIN, returns=list[WorkerRead])
def list_workers() -> list[Worker]:
    """The workers that reported lately, on all machines."""
    return processing.list_workers(current_person())


@call("POST", "/admin/workers/<name>/drain", scope=TokenScope.ADMIN, returns=WorkerRead, errors=(404,))
def drain_worker(name: str) -> Worker:
    """Let a worker finish the job that it is at, and end."""
    return processing.drain_worker(current_person(), name, now=utc_now())
