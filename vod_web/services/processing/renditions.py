"""How are the renditions made: chunk by chunk, and one sound track after another?"""

from vod_web.core.clock import utc_now
from vod_web.media.audio import encode_audio
from vod_web.media.chunks import encode_chunk
from vod_web.services.processing.attempts import Attempt
from vod_web.services.processing.outcomes import finishing
from vod_web.services.processing.outputs import open_source, read_assignment, store_rendition


def make_chunk(attempt: Attempt) -> None:
    """Make one chunk of its renditions, and store it."""
    assignment = read_assignment(attempt)
    plan, number = assignment.plan, attempt.lease.number
    report = attempt.reporter(float(plan.chunk_duration_s(number)))
    with attempt.slow_work():
        made = encode_chunk(plan, number, open_source(attempt, assignment), attempt.folder, attempt.tools, report)
        size_bytes = store_rendition(attempt, assignment, made.renditions)
    _finish(attempt, made.to_json(), size_bytes)


def make_audio(attempt: Attempt) -> None:
    """Make one chunk of a sound track, and store it."""
    assignment = read_assignment(attempt)
    plan, number = assignment.plan, attempt.lease.number
    report = attempt.reporter(float(plan.audio_chunk_duration_s(number)))
    with attempt.slow_work():
        made = encode_audio(plan, number, open_source(attempt, assignment), attempt.folder, attempt.tools, report)
        size_bytes = store_rendition(attempt, assignment, [made.rendition])
    _finish(attempt, made.to_json(), size_bytes)


def _finish(attempt: Attempt, result: dict[str, object], size_bytes: int) -> None:
    with finishing(attempt.lease, queue=attempt.queue, now=utc_now(), result=result, size_bytes=size_bytes):
        pass  # what was made is in the result, for the publishing
