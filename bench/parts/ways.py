"""Other ways to make the same renditions: commands that anybody would type, with the same encoder settings."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.parts.processes import Cost, run_measured
from vod_web.media.commands import keyframe_options, x264_options
from vod_web.media.filters import SCALER, VIDEO, scale_filters
from vod_web.media.ladder import Rung
from vod_web.media.passes import Chunk
from vod_web.media.plan import EncodeOptions, EncodePlan, plan_encode
from vod_web.media.probe import probe_source
from vod_web.media.tools import find_ffmpeg


@dataclass(frozen=True)
class Way:
    """One way to make all renditions."""

    name: str
    preset: str
    decodes_once: bool
    """One command for all; it copies what ours copies. Else a command for each rendition, one after another."""


WAYS = (
    Way("one command", "veryfast", decodes_once=True),
    Way("each, veryfast", "veryfast", decodes_once=False),
    Way("each, medium", "medium", decodes_once=False),
)


@dataclass(frozen=True)
class Made:
    """What a way made, and what it took."""

    first_s: float
    """Until the first rendition was complete."""
    cost: Cost
    """Of all commands; the memory is that of the largest."""
    files: dict[str, Path]
    """Pictures by the rendition's name."""


def plan_of(path: Path, *, may_copy: bool) -> EncodePlan:
    """What would be made of a file."""
    probe = probe_source(str(path), size_bytes=path.stat().st_size)
    return plan_encode(probe, EncodeOptions(may_copy=may_copy))


@contextmanager
def made_by(way: Way, source: Path) -> Iterator[Made]:
    """Run a way; its files are there until the end of the block."""
    plan = plan_of(source, may_copy=way.decodes_once)
    plan = replace(plan, preset=way.preset)
    with tempfile.TemporaryDirectory(prefix="vod-bench-way-", ignore_cleanup_errors=True) as directory:
        folder = Path(directory)
        costs = [run_measured(command, cwd=folder) for command in _commands(way, plan, source)]
        cost = Cost(
            sum(one.elapsed_s for one in costs), sum(one.cpu_s for one in costs), max(one.peak_bytes for one in costs)
        )
        names = plan.rendition_names
        yield Made(costs[0].elapsed_s, cost, {name: folder / f"{name}.mp4" for name in names})


def _commands(way: Way, plan: EncodePlan, source: Path) -> list[list[str]]:
    if way.decodes_once:
        return [_command(source, _cascade(plan), _copy(plan), _sound(plan))]
    smallest_first = reversed(plan.rungs)
    pictures = [_command(source, [*_filters(plan, rung), *_output(plan, rung, "[v]")]) for rung in smallest_first]
    return [*pictures, _command(source, _sound(plan))] if plan.audio else pictures


def _command(source: Path, *groups: Sequence[str]) -> list[str]:
    head = [str(find_ffmpeg()), "-v", "error", "-nostdin", "-y", "-copyts", "-i", str(source)]
    return [*head, *(argument for group in groups for argument in group)]


def _cascade(plan: EncodePlan) -> list[str]:
    """All rungs from one decode, each scaled from the next larger one."""
    chains = []
    for number, rung in enumerate(plan.rungs):
        source = f"[0:{plan.video.index}]" if number == 0 else f"[from{number - 1}]"
        is_last = number == len(plan.rungs) - 1
        end = f"[v{number}]" if is_last else f",split=2[v{number}][from{number}]"
        scaling = _scale(plan, rung) if number == 0 else _scale_further(rung, plan.rungs[number - 1])
        chains.append(f"{source}{scaling}{end}")
    outputs = [argument for number, rung in enumerate(plan.rungs) for argument in _output(plan, rung, f"[v{number}]")]
    return ["-filter_complex", ";".join(chains), *outputs]


def _filters(plan: EncodePlan, rung: Rung) -> list[str]:
    return ["-filter_complex", f"[0:{plan.video.index}]{_scale(plan, rung)}[v]"]


def _scale(plan: EncodePlan, rung: Rung) -> str:
    """From the source's picture to that of a rung."""
    scaling = scale_filters(plan.video, (rung.width_px, rung.height_px), VIDEO)
    return ",".join([*_leave_out(rung.frame_step), *scaling])


def _scale_further(rung: Rung, larger: Rung) -> str:
    scaling = f"scale={rung.width_px}:{rung.height_px}:{SCALER}"
    return ",".join([*_leave_out(rung.frame_step // larger.frame_step), scaling])


def _leave_out(step: int) -> list[str]:
    return [f"framestep={step}"] if step > 1 else []


def _output(plan: EncodePlan, rung: Rung, label: str) -> list[str]:
    whole = Chunk(index=0, first_segment=0, segment_count=plan.timeline.segment_count)
    return ["-map", label, *x264_options(rung, plan.preset), *keyframe_options(plan, whole), f"{rung.name}.mp4"]


def _copy(plan: EncodePlan) -> list[str]:
    return ["-map", f"0:{plan.video.index}", "-c:v", "copy", f"{plan.copy.name}.mp4"] if plan.copy else []


def _sound(plan: EncodePlan) -> list[str]:
    """Every track that ours has, copied or encoded as ours is."""
    arguments = []
    for track in plan.audio:
        codec = (
            ["copy"] if track.is_copied else ["aac", "-ac", str(track.made_channels), "-b:a", str(track.bitrate_bps)]
        )
        arguments += ["-map", f"0:{track.stream_index}", "-c:a", *codec, f"{track.name}.m4a"]
    return arguments
