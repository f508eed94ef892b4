"""In which pieces, and in which order, are the renditions of a video made? Pure; part of the plan.

`copy` puts the source's own picture into segments, `ladder` makes all rungs, all of a chunk from one decode. `quick`
makes one low rung beforehand, a few segments at a time (`pieces`), so that a source that cannot be copied plays soon.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import Literal

from .audio_timeline import AudioTimeline
from .ladder import Rung
from .records import Record
from .timeline import Timeline

Pass = Literal["copy", "quick", "ladder"]

QUICK_HEIGHT = 400
"""The quick rung is the one nearest to this: 360p where the ladder has it, else 480p or what there is."""
QUICK_NAME = "quick"
"""The rendition that plays until the ladder is there; no rung is called so."""

LADDER_ROUNDS = 2
"""A ladder chunk is what each worker would do of the rest in so many rounds: long ones first, for each chunk costs
some; short ones last, so that all workers end at nearly the same time, whatever each chunk takes."""
SHORTEST_LADDER_S, SHORTEST_OF_MANY_S = 8, 4
STRAYING, STRAYING_COST = Fraction(3, 2), 4
"""A chunk may be so many times as long as wished, or shorter, where a second that is not decoded twice is worth so many
seconds of it."""
FEW_WORKERS = 4
"""More than so many make still shorter chunks of a video that is too short for all of them."""

FIRST_COPY_S = 60
COPY_CHUNK_BYTES = 256 * 1024**2
"""A copy chunk lies on the worker's disk twice for a moment."""
SHORTEST_COPY_S = 30


@dataclass(frozen=True)
class Chunk(Record):
    """A run of whole segments: one job makes all its renditions from a single read of the source."""

    index: int
    """Its place in the plan's `chunks`."""
    first_segment: int
    segment_count: int
    purpose: Pass = "ladder"

    @property
    def segments(self) -> range:
        """The numbers of its segments."""
        return range(self.first_segment, self.first_segment + self.segment_count)


@dataclass(frozen=True)
class AudioChunk(Record):
    """A run of whole segments of one sound track."""

    index: int
    """Its place in the plan's `audio_chunks`."""
    track: int
    """The place of its track in the plan's `audio`."""
    first_segment: int
    segment_count: int

    @property
    def segments(self) -> range:
        """The numbers of its segments."""
        return range(self.first_segment, self.first_segment + self.segment_count)


def choose_quick_twin(rungs: Sequence[Rung]) -> Rung:
    """The rung of which the quick rendition has the size and the settings."""
    return min(rungs, key=lambda rung: abs(rung.short_side_px - QUICK_HEIGHT))


def cut_ladder_runs(
    timeline: Timeline, longest_s: Fraction, workers: int, leads: Sequence[Fraction | None]
) -> Iterator[range]:
    """Runs of whole segments that get shorter towards the end; for so many workers.

    `leads`: how much is decoded for nothing where a run begins with a segment. They begin where this is little.
    """
    turns = max(1, workers) * LADDER_ROUNDS
    shortest_s = Fraction(SHORTEST_LADDER_S)
    if workers > FEW_WORKERS:
        shortest_s = min(shortest_s, max(Fraction(SHORTEST_OF_MANY_S), timeline.duration_s / turns / 2))
    first = 0
    while first < timeline.segment_count:
        left_s = timeline.duration_s - timeline.start_s(first)
        last = _find_stop(timeline, first, min(longest_s, max(shortest_s, left_s / turns)), leads)
        if timeline.duration_s - timeline.start_s(last) < shortest_s / 2:
            last = timeline.segment_count
        yield range(first, last)
        first = last


def _find_stop(timeline: Timeline, first: int, wished_s: Fraction, leads: Sequence[Fraction | None]) -> int:
    """Where a run from `first` on ends: near the wished length, and rather where little is decoded twice."""
    best, least_s = first + 1, None
    for stop in range(first + 1, timeline.segment_count + 1):
        length_s = timeline.start_s(stop) - timeline.start_s(first)
        if least_s is not None and length_s > wished_s * STRAYING:
            break
        lead_s = leads[stop] if stop < timeline.segment_count else Fraction(0)
        # where reading begins before this run, whichever end it has, all ends are alike
        wasted_s = lead_s if lead_s is not None and lead_s + 1 < length_s else wished_s
        cost_s = wasted_s + abs(length_s - wished_s) / STRAYING_COST
        if least_s is None or cost_s < least_s:
            best, least_s = stop, cost_s
    return best


def copy_chunk_s(bitrate_bps: int, longest_s: Fraction) -> Fraction:
    """How much of a video one copy chunk takes."""
    wished = Fraction(COPY_CHUNK_BYTES * 8, max(1, bitrate_bps))
    return min(max(wished, Fraction(SHORTEST_COPY_S)), longest_s)


def cut_runs(timeline: Timeline, wished_s: Sequence[Fraction | int]) -> Iterator[range]:
    """Runs of whole segments, each as long as wished or a little longer, the last wish for all that follow.

    A last run under half of that joins the one before it.
    """
    first = 0
    for number in count():
        if first >= timeline.segment_count:
            return
        wished = wished_s[min(number, len(wished_s) - 1)]
        last = first + 1
        while last < timeline.segment_count and timeline.start_s(last) - timeline.start_s(first) < wished:
            last += 1
        is_rest_short = timeline.duration_s - timeline.start_s(last) < wished_s[-1] / Fraction(2)
        if number >= len(wished_s) - 1 and is_rest_short:
            last = timeline.segment_count
        yield range(first, last)
        first = last


def list_chunks(runs: Sequence[tuple[Pass, range]]) -> tuple[Chunk, ...]:
    """Chunks under their numbers, in the order in which they are to be made."""
    return tuple(Chunk(index, run.start, len(run), purpose) for index, (purpose, run) in enumerate(runs))


def plan_audio_chunks(
    timelines: Sequence[tuple[AudioTimeline, Fraction | None]], wished_s: Fraction
) -> tuple[AudioChunk, ...]:
    """The chunks of all tracks: every track's first one before any second one.

    With each timeline, when the sound of the source ends, from the beginning of the picture: what follows is silence,
    and a chunk must have something to read. None: not known, so that the track is one chunk.
    """
    cut = [
        (number, track, run)
        for track, (timeline, end_s) in enumerate(timelines)
        for number, run in enumerate(cut_audio_runs(timeline, end_s, wished_s))
    ]
    cut.sort(key=lambda item: item[:2])
    return tuple(AudioChunk(index, track, run.start, len(run)) for index, (_, track, run) in enumerate(cut))


def cut_audio_runs(timeline: AudioTimeline, end_s: Fraction | None, wished_s: Fraction) -> list[range]:
    """Runs of segments of about the length of a chunk; the last may be half as long again."""
    total = timeline.segment_count
    in_run = max(1, int(wished_s / timeline.segment_s(0)))
    sounding = timeline.find_segment(end_s) if end_s is not None else 0
    firsts = [first for first in range(0, total, in_run) if first == 0 or first + in_run // 2 < min(total, sounding)]
    return [range(first, stop) for first, stop in zip(firsts, [*firsts[1:], total], strict=True)]
