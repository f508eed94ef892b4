"""How do the subtitles of a source become captions of the video? A side job: a video can do without them.

The final playlists name them for HLS players. Either this job or the publishing comes last, and that one writes the
playlist that is complete: each looks, while the video is locked, whether the other was there first.
"""

from vod_web.core.clock import utc_now
from vod_web.db.session import close_session, current_session
from vod_web.media.captions import CaptionResult, make_captions
from vod_web.models import CaptionKind, CaptionOrigin, Encode, EncodeStatus
from vod_web.services.caption_files import (
    Track,
    delete_files,
    list_captions,
    name_in_playlist,
    replace_embedded,
    store_cues,
)
from vod_web.services.processing.attempts import Attempt
from vod_web.services.processing.leases import LeaseLost
from vod_web.services.processing.outcomes import finishing
from vod_web.services.processing.outputs import Assignment, read_assignment, reading_source


class _PublishedMeanwhile(Exception):
    """The final playlists are there since we last looked, without our tracks."""


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
        is_named = _name(attempt, assignment, tracks)
        try:
            _finish(attempt, assignment, tracks, is_named=is_named)
        except _PublishedMeanwhile:
            continue
        return


def _store(attempt: Attempt, assignment: Assignment, made: CaptionResult) -> Track:
    plan = made.plan
    name, size_bytes = store_cues(attempt.storage, assignment.video_id, made.cues, assignment.plan.duration_s)
    return Track(plan.language, plan.label, CaptionKind(plan.kind), plan.is_default, plan.is_forced, name, size_bytes)


def _name(attempt: Attempt, assignment: Assignment, tracks: list[Track]) -> bool:
    """Name the tracks in the final playlist, where there is one; and say whether there is."""
    session = current_session()
    encode = session.get(Encode, attempt.lease.encode_id, populate_existing=True)
    if encode is None:
        raise LeaseLost
    is_published = encode.status is EncodeStatus.READY
    others = list_captions(session, encode.video_id, encode.source_id)
    uploaded = [one for one in others if one.origin is CaptionOrigin.UPLOADED]
    close_session()
    if is_published:
        with attempt.slow_work():
            name_in_playlist(attempt.storage, assignment.video_id, assignment.encode_id, [*tracks, *uploaded])
    return is_published


def _finish(attempt: Attempt, assignment: Assignment, tracks: list[Track], *, is_named: bool) -> None:
    with finishing(attempt.lease, queue=attempt.queue, now=utc_now()) as job:
        if job.encode.status is EncodeStatus.READY and not is_named:
            raise _PublishedMeanwhile
        stale = replace_embedded(current_session(), job.encode.video_id, job.encode.source_id, tracks)
    delete_files(attempt.storage, assignment.video_id, stale)
