"""How does a source become a video that plays?

`begin_encode` makes an encode and its first job. A worker claims a job by a lease (`leases`), does its step
(`prepare`, `renditions`, `pictures`, `publish`), and ends it (`outcomes`), which lets the next jobs in (`turns`). The
`sweep` mends whatever a dying process, queue server or machine left. The rows are the truth, the queue only a hint.
"""

from vod_web.services.processing.encodes import (
    begin_encode,
    cancel_video,
    queue_position,
    queue_positions,
    reencode_video,
    retry_video,
)
from vod_web.services.processing.files import delete_files
from vod_web.services.processing.jobs import cancel_job, get_job, list_jobs, retry_job
from vod_web.services.processing.replacing import offer_file
from vod_web.services.processing.waiting import find_file
from vod_web.services.processing.workers import drain_worker, list_workers

__all__ = [
    "begin_encode",
    "cancel_job",
    "cancel_video",
    "delete_files",
    "drain_worker",
    "find_file",
    "get_job",
    "list_jobs",
    "list_workers",
    "offer_file",
    "queue_position",
    "queue_positions",
    "reencode_video",
    "retry_job",
    "retry_video",
]
