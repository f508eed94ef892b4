from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest

from tests.clips import read_number, run
from tests.media.cards import probe_here
from tests.media.probes import even_video, make_probe
from vod_web.core.errors import EncodeFailed
from vod_web.media.chunks import encode_chunk
from vod_web.media.frames import offer_frames
from vod_web.media.pictures import StoryboardPlan
from vod_web.media.plan import EncodeOptions, EncodePlan, plan_encode
from vod_web.media.poster import make_poster, score_frame
from vod_web.media.runner import Tools
from vod_web.media.storyboard import choose_segments, format_storyboard, make_storyboard
from vod_web.media.test_clip import make_clip

MakeClip = Callable[[str], Path]


def plan_of(path: Path, options: EncodeOptions | None = None) -> EncodePlan:
    return plan_encode(probe_here(path), options)


def join_rung(plan: EncodePlan, source: Path, tools: Tools, folder: Path) -> Path:
    """The segments of which tiles of a storyboard are made, in one file."""
    name, numbers = choose_segments(plan) or ("", [])
    parts = [encode_chunk(plan, chunk.index, str(source), folder, tools).renditions[-1] for chunk in plan.chunks]
    paths = {segment.number: segment.path for part in parts for segment in part.segments}
    assert parts[0].name == name
    path = folder / "rung.mp4"
    path.write_bytes(b"".join(file.read_bytes() for file in (parts[0].init_path, *(paths[n] for n in numbers))))
    return path


def size_of(path: Path) -> tuple[int, int]:
    with av.open(str(path)) as container:
        return container.streams.video[0].width, container.streams.video[0].height


@pytest.mark.parametrize("name", ["pal.mov", "stream.ts", "rotated.mp4", "hdr10.mp4", "uneven.mp4", "interlaced.ts"])
def test_a_poster_and_sheets_of_every_kind_of_video(name: str, clip: MakeClip, tools: Tools, tmp_path: Path) -> None:
    plan = plan_of(clip(name))

    poster = make_poster(plan, str(clip(name)), tmp_path, tools)
    board = make_storyboard(plan, str(clip(name)), tmp_path, tools)

    assert poster.pictures[0].path.name == "poster.jpg"
    for picture in (*poster.pictures, *board.sheets):
        assert size_of(picture.path) == (picture.width_px, picture.height_px)
        assert picture.size_bytes == picture.path.stat().st_size > 0
    assert len(board.sheets) == plan.storyboard.sheet_count
    assert board.vtt.count("-->") == plan.storyboard.tile_count


@pytest.mark.parametrize("is_rung", [False, True])
def test_a_tile_shows_its_moment(is_rung: bool, clip: MakeClip, tools: Tools, ffmpeg: str, tmp_path: Path) -> None:
    plan = plan_of(clip("pal.mov"), EncodeOptions(heights=(144,), may_copy=False, preset="ultrafast"))
    board = plan.storyboard
    path = clip("pal.mov")
    if is_rung:
        path = join_rung(plan, path, tools, tmp_path)

    make_storyboard(plan, str(path), tmp_path, tools, is_rung=is_rung)

    for tile in range(board.tile_count):
        row, column = divmod(tile, board.columns)
        x, y = column * board.tile_width_px, row * board.tile_height_px
        area = f"crop={board.tile_width_px}:{board.tile_height_px}:{x}:{y}"
        grey = f"{area},scale=256:144,format=gray"
        picture = run(ffmpeg, "-i", str(tmp_path / "storyboard-0.jpg"), "-vf", grey, "-f", "rawvideo", "-")
        shown_s = read_number(picture) / 25
        assert tile * board.interval_s - 0.2 <= shown_s <= tile * board.interval_s


def test_a_poster_is_not_taken_from_the_dark(tools: Tools, ffmpeg: str, tmp_path: Path) -> None:
    path = tmp_path / "fade.mp4"
    dark = "drawbox=color=black:t=fill:enable='lt(t,3)'"
    run(ffmpeg, "-f", "lavfi", "-i", "testsrc2=size=320x180:duration=6", "-vf", dark, "-c:v", "libx264", str(path))

    poster = make_poster(plan_of(path), str(path), tmp_path, tools)

    assert poster.time_s > 3
    assert poster.score > 0.5


def test_a_wholly_black_video_has_a_poster_too(tools: Tools, ffmpeg: str, tmp_path: Path) -> None:
    path = tmp_path / "black.mp4"
    run(ffmpeg, "-f", "lavfi", "-i", "color=black:size=320x180:duration=1", "-c:v", "libx264", str(path))

    poster = make_poster(plan_of(path), str(path), tmp_path, tools)

    assert poster.score == 0
    assert poster.pictures[0].size_bytes > 0


def test_frames_are_offered_from_all_over_the_video_and_not_from_its_dark_beginning(
    tools: Tools, ffmpeg: str, tmp_path: Path
) -> None:
    """10 s, black for the first 3 of them, with keyframes so far apart that several places of posters fall into it."""
    path = tmp_path / "dark.mp4"
    graph = "[0][1]overlay=enable='lt(t,3)'"
    inputs = (
        "-f",
        "lavfi",
        "-i",
        "testsrc2=d=10:s=320x180:r=10",
        "-f",
        "lavfi",
        "-i",
        "color=black:d=10:s=320x180:r=10",
    )
    run(ffmpeg, *inputs, "-filter_complex", graph, "-pix_fmt", "yuv420p", "-g", "60", str(path))

    offered = offer_frames(plan_of(path), str(path), tmp_path, tools)

    times_s = [float(frame.time_s) for frame in offered.frames]
    assert len(times_s) == 5
    assert times_s[0] > 3
    assert all(later - earlier >= 0.45 for earlier, later in pairwise(times_s))
    assert all(size_of(tmp_path / frame.name) == (320, 180) for frame in offered.frames)


def test_without_any_frame_there_is_no_poster(clip: MakeClip, tools: Tools, tmp_path: Path) -> None:
    plan = plan_of(clip("pal.mov"))
    empty = tmp_path / "empty"
    empty.write_bytes(b"")

    with pytest.raises(EncodeFailed):
        make_poster(plan, str(empty), tmp_path, tools)


def test_frames_are_judged_by_what_they_show() -> None:
    rich = bytes(range(256)) * 9
    faint = bytes([100, 101] * 1152)
    dark = bytes([2, 9, 17, 12] * 576)

    assert score_frame(rich) > score_frame(dark) > score_frame(faint) == score_frame(b"") == 0


def test_only_segments_that_tiles_begin_in_are_read() -> None:
    plan = plan_encode(make_probe(even_video(seconds=3600)))
    short = plan_encode(make_probe(even_video(seconds=30)))

    name, numbers = choose_segments(plan) or ("", [])
    assert name == "240p"
    assert len(numbers) == plan.storyboard.tile_count < plan.timeline.segment_count / 4
    assert choose_segments(short) == ("240p", list(range(short.timeline.segment_count)))
    assert choose_segments(replace(plan, rungs=())) is None


def test_the_text_of_a_storyboard(golden: Callable[[str, str], None]) -> None:
    board = StoryboardPlan(Fraction(5, 2), 5, 160, 90, columns=2, rows=2)

    golden("storyboard.vtt", format_storyboard(board, Fraction(3661)))


def test_the_site_makes_a_clip_by_itself(tools: Tools, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "new" / "clip.mp4", tools=tools, duration_s=1)

    probe = probe_here(path)
    assert probe.video.frames.frame_count == 30
    assert len(probe.audio) == 1
