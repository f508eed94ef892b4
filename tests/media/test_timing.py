from fractions import Fraction

import pytest

from vod_web.media.probed import FrameTimes
from vod_web.media.timing import fits_rate, measure_frames, shown_so_far, thin_times

MILLISECONDS = Fraction(1, 1000)
NTSC = Fraction(30000, 1001)


def milliseconds(rate: Fraction, count: int) -> list[int]:
    """Times as Matroska writes them."""
    return [round(number * 1000 / rate) for number in range(count)]


def measure(pts: list[int], declared: Fraction | None = None) -> tuple[FrameTimes, Fraction]:
    return measure_frames(pts, pts[:1], MILLISECONDS, [declared], 0)


@pytest.mark.parametrize("rate", [NTSC, Fraction(25), Fraction(24000, 1001), Fraction(60000, 1001), Fraction(15)])
def test_a_constant_rate_is_recognised_through_rounding(rate: Fraction) -> None:
    frames, found = measure(milliseconds(rate, 900))

    assert found == rate
    assert not frames.is_variable
    assert frames.cuts == ()


def test_a_declared_rate_that_does_not_fit_is_not_believed() -> None:
    assert measure(milliseconds(Fraction(25), 500), declared=Fraction(30))[1] == 25


def test_one_lost_frame_makes_the_rate_variable() -> None:
    pts = milliseconds(NTSC, 300)
    del pts[150]

    frames, rate = measure(pts, declared=NTSC)

    assert frames.is_variable
    assert frames.frame_count == 299
    assert set(frames.cuts) <= set(pts)
    assert 29 < rate < 30


def test_missing_timestamps_do_not_make_the_rate_variable() -> None:
    pts = milliseconds(Fraction(25), 100)
    del pts[40]

    frames, rate = measure_frames(pts, pts[:1], MILLISECONDS, [], 0, untimed_count=1)

    assert (rate, frames.is_variable, frames.frame_count) == (25, False, 100)


def test_the_longest_frame_is_known() -> None:
    frames, _ = measure([0, 40, 80, 1480, 1520])

    assert frames.longest_frame_s == pytest.approx(1.4)
    assert frames.last_pts == 1520
    assert frames.end_pts == 1560


def test_one_frame_is_a_video_too() -> None:
    frames, _ = measure([500])

    assert frames.frame_count == 1
    assert frames.end_pts > 500


def test_a_rate_fits_only_within_a_quarter_of_a_frame() -> None:
    assert fits_rate([0, 49, 80], MILLISECONDS, Fraction(25))
    assert not fits_rate([0, 51, 80], MILLISECONDS, Fraction(25))


def test_thinning_keeps_the_first_of_each_stretch() -> None:
    assert thin_times([0, 100, 900, 1000, 3500, 3600], 1, MILLISECONDS) == (0, 1000, 3500)


def test_a_head_of_a_film_has_a_constant_rate_wherever_reading_ended() -> None:
    decoded = [0, *(40 * (first + beside) for first in range(0, 300, 4) for beside in (4, 2, 1, 3))]  # I P B b b P ...

    for end in range(100, 120):
        is_complete = decoded[end - 1] % 160 == 120
        assert fits_rate(sorted(decoded[:end]), MILLISECONDS, Fraction(25)) == is_complete
        assert fits_rate(shown_so_far(decoded[:end]), MILLISECONDS, Fraction(25))
