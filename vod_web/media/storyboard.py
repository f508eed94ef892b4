"""Which small picture does the seek bar show at a time? Sheets of tiles, and a WebVTT file that says which is where."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from vod_web.core.errors import EncodeFailed

from .picture_commands import rung_storyboard_command, storyboard_command
from .pictures import StoryboardPlan
from .plan import EncodePlan
from .poster import PictureFile
from .records import Record
from .runner import OnProgress, Tools, run_ffmpeg
from .webvtt import format_timestamp

VTT_NAME = "storyboard.vtt"


@dataclass(frozen=True)
class StoryboardResult(Record):
    """The sheets, and the text that names their tiles."""

    sheets: tuple[PictureFile, ...]
    """`storyboard-0.jpg`, `storyboard-1.jpg` ..."""
    vtt: str


def choose_segments(plan: EncodePlan) -> tuple[str, list[int]] | None:
    """The smallest rung, and those of its segments in which tiles begin; None where nothing is encoded."""
    if not plan.rungs:
        return None
    timeline, board = plan.timeline, plan.storyboard
    ticks = (timeline.starts[0] + int(board.interval_s * tile / timeline.time_base) for tile in range(board.tile_count))
    numbers = dict.fromkeys(timeline.find_segment(tick) for tick in ticks)
    return plan.rungs[-1].name, list(numbers)


def make_storyboard(
    plan: EncodePlan,
    address: str,
    work_dir: Path,
    tools: Tools,
    on_progress: OnProgress | None = None,
    *,
    is_rung: bool = False,
) -> StoryboardResult:
    """Make the sheets in `work_dir`, from the source or from the chosen segments of a rung, which lie in one file.

    Raises EncodeFailed when nothing can be decoded.
    """
    board = plan.storyboard
    work_dir.mkdir(parents=True, exist_ok=True)
    command = rung_storyboard_command(plan, address) if is_rung else storyboard_command(plan, address)
    run_ffmpeg(command, tools=tools, work_dir=work_dir, on_progress=on_progress)
    paths = [work_dir / f"storyboard-{number}.jpg" for number in range(board.sheet_count)]
    if not all(path.is_file() for path in paths):
        raise EncodeFailed("The small pictures for the seek bar could not be made.")
    width, height = board.tile_width_px * board.columns, board.tile_height_px * board.rows
    sheets = tuple(PictureFile(path, width, height, path.stat().st_size) for path in paths)
    return StoryboardResult(sheets, format_storyboard(board, plan.duration_s))


def format_storyboard(board: StoryboardPlan, duration_s: Fraction) -> str:
    """WebVTT whose cues name a rectangle of a sheet (Media Fragments, `#xywh=`)."""
    cues = ["WEBVTT"]
    for number in range(board.tile_count):
        start = board.interval_s * number
        end = min(start + board.interval_s, duration_s)
        sheet, tile = divmod(number, board.columns * board.rows)
        row, column = divmod(tile, board.columns)
        x, y = column * board.tile_width_px, row * board.tile_height_px
        area = f"{x},{y},{board.tile_width_px},{board.tile_height_px}"
        cues.append(f"{format_timestamp(start)} --> {format_timestamp(end)}\nstoryboard-{sheet}.jpg#xywh={area}")
    return "\n\n".join(cues) + "\n"
