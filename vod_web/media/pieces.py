"""Which few segments are made at once where a player asks for one that is not there yet? Pure.

All that plays early is counted through: the segments of the picture, then those of one sound track after another. A
piece goes by the number of its first segment in this row.
"""

from collections.abc import Iterator
from fractions import Fraction

from .audio_timeline import AudioTimeline
from .passes import AudioChunk, Chunk
from .plan import EncodePlan
from .timeline import Timeline

FIRST_PIECE_S = 8
"""What is made before anybody asks: enough to begin with, and no more than somebody may want."""
PIECE_S = 24
"""Of a piece that somebody asked for: players want to have so much ahead. It may be left off after any segment."""


def list_early(plan: EncodePlan) -> Iterator[tuple[str, Timeline | AudioTimeline]]:
    """The renditions that play early, with their timelines."""
    for name in plan.early_renditions:
        yield name, plan.timeline
    for track in plan.audio:
        if not track.is_surround:
            yield track.name, track.timeline


def number_segment(plan: EncodePlan, rendition: str, segment: int) -> int | None:
    """The number of a segment; None where no such one plays early."""
    first = 0
    for name, timeline in list_early(plan):
        if name == rendition:
            return first + segment if segment < timeline.segment_count else None
        first += timeline.segment_count
    return None


def find_segment(plan: EncodePlan, number: int) -> tuple[str, int]:
    """The rendition and the segment of a number."""
    for name, timeline in list_early(plan):
        if number < timeline.segment_count:
            return name, number
        number -= timeline.segment_count
    raise ValueError("There are not so many segments.")


def cut_piece(plan: EncodePlan, number: int, longest: int | None = None) -> Chunk | AudioChunk:
    """The run of segments that begins with a number; with at most `longest` segments, where that is given."""
    name, first = find_segment(plan, number)
    track = next((place for place, track in enumerate(plan.audio) if track.name == name), None)
    if track is None:
        count = count_segments(plan.timeline, first, FIRST_PIECE_S if number == 0 else PIECE_S)
        return Chunk(0, first, min(count, longest or count), "copy" if plan.copy else "quick")
    timeline, end_s = plan.audio[track].timeline, plan.audio[track].end_s
    count = count_segments(timeline, first, PIECE_S)
    last = first + min(count, longest or count)
    if end_s is not None:
        first = min(first, max(0, timeline.find_segment(end_s) - 1))  # what is silent at its end has nothing to read
    return AudioChunk(0, track, first, last - first)


def count_segments(timeline: Timeline | AudioTimeline, first: int, wished_s: int) -> int:
    """How many segments from the first on are as long as wished, or all that are left."""
    end_s = timeline.start_s(first) + Fraction(wished_s)
    left = range(first + 1, timeline.segment_count)
    return next((number for number in left if timeline.start_s(number) >= end_s), timeline.segment_count) - first
