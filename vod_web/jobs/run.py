"""What does a worker do when the queue hands it the id of a job?"""

from collections.abc import Callable

from vod_web.core.clock import utc_now
from vod_web.core.logging import bind_context, clear_context, get_logger
from vod_web.db.session import close_session
from vod_web.jobs.workplace import this_workplace
from vod_web.media.chunks import CopyFailed
from vod_web.models import JobKind
from vod_web.services.processing.attempts import Attempt, WorkerStopped
from vod_web.services.processing.encodes import begin_anew
from vod_web.services.processing.leases import Lease, LeaseLost, claim_job
from vod_web.services.processing.loudness import measure_sound
from vod_web.services.processing.outcomes import fail_job, give_back
from vod_web.services.processing.outputs import PlanOutdated
from vod_web.services.processing.pictures import make_poster_files, make_storyboard_files
from vod_web.services.processing.pieces import make_piece
from vod_web.services.processing.prepare import prepare
from vod_web.services.processing.publish import publish
from vod_web.services.processing.renditions import make_audio, make_chunk
from vod_web.services.processing.subtitles import make_subtitles
from vod_web.services.processing.thumbnails import make_offered_frames, make_thumbnail

STEPS: dict[JobKind, Callable[[Attempt], None]] = {
    JobKind.PREPARE: prepare,
    JobKind.CHUNK: make_chunk,
    JobKind.AUDIO: make_audio,
    JobKind.PIECE: make_piece,
    JobKind.POSTER: make_poster_files,
    JobKind.FRAMES: make_offered_frames,
    JobKind.THUMBNAIL: make_thumbnail,
    JobKind.SUBTITLES: make_subtitles,
    JobKind.STORYBOARD: make_storyboard_files,
    JobKind.LOUDNESS: measure_sound,
    JobKind.PUBLISH: publish,
}

log = get_logger(__name__)


def run_job(job_id: int) -> None:
    """Do one job; a job that is done, or another's by now, is left alone."""
    place = this_workplace()
    bind_context(job=str(job_id), worker=place.name)
    try:
        lease = claim_job(job_id, worker=place.name, lease_s=place.rhythm.lease_s, now=utc_now())
        if lease is not None:
            _run(lease)
    finally:
        close_session()
        clear_context()


def _run(lease: Lease) -> None:
    """Do the step, and note how it ended."""
    bind_context(kind=lease.kind.value, number=str(lease.number), attempt=str(lease.attempt))
    with this_workplace().at_work(lease) as attempt:
        try:
            STEPS[lease.kind](attempt)
        except LeaseLost:
            log.info("job_no_longer_ours")
        except WorkerStopped:
            close_session()
            give_back(lease, queue=attempt.queue, now=utc_now())
        except PlanOutdated:
            close_session()
            begin_anew(lease.encode_id, queue=attempt.queue, settings=attempt.settings, now=utc_now())
        except CopyFailed as error:
            close_session()
            log.warning("copy_failed", error=error.message)
            begin_anew(lease.encode_id, queue=attempt.queue, settings=attempt.settings, now=utc_now(), may_copy=False)
        except Exception as error:
            close_session()
            pause_s = this_workplace().rhythm.retry_s
            fail_job(lease, error, queue=attempt.queue, now=utc_now(), first_pause_s=pause_s)
        else:
            log.info("job_done")
