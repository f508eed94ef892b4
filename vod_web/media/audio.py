"""How is one chunk of a sound track made, and how do we know that all of it came out?"""

import shutil
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from vod_web.core.errors import EncodeFailed, SourceDamaged

from .audio_commands import audio_command
from .audio_plan import AudioPlan
from .chunks import CopyFailed
from .passes import AudioChunk
from .plan import EncodePlan
from .records import Record
from .results import EncodedFragment, OnSegments, RenditionFiles
from .runner import FfmpegKilled, OnProgress, Tools
from .splitting import SegmentSplitter, hand_out, run_and_split

STRAY_S = Fraction(1, 50)
"""How far a segment may begin beside its place."""


@dataclass(frozen=True)
class AudioResult(Record):
    """The files of one chunk of an audio rendition."""

    index: int
    rendition: RenditionFiles


def encode_audio(
    plan: EncodePlan,
    chunk_index: int,
    address: str,
    work_dir: Path,
    tools: Tools,
    on_progress: OnProgress | None = None,
    on_segments: OnSegments | None = None,
) -> AudioResult:
    """Make one audio chunk of the plan in `work_dir`, which the caller owns and may remove after using the files.

    `on_segments` gets segments as they become ready; their files may be removed then. Running it again gives the same
    files.

    Raises:
        CopyFailed: a copied track is not what the plan says.
        EncodeFailed: FFmpeg fails, or sound is missing.
    """
    chunk = plan.audio_chunks[chunk_index]
    return AudioResult(chunk_index, encode_sound(plan, chunk, address, work_dir, tools, on_progress, on_segments))


def encode_sound(
    plan: EncodePlan,
    chunk: AudioChunk,
    address: str,
    work_dir: Path,
    tools: Tools,
    on_progress: OnProgress | None = None,
    on_segments: OnSegments | None = None,
) -> RenditionFiles:
    """The same for any run of segments, whether the plan has it as a chunk or not."""
    track = plan.audio[chunk.track]
    try:
        return _make(plan, track, chunk, address, work_dir, tools, on_progress, on_segments)
    except EncodeFailed as error:
        if track.is_copied and not isinstance(error, FfmpegKilled):
            raise CopyFailed(error.message, log=error.log) from error
        raise


def _make(
    plan: EncodePlan,
    track: AudioPlan,
    chunk: AudioChunk,
    address: str,
    work_dir: Path,
    tools: Tools,
    on_progress: OnProgress | None,
    on_segments: OnSegments | None,
) -> RenditionFiles:
    """Encode or copy into an empty folder."""
    folder = work_dir / track.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    splitter = SegmentSplitter(folder, track.name, lambda fragment: find_number(track, chunk, fragment))
    run_and_split(
        audio_command(plan, chunk, address),
        [splitter],
        work_dir=work_dir,
        tools=tools,
        on_progress=on_progress,
        on_segments=on_segments,
    )
    if splitter.end_s is None:
        raise SourceDamaged(f'The sound track "{track.label}" is damaged: nothing of it can be read.')
    rendition = splitter.finish(track.timeline.start_s(chunk.segments.stop))
    hand_out(splitter, on_segments)
    check_sound(track, chunk, rendition)
    return rendition


def find_number(track: AudioPlan, chunk: AudioChunk, fragment: EncodedFragment) -> int:
    """Which segment a fragment is; raises EncodeFailed when it does not begin where a segment of the chunk does."""
    number = track.timeline.find_segment(fragment.start_s)
    if number not in chunk.segments or abs(track.timeline.start_s(number) - fragment.start_s) > STRAY_S:
        raise SourceDamaged(f'The sound track "{track.label}" has sound where none should be.')
    return number


def check_sound(track: AudioPlan, chunk: AudioChunk, rendition: RenditionFiles) -> None:
    """Raise EncodeFailed when frames are missing: there is silence where a source has none."""
    expected = track.timeline.frames_in(chunk.segments)
    if rendition.frame_count != expected:
        raise SourceDamaged(
            f'The sound track "{track.label}" is damaged: {rendition.frame_count} of {expected} frames came out.'
        )
