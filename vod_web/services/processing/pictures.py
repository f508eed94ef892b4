"""How are poster and storyboard made? Side jobs: a video can do without them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from vod_web.core.clock import utc_now
from vod_web.media.poster import PictureFile, make_poster
from vod_web.media.storyboard import choose_segments, make_storyboard
from vod_web.services.processing.attempts import Attempt
from vod_web.services.processing.outcomes import finishing
from vod_web.services.processing.outputs import Assignment, read_assignment, reading_source, store_files, store_text
from vod_web.storage import keys


def make_poster_files(attempt: Attempt) -> None:
    """Choose a frame, and store it in all sizes of the plan."""
    assignment = read_assignment(attempt)
    report = attempt.reporter(float(assignment.plan.duration_s))
    with attempt.slow_work(), reading_source(attempt, assignment.source_key) as address:
        made = make_poster(assignment.plan, address, attempt.folder, attempt.tools, report)
        size_bytes = _store_pictures(attempt, assignment, made.pictures)
    with finishing(attempt.lease, queue=attempt.queue, now=utc_now(), size_bytes=size_bytes) as job:
        job.encode.has_poster = True


def make_storyboard_files(attempt: Attempt) -> None:
    """Make the sheets of tiles and the text that names them, and store them; the text last."""
    assignment = read_assignment(attempt)
    report = attempt.reporter(float(assignment.plan.duration_s))
    with attempt.slow_work(), _reading_for_storyboard(attempt, assignment) as (address, is_rung):
        made = make_storyboard(assignment.plan, address, attempt.folder, attempt.tools, report, is_rung=is_rung)
        size_bytes = _store_pictures(attempt, assignment, made.sheets)
        key = keys.storyboard_key(assignment.video_id, assignment.encode_id)
        size_bytes += store_text(attempt, key, made.vtt)
    with finishing(attempt.lease, queue=attempt.queue, now=utc_now(), size_bytes=size_bytes) as job:
        job.encode.has_storyboard = True


@contextmanager
def _reading_for_storyboard(attempt: Attempt, assignment: Assignment) -> Iterator[tuple[str, bool]]:
    """A file of the smallest rung, which costs a tenth of the source to decode; the source where there is no rung."""
    chosen = choose_segments(assignment.plan)
    if chosen is None:
        with reading_source(attempt, assignment.source_key) as address:
            yield address, False
        return
    name, numbers = chosen
    ids = (assignment.video_id, assignment.encode_id, name)
    path = attempt.folder / f"{name}.mp4"
    with path.open("wb") as file:
        for key in (keys.init_key(*ids), *(keys.segment_key(*ids, number) for number in numbers)):
            file.write(attempt.storage.read_bytes(key))
            attempt.report(0.0)
    yield str(path), True


def _store_pictures(attempt: Attempt, assignment: Assignment, pictures: Iterable[PictureFile]) -> int:
    folder = keys.encode_prefix(assignment.video_id, assignment.encode_id)
    return store_files(attempt, {folder + picture.path.name: picture.path for picture in pictures})
