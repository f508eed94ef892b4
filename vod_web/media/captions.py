"""How do the subtitles of a source become captions? All tracks in one reading of the file, then cleaned."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .caption_plan import CaptionPlan
from .commands import global_options, input_options
from .formats import DECODERS, SUBTITLE_DECODERS
from .plan import EncodePlan
from .records import Record
from .runner import OnProgress, Tools, run_ffmpeg
from .subrip import read_subrip
from .substation import read_substation
from .text_encodings import decode_text
from .webvtt import Cue, tidy_cues

MOST_TRACK_BYTES = 16 * 1024**2
"""FFmpeg writes no more of a track than this."""
SUBSTATION = ("ass", "ssa")


@dataclass(frozen=True)
class CaptionResult(Record):
    """One finished caption track."""

    plan: CaptionPlan
    cues: tuple[Cue, ...]


def make_captions(
    plan: EncodePlan, address: str, work_dir: Path, tools: Tools, on_progress: OnProgress | None = None
) -> tuple[CaptionResult, ...]:
    """The caption tracks of the plan that have anything to say, made in `work_dir`.

    Raises EncodeFailed when FFmpeg fails.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    run_ffmpeg(captions_command(plan, address), tools=tools, work_dir=work_dir, on_progress=on_progress)
    return tuple(_read_tracks(plan, work_dir))


def captions_command(plan: EncodePlan, address: str) -> list[str]:
    """One file for each track, on the source's own clock."""
    decoders = [part for caption in plan.captions for part in _decoder_options(caption)]
    outputs = [part for caption in plan.captions for part in _output_options(caption)]
    allowed = (*DECODERS, *SUBTITLE_DECODERS.values())
    return [*global_options(), *input_options(address, decoder=decoders, allowed=allowed), *outputs]


def _decoder_options(caption: CaptionPlan) -> list[str]:
    # letters of older files are not UTF-8: FFmpeg would leave out such cues
    passing = [f"-sub_charenc_mode:{caption.stream_index}", "ignore"]
    return [f"-c:{caption.stream_index}", SUBTITLE_DECODERS[caption.codec], *passing]


def _output_options(caption: CaptionPlan) -> list[str]:
    # SubStation as it is: FFmpeg's way from there to SubRip lets drawings through as text
    codec, form = ("copy", "ass") if caption.codec in SUBSTATION else ("srt", "srt")
    return [
        *("-map", f"0:{caption.stream_index}"),
        *("-map_metadata", "-1"),
        *("-c:s", codec),
        *("-avoid_negative_ts", "disabled"),  # in step with the picture, whatever the first cue says
        *("-fs", str(MOST_TRACK_BYTES)),
        *("-f", form),
        _file_name(caption),
    ]


def _file_name(caption: CaptionPlan) -> str:
    return f"{caption.stream_index}.txt"


def _read_tracks(plan: EncodePlan, work_dir: Path) -> Iterator[CaptionResult]:
    for caption in plan.captions:
        path = work_dir / _file_name(caption)
        with path.open("rb") as file:
            content = file.read(MOST_TRACK_BYTES)
        path.unlink()
        read = read_substation if caption.codec in SUBSTATION else read_subrip
        cues = tidy_cues(read(decode_text(content)), offset_s=-plan.origin_s, duration_s=plan.duration_s)
        if cues:
            yield CaptionResult(caption, cues)
