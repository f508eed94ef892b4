"""What is this source, and what will be made of it? The first job of an encode, which makes all others."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from vod_web.core.clock import utc_now
from vod_web.core.errors import UnsupportedMedia
from vod_web.db.session import current_session
from vod_web.media.plan import EncodeOptions, EncodePlan, plan_encode
from vod_web.media.probe import HEAD_BYTES, probe_source
from vod_web.media.probed import Probe
from vod_web.models import Encode, Job, Rendition, Source, SourceState
from vod_web.services.chapters import take_over_chapters
from vod_web.services.processing.attempts import Attempt
from vod_web.services.processing.early import store_early_playlists
from vod_web.services.processing.outcomes import finishing
from vod_web.services.processing.outputs import explaining_absence, reading_source
from vod_web.services.processing.rows import show_facts
from vod_web.services.processing.standing import plays_to_the_end
from vod_web.services.processing.thumbnails import ensure_thumbnail
from vod_web.services.processing.work import encode_cost, plan_jobs, plan_renditions
from vod_web.services.processing.workers import count_workers
from vod_web.storage import keys

READ_BYTES = 1024 * 1024
FEWEST_WORKERS = 2
"""Chunks are short enough for so many workers, also where there is one: others may come."""
OTHER_BYTES = "The file arrived damaged: it is not the one that was sent. Upload it again."


def prepare(attempt: Attempt) -> None:
    """Check and probe the source, plan the encode, and make the rows of renditions and jobs.

    Raises:
        UnsupportedMedia: the source is no video, or damaged; the sentence is for its owner.
        SourceMissing, StorageFailed: the source cannot be reached.
    """
    encode = _get_encode(attempt)
    source, folder = encode.source, keys.encode_prefix(encode.video.public_id, encode.public_id)
    workers = max(FEWEST_WORKERS, count_workers(now=utc_now()))
    options = EncodeOptions(heights=attempt.settings.ladder, may_copy=encode.may_copy, workers=workers)
    with attempt.slow_work():
        probe = _read_source(attempt, source)
        plan = plan_encode(probe, options)
        store_early_playlists(attempt, folder, plan)
    with finishing(attempt.lease, queue=attempt.queue, now=utc_now()) as job:
        _describe_video(job, probe)
        job.encode.plan, job.encode.cost = plan.to_json(), encode_cost(plan)
        take_over_chapters(current_session(), job.encode.video_id, job.encode.source_id, probe, plan)
        _add_rows(current_session(), job.encode, plan)
        if not job.encode.video.is_playable:
            ensure_thumbnail(current_session(), job.encode, job.encode.video, now=utc_now())


def _get_encode(attempt: Attempt) -> Encode:
    wanted = select(Encode).where(Encode.id == attempt.lease.encode_id)
    return current_session().scalars(wanted.options(joinedload(Encode.video), joinedload(Encode.source))).one()


def _read_source(attempt: Attempt, source: Source) -> Probe:
    with reading_source(attempt, source.key) as address:
        _check_bytes(attempt, source)
        with attempt.storage.open(source.key, length=HEAD_BYTES) as stream:
            head = stream.read()
        return probe_source(address, size_bytes=source.size_bytes, head=head, work_dir=attempt.folder)


def _check_bytes(attempt: Attempt, source: Source) -> None:
    """The stored file is the one that was announced: its size, and its checksum where one was given."""
    with explaining_absence(attempt.storage):
        stored = attempt.storage.stat(source.key)
    if stored.size_bytes != source.size_bytes:
        raise UnsupportedMedia(OTHER_BYTES)
    if source.checksum_sha256 and _hash(attempt, source) != source.checksum_sha256.lower():
        raise UnsupportedMedia(OTHER_BYTES)


def _hash(attempt: Attempt, source: Source) -> str:
    digest = hashlib.sha256()
    with attempt.storage.open(source.key) as stream:
        while data := stream.read(READ_BYTES):
            digest.update(data)
            attempt.report(0.0)
    return digest.hexdigest()


def _describe_video(job: Job, probe: Probe) -> None:
    """What people are told of the video, once this is its file, and the facts for later steps."""
    source = job.encode.source
    source.probe, source.duration_s = probe.to_json(), float(probe.video.duration_s)
    source.width_px, source.height_px = probe.video.display_size
    source.frame_rate = str(probe.video.frame_rate)
    if source.state is SourceState.CURRENT:
        show_facts(job.encode.video, source)


def _add_rows(session: Session, encode: Encode, plan: EncodePlan) -> None:
    is_awaited = not plays_to_the_end(session, encode.video_id)
    rows: list[Rendition | Job] = [*plan_renditions(plan), *plan_jobs(plan, is_awaited=is_awaited)]
    for row in rows:
        row.encode_id = encode.id
    session.add_all(rows)
    session.flush()
