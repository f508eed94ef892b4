"""Where is a video cut into segments?

Decided once, from the source's own timestamps. Every rendition is cut at these points and at no other, so that a
player can switch anywhere and chunks made on different machines join exactly.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, lcm

from .probed import FrameTimes, VideoStream
from .records import Record

SMALLEST_DENOMINATOR, LARGEST_DENOMINATOR = 1_000, 1_000_000
COMMON_TIME_BASE = Fraction(1, 90_000)
SHORTEST_LAST_S = Fraction(2, 5)
"""A remainder shorter than this joins the segment before it, whose length then still rounds to the same second."""

LONGEST_GAP_S = 10.5
"""Keyframes farther apart than this make segments that are too long to cut at them. x264 by itself makes one every 250
frames: 10.4 s at 24 fps."""
SHORTEST_COPIED_S = 3
"""Shorter segments cost a request each, and two keyframes often lie closer than this."""
SHORTEST_FIRST_S = 1
LONGEST_SEGMENT_S = 13
"""What two keyframes so far apart can make of a segment that must have 3 s."""
LONGEST_COPIED_S = 8
"""Where keyframes far apart would make a longer segment, a shorter one is better."""


@dataclass(frozen=True)
class Timeline(Record):
    """The exact start of every segment, in ticks of `time_base`, on the source's own clock."""

    time_base: Fraction
    starts: tuple[int, ...]
    last: int
    """When the last frame begins to be shown."""
    end: int
    """When the last frame stops being shown."""
    slack: int
    """How many ticks before a start the cut is made: half a frame where times are computed from a constant rate, so
    that rounded timestamps fall on the right side; 0 where the starts are true frame times."""
    frame_counts: tuple[int, ...] | None
    """How many frames of the source each segment has; None when not known."""
    is_exact: bool
    """Every start is a true frame time; else a segment may begin up to a frame later than its start says."""

    @property
    def segment_count(self) -> int:
        """How many segments there are."""
        return len(self.starts)

    @property
    def duration_s(self) -> Fraction:
        """From the first frame to the end of the last."""
        return (self.end - self.starts[0]) * self.time_base

    def cut(self, number: int) -> int:
        """The tick at or after which frames belong to segment `number` and no earlier one."""
        return self.starts[number] - self.slack

    def start_s(self, number: int) -> Fraction:
        """When segment `number` begins, from the beginning of the video; its end when `number` is the count."""
        ticks = self.starts[number] if number < len(self.starts) else self.end
        return (ticks - self.starts[0]) * self.time_base

    @property
    def last_frame_s(self) -> Fraction:
        """When the last frame begins to be shown, from the beginning of the video."""
        return (self.last - self.starts[0]) * self.time_base

    def segment_s(self, number: int) -> Fraction:
        """How long segment `number` is."""
        return self.start_s(number + 1) - self.start_s(number)

    def find_segment(self, ticks: int) -> int:
        """The number of the segment that a frame shown at this tick belongs to."""
        return max(0, bisect_right(self.starts, ticks + self.slack) - 1)


def choose_time_base(source: Fraction) -> Fraction:
    """The time base of the renditions: the source's own, unless it is too coarse or too fine for fragmented MP4."""
    if SMALLEST_DENOMINATOR <= source.denominator <= LARGEST_DENOMINATOR:
        return Fraction(1, source.denominator)
    if source.denominator < SMALLEST_DENOMINATOR:
        return Fraction(1, source.denominator * ceil(SMALLEST_DENOMINATOR / source.denominator))
    return COMMON_TIME_BASE


def rescale(ticks: int, source: Fraction, target: Fraction) -> int:
    """Ticks of one time base in another, rounded as FFmpeg does (to the nearest, halves away from zero)."""
    value = abs(ticks) * source / target
    rounded = int(value + Fraction(1, 2))
    return rounded if ticks >= 0 else -rounded


def plan_timeline(
    video: VideoStream,
    segment_s: Fraction = Fraction(4),
    first_segment_s: Fraction = Fraction(2),
    first_count: int = 2,
    *,
    frame_steps: tuple[int, ...] = (1,),
) -> Timeline:
    """Cut a video into segments.

    `frame_steps`: those of the rungs; with a constant rate every segment has a whole multiple of frames of each.
    """
    wishes = _Wishes(segment_s, first_segment_s, first_count)
    base = choose_time_base(video.time_base)
    end = rescale(video.frames.end_pts, video.time_base, base)
    if not video.is_variable_frame_rate:
        return _even_timeline(video, wishes, base, lcm(*frame_steps))
    cuts = [rescale(cut, video.time_base, base) for cut in video.frames.cuts]
    if not video.frames.is_measured or not cuts:
        return _blind_timeline(video.frames, wishes, video.time_base, base)
    starts = _pick_starts(cuts, wishes, base, end)
    last = rescale(video.frames.last_pts, video.time_base, base)
    return Timeline(base, tuple(starts), last, end, slack=0, frame_counts=None, is_exact=True)


@dataclass(frozen=True)
class _Wishes:
    """How long segments should be."""

    segment_s: Fraction
    first_segment_s: Fraction
    first_count: int

    def length_s(self, number: int) -> Fraction:
        return self.first_segment_s if number < self.first_count else self.segment_s


