"""What the workers do, did and will do."""

from werkzeug.wrappers import Response

from vod_web.blueprints.admin import blueprint, done
from vod_web.core.clock import utc_now
from vod_web.core.settings import MOST_WORKERS
from vod_web.models import JobKind, JobState
from vod_web.resources import resources
from vod_web.schemas.admin import JobFilter, WorkersChange
from vod_web.schemas.imports import ImportRetry
from vod_web.services import imports, processing, site
from vod_web.web.forms import choices, read_form, read_query
from vod_web.web.rendering import render
from vod_web.web.sign_in import current_person

JOBS = "admin.jobs"
ONE_WORKER = "./vod up keeps one worker from now on."


@blueprint.get("/jobs")
def jobs() -> str:
    """The workers and the table of jobs."""
    wanted = read_query(JobFilter)
    return render(
        "admin/jobs.html",
        "rows",
        page=processing.list_jobs(current_person(), wanted),
        workers=processing.list_workers(current_person()),
        worker_count=site.get_worker_count(resources().settings),
        most_workers=MOST_WORKERS,
        now=utc_now(),
        wanted=wanted,
        state_choices=choices(JobState),
        kind_choices=choices(JobKind),
    )


@blueprint.post("/workers")
def set_worker_count() -> Response:
    """Let `./vod up` keep another number of workers."""
    change = read_form(WorkersChange)
    decided = site.decide_worker_count(current_person(), change, settings=resources().settings, now=utc_now())
    return done(f"./vod up keeps {decided.count} workers from now on." if decided.count > 1 else ONE_WORKER, JOBS)


@blueprint.post("/workers/<name>/drain")
def drain_worker(name: str) -> Response:
    """Let a worker end after its job."""
    worker = processing.drain_worker(current_person(), name, now=utc_now())
    return done(f"{worker.name} ends when its job is done.", JOBS)


@blueprint.get("/jobs/<int:job_id>")
def job(job_id: int) -> str:
    """One job with its error and log."""
    return render("admin/job.html", "job", job=processing.get_job(current_person(), job_id))


@blueprint.post("/jobs/<int:job_id>/retry")
def retry_job(job_id: int) -> Response:
    """Try a job again that failed."""
    held, person, now = resources(), current_person(), utc_now()
    fetch = processing.get_job(person, job_id).fetch
    if fetch is not None:
        imports.retry_import(person, fetch.public_id, ImportRetry(), settings=held.settings, now=now)
    else:
        processing.retry_job(person, job_id, queue=held.queue, now=now)
    return done("The job is on the queue again.", JOBS)


@blueprint.post("/jobs/<int:job_id>/cancel")
def cancel_job(job_id: int) -> Response:
    """Give a job up."""
    held, person = resources(), current_person()
    fetch = processing.get_job(person, job_id).fetch
    if fetch is not None:
        imports.cancel_import(person, fetch.public_id, storage=held.storage)
    else:
        processing.cancel_job(person, job_id, queue=held.queue, now=utc_now())
    return done("The job was cancelled.", JOBS)
