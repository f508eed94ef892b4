"""How are the renditions made: chunk by chunk, picture and sound?"""

from vod_web.core.clock import utc_now
from vod_web.media.audio import encode_audio
from vod_web.media.chunks import encode_chunk
from vod_web.services.processing.attempts import Attempt
from vod_web.services.processing.early import SegmentStore
from vod_web.services.processing.outcomes import finishing
from vod_web.services.processing.outputs import read_assignment, reading_source


def make_chunk(attempt: Attempt) -> None:
    """Make one chunk of its renditions, and store it."""
    assignment = read_assignment(attempt)
    plan, number = assignment.plan, attempt.lease.number
    report = attempt.reporter(float(plan.chunk_duration_s(number)))
    stored = SegmentStore(attempt, assignment)
    with attempt.slow_work(), reading_source(attempt, assignment.source_key) as address:
        made = encode_chunk(plan, number, address, attempt.folder, attempt.tools, report, stored.add)
    _finish(attempt, made.to_json(), stored.size_bytes)


def make_audio(attempt: Attempt) -> None:
    """Make one chunk of a sound track, and store it."""
    assignment = read_assignment(attempt)
    plan, number = assignment.plan, attempt.lease.number
    report = attempt.reporter(float(plan.audio_chunk_duration_s(number)))
    stored = SegmentStore(attempt, assignment)
    with attempt.slow_work(), reading_source(attempt, assignment.source_key) as address:
        made = encode_audio(plan, number, address, attempt.folder, attempt.tools, report, stored.add)
    _finish(attempt, made.to_json(), stored.size_bytes)


def _finish(attempt: Attempt, result: dict[str, object], size_bytes: int) -> None:
    with finishing(attempt.lease, queue=attempt.queue, now=utc_now(), result=result, size_bytes=size_bytes):
        pass  # what was made is in the result, for the publishing
