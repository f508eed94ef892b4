"""How is one chunk of a video encoded, and how do we know that all of it came out?"""

import shutil
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from vod_web.core.errors import EncodeFailed

from .commands import chunk_command
from .ladder import Rung
from .plan import Chunk, EncodePlan
from .records import Record
from .results import (
    FoundSegment,
    RenditionFiles,
    describe_rendition,
    find_segments,
    place_segments,
    read_init,
)
from .runner import OnProgress, Tools, run_ffmpeg

MISSING_PART = 0.1
"""A damaged source may lose this part of a chunk's frames; when more is missing, it is not the video that was uploaded."""
MISSING_FRAMES = 2
LATE_S = Fraction(1, 2)
"""A chunk's first frame may come this much late before we suspect that seeking went wrong."""


@dataclass(frozen=True)
class ChunkResult(Record):
    """The files of one chunk: all its segments of all rungs."""

    index: int
    renditions: tuple[RenditionFiles, ...]
    """In the order of the rungs."""


def encode_chunk(
    plan: EncodePlan,
    chunk_index: int,
    address: str,
    work_dir: Path,
    tools: Tools,
    on_progress: OnProgress | None = None,
) -> ChunkResult:
    """Encode one chunk of all rungs into `work_dir`, which the caller owns and may remove after using the files.

    Running it again gives the same files. Raises EncodeFailed when FFmpeg fails or frames are missing.
    """
    chunk = plan.chunks[chunk_index]
    result = _encode(plan, chunk, address, work_dir, tools, on_progress, from_beginning=False)
    if result is None:  # the container's index led past the beginning of the chunk
        result = _encode(plan, chunk, address, work_dir, tools, on_progress, from_beginning=True)
    if result is None:
        raise EncodeFailed("The video is damaged: pictures are missing " + _describe_place(plan, chunk))
    return result


def _encode(
    plan: EncodePlan,
    chunk: Chunk,
    address: str,
    work_dir: Path,
    tools: Tools,
    on_progress: OnProgress | None,
    *,
    from_beginning: bool,
) -> ChunkResult | None:
    """One attempt; None when its first frames are missing and reading began in the middle of the file."""
    for rung in plan.rungs:
        shutil.rmtree(work_dir / rung.name, ignore_errors=True)
        (work_dir / rung.name).mkdir(parents=True)
    command = chunk_command(plan, chunk, address, from_beginning=from_beginning)
    run_ffmpeg(command, tools=tools, work_dir=work_dir, on_progress=on_progress)
    can_retry = chunk.first_segment > 0 and not from_beginning
    if can_retry and _is_late(plan, chunk, work_dir / plan.rungs[0].name):
        return None
    return ChunkResult(chunk.index, tuple(read_rendition(plan, chunk, rung, work_dir) for rung in plan.rungs))


def _is_late(plan: EncodePlan, chunk: Chunk, folder: Path) -> bool:
    """Whether the first picture of the chunk is not where the timeline has it."""
    try:
        init, _ = read_init(folder)
        found = find_segments(folder, init.timescale)
    except EncodeFailed:
        return True
    allowed = Fraction(1, 1000) if plan.timeline.is_exact else LATE_S
    slack = plan.timeline.slack * plan.timeline.time_base
    return not found or found[0].start_s > plan.timeline.start_s(chunk.first_segment) + slack + allowed


def read_rendition(plan: EncodePlan, chunk: Chunk, rung: Rung, work_dir: Path) -> RenditionFiles:
    """The files of one rung of a chunk, compared with the plan."""
    folder = work_dir / rung.name
    init, data = read_init(folder)
    found = find_segments(folder, init.timescale)
    check_frames(plan, chunk, rung, found)
    placed = [(_find_number(plan, chunk, segment), segment) for segment in found]
    is_last = chunk.segments.stop == plan.timeline.segment_count
    end = found[-1].end_s if is_last else plan.timeline.start_s(chunk.segments.stop)
    segments = place_segments(rung.name, placed, folder=folder, end_s=end)
    missing = set(chunk.segments) - {segment.number for segment in segments}
    if missing and plan.timeline.is_exact:
        raise EncodeFailed("The video is damaged: pictures are missing " + _describe_place(plan, chunk))
    return describe_rendition(rung.name, folder, init, data, segments)


def _find_number(plan: EncodePlan, chunk: Chunk, segment: FoundSegment) -> int:
    """Where on the timeline a file belongs, by the time of its first frame."""
    timeline = plan.timeline
    ticks = round(segment.start_s / timeline.time_base) + timeline.starts[0]
    return min(max(timeline.find_segment(ticks), chunk.segments.start), chunk.segments.stop - 1)


def check_frames(plan: EncodePlan, chunk: Chunk, rung: Rung, found: list[FoundSegment]) -> None:
    """Raise EncodeFailed when fewer frames came out than went in, or the chunk ends early."""
    if not found:
        raise EncodeFailed("The video is damaged: there are no pictures " + _describe_place(plan, chunk))
    expected = expected_frames(plan, chunk, rung)
    actual = sum(segment.fragment.sample_count for segment in found)
    if expected is not None and expected - actual > max(MISSING_FRAMES, expected * MISSING_PART):
        raise EncodeFailed(
            f"The video is damaged: only {actual} of {expected} pictures can be read " + _describe_place(plan, chunk)
        )
    end = plan.timeline.start_s(chunk.segments.stop)
    tolerance = max(float(LATE_S), float(plan.chunk_duration_s(chunk.index)) * MISSING_PART)
    if plan.timeline.is_exact and end - found[-1].end_s > tolerance:
        raise EncodeFailed("The video is damaged: its pictures end early, " + _describe_place(plan, chunk))


def expected_frames(plan: EncodePlan, chunk: Chunk, rung: Rung) -> int | None:
    """How many frames a rung of a chunk should have; None when nobody counted those of the source."""
    counts = plan.timeline.frame_counts
    if counts is None:
        return None
    return sum(-(-counts[number] // rung.frame_step) for number in chunk.segments)


def _describe_place(plan: EncodePlan, chunk: Chunk) -> str:
    start, stop = plan.timeline.start_s(chunk.segments.start), plan.timeline.start_s(chunk.segments.stop)
    return f"between {float(start):.1f} s and {float(stop):.1f} s."
