"""How does an earlier file of a video play again at once?"""

from datetime import datetime

from sqlalchemy.orm import Session

from vod_web.models import Encode, JobKind, JobState, Video
from vod_web.queue import JobQueue
from vod_web.services.processing.encodes import end_open_encodes
from vod_web.services.processing.publish import make_playable
from vod_web.services.processing.rows import list_encode_jobs
from vod_web.services.processing.standing import show_end
from vod_web.services.processing.turns import advance
from vod_web.services.publication import note_ready


def bring_back(session: Session, video: Video, encode: Encode, *, queue: JobQueue, now: datetime) -> None:
    """Let the file of an encode that has everything take its place again; the video must be locked."""
    end_open_encodes(session, video.id, now)
    make_playable(session, encode, video, now)
    show_end(session, video, "")
    note_ready(video, now)
    for job in list_encode_jobs(session, encode.id):
        if job.state is JobState.CANCELLED and job.kind is not JobKind.PIECE:
            job.state, job.not_before = JobState.WAITING, None  # such as the storyboard, when the other file came
    advance(session, encode, video, queue=queue, now=now)
