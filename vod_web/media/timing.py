"""When are the frames of a video shown, judging by their timestamps?

Pure: works on lists of numbers that `scan.py` read from packets or from the container's index.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise

from .probed import FrameTimes

STANDARD_RATES = tuple(
    Fraction(rate)
    for rate in ("24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60", "10", "12", "12.5")
) + tuple(Fraction(rate) for rate in ("15", "15000/1001", "20", "5", "90", "100", "120000/1001", "120", "240"))

JITTER = 0.25
"""A frame may lie this part of a frame beside its even place and the rate still counts as constant: containers
that count milliseconds round every time. Half of a frame is where cutting would begin to mistake frames."""

HIGHEST_RATE = 1000
LONGEST_DELAY_FRAMES = 16
"""What H.264 and HEVC allow; more frames before the first one shown cannot be decoded."""
CUT_SPACING_S = 1
KEYFRAME_SPACING_S = Fraction(1, 2)


def candidate_rates(declared: Iterable[Fraction | None], pts: Sequence[int], time_base: Fraction) -> list[Fraction]:
    """The rates worth trying, the likeliest first: declared, standard ones near the measured mean, the mean."""
    rates = [rate for rate in declared if rate and 0 < rate <= HIGHEST_RATE]
    if len(pts) > 1 and pts[-1] > pts[0]:
        mean = (len(pts) - 1) / ((pts[-1] - pts[0]) * time_base)
        near = [rate for rate in STANDARD_RATES if abs(rate - mean) < mean / 50]
        rates = [*rates, *sorted(near, key=lambda rate: abs(rate - mean)), mean.limit_denominator(1001)]
    return list(dict.fromkeys(rates))


def fits_rate(pts: Sequence[int], time_base: Fraction, rate: Fraction, untimed_count: int = 0) -> bool:
    """Whether every frame lies where this constant rate puts it.

    `untimed_count` frames may be missing in between: MPEG program streams leave some timestamps out.
    """
    period = float(1 / (rate * time_base))
    tolerance = max(JITTER * period, 1.0)
    first = pts[0]
    if not untimed_count:
        return all(abs(time - first - number * period) <= tolerance for number, time in enumerate(pts))
    places = [round((time - first) / period) for time in pts]
    is_even = all(abs(time - first - place * period) <= tolerance for place, time in zip(places, pts, strict=True))
    return is_even and len(set(places)) == len(pts) and places[-1] < len(pts) + untimed_count


def shown_so_far(times: Sequence[int]) -> list[int]:
    """Those times before which no frame is missing that is decoded later."""
    return sorted(set(times))[:-LONGEST_DELAY_FRAMES]


def average_rate(pts: Sequence[int], end_pts: int, time_base: Fraction) -> Fraction:
    """Frames in a second over the whole; 1 for a single picture that is shown for no time."""
    span = (end_pts - pts[0]) * time_base
    return min(Fraction(len(pts)) / span if span > 0 else Fraction(1), Fraction(HIGHEST_RATE))


def thin_times(times: Iterable[int], spacing_s: Fraction | int, time_base: Fraction) -> tuple[int, ...]:
    """The first of the times in each stretch of `spacing_s`."""
    spacing = spacing_s / time_base
    kept: list[int] = []
    cell = None
    for time in times:
        if int(time // spacing) != cell:
            cell = int(time // spacing)
            kept.append(time)
    return tuple(kept)


def longest_gap_s(times: Sequence[int], end: int, time_base: Fraction) -> float | None:
    """The longest wait from one of the times to the next, the last to the end; None without any."""
    gaps = [later - earlier for earlier, later in pairwise([*times, end])]
    return float(max(gaps) * time_base) if gaps else None


def measure_frames(
    pts: Sequence[int],
    keyframes: Sequence[int],
    time_base: Fraction,
    declared: Iterable[Fraction | None],
    last_duration: int,
    untimed_count: int = 0,
) -> tuple[FrameTimes, Fraction]:
    """Frame times and rate of a video all of whose frames are known.

    `pts`: in the order of showing, without equals, not empty; `last_duration`: how long the last frame is shown, 0 when
    the container does not say (then as long as the one before).
    """
    candidates = candidate_rates(declared, pts, time_base)
    rate = next((r for r in candidates if fits_rate(pts, time_base, r, untimed_count)), None)
    end = pts[-1] + _last_duration(pts, last_duration, rate, time_base)
    frames = FrameTimes(
        first_pts=pts[0],
        last_pts=pts[-1],
        end_pts=end,
        frame_count=len(pts) if rate is None else round((pts[-1] - pts[0]) * time_base * rate) + 1,
        longest_frame_s=longest_gap_s(pts, end, time_base) if rate is None else float(1 / rate),
        is_variable=rate is None,
        is_measured=True,
        cuts=thin_times(pts, CUT_SPACING_S, time_base) if rate is None else (),
        keyframes=thin_times(keyframes, KEYFRAME_SPACING_S, time_base),
        keyframe_gap_s=longest_gap_s(keyframes, end, time_base),
    )
    return frames, rate or average_rate(pts, end, time_base)


def count_frames(count: int, rate: Fraction, time_base: Fraction) -> FrameTimes:
    """Frame times of a stream that has none: one after another, as FFmpeg shows them."""
    times = [round(number / rate / time_base) for number in (0, count - 1, count)]
    return FrameTimes(
        first_pts=times[0],
        last_pts=times[1],
        end_pts=times[2],
        frame_count=count,
        longest_frame_s=float(1 / rate),
        is_variable=False,
        is_measured=True,
    )


def _last_duration(pts: Sequence[int], declared: int, rate: Fraction | None, time_base: Fraction) -> int:
    if rate is not None:
        return max(1, round(1 / (rate * time_base)))
    if declared > 0:
        return declared
    return max(1, pts[-1] - pts[-2] if len(pts) > 1 else round(1 / time_base / 25))


def assume_frames(
    head: Sequence[int],
    keyframes: Sequence[int],
    time_base: Fraction,
    declared: Iterable[Fraction | None],
    end_pts: int,
    frame_count: int | None,
) -> tuple[FrameTimes, Fraction]:
    """Frame times and rate of a video of which only the head was read: the rest is taken to go on like it."""
    measured, rate = measure_frames(head, keyframes, time_base, declared, 0)
    end_pts = max(end_pts, measured.end_pts)
    frames = FrameTimes(
        first_pts=head[0],
        last_pts=max(measured.last_pts, end_pts - round(1 / (rate * time_base))),
        end_pts=end_pts,
        frame_count=frame_count,
        longest_frame_s=None if measured.is_variable else measured.longest_frame_s,
        is_variable=measured.is_variable,
        is_measured=False,
    )
    return frames, rate
