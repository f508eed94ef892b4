"""How is one chunk of a video made, and how do we know that all of it came out?"""

import shutil
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path

from vod_web.core.errors import EncodeFailed, SourceDamaged

from .commands import chunk_command, copy_command
from .passes import Chunk
from .plan import EncodePlan
from .records import Record
from .results import EncodedFragment, OnSegments, RenditionFiles
from .runner import FfmpegKilled, OnProgress, Tools
from .splitting import SegmentSplitter, hand_out, run_and_split

MISSING_PART = 0.1
"""A damaged source may lose this part of a chunk's frames; with more missing, it is not what was uploaded."""
MISSING_FRAMES = 2
EXACT_S = Fraction(1, 1000)
LATE_S = Fraction(1, 2)
"""A chunk's first frame may come this much late before we suspect that seeking went wrong."""


@dataclass(frozen=True)
class ChunkResult(Record):
    """The files of one chunk: all its segments of all its renditions."""

    index: int
    renditions: tuple[RenditionFiles, ...]
    """In the order of `EncodePlan.chunk_names`."""


class CopyFailed(EncodeFailed):
    """A copied chunk is not what the plan says: the source must be encoded instead (`EncodeOptions.may_copy`)."""


class _Late(Exception):
    """The container's index led past the beginning of the chunk."""


def encode_chunk(
    plan: EncodePlan,
    chunk_index: int,
    address: str,
    work_dir: Path,
    tools: Tools,
    on_progress: OnProgress | None = None,
    on_segments: OnSegments | None = None,
) -> ChunkResult:
    """Make one chunk of its renditions in `work_dir`, which the caller owns and may remove after using the files.

    `on_segments` gets segments as they become ready; their files may be removed then. Running it again gives the same
    files.

    Raises:
        CopyFailed: a copy chunk cannot be made as planned.
        EncodeFailed: FFmpeg fails, or frames are missing.
    """
    chunk = plan.chunks[chunk_index]
    return ChunkResult(chunk_index, encode_run(plan, chunk, address, work_dir, tools, on_progress, on_segments))


def encode_run(
    plan: EncodePlan,
    chunk: Chunk,
    address: str,
    work_dir: Path,
    tools: Tools,
    on_progress: OnProgress | None = None,
    on_segments: OnSegments | None = None,
) -> tuple[RenditionFiles, ...]:
    """The same for any run of segments, whether the plan has it as a chunk or not."""
    run = _ChunkRun(plan, chunk, address, work_dir, tools, on_progress, on_segments)
    try:
        return run.make()
    except EncodeFailed as error:
        if chunk.purpose == "copy" and not isinstance(error, FfmpegKilled):
            raise CopyFailed(error.message, log=error.log) from error
        raise


@dataclass
class _ChunkRun:
    """One call of `encode_run`."""

    plan: EncodePlan
    chunk: Chunk
    address: str
    work_dir: Path
    tools: Tools
    on_progress: OnProgress | None
    on_segments: OnSegments | None
    is_seeking: bool = True
    _numbers: dict[str, int] = field(default_factory=dict)
    """Rendition -> the segment that its latest fragment belongs to."""

    def make(self) -> tuple[RenditionFiles, ...]:
        """Seek to the chunk, or read from the beginning where that leads astray."""
        try:
            return self._make()
        except _Late:
            self.is_seeking = False
            return self._make()

    def _make(self) -> tuple[RenditionFiles, ...]:
        """Encode into empty folders."""
        self._numbers.clear()
        names = self.plan.chunk_names(self.chunk)
        splitters = [self._prepare(name) for name in names]
        run_and_split(
            self._command(),
            splitters,
            work_dir=self.work_dir,
            tools=self.tools,
            on_progress=self.on_progress,
            on_segments=self.on_segments,
        )
        if splitters[0].end_s is None and self.is_seeking and self.chunk.first_segment > 0:
            raise _Late
        return tuple(self._finish(splitter, name) for splitter, name in zip(splitters, names, strict=True))

    def _prepare(self, name: str) -> SegmentSplitter:
        folder = self.work_dir / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return SegmentSplitter(folder, name, partial(self._number_of, name))

    def _command(self) -> list[str]:
        if self.chunk.purpose == "copy" and self.plan.copy:
            return copy_command(self.plan, self.plan.copy, self.chunk, self.address, from_beginning=not self.is_seeking)
        return chunk_command(self.plan, self.chunk, self.address, from_beginning=not self.is_seeking)

    def _number_of(self, name: str, fragment: EncodedFragment) -> int | None:
        """Where a fragment belongs, after a look at whether it lies where it should."""
        number = find_number(self.plan, self.chunk, fragment)
        if number is None or self._numbers.get(name) == number:
            return number
        is_first = name not in self._numbers
        if is_first and self.is_seeking and self.chunk.first_segment > 0 and is_late(self.plan, self.chunk, fragment):
            raise _Late
        if self.chunk.purpose == "copy":
            check_keyframe(self.plan, number, fragment)
        self._numbers[name] = number
        return number

    def _finish(self, splitter: SegmentSplitter, name: str) -> RenditionFiles:
        """All segments of a rendition, compared with the plan."""
        rung = self.plan.find_rung(name)
        check_frames(self.plan, self.chunk, rung.frame_step if rung else 1, splitter)
        end_s = self.plan.timeline.start_s(self.chunk.segments.stop)
        if not self.plan.timeline.is_exact:
            end_s = max(end_s, splitter.end_s or end_s)
        rendition = splitter.finish(end_s)
        hand_out(splitter, self.on_segments)
        missing = set(self.chunk.segments) - {segment.number for segment in rendition.segments}
        if missing and self.plan.timeline.is_exact:
            raise SourceDamaged("The video is damaged: pictures are missing " + _describe_place(self.plan, self.chunk))
        return rendition


