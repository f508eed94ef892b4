"""Sources that are not upright, square, progressive, 8-bit BT.709 come out so."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from tests.clips import run
from tests.media.test_local import encode
from vod_web.media.local import LocalEncode
from vod_web.media.playlists import MEDIA_NAME
from vod_web.media.probe import probe_source
from vod_web.media.runner import Tools


def look(ffmpeg: str, playlist: Path) -> tuple[int, int, int]:
    """Red, green and blue in the middle of the first picture, read as BT.709 in limited range."""
    area = "scale=in_color_matrix=bt709:in_range=limited,format=rgb24,crop=16:16,scale=1:1:flags=area"
    red, green, blue = run(ffmpeg, "-i", str(playlist), "-frames:v", "1", "-vf", area, "-f", "rawvideo", "-")
    return red, green, blue


def top(made: LocalEncode) -> Path:
    """The largest that was encoded."""
    return made.folder / made.plan.rungs[0].name / MEDIA_NAME


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("rotated.mp4", (144, 256)),
        ("odd.mkv", (254, 142)),
        ("wide_pixels.mp4", (340, 144)),
        ("interlaced.ts", (256, 144)),
        ("hdr10.mp4", (256, 144)),
    ],
)
def test_the_picture_is_upright_even_and_square(
    name: str, size: tuple[int, int], clip: Callable[[str], Path], tools: Tools, tmp_path: Path
) -> None:
    source = clip(name)
    made = encode(source, tmp_path, tools)

    with av.open(str(top(made))) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        assert (frames[0].width, frames[0].height) == size
        assert stream.sample_aspect_ratio in (None, 1)
        assert frames[0].format.name == "yuv420p"
        assert not any(frame.rotation or frame.interlaced_frame for frame in frames)
        context = stream.codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)
    with av.open(str(source)) as container:
        assert len(frames) == sum(1 for _ in container.decode(video=0))


@pytest.mark.parametrize("name", ["hdr10.mp4", "full_range.mp4"])
def test_red_stays_red(name: str, clip: Callable[[str], Path], tools: Tools, ffmpeg: str, tmp_path: Path) -> None:
    red, green, blue = look(ffmpeg, top(encode(clip(name), tmp_path, tools)))

    assert red > 140
    assert green < 60
    assert blue < 60


def test_full_range_is_not_clipped(clip: Callable[[str], Path], tools: Tools, ffmpeg: str, tmp_path: Path) -> None:
    red, green, blue = look(ffmpeg, top(encode(clip("full_range.mp4"), tmp_path, tools)))

    assert abs(red - 254) < 6
    assert green < 6
    assert blue < 6


def test_the_place_of_recording_reaches_no_rendition(clip: Callable[[str], Path], tools: Tools, tmp_path: Path) -> None:
    source = clip("rotated.mp4")
    assert b"loci" in source.read_bytes()

    made = encode(source, tmp_path, tools)

    assert not any(b"loci" in path.read_bytes() for path in made.folder.rglob("*") if path.is_file())


def test_dialogue_in_the_centre_is_heard_in_both_ears(
    clip: Callable[[str], Path], tools: Tools, ffmpeg: str, tmp_path: Path
) -> None:
    made = encode(clip("surround.mp4"), tmp_path, tools)

    loudest = []
    for ear in ("FL", "FR"):
        pan = f"pan=mono|c0={ear}"
        samples = run(ffmpeg, "-i", str(made.folder / "audio-0" / MEDIA_NAME), "-af", pan, "-f", "s16le", "-")
        loudest.append(max(memoryview(samples).cast("h")) / 32768)
    assert min(loudest) > 0.5 * 0.707 * 0.9  # the beep's level, 3 dB lower in each ear
    kept = run(ffmpeg, "-i", str(made.folder / "surround-0" / MEDIA_NAME), "-f", "s16le", "-")
    channels = [max(memoryview(kept).cast("h")[channel::6]) / 32768 for channel in range(6)]
    assert channels == pytest.approx([0, 0, 0.5, 0, 0, 0], abs=0.2)  # a beep in AAC rings a little louder


def test_what_the_probe_says_of_odd_sources(clip: Callable[[str], Path]) -> None:
    def video_of(name: str):  # type: ignore[no-untyped-def]
        return probe_source(str(clip(name)), size_bytes=clip(name).stat().st_size).video

    assert video_of("rotated.mp4").rotation_deg == 270
    assert video_of("interlaced.ts").is_interlaced
    assert video_of("hdr10.mp4").colour.hdr == "pq"
    assert video_of("ten_bits.mkv").bit_depth == 10
    assert video_of("full_range.mp4").colour.is_full_range
    assert video_of("wide_pixels.mp4").display_size == (341, 144)
    assert video_of("uneven.mp4").is_variable_frame_rate
    assert not video_of("ntsc.mp4").is_variable_frame_rate
