"""Which frame stands for a video? The first of several that shows something."""

import shutil
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from math import log2
from pathlib import Path

from vod_web.core.errors import EncodeFailed

from .picture_commands import LOOK_NAME, poster_command
from .plan import EncodePlan
from .records import Record
from .runner import OnProgress, Tools, run_ffmpeg

GOOD_SCORE = 0.6
"""A frame this rich is taken without looking at more."""
DARKEST, BRIGHTEST = 0.10, 0.92
DULL_FACTOR = 0.3
GREY_STEPS = 32


@dataclass(frozen=True)
class PictureFile(Record):
    """One finished picture."""

    path: Path
    width_px: int
    height_px: int
    size_bytes: int


@dataclass(frozen=True)
class PosterResult(Record):
    """The poster in all its sizes."""

    time_s: Fraction
    """Where in the video it was taken."""
    score: float
    pictures: tuple[PictureFile, ...]
    """`poster.jpg` (the largest), then `poster-<width>.jpg`, the largest first."""


def make_poster(
    plan: EncodePlan, address: str, work_dir: Path, tools: Tools, on_progress: OnProgress | None = None
) -> PosterResult:
    """Make the poster in `work_dir`; raises EncodeFailed when no frame can be decoded."""
    best: tuple[float, Fraction, Path] | None = None
    for number, time_s in enumerate(plan.poster.times_s):
        folder = work_dir / f"poster-{number}"
        score = try_frame(plan, time_s, address, folder, tools, on_progress)
        if score is not None and (best is None or score > best[0]):
            best = (score, time_s, folder)
        if best is not None and best[0] >= GOOD_SCORE:
            break
    if best is None:
        raise EncodeFailed("No picture of the video could be made.")
    return collect_poster(plan, best[0], best[1], best[2], work_dir)


def try_frame(
    plan: EncodePlan, time_s: Fraction, address: str, folder: Path, tools: Tools, on_progress: OnProgress | None
) -> float | None:
    """Make the poster files of one frame in `folder`, and its score; None when there is no such frame."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        run_ffmpeg(poster_command(plan, time_s, address), tools=tools, work_dir=folder, on_progress=on_progress)
    except EncodeFailed:
        return None  # another moment of the video may be sound
    look = folder / LOOK_NAME
    is_complete = all((folder / f"poster-{width}.jpg").is_file() for width, _ in plan.poster.sizes)
    return score_frame(look.read_bytes()) if is_complete and look.is_file() else None


def score_frame(grey: bytes) -> float:
    """How much a small grey picture shows, from 0 to 1: the entropy of its brightness, low for black and for white."""
    if not grey:
        return 0.0
    counts = Counter(value * GREY_STEPS // 256 for value in grey)
    entropy = -sum(count / len(grey) * log2(count / len(grey)) for count in counts.values()) / log2(GREY_STEPS)
    mean = sum(grey) / len(grey) / 255
    return entropy if DARKEST <= mean <= BRIGHTEST else entropy * DULL_FACTOR


def collect_poster(plan: EncodePlan, score: float, time_s: Fraction, folder: Path, work_dir: Path) -> PosterResult:
    """Move the chosen files to `work_dir`; the largest also as `poster.jpg`."""
    pictures = []
    for width, height in plan.poster.sizes:
        path = shutil.move(folder / f"poster-{width}.jpg", work_dir / f"poster-{width}.jpg")
        pictures.append(PictureFile(Path(path), width, height, Path(path).stat().st_size))
    largest = Path(shutil.copyfile(pictures[0].path, work_dir / "poster.jpg"))
    first = PictureFile(largest, pictures[0].width_px, pictures[0].height_px, pictures[0].size_bytes)
    return PosterResult(time_s, score, (first, *pictures))
