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
from .results import EncodedFile, EncodedFragment, RenditionFiles, split_file
from .runner import OnProgress, Tools, run_ffmpeg

MISSING_PART = 0.1
"""A damaged source may lose this part of a chunk's frames; with more missing, it is not what was uploaded."""
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
    _run(plan, chunk, address, work_dir, tools, on_progress, from_beginning=False)
    if chunk.first_segment > 0 and _is_late(plan, chunk, work_dir / plan.rungs[0].name):
        # the container's index led past the beginning of the chunk
        _run(plan, chunk, address, work_dir, tools, on_progress, from_beginning=True)
    return ChunkResult(chunk.index, tuple(read_rendition(plan, chunk, rung, work_dir) for rung in plan.rungs))


def _run(
    plan: EncodePlan,
    chunk: Chunk,
    address: str,
    work_dir: Path,
    tools: Tools,
    on_progress: OnProgress | None,
    *,
    from_beginning: bool,
) -> None:
    """Encode into empty folders."""
    for rung in plan.rungs:
        shutil.rmtree(work_dir / rung.name, ignore_errors=True)
        (work_dir / rung.name).mkdir(parents=True)
    command = chunk_command(plan, chunk, address, from_beginning=from_beginning)
    run_ffmpeg(command, tools=tools, work_dir=work_dir, on_progress=on_progress)


def _is_late(plan: EncodePlan, chunk: Chunk, folder: Path) -> bool:
    """Whether the first picture of the chunk is not where the timeline has it."""
    allowed = Fraction(1, 1000) if plan.timeline.is_exact else LATE_S
    latest = plan.timeline.start_s(chunk.first_segment) + plan.timeline.slack * plan.timeline.time_base + allowed
    try:
        with EncodedFile(folder) as encoded:
            return not encoded.fragments or encoded.fragments[0].start_s > latest
    except EncodeFailed:
        return True


def read_rendition(plan: EncodePlan, chunk: Chunk, rung: Rung, work_dir: Path) -> RenditionFiles:
    """The segments of one rung of a chunk, compared with the plan."""
    with EncodedFile(work_dir / rung.name) as encoded:
        check_frames(plan, chunk, rung, encoded.fragments)
        end = plan.timeline.start_s(chunk.segments.stop)
        if not plan.timeline.is_exact:
            end = max(end, encoded.fragments[-1].end_s)
        rendition = split_file(
            encoded, rung.name, number_of=lambda _, fragment: find_number(plan, chunk, fragment), end_s=end
        )
    missing = set(chunk.segments) - {segment.number for segment in rendition.segments}
    if missing and plan.timeline.is_exact:
        raise EncodeFailed("The video is damaged: pictures are missing " + _describe_place(plan, chunk))
    return rendition


def find_number(plan: EncodePlan, chunk: Chunk, fragment: EncodedFragment) -> int:
    """Where on the timeline a fragment belongs, by the time of its first frame."""
    timeline = plan.timeline
    ticks = round(fragment.start_s / timeline.time_base) + timeline.starts[0]
    return min(max(timeline.find_segment(ticks), chunk.segments.start), chunk.segments.stop - 1)


def check_frames(plan: EncodePlan, chunk: Chunk, rung: Rung, fragments: list[EncodedFragment]) -> None:
    """Raise EncodeFailed when fewer frames came out than went in, or the chunk ends early."""
    if not fragments:
        raise EncodeFailed("The video is damaged: there are no pictures " + _describe_place(plan, chunk))
    expected = expected_frames(plan, chunk, rung)
    actual = sum(fragment.fragment.sample_count for fragment in fragments)
    if expected is not None and expected - actual > max(MISSING_FRAMES, expected * MISSING_PART):
        raise EncodeFailed(
            f"The video is damaged: only {actual} of {expected} pictures can be read " + _describe_place(plan, chunk)
        )
    is_last = chunk.segments.stop == plan.timeline.segment_count
    end = plan.timeline.last_frame_s if is_last else plan.timeline.start_s(chunk.segments.stop)
    tolerance = max(float(LATE_S), float(plan.chunk_duration_s(chunk.index)) * MISSING_PART)
    if plan.timeline.is_exact and end - fragments[-1].end_s > tolerance:
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