def is_late(plan: EncodePlan, chunk: Chunk, fragment: EncodedFragment) -> bool:
    """Whether the first picture of the chunk is not where the timeline has it."""
    allowed = EXACT_S if plan.timeline.is_exact else LATE_S
    latest = plan.timeline.start_s(chunk.first_segment) + plan.timeline.slack * plan.timeline.time_base + allowed
    return fragment.start_s > latest


def find_number(plan: EncodePlan, chunk: Chunk, fragment: EncodedFragment) -> int | None:
    """Where on the timeline a fragment belongs, by the time of its first frame; None where it is not of the chunk."""
    timeline = plan.timeline
    ticks = round(fragment.start_s / timeline.time_base) + timeline.starts[0]
    number = timeline.find_segment(ticks)
    if chunk.purpose == "copy":
        is_before = ticks < timeline.cut(0)
        return number if number in chunk.segments and not is_before else None
    return min(max(number, chunk.segments.start), chunk.segments.stop - 1)


def check_keyframe(plan: EncodePlan, number: int, fragment: EncodedFragment) -> None:
    """Raise EncodeFailed when a copied segment does not begin with a keyframe, or not where encoded ones do."""
    start_s = plan.timeline.start_s(number)
    if abs(fragment.start_s - start_s) > EXACT_S:
        raise EncodeFailed(f"The keyframe at {float(start_s):.3f} s was found at {float(fragment.start_s):.3f} s.")
    if fragment.fragment.keyframe_pts != fragment.fragment.first_pts:
        raise EncodeFailed(f"The GOP at {float(start_s):.3f} s is open.")


def check_frames(plan: EncodePlan, chunk: Chunk, frame_step: int, splitter: SegmentSplitter) -> None:
    """Raise EncodeFailed when fewer frames came out than went in, or the chunk ends early."""
    if splitter.end_s is None:
        raise SourceDamaged("The video is damaged: there are no pictures " + _describe_place(plan, chunk))
    expected = expected_frames(plan, chunk, frame_step)
    actual = splitter.frame_count
    if chunk.purpose == "copy" and expected not in (None, actual):
        raise EncodeFailed(f"{actual} of {expected} frames were copied " + _describe_place(plan, chunk))
    allowed = max(MISSING_FRAMES, (expected or 0) * MISSING_PART)
    if expected is not None and expected - actual > allowed:
        raise SourceDamaged(
            f"The video is damaged: only {actual} of {expected} pictures can be read " + _describe_place(plan, chunk)
        )
    is_last = chunk.segments.stop == plan.timeline.segment_count
    end = plan.timeline.last_frame_s if is_last else plan.timeline.start_s(chunk.segments.stop)
    tolerance = max(float(LATE_S), float(plan.run_duration_s(chunk.segments)) * MISSING_PART)
    tolerance += plan.video.frames.longest_frame_s or 0  # the last frame of a file has no duration
    if plan.timeline.is_exact and end - splitter.end_s > tolerance:
        raise SourceDamaged("The video is damaged: its pictures end early, " + _describe_place(plan, chunk))


def expected_frames(plan: EncodePlan, chunk: Chunk, frame_step: int) -> int | None:
    """How many frames a rendition of a chunk should have; None when nobody counted those of the source."""
    counts = plan.timeline.frame_counts
    if counts is None:
        return None
    return sum(-(-counts[number] // frame_step) for number in chunk.segments)


def _describe_place(plan: EncodePlan, chunk: Chunk) -> str:
    start, stop = plan.timeline.start_s(chunk.segments.start), plan.timeline.start_s(chunk.segments.stop)
    return f"between {float(start):.1f} s and {float(stop):.1f} s."
