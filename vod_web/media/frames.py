"""Which frames is a person offered as the picture of a video, and how is the chosen one made?"""

import shutil
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from vod_web.core.errors import EncodeFailed

from .plan import EncodePlan
from .poster import PictureFile, collect_poster, try_frame
from .records import Record
from .runner import OnProgress, Tools

OFFERED = 5
OFFERED_WIDTH_PX = 640
DULL_SCORE = 0.25
"""What shows less than this, nobody wants: black, white, a fade."""
MORE_PLACES = (Fraction(1, 2), Fraction(7, 10), Fraction(9, 10), Fraction(3, 10), Fraction(3, 20))
"""Where else in the video frames are looked for when those for a poster do not suffice."""
LEAST_APART = Fraction(1, 20)
"""Of the video's length: closer to each other, two frames show the same."""
EARLIER_S = (Fraction(0), Fraction(1, 2), Fraction(3))
"""Where a file ends before it says, its last frames are looked for so much earlier."""
ROUNDING_S = Fraction(1, 1000)
"""What browsers may be off when they tell a time."""


@dataclass(frozen=True)
class OfferedFrame(Record):
    """One of the frames among which a person may choose."""

    time_s: Fraction
    name: str


@dataclass(frozen=True)
class OfferedFrames(Record):
    """All of them, in the order of the video."""

    frames: tuple[OfferedFrame, ...]
    size_bytes: int


def offer_frames(
    plan: EncodePlan, address: str, work_dir: Path, tools: Tools, on_progress: OnProgress | None = None
) -> OfferedFrames:
    """Make `frame-0.jpg` and so on in `work_dir`: rich ones apart from each other, as far as there are some.

    Raises:
        EncodeFailed: no frame can be decoded.
    """
    size = next((size for size in plan.poster.sizes if size[0] <= OFFERED_WIDTH_PX), plan.poster.sizes[-1])
    small = replace(plan, poster=replace(plan.poster, sizes=(size,)))
    found: list[_Tried] = []
    for number, time_s in enumerate(_places(plan)):
        folder = work_dir / f"place-{number}"
        score = try_frame(small, time_s, address, folder, tools, on_progress)
        if score is not None:
            found.append(_Tried(time_s, score, folder / f"poster-{size[0]}.jpg"))
        if len(_rich_and_apart(plan, found)) == OFFERED:
            break
    if not found:
        raise EncodeFailed("No picture of the video could be made.")
    frames = []
    for number, one in enumerate(sorted(_best(plan, found), key=lambda one: one.time_s)):
        shutil.move(one.path, work_dir / f"frame-{number}.jpg")
        frames.append(OfferedFrame(_shown_s(plan, one.time_s), f"frame-{number}.jpg"))
    return OfferedFrames(tuple(frames), sum((work_dir / frame.name).stat().st_size for frame in frames))


@dataclass(frozen=True)
class _Tried:
    """A frame that could be decoded."""

    time_s: Fraction
    score: float
    path: Path


def _places(plan: EncodePlan) -> tuple[Fraction, ...]:
    """Where frames are looked for: the places for a poster first, in their order."""
    more = (plan.timeline.last_frame_s * part for part in MORE_PLACES)
    return tuple(dict.fromkeys((*plan.poster.times_s, *more)))


def _rich_and_apart(plan: EncodePlan, found: list[_Tried]) -> list[_Tried]:
    """Those that show something, without those close to an earlier one of them."""
    apart_s = plan.timeline.last_frame_s * LEAST_APART
    chosen: list[_Tried] = []
    for one in found:
        if one.score >= DULL_SCORE and all(abs(one.time_s - other.time_s) >= apart_s for other in chosen):
            chosen.append(one)
    return chosen


def _best(plan: EncodePlan, found: list[_Tried]) -> list[_Tried]:
    """As many as are offered: where too few are rich and apart, the richest of the others, too."""
    chosen = _rich_and_apart(plan, found)
    others = sorted((one for one in found if one not in chosen), key=lambda one: -one.score)
    return [*chosen, *others][:OFFERED]


def make_chosen_frame(
    plan: EncodePlan, at_s: Fraction, address: str, work_dir: Path, tools: Tools, on_progress: OnProgress | None = None
) -> tuple[PictureFile, ...]:
    """Make the poster of the frame that is shown at a time, in all its sizes.

    Raises:
        EncodeFailed: there is no frame that can be decoded.
    """
    begins_s = _look_from_s(plan, min(at_s, plan.timeline.last_frame_s))
    for number, earlier_s in enumerate(EARLIER_S):
        folder, time_s = work_dir / f"chosen-{number}", max(Fraction(0), begins_s - earlier_s)
        score = try_frame(plan, time_s, address, folder, tools, on_progress)
        if score is not None:
            return collect_poster(plan, score, time_s, folder, work_dir).pictures
    raise EncodeFailed("There is no picture at this place of the video.")


def _look_from_s(plan: EncodePlan, at_s: Fraction) -> Fraction:
    """From when on the next frame to begin is the one that is shown at a time: just after the frame before it began."""
    base, slack = plan.timeline.time_base, plan.timeline.slack
    ticks = (at_s + ROUNDING_S - _frame_s(plan)) // base + 1
    return (ticks + slack) * base  # a poster is looked for a slack earlier


def _shown_s(plan: EncodePlan, time_s: Fraction) -> Fraction:
    """When the frame is shown that a poster from this time on has: chosen by it, the same picture is made."""
    base, slack = plan.timeline.time_base, plan.timeline.slack
    ticks = time_s // base - slack
    return max(Fraction(0), (ticks - Fraction(1, 2)) * base + _frame_s(plan) - ROUNDING_S)


def _frame_s(plan: EncodePlan) -> Fraction:
    return 1 / plan.video.frame_rate if plan.video.frame_rate else Fraction(0)
