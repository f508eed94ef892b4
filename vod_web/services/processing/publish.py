"""When do the pieces become a video that plays?"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vod_web.core.clock import utc_now
from vod_web.db.session import current_session
from vod_web.media.audio import AudioResult
from vod_web.media.caption_playlists import CaptionVariant, format_caption_playlist, name_captions
from vod_web.media.chunks import ChunkResult
from vod_web.media.plan import EncodePlan
from vod_web.media.playlists import MULTIVARIANT_NAME
from vod_web.media.publish import FinishedRendition, format_playlists, join_rendition, leave_temporary
from vod_web.media.results import RenditionFiles
from vod_web.models import (
    Encode,
    EncodeStatus,
    Job,
    JobKind,
    JobState,
    NotificationKind,
    Rendition,
    Source,
    SourceState,
    Video,
    VideoStatus,
)
from vod_web.services.caption_files import caption_variants, list_captions
from vod_web.services.notifications import tell_owner
from vod_web.services.processing.attempts import Attempt
from vod_web.services.processing.outcomes import finishing
from vod_web.services.processing.outputs import Assignment, read_assignment, read_record, store_text
from vod_web.services.processing.replacing import take_place
from vod_web.services.processing.rows import cancel_jobs, show_status
from vod_web.services.processing.thumbnails import ensure_thumbnail
from vod_web.services.processing.turns import MAIN_JOBS
from vod_web.services.publication import note_playable, note_ready
from vod_web.storage import keys


class _CaptionsCame(Exception):
    """There are other captions than those that we named."""


def publish(attempt: Attempt) -> None:
    """Write the playlists from what was measured, and let the video be watched."""
    assignment = read_assignment(attempt)
    made = _read_results(attempt.lease.encode_id)
    while True:
        captions = _find_captions(attempt.lease.encode_id)
        with attempt.slow_work():
            renditions = _join(made)
            size_bytes = _store_playlists(attempt, assignment, renditions, captions)
            _store_caption_lengths(attempt, assignment, captions)
        try:
            _finish(attempt, assignment, renditions, captions, size_bytes)
        except _CaptionsCame:
            continue
        return


def _finish(
    attempt: Attempt,
    assignment: Assignment,
    renditions: list[FinishedRendition],
    captions: list[CaptionVariant],
    size_bytes: int,
) -> None:
    now = utc_now()
    with finishing(attempt.lease, queue=attempt.queue, now=now, size_bytes=size_bytes) as job:
        if _find_captions(job.encode_id) != captions:
            raise _CaptionsCame
        _complete_renditions(current_session(), job.encode_id, renditions, assignment.plan, now)
        _complete_encode(current_session(), job.encode, job.encode.video, now)


def _find_captions(encode_id: int) -> list[CaptionVariant]:
    """The caption tracks that there are by now; those that come later name themselves (`subtitles`)."""
    session = current_session()
    encode = session.get(Encode, encode_id)
    return caption_variants(list_captions(session, encode.video_id, encode.source_id)) if encode else []


def _read_results(encode_id: int) -> list[RenditionFiles]:
    """What all chunks and sound tracks made, in the order of the video."""
    wanted = select(Job.kind, Job.result).where(Job.encode_id == encode_id, Job.kind.in_(MAIN_JOBS))
    made: list[RenditionFiles] = []
    for kind, result in current_session().execute(wanted.order_by(Job.kind.desc(), Job.number)):
        if kind is JobKind.CHUNK:
            made += read_record(ChunkResult, result).renditions
        else:
            made.append(read_record(AudioResult, result).rendition)
    return made


def _join(made: list[RenditionFiles]) -> list[FinishedRendition]:
    names = dict.fromkeys(part.name for part in made)
    return [join_rendition([part for part in made if part.name == name]) for name in names]


def _store_playlists(
    attempt: Attempt, assignment: Assignment, renditions: list[FinishedRendition], captions: list[CaptionVariant]
) -> int:
    """The multivariant playlist last: it names the others."""
    folder = keys.encode_prefix(assignment.video_id, assignment.encode_id)
    texts = format_playlists(assignment.plan, renditions)
    texts[MULTIVARIANT_NAME] = name_captions(texts[MULTIVARIANT_NAME], captions)
    ordered = sorted(texts, key=lambda name: name == MULTIVARIANT_NAME)
    return sum(store_text(attempt, folder + name, texts[name]) for name in ordered)


def _store_caption_lengths(attempt: Attempt, assignment: Assignment, captions: list[CaptionVariant]) -> None:
    """Added tracks may have been there before anybody knew how long the video is: their playlists say it now."""
    text = format_caption_playlist(assignment.plan.duration_s)
    for caption in captions:
        store_text(attempt, keys.video_prefix(assignment.video_id) + caption.address.removeprefix("../"), text)


def _complete_renditions(
    session: Session, encode_id: int, renditions: list[FinishedRendition], plan: EncodePlan, now: datetime
) -> None:
    """What was measured, and which ones the playlists leave out."""
    made = {rendition.name: rendition for rendition in renditions}
    kept = {rendition.name for rendition in leave_temporary(plan, renditions)}
    for row in session.scalars(select(Rendition).where(Rendition.encode_id == encode_id)):
        row.dropped_at = None if row.name in kept else now
        rendition = made.get(row.name)
        if rendition is None:  # the quick one, of which there is what was asked for
            continue
        row.codecs, row.size_bytes = rendition.codecs, rendition.size_bytes
        row.bitrate_bps, row.average_bitrate_bps = rendition.bitrate.peak_bps, rendition.bitrate.average_bps
        row.progress, row.is_complete = 1.0, True


def _complete_encode(session: Session, encode: Encode, video: Video, now: datetime) -> None:
    encode.status, encode.finished_at = EncodeStatus.READY, now
    _cancel_pieces(session, encode.id)
    make_playable(session, encode, video, now)
    video.progress, video.eta_s = 1.0, None
    show_status(video, VideoStatus.READY)
    note_ready(video, now)
    tell_owner(session, video, NotificationKind.VIDEO_READY, encode.public_id, now)


def _cancel_pieces(session: Session, encode_id: int) -> None:
    """All that players may ask for is there."""
    is_open = Job.state.in_((JobState.WAITING, JobState.QUEUED, JobState.RUNNING))
    pieces = update(Job).where(Job.encode_id == encode_id, Job.kind == JobKind.PIECE, is_open)
    session.execute(pieces.values(state=JobState.CANCELLED, lease_expires_at=None))


def make_playable(session: Session, encode: Encode, video: Video, now: datetime) -> None:
    """From now on this encode is what plays; the one before is superseded, and what it still lacks is not made.

    A file that was to take the place of another one takes it.
    """
    if encode.is_active:
        return
    former = session.scalars(select(Encode).where(Encode.video_id == video.id, Encode.is_active)).one_or_none()
    if former is not None:
        former.is_active = False
        cancel_jobs(session, former.id)
        session.flush()  # at most one encode of a video is active, at any moment
    encode.is_active = True
    encode.playable_at = now
    video.is_playable = True
    source = session.get_one(Source, encode.source_id)
    if source.state is not SourceState.CURRENT:
        take_place(session, video, source, now)
    note_playable(video, now)
    ensure_thumbnail(session, encode, video, now=now)
