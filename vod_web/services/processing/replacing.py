"""How does a file take the place of another one of its video?

While the present file plays whole, it goes on until the new one is ready: the new one is *incoming*, with a status of
its own. Where there is nothing whole to protect, the new one takes its place at once.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from vod_web.core.settings import Settings
from vod_web.models import Encode, EncodeStatus, Source, SourceState, Video
from vod_web.queue import JobQueue
from vod_web.services.processing.encodes import begin_encode, end_open_encodes
from vod_web.services.processing.outcomes import note_size
from vod_web.services.processing.rows import show_facts
from vod_web.services.processing.standing import plays_whole, show_end


def offer_file(
    session: Session, video: Video, source: Source, *, queue: JobQueue, settings: Settings, now: datetime
) -> None:
    """Make what is needed to play this file, new or earlier, in the place of the present one.

    One that was to take this place before steps back. The video must be locked.
    """
    rival = find_incoming(session, video.id)
    if rival is not None:
        step_back(session, video, rival, now)
    if plays_whole(session, video.id):
        source.state = SourceState.INCOMING
    else:
        take_place(session, video, source, now)
    session.add(source)
    session.flush()
    begin_encode(video, source, queue=queue, settings=settings, now=now)


def take_place(session: Session, video: Video, source: Source, now: datetime) -> None:
    """From now on this is the file of the video, and the one before is an earlier version; the video must be locked."""
    is_current = select(Source).where(Source.video_id == video.id, Source.state == SourceState.CURRENT)
    for former in session.scalars(is_current).all():
        former.state, former.retired_at = SourceState.FORMER, now
    source.state, source.retired_at = SourceState.CURRENT, None
    source.status = source.status_reason = source.eta_s = source.measured_at = None
    session.add(source)
    show_facts(video, source)
    session.flush()
    note_size(session, video)


def step_back(session: Session, video: Video, source: Source, now: datetime) -> None:
    """A file does not take the place of the present one after all: an earlier version is that again, a new one goes.

    The video must be locked.
    """
    end_open_encodes(session, video.id, now)
    show_end(session, video, "")
    source.status = source.status_reason = source.eta_s = source.measured_at = None
    if source.retired_at is None:
        source.state, source.retired_at = SourceState.DISCARDED, now
    else:
        source.state = SourceState.FORMER
    session.flush()
    note_size(session, video)


def find_incoming(session: Session, video_id: int) -> Source | None:
    """The file that is to take the place of the present one."""
    return session.scalar(select(Source).where(Source.video_id == video_id, Source.state == SourceState.INCOMING))


def find_whole(session: Session, source: Source) -> Encode | None:
    """What was made of a file and can play at once; None where it must be made again."""
    whole = select(Encode).where(
        Encode.source_id == source.id, Encode.status == EncodeStatus.READY, Encode.files_removed_at.is_(None)
    )
    return session.scalars(whole.order_by(Encode.id.desc()).limit(1)).one_or_none()
