"""Which pictures are made of a video: when, how large, how many? Pure; part of the plan."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from .poster_sizes import even, fit_widths
from .probed import VideoStream
from .records import Record

CANDIDATES = (Fraction(1, 10), Fraction(1, 4), Fraction(2, 5), Fraction(3, 5), Fraction(4, 5), Fraction(1, 50))
"""Where in the video a poster may come from: past the titles, before the credits; the beginning as a last resort, and
after all of these the very first frame."""

AFTER_KEYFRAME_S = 1
"""Reading begins a little before the wished frame: so much after a keyframe, it begins with this one."""

TILE_LONG_SIDE_PX = 256
"""Sharp enough for the preview on a card, too, which is drawn a quarter larger."""
SHEET_COLUMNS, SHEET_ROWS = 5, 5
"""Some 100 KB: the first picture is there soon, and only what is looked at is loaded."""
INTERVALS_S = (1, 2, 5, 10, 15, 20, 30)
MOST_TILES_WISHED = 200
SHORTEST_INTERVAL_PARTS = 5
"""A very short video still gets about this many tiles."""


@dataclass(frozen=True)
class PosterPlan(Record):
    """Which frames may become the poster, and its sizes."""

    times_s: tuple[Fraction, ...]
    """From the beginning of the video, the preferred ones first."""
    sizes: tuple[tuple[int, int], ...]
    """Width and height, the largest first; the first is also `poster.jpg`."""


@dataclass(frozen=True)
class StoryboardPlan(Record):
    """The grid of small pictures for the seek bar."""

    interval_s: Fraction
    tile_count: int
    tile_width_px: int
    tile_height_px: int
    columns: int
    rows: int

    @property
    def sheet_count(self) -> int:
        """How many sheets hold all tiles."""
        return ceil(self.tile_count / (self.columns * self.rows))


def plan_poster(video: VideoStream) -> PosterPlan:
    """Poster sizes never larger than the source; times inside the video."""
    times = [*(move_to_keyframe(video, video.duration_s * part) for part in CANDIDATES), Fraction(0)]
    return PosterPlan(
        times_s=tuple(dict.fromkeys(times)),
        sizes=fit_widths(*video.display_size),
    )


def move_to_keyframe(video: VideoStream, time_s: Fraction) -> Fraction:
    """Shortly after the keyframe before a time, where one is near: few frames must be decoded for it."""
    first, base = video.frames.first_pts, video.time_base
    keyframes_s = [(pts - first) * base for pts in video.frames.keyframes]
    before_s = max((keyframe_s for keyframe_s in keyframes_s if keyframe_s <= time_s), default=None)
    return time_s if before_s is None else min(time_s, before_s + AFTER_KEYFRAME_S)


def plan_storyboard(video: VideoStream) -> StoryboardPlan:
    """A tile every so many seconds: close for short videos, at most a few hundred for long ones."""
    duration = video.duration_s
    interval = next((i for i in INTERVALS_S if duration / i <= MOST_TILES_WISHED), INTERVALS_S[-1])
    wished = min(Fraction(interval), max(duration / SHORTEST_INTERVAL_PARTS, Fraction(1, 10)))
    wished = wished.limit_denominator(100)
    count = max(1, ceil(duration / wished))
    columns = min(SHEET_COLUMNS, count)
    width, height = video.display_size
    scale = Fraction(TILE_LONG_SIDE_PX, max(width, height))
    return StoryboardPlan(
        interval_s=wished,
        tile_count=count,
        tile_width_px=even(width * scale),
        tile_height_px=even(height * scale),
        columns=columns,
        rows=min(SHEET_ROWS, ceil(count / columns)),  # a short video's only sheet has no empty rows
    )
