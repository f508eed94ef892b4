"""Which sizes and qualities of a video are made?"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, sqrt

from .probed import Probe, VideoStream
from .records import Record

DEFAULT_HEIGHTS = (240, 360, 480, 720, 1080)
ALL_HEIGHTS = (240, 360, 480, 720, 1080, 1440, 2160)

HIGHEST_RATE = Fraction(61)
"""Frames in a second that are kept; a little over 60, for cameras that run fast."""
HALVED_HEIGHTS = 360
"""Rungs up to this height get half the frames of a 50 or 60 fps source: there, bits are better spent on detail."""
HALVED_RATE = Fraction(40)

NAME_TOLERANCE = 0.03
"""A source within this part of a table height goes by its name: 1072 and 1088 lines are "1080p"."""
CLOSEST_STEP = 1.2
"""A rung nearer than this below another is left out: it costs as much and looks the same."""

CEILINGS_BPS = {240: 400_000, 360: 800_000, 480: 1_400_000, 720: 3_200_000, 1080: 6_000_000} | {
    1440: 11_000_000,
    2160: 22_000_000,
}
"""Short side of a 16:9 picture at up to 30 fps -> the VBV ceiling; typical videos stay far below it."""
HIGH_RATE_FACTOR = 1.4
CRF = 23
"""Constant quality at preset veryfast; the ceiling only bites in scenes that would stall a viewer's line."""

H264_LEVELS = (
    # name, macroblocks a second, macroblocks a frame, kilobits a second (Main; High may have 1.25 times as many)
    ("1.2", 6_000, 396, 384),
    ("1.3", 11_880, 396, 768),
    ("2.0", 11_880, 396, 2_000),
    ("2.1", 19_800, 792, 4_000),
    ("2.2", 20_250, 1_620, 4_000),
    ("3.0", 40_500, 1_620, 10_000),
    ("3.1", 108_000, 3_600, 14_000),
    ("3.2", 216_000, 5_120, 20_000),
    ("4.0", 245_760, 8_192, 20_000),
    ("4.2", 522_240, 8_704, 50_000),
    ("5.0", 589_824, 22_080, 135_000),
    ("5.1", 983_040, 36_864, 240_000),
    ("5.2", 2_073_600, 36_864, 240_000),
    ("6.0", 4_177_920, 139_264, 240_000),
    ("6.2", 16_711_680, 139_264, 800_000),
)
"""ITU-T H.264 table A-1."""


@dataclass(frozen=True)
class Rung(Record):
    """One step of the ladder, before encoding."""

    name: str
    """Names the rendition, its folder and its line in the quality menu: "720p"."""
    width_px: int
    height_px: int
    frame_step: int
    """Every how many-th frame of the source is kept."""
    frame_rate: Fraction
    crf: int
    ceiling_bps: int
    buffer_bits: int
    level: str

    @property
    def short_side_px(self) -> int:
        """The smaller of width and height: what "720p" counts, for portrait too."""
        return min(self.width_px, self.height_px)


def choose_rungs(probe: Probe, heights: Sequence[int] = DEFAULT_HEIGHTS) -> tuple[Rung, ...]:
    """The ladder of a video, the largest first.

    The top rung is the source's own size or the largest of `heights` below it, nothing is ever enlarged, and a source
    smaller than all of `heights` gets one rung of its own size.
    """
    chosen = choose_heights(probe.video, heights)
    return tuple(plan_rung(probe.video, short, is_top=short == chosen[0]) for short in chosen)


def choose_heights(video: VideoStream, heights: Sequence[int]) -> list[int]:
    """The short sides of the rungs, the largest first."""
    own = min(video.display_size)
    chosen = [min(own, max(heights))]
    for height in sorted(heights, reverse=True):
        if chosen[-1] >= height * CLOSEST_STEP:
            chosen.append(height)
    return chosen


def plan_rung(video: VideoStream, short_side: int, *, is_top: bool) -> Rung:
    """One rung of a given short side."""
    width, height = fit_size(video.display_size, short_side)
    step = choose_step(video, short_side, is_top=is_top)
    rate = video.frame_rate / step
    ceiling = choose_ceiling(width, height, rate)
    return Rung(
        name=name_rung(short_side),
        width_px=width,
        height_px=height,
        frame_step=step,
        frame_rate=rate,
        crf=CRF,
        ceiling_bps=ceiling,
        buffer_bits=ceiling * 2,  # two seconds: half of a segment, so that no segment is far above the ceiling
        level=choose_level(width, height, min(rate, HIGHEST_RATE), ceiling),
    )


def fit_size(display_size: tuple[int, int], short_side: int) -> tuple[int, int]:
    """Even width and height of the same shape, never larger than the source by more than its missing odd line."""
    scale = Fraction(short_side, min(display_size))
    width, height = (max(2, round(side * scale / 2) * 2) for side in display_size)
    return _shrink(width, display_size[0]), _shrink(height, display_size[1])


def _shrink(side: int, largest: int) -> int:
    """An odd source loses a line instead of gaining one."""
    return side - 2 if side > largest and side > 2 else side


def name_rung(short_side: int) -> str:
    """The usual name of the nearest table height, else the true number of lines."""
    nearest = min(ALL_HEIGHTS, key=lambda height: abs(height - short_side))
    is_near = abs(nearest - short_side) <= nearest * NAME_TOLERANCE
    return f"{nearest if is_near else short_side // 2 * 2}p"


def choose_step(video: VideoStream, short_side: int, *, is_top: bool) -> int:
    """Every how many-th frame to keep: all up to 60 fps, half of that for the lowest rungs below the top one.

    A variable rate keeps all: which frames to leave out is not known beforehand.
    """
    if video.is_variable_frame_rate:
        return 1
    step = ceil(video.frame_rate / HIGHEST_RATE)
    if not is_top and short_side <= HALVED_HEIGHTS and video.frame_rate / step > HALVED_RATE:
        step *= 2
    return step


def keep_all_frames(video: VideoStream, rungs: Sequence[Rung]) -> tuple[Rung, ...]:
    """The same rungs at the full rate of a source of up to 60 fps."""
    return tuple(plan_rung(video, rung.short_side_px, is_top=True) for rung in rungs)


def choose_ceiling(width: int, height: int, rate: Fraction) -> int:
    """The VBV ceiling, by the area of the picture, between the entries of the table."""
    short = sqrt(width * height * 9 / 16)
    below = max((h for h in CEILINGS_BPS if h <= short), default=min(CEILINGS_BPS))
    above = min((h for h in CEILINGS_BPS if h > below), default=below)
    part = min(1.0, (short - below) / (above - below)) if above > below and short > below else 0.0
    ceiling = CEILINGS_BPS[below] + part * (CEILINGS_BPS[above] - CEILINGS_BPS[below])
    ceiling *= min(1.0, short / below)
    ceiling *= HIGH_RATE_FACTOR if rate > HALVED_RATE else 1.0
    return max(100_000, round(ceiling / 10_000) * 10_000)


def choose_level(width: int, height: int, rate: Fraction, ceiling_bps: int) -> str:
    """The lowest H.264 level that allows this size, rate and ceiling: players refuse by it before they try."""
    blocks = ceil(width / 16) * ceil(height / 16)
    for name, blocks_a_second, blocks_a_frame, kilobits in H264_LEVELS:
        if blocks <= blocks_a_frame and blocks * rate <= blocks_a_second and ceiling_bps <= kilobits * 1250:
            return name
    return H264_LEVELS[-1][0]
