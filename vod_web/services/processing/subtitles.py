"""How do the subtitles of a source become captions of the video? A side job: a video can do without them.

The final playlists name them for HLS players. Either this job or the publishing comes last, and that one writes the
playlist that is complete: each looks, while the video is locked, whether the other was there first.
"""

from vod_web.core.clock import utc_now
from vod_web.db.session import close_session, current_session
from vod_web.media.caption_playlists import CaptionVariant
from vod_web.media.captions import CaptionResult, make_captions
from vod_web.models import Caption, CaptionKind, CaptionOrigin, Encode, EncodeStatus
from vod_web.services.caption_files import (
    Track,
    caption_variants,
    delete_files,
    last_end_s,
    list_captions,
    list_embedded,
    match_embedded,
    name_in_playlist,
    replace_embedded,
    store_cues,
)
from vod_web.services.processing.attempts import Attempt
from vod_web.services.processing.leases import LeaseLost
from vod_web.services.processing.outcomes import finishing
from vod_web.services.processing.outputs import Assignment, read_assignment, reading_source


class _ChangedMeanwhile(Exception):
    """The final playlists are there since we last looked, without our tracks, or somebody changed the tracks."""


def make_subtitles(attempt: Attempt) -> None:
    """Make, store and name the caption tracks of all text subtitles of the source."""
    assignment = read_assignment(attempt)
    plan = assignment.plan
    report = attempt.reporter(float(plan.duration_s))
    with attempt.slow_work():
        with reading_source(attempt, assignment.source_key) as address:
            made = make_captions(plan, address, attempt.folder, attempt.tools, report)
        tracks = [_store(attempt, assignment, one) for one in made]
    while True:
        named = _name(attempt, assignment, tracks)
        try:
            _finish(attempt, assignment, tracks, named)
        except _ChangedMeanwhile:
            continue
        return


def _store(attempt: Attempt, assignment: Assignment, made: CaptionResult) -> Track:
    plan = made.plan
    name, size_bytes = store_cues(attempt.storage, assignment.video_id, made.cues, assignment.plan.duration_s)
    told = (plan.language, plan.label, CaptionKind(plan.kind), plan.is_default, plan.is_forced)
    return Track(*told, name, size_bytes, len(made.cues), last_end_s(made.cues))


def _name(attempt: Attempt, assignment: Assignment, tracks: list[Track]) -> list[CaptionVariant] | None:
    """Name the tracks in the final playlist, and say how; None where there is none yet."""
    session = current_session()
    encode = session.get(Encode, attempt.lease.encode_id, populate_existing=True)
    if encode is None:
        raise LeaseLost
    is_published = encode.status is EncodeStatus.READY
    rows = list_embedded(session, encode.video_id, encode.source_id)
    shown: list[Caption | Track] = [
        track for row, track in match_embedded(rows, tracks) if row is None or row.deleted_at is None
    ]
    others = list_captions(session, encode.video_id, encode.source_id)
    shown += [one for one in others if one.origin is CaptionOrigin.UPLOADED]
    close_session()
    if not is_published:
        return None
    with attempt.slow_work():
        name_in_playlist(attempt.storage, assignment.video_id, assignment.encode_id, shown)
    return caption_variants(shown)


def _finish(attempt: Attempt, assignment: Assignment, tracks: list[Track], named: list[CaptionVariant] | None) -> None:
    with finishing(attempt.lease, queue=attempt.queue, now=utc_now()) as job:
        session, encode = current_session(), job.encode
        stale = replace_embedded(session, encode.video_id, encode.source_id, tracks)
        told = caption_variants(list_captions(session, encode.video_id, encode.source_id))
        if encode.status is EncodeStatus.READY and named != told:
            raise _ChangedMeanwhile
    delete_files(attempt.storage, assignment.video_id, stale)
