"""Whole encodes of real clips, read back with FFmpeg's own HLS reader."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from tests.clips import CLIPS, measure
from tests.hls.authoring import find_problems
from tests.hls.reading import folder_reader
from tests.media.cards import probe_here
from vod_web.media.local import LocalEncode, encode_locally
from vod_web.media.plan import EncodeOptions
from vod_web.media.playlists import MEDIA_NAME, MULTIVARIANT_NAME
from vod_web.media.runner import Tools

OPTIONS = EncodeOptions(
    heights=(72, 144),
    segment_s=Fraction(1),
    first_segment_s=Fraction(1, 2),
    chunk_s=Fraction(2),
    preset="ultrafast",
    workers=16,
)
"""Two rungs, several segments in a chunk, several chunks in a clip."""
IN_STEP_S = 0.020


def encode(source: Path, folder: Path, tools: Tools) -> LocalEncode:
    probe = probe_here(source)
    return encode_locally(source, folder / "out", tools=tools, options=OPTIONS, with_pictures=False, probe=probe)


@pytest.mark.parametrize("name", [clip.name for clip in CLIPS])
def test_every_frame_comes_out_once_and_in_step_with_the_sound(
    name: str, clip: Callable[[str], Path], tools: Tools, ffmpeg: str, tmp_path: Path
) -> None:
    source = clip(name)
    has_sound = name != "silent.mp4"
    made = encode(source, tmp_path, tools)

    before = measure(ffmpeg, source, tmp_path, has_sound=has_sound)
    after = measure(ffmpeg, made.folder / MULTIVARIANT_NAME, tmp_path, has_sound=has_sound)

    assert find_problems(folder_reader(made.folder)) == []
    assert len(made.plan.chunks) >= 2
    assert after.numbers == before.numbers
    assert all(earlier < later for earlier, later in pairwise(after.times_s))
    moments = [
        (a - after.times_s[0]) - (b - before.times_s[0]) for a, b in zip(after.times_s, before.times_s, strict=True)
    ]
    assert max(map(abs, moments)) < 0.002
    assert len(after.lags_s) == len(before.lags_s)
    drifts = [abs(a - b) for a, b in zip(after.lags_s, before.lags_s, strict=True)]
    assert max(drifts, default=0) < IN_STEP_S
    assert not has_sound or len(drifts) >= 3


def test_frames_that_are_decoded_before_they_are_shown_keep_their_times(
    clip: Callable[[str], Path], tools: Tools, ffmpeg: str, tmp_path: Path
) -> None:
    """The preset of the other tests makes no such frames, those of sites do."""
    options = replace(OPTIONS, heights=(72,), preset="veryfast", may_copy=False)
    made = encode_locally(clip("pal.mov"), tmp_path / "out", tools=tools, options=options, with_pictures=False)

    after = measure(ffmpeg, made.folder / "72p" / MEDIA_NAME, tmp_path, has_sound=False)

    assert after.numbers == list(range(150))
    assert after.times_s == pytest.approx([number / 25 for number in range(150)], abs=0.001)
