"""How is a piece made: the few segments with which a video begins to play, or that a player asks for?"""

from sqlalchemy import select

from vod_web.core.clock import utc_now
from vod_web.db.session import current_session
from vod_web.media.audio import encode_sound
from vod_web.media.chunks import encode_run
from vod_web.media.passes import QUICK_NAME, AudioChunk, Chunk
from vod_web.media.pieces import cut_piece, find_segment
from vod_web.media.results import RenditionFiles
from vod_web.models import Rendition
from vod_web.services.processing.attempts import Attempt
from vod_web.services.processing.early import SegmentStore
from vod_web.services.processing.outcomes import finishing
from vod_web.services.processing.outputs import Assignment, read_assignment, reading_source
from vod_web.services.processing.places import MediaFile, find_stored
from vod_web.services.processing.wishes import is_somebody_waiting
from vod_web.storage.base import Storage


class _LeftOff(Exception):
    """Somebody else waits for another piece, and this one has something already."""


def make_piece(attempt: Attempt) -> None:
    """Make segments from the one that is wanted on, up to one that is stored, or until somebody else waits."""
    assignment = read_assignment(attempt)
    rendition, _ = find_segment(assignment.plan, attempt.lease.number)
    stored = PieceStore(attempt, assignment)
    with attempt.slow_work(), reading_source(attempt, assignment.source_key) as address:
        piece = _cut(attempt.storage, assignment, attempt.lease.number)
        if piece is not None:
            _encode(attempt, assignment, piece, address, stored)
    # of a copy and of sound, the chunk in whose place this is counts the bytes
    size_bytes = stored.size_bytes if rendition == QUICK_NAME else 0
    with finishing(attempt.lease, queue=attempt.queue, now=utc_now(), size_bytes=size_bytes) as job:
        known = select(Rendition).where(Rendition.encode_id == job.encode_id, Rendition.name == rendition)
        current_session().scalars(known).one().size_bytes += size_bytes


class PieceStore(SegmentStore):
    """Stores what nobody has stored meanwhile."""

    def add(self, made: RenditionFiles) -> None:
        """Store new segments.

        Raises:
            LeaseLost: the job is not ours any more.
            _LeftOff: it is somebody else's turn.
        """
        super().add(made)
        with self._attempt.undisturbed():
            is_wanted_elsewhere = is_somebody_waiting()
        if is_wanted_elsewhere:
            raise _LeftOff


def _cut(storage: Storage, assignment: Assignment, number: int) -> Chunk | AudioChunk | None:
    """The piece without what is stored already; None where nothing is missing."""
    plan = assignment.plan
    rendition, first = find_segment(plan, number)
    piece = cut_piece(plan, number)
    for segment in range(first, piece.segments.stop):
        file = MediaFile(assignment.video_id, assignment.encode_id, rendition, f"{segment}.m4s", segment)
        if find_stored(file, storage, lambda: plan) is not None:
            return cut_piece(plan, number, segment - first) if segment > first else None
    return piece


def _encode(
    attempt: Attempt, assignment: Assignment, piece: Chunk | AudioChunk, address: str, stored: SegmentStore
) -> None:
    plan = assignment.plan
    try:
        if isinstance(piece, Chunk):
            report = attempt.reporter(float(plan.run_duration_s(piece.segments)))
            encode_run(plan, piece, address, attempt.folder, attempt.tools, report, stored.add)
        else:
            timeline = plan.audio[piece.track].timeline
            length_s = timeline.start_s(piece.segments.stop) - timeline.start_s(piece.segments.start)
            report = attempt.reporter(float(length_s))
            encode_sound(plan, piece, address, attempt.folder, attempt.tools, report, stored.add)
    except _LeftOff:
        return
