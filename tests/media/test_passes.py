"""In which pieces a video is made."""

from fractions import Fraction

import pytest

from tests.media.probes import even_video, make_probe
from vod_web.media.plan import EncodeOptions, EncodePlan, plan_encode


def plan_of(seconds: int, workers: int) -> EncodePlan:
    """A plan for so many workers."""
    return plan_encode(make_probe(even_video(rate=Fraction(25), seconds=seconds)), EncodeOptions(workers=workers))


def ladder_of(plan: EncodePlan) -> list[float]:
    """How long its ladder chunks are."""
    return [float(plan.chunk_duration_s(chunk.index)) for chunk in plan.chunks if chunk.purpose == "ladder"]


@pytest.mark.parametrize("seconds", [1, 9, 61, 600, 3601])
@pytest.mark.parametrize("workers", [1, 2, 7, 64])
def test_every_segment_is_in_one_ladder_chunk(seconds: int, workers: int) -> None:
    plan = plan_of(seconds, workers)

    made = [number for chunk in plan.chunks if chunk.purpose == "ladder" for number in chunk.segments]
    assert made == list(range(plan.timeline.segment_count))


def test_chunks_are_long_first_and_short_last() -> None:
    lengths = ladder_of(plan_of(600, 2))

    assert lengths[0] == 60
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] <= 12


def test_more_workers_get_shorter_chunks() -> None:
    few, some, many = (ladder_of(plan_of(600, workers)) for workers in (2, 8, 64))

    assert len(few) < len(some) < len(many)
    assert len(many) > 64
    assert many[0] == 4


def test_a_short_video_is_not_cut_to_pieces_for_a_few_workers() -> None:
    assert ladder_of(plan_of(60, 2))[0] > 12
    assert len(ladder_of(plan_of(12, 2))) <= 2
