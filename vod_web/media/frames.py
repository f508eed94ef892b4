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
    """Make `frame-0.jpg` and so on in `work_dir`: of the places for a poster the richest ones, each once.

    Raises:
        EncodeFailed: no frame can be decoded.
    """
    size = next((size for size in plan.poster.sizes if size[0] <= OFFERED_WIDTH_PX), plan.poster.sizes[-1])
    small = replace(plan, poster=replace(plan.poster, sizes=(size,)))
    found: list[tuple[float, Fraction, Path]] = []
    for number, time_s in enumerate(plan.poster.times_s):
        folder = work_dir / f"place-{number}"
        score = try_frame(small, time_s, address, folder, tools, on_progress)
        if score is not None:
            found.append((score, time_s, folder / f"poster-{size[0]}.jpg"))
    if not found:
        raise EncodeFailed("No picture of the video could be made.")
    best = sorted(found, key=lambda one: one[0] < DULL_SCORE)[:OFFERED]  # the plan has the preferred places first
    frames = []
    for number, (_, time_s, path) in enumerate(sorted(best, key=lambda one: one[1])):
        shutil.move(path, work_dir / f"frame-{number}.jpg")
        shown_s = _shown_s(plan, time_s)
        frames.append(OfferedFrame(shown_s, f"frame-{number}.jpg"))
    return OfferedFrames(tuple(frames), sum((work_dir / frame.name).stat().st_size for frame in frames))


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
