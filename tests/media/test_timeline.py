from fractions import Fraction
from itertools import pairwise

import pytest

from tests.media.probes import even_video, uneven_video
from vod_web.media.timeline import choose_time_base, plan_timeline, rescale


def test_segments_are_about_four_seconds_and_the_first_two_shorter() -> None:
    timeline = plan_timeline(even_video(rate=Fraction(30000, 1001), seconds=20))

    lengths = [float(timeline.segment_s(number)) for number in range(timeline.segment_count)]
    assert lengths[:2] == pytest.approx([2.002, 2.002])
    assert lengths[2:5] == pytest.approx([4.004] * 3)
    assert sum(lengths) == pytest.approx(float(timeline.duration_s))


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60), Fraction(120)])
def test_every_segment_has_a_whole_number_of_frames_of_every_rung(rate: Fraction) -> None:
    timeline = plan_timeline(even_video(rate=rate, seconds=33), frame_steps=(1, 2, 4))

    assert timeline.frame_counts is not None
    assert all(count % 4 == 0 for count in timeline.frame_counts[:-1])
    assert sum(timeline.frame_counts) == round(33 * rate)


def test_cuts_lie_between_frames_where_times_are_computed() -> None:
    timeline = plan_timeline(even_video(rate=Fraction(25), seconds=12))

    frame = 1 / (25 * timeline.time_base)
    for number, start in enumerate(timeline.starts):
        assert start - frame < timeline.cut(number) < start
        assert timeline.find_segment(start) == number
        assert timeline.find_segment(timeline.cut(number) - 1) == max(0, number - 1)


def test_uneven_segments_begin_at_true_frames() -> None:
    video = uneven_video([0, 40, 700, 1900, 2100, 5000, 5100, 14000, 14040, 18200, 18300, 18900])

    timeline = plan_timeline(video)

    assert set(timeline.starts) <= set(video.frames.cuts)
    assert timeline.slack == 0
    assert timeline.is_exact
    assert all(earlier < later for earlier, later in pairwise(timeline.starts))
    assert timeline.starts[-1] <= timeline.last


def test_a_long_still_makes_one_long_segment() -> None:
    timeline = plan_timeline(uneven_video([0, 2000, 30000, 34000, 38000]))

    assert Fraction(28) in [timeline.segment_s(number) for number in range(timeline.segment_count)]


def test_a_short_rest_joins_the_last_segment() -> None:
    timeline = plan_timeline(even_video(rate=Fraction(25), seconds=Fraction(122, 10)))

    assert timeline.segment_s(timeline.segment_count - 1) == Fraction(42, 10)


def test_a_very_short_video_is_one_segment() -> None:
    assert plan_timeline(even_video(rate=Fraction(30), seconds=Fraction(1, 10))).segment_count == 1


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (Fraction(1, 30000), Fraction(1, 30000)),
        (Fraction(1, 1000), Fraction(1, 1000)),
        (Fraction(1, 25), Fraction(1, 1000)),
        (Fraction(1001, 30000), Fraction(1, 30000)),
        (Fraction(1, 1_000_000_000), Fraction(1, 90000)),
    ],
)
def test_time_bases_are_kept_where_mp4_can_write_them(source: Fraction, target: Fraction) -> None:
    assert choose_time_base(source) == target


def test_rescaling_rounds_halves_away_from_zero() -> None:
    assert [rescale(ticks, Fraction(1, 2), Fraction(1)) for ticks in (1, -1, 3, 4)] == [1, -1, 2, 2]
