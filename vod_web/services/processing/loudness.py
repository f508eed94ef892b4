"""How loud is each sound track? A side job, so that players can make all videos about equally loud."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from vod_web.core.clock import utc_now
from vod_web.db.session import current_session
from vod_web.media.audio_plan import AudioPlan
from vod_web.media.loudness import Loudness, measure_loudness
from vod_web.models import Rendition
from vod_web.services.processing.attempts import Attempt
from vod_web.services.processing.outcomes import finishing
from vod_web.services.processing.outputs import Assignment, read_assignment
from vod_web.storage import keys

SOUND_NAME = "sound.mp4"


def measure_sound(attempt: Attempt) -> None:
    """Measure the stereo renditions: what people hear, and less to read than the source."""
    assignment = read_assignment(attempt)
    tracks = [track for track in assignment.plan.audio if not track.is_surround]
    found: dict[str, Loudness] = {}
    with attempt.slow_work():
        for number, track in enumerate(tracks):
            attempt.report(number / len(tracks))
            loudness = _measure(attempt, assignment, track)
            if loudness is not None:
                found[track.name] = loudness
    with finishing(attempt.lease, queue=attempt.queue, now=utc_now()) as job:
        for row in current_session().scalars(select(Rendition).where(Rendition.encode_id == job.encode_id)):
            if row.name in found:
                row.loudness_lufs, row.peak_dbfs = found[row.name].integrated_lufs, found[row.name].peak_dbfs


def _measure(attempt: Attempt, assignment: Assignment, track: AudioPlan) -> Loudness | None:
    folder = attempt.folder / track.name
    folder.mkdir(parents=True)
    _fetch(attempt, assignment, track, folder / SOUND_NAME)
    loudness = measure_loudness(SOUND_NAME, folder, attempt.tools)
    shutil.rmtree(folder)
    return loudness


def _fetch(attempt: Attempt, assignment: Assignment, track: AudioPlan, path: Path) -> None:
    """The whole rendition as one file: its init segment and its segments, one after another."""
    with path.open("wb") as file:
        for key in _keys(assignment, track):
            with closing(attempt.storage.open(key)) as stream:
                shutil.copyfileobj(stream, file)


def _keys(assignment: Assignment, track: AudioPlan) -> Iterator[str]:
    ids = (assignment.video_id, assignment.encode_id, track.name)
    yield keys.init_key(*ids)
    for number in range(track.timeline.segment_count):
        yield keys.segment_key(*ids, number)
