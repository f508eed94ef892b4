"""Is what was published of an odd source right: size, length, frames, colours, sound in step, and good HLS?"""

from fractions import Fraction
from pathlib import Path

from tests.hls.authoring import find_problems
from tests.hls.publication import Publication
from tests.hls.reading import folder_reader
from tests.media.cards import Odd
from tests.media.looking import COLOURS, Pictures, listen, worst_difference
from vod_web.media.local import LocalEncode
from vod_web.media.results import OUTPUT_OFFSET_S

SHOWN_S = 0.002
"""How far a picture may be from its time."""
IN_STEP_S = 0.02
BT709 = {(1, 1, 1, 1)}


def judge(odd: Odd, made: LocalEncode) -> None:
    """Look at all that was made; fails with what is wrong."""
    assert find_problems(folder_reader(made.folder)) == []
    publication = Publication(folder_reader(made.folder))
    if odd.is_copied is not None:
        assert (made.plan.copy is not None) == odd.is_copied, made.plan.copy_refusals
    names = [Path(uri).parent.name for uri in publication.pictures]
    top = Pictures.of(made.folder / names[0] / "media.m3u8")
    judge_pictures(odd, top, is_copy=made.plan.copy is not None and made.plan.copy.name == names[0])
    low = Pictures.of(made.folder / names[-1] / "media.m3u8")
    step = round(len(top.frames) / len(low.frames))
    assert low.numbers == odd.expected_numbers[::step]
    length_s = next(iter(publication.pictures.values())).playlist.duration_s
    assert abs(float(length_s) - expected_length_s(odd, made)) < 0.01
    if made.probe.audio:
        heard = listen(made.folder / "audio-0" / "media.m3u8", loud=odd.loud)
        assert top.flash_s is not None
        lags_s = [beep_s - top.flash_s - odd.late_s for beep_s in heard.beeps_s]
        assert len(lags_s) == 1
        assert abs(lags_s[0]) < IN_STEP_S


def judge_pictures(odd: Odd, top: Pictures, *, is_copy: bool) -> None:
    """The largest rendition."""
    assert top.size == odd.size
    assert top.numbers == odd.expected_numbers
    differences = [
        shown - expected - OUTPUT_OFFSET_S for shown, expected in zip(top.times_s, odd.expected_times_s, strict=True)
    ]
    assert max(map(abs, differences)) < SHOWN_S, top.times_s
    assert worst_difference(top.colours, odd.colours or COLOURS) <= odd.tolerance, top.colours
    if not is_copy:
        assert top.kinds == {("yuv420p", False, 0)}
        assert top.tags == BT709


def expected_length_s(odd: Odd, made: LocalEncode) -> float:
    """Until the last frame ends; that of an uneven source ends when its file says so."""
    numbers = odd.expected_numbers
    if odd.times_s is None:
        step = numbers[1] - numbers[0] if len(numbers) > 1 else 1
        return float((numbers[-1] - numbers[0] + step) / Fraction(odd.rate))
    frames, base = made.probe.video.frames, made.probe.video.time_base
    return odd.expected_times_s[-1] + float((frames.end_pts - frames.last_pts) * base)
