"""What the workers do, did and will do."""

from werkzeug.wrappers import Response

from vod_web.blueprints.admin import blueprint, done
from vod_web.core.clock import utc_now
from vod_web.models import JobKind, JobState
from vod_web.resources import resources
from vod_web.schemas.admin import JobFilter
from vod_web.services import processing
from vod_web.web.forms import choices, read_query
from vod_web.web.rendering import render
from vod_web.web.sign_in import current_person


@blueprint.get("/jobs")
def jobs() -> str:
    """The workers and the table of jobs."""
    wanted = read_query(JobFilter)
    return render(
        "admin/jobs.html",
        "rows",
        page=processing.list_jobs(current_person(), wanted),
        workers=processing.list_workers(),
        now=utc_now(),
        wanted=wanted,
        state_choices=choices(JobState),
        kind_choices=choices(JobKind),
    )


@blueprint.get("/jobs/<int:job_id>")
def job(job_id: int) -> str:
    """One job with its error and log."""
    return render("admin/job.html", "job", job=processing.get_job(current_person(), job_id))


@blueprint.post("/jobs/<int:job_id>/retry")
def retry_job(job_id: int) -> Response:
    """Try a job again that failed."""
    processing.retry_job(current_person(), job_id, queue=resources().queue, now=utc_now())
    return done("The job is on the queue again.", "admin.jobs")


@blueprint.post("/jobs/<int:job_id>/cancel")
def cancel_job(job_id: int) -> Response:
    """Give a job up."""
    processing.cancel_job(current_person(), job_id, queue=resources().queue, now=utc_now())
    return done("The job was cancelled.", "admin.jobs")
