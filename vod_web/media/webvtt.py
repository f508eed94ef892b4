"""How are captions written down? As WebVTT that every browser reads (W3C WebVTT)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from .records import Record

MOST_CUES = 20_000
"""Of one track: a film has some 2,000; more is typesetting, or an attack."""
LONGEST_TEXT = 1_000
OPEN_END_S = Fraction(5)
"""How long a cue is shown whose end nobody knows."""
SAME_S = Fraction(1, 20)
"""Equal cues that follow each other so closely are one: effects draw a line anew for each picture."""
CLOCK_HZ = 90_000


@dataclass(frozen=True)
class Cue(Record):
    """A text, and when it is shown."""

    start_s: Fraction
    end_s: Fraction
    text: str
    """As WebVTT: escaped, with no markup but `<b>`, `<i>` and `<u>`, without empty lines."""
    is_top: bool = False
    """At the upper edge, because something else is at the lower one."""


def tidy_cues(
    cues: Iterable[Cue], *, offset_s: Fraction, duration_s: Fraction, most: int = MOST_CUES
) -> tuple[Cue, ...]:
    """The first `most` cues on the clock of the video: moved by `offset_s`, cut to the video, without doubles."""
    moved = [replace(cue, start_s=cue.start_s + offset_s, end_s=cue.end_s + offset_s) for cue in cues if cue.text]
    moved.sort(key=lambda cue: (cue.start_s, cue.end_s))
    closed = _close_ends(moved[:most])
    cut = [replace(cue, start_s=max(cue.start_s, Fraction(0)), end_s=min(cue.end_s, duration_s)) for cue in closed]
    return tuple(_join_equal(cue for cue in cut if cue.end_s - cue.start_s >= Fraction(1, 1000)))


def _close_ends(cues: Sequence[Cue]) -> list[Cue]:
    """A cue without a length is shown until the next one begins, but not for long."""
    starts = sorted({cue.start_s for cue in cues})
    following = dict(pairwise(starts))
    return [
        cue
        if cue.end_s > cue.start_s
        else replace(cue, end_s=min(following.get(cue.start_s, cue.start_s + OPEN_END_S), cue.start_s + OPEN_END_S))
        for cue in cues
    ]


def _join_equal(cues: Iterable[Cue]) -> list[Cue]:
    """One cue for several that say the same at the same time, or right after each other."""
    joined: list[Cue] = []
    last_place: dict[tuple[str, bool], int] = {}
    for cue in cues:
        place = last_place.get((cue.text, cue.is_top))
        if place is not None and cue.start_s <= joined[place].end_s + SAME_S:
            joined[place] = replace(joined[place], end_s=max(joined[place].end_s, cue.end_s))
        else:
            last_place[cue.text, cue.is_top] = len(joined)
            joined.append(cue)
    return joined


def format_webvtt(cues: Sequence[Cue], *, origin_s: Fraction | None = None) -> str:
    """The file of a track.

    `origin_s` is for HLS: where the beginning of the video stands on the clock of its segments (RFC 8216 section 3.5).
    """
    head = "WEBVTT"
    if origin_s is not None:
        head += f"\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:{round(origin_s * CLOCK_HZ)}"
    return "\n\n".join([head, *(_format_cue(cue) for cue in cues)]) + "\n"


def _format_cue(cue: Cue) -> str:
    place = " line:0" if cue.is_top else ""
    return f"{format_timestamp(cue.start_s)} --> {format_timestamp(cue.end_s)}{place}\n{cue.text}"


def format_timestamp(value: Fraction) -> str:
    """A WebVTT time: hours, minutes, seconds, milliseconds."""
    milliseconds = round(value * 1000)
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}.{milliseconds:03d}"