def _even_timeline(video: VideoStream, wishes: _Wishes, base: Fraction, multiple: int) -> Timeline:
    """Constant rate: starts are frame numbers, and frame numbers are times."""
    frames = video.frames
    first = frames.first_pts * video.time_base
    total = frames.frame_count or max(1, round(video.duration_s * video.frame_rate))
    shortest_last = max(1, round(SHORTEST_LAST_S * video.frame_rate))
    numbers = [0]
    while True:
        wished = round(wishes.length_s(len(numbers) - 1) * video.frame_rate / multiple)
        following = numbers[-1] + max(1, wished) * multiple
        if total - following < shortest_last:
            break
        numbers.append(following)
    starts = tuple(rescale(1, first + number / video.frame_rate, base) for number in numbers)
    counts = tuple(later - earlier for earlier, later in zip(numbers, [*numbers[1:], total], strict=True))
    end = rescale(1, first + total / video.frame_rate, base)
    slack = int(1 / video.frame_rate / base / 2)
    is_exact = frames.is_measured
    last = rescale(1, first + (total - 1) / video.frame_rate, base)
    return Timeline(base, starts, last, end, slack, counts if frames.frame_count else None, is_exact)


def _pick_starts(cuts: list[int], wishes: _Wishes, base: Fraction, end: int) -> list[int]:
    """Variable rate: the first true frame time after each wished length; a long still makes a long segment."""
    starts = [cuts[0]]
    while True:
        wished = starts[-1] + int((wishes.length_s(len(starts) - 1) - Fraction(1, 2)) / base)
        position = bisect_left(cuts, max(wished, starts[-1] + 1))
        if position == len(cuts) or (end - cuts[position]) * base < SHORTEST_LAST_S:
            return starts
        starts.append(cuts[position])


def _blind_timeline(frames: FrameTimes, wishes: _Wishes, source: Fraction, base: Fraction) -> Timeline:
    """Variable rate whose times nobody could read: even spacing; each segment begins with the frame that comes next."""
    start, end = rescale(frames.first_pts, source, base), rescale(frames.end_pts, source, base)
    starts = [start]
    while True:
        following = starts[-1] + int(wishes.length_s(len(starts) - 1) / base)
        if (end - following) * base < SHORTEST_LAST_S:
            last = rescale(frames.last_pts, source, base)
            return Timeline(base, tuple(starts), last, end, slack=0, frame_counts=None, is_exact=False)
        starts.append(following)


def plan_keyframe_timeline(
    video: VideoStream,
    segment_s: Fraction = Fraction(4),
    first_segment_s: Fraction = Fraction(2),
    first_count: int = 2,
    *,
    frame_steps: tuple[int, ...] = (1,),
) -> Timeline:
    """Cut a video at keyframes of its own, so that it can be copied; its first frame must be one."""
    wishes = _Wishes(segment_s, first_segment_s, first_count)
    base = choose_time_base(video.time_base)
    frames = video.frames
    starts = _join_gops(list_usable_keyframes(video, lcm(*frame_steps)), wishes, video.time_base, frames.end_pts)
    return Timeline(
        time_base=base,
        starts=tuple(rescale(start, video.time_base, base) for start in starts),
        last=rescale(frames.last_pts, video.time_base, base),
        end=rescale(frames.end_pts, video.time_base, base),
        slack=0,
        frame_counts=_count_frames(video, starts),
        is_exact=True,
    )


def list_usable_keyframes(video: VideoStream, multiple: int) -> list[int]:
    """The keyframes at which rungs that keep one of `multiple` frames have a frame too."""
    if multiple == 1 or video.is_variable_frame_rate:
        return list(video.frames.keyframes)
    return [pts for pts in video.frames.keyframes if _frame_number(video, pts) % multiple == 0]


def longest_segment_s(timeline: Timeline) -> Fraction:
    """The length of the longest segment."""
    return max(timeline.segment_s(number) for number in range(timeline.segment_count))


def _frame_number(video: VideoStream, pts: int) -> int:
    return round((pts - video.frames.first_pts) * video.time_base * video.frame_rate)


def _count_frames(video: VideoStream, starts: Sequence[int]) -> tuple[int, ...] | None:
    """How many frames lie between the starts, where the rate is constant."""
    if video.is_variable_frame_rate or not video.frames.is_measured or video.frames.frame_count is None:
        return None
    numbers = [*(_frame_number(video, start) for start in starts), video.frames.frame_count]
    return tuple(later - earlier for earlier, later in pairwise(numbers))


def _join_gops(keyframes: list[int], wishes: _Wishes, base: Fraction, end: int) -> list[int]:
    """Segments of whole GOPs, each as near to the wished length as keyframes allow."""
    starts = [keyframes[0]]
    usable = [pts for pts in keyframes[1:] if (end - pts) * base >= SHORTEST_LAST_S]
    while usable:
        number = len(starts) - 1
        shortest_s = SHORTEST_FIRST_S if number < wishes.first_count else SHORTEST_COPIED_S
        if (usable[-1] - starts[-1]) * base < shortest_s and (end - starts[-1]) * base <= LONGEST_COPIED_S:
            break  # the rest is a segment
        place = _choose_next(usable, starts[-1], wishes.length_s(number), shortest_s, base)
        starts.append(usable[place])
        usable = usable[place + 1 :]
    return starts


def _choose_next(usable: list[int], start: int, wished_s: Fraction, shortest_s: int, base: Fraction) -> int:
    """Which of the keyframes after `start` begins the next segment."""
    wished = start + wished_s / base
    after = bisect_left(usable, wished)
    near = [place for place in (after - 1, after) if 0 <= place < len(usable)]
    best = min(near, key=lambda place: abs(usable[place] - wished))
    if (usable[best] - start) * base >= shortest_s:
        return best
    longer = bisect_left(usable, start + shortest_s / base)
    is_too_long = longer == len(usable) or (usable[longer] - start) * base > LONGEST_COPIED_S
    return best if is_too_long else longer
