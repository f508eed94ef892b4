from fractions import Fraction

import pytest

from tests.media.probes import even_video, make_probe, uneven_video
from vod_web.media.ladder import ALL_HEIGHTS, DEFAULT_HEIGHTS, Rung, choose_level, choose_rungs


def rungs_of(size: tuple[int, int], heights: tuple[int, ...] = DEFAULT_HEIGHTS, **changes: object) -> tuple[Rung, ...]:
    video = even_video(size=size, seconds=4, **changes)  # type: ignore[arg-type]
    return choose_rungs(make_probe(video), heights)


@pytest.mark.parametrize(
    ("size", "names"),
    [
        ((1920, 1080), ["1080p", "720p", "480p", "360p", "240p"]),
        ((3840, 2160), ["1080p", "720p", "480p", "360p", "240p"]),
        ((1080, 1920), ["1080p", "720p", "480p", "360p", "240p"]),
        ((1920, 1072), ["1080p", "720p", "480p", "360p", "240p"]),
        ((1920, 800), ["800p", "480p", "360p", "240p"]),
        ((642, 642), ["642p", "480p", "360p", "240p"]),
        ((200, 120), ["120p"]),
    ],
)
def test_the_ladder_by_size(size: tuple[int, int], names: list[str]) -> None:
    assert [rung.name for rung in rungs_of(size)] == names


@pytest.mark.parametrize("size", [(1921, 1081), (853, 479), (35, 3001), (16, 16), (4096, 2160), (607, 1079), (3, 3)])
def test_rungs_never_upscale_and_are_even(size: tuple[int, int]) -> None:
    for rung in rungs_of(size, ALL_HEIGHTS):
        assert rung.width_px <= size[0]
        assert rung.height_px <= size[1]
        assert rung.width_px % 2 == rung.height_px % 2 == 0


def test_rotation_and_pixel_shape_count() -> None:
    assert next((r.width_px, r.height_px) for r in rungs_of((1920, 1080), rotation=90)) == (1080, 1920)
    dvd = rungs_of((720, 576), sar=Fraction(64, 45))
    assert (dvd[0].width_px, dvd[0].height_px) == (1024, 576)


def test_the_lowest_rungs_of_sixty_frames_have_half_of_them() -> None:
    rungs = rungs_of((1920, 1080), rate=Fraction(60000, 1001))

    assert [rung.frame_step for rung in rungs] == [1, 1, 1, 2, 2]
    assert rungs[-1].frame_rate == Fraction(30000, 1001)


def test_more_than_sixty_frames_are_not_kept() -> None:
    assert [rung.frame_step for rung in rungs_of((1280, 720), rate=Fraction(120))] == [2, 2, 4, 4]


def test_the_only_rung_keeps_its_frames() -> None:
    assert rungs_of((320, 240), rate=Fraction(60))[0].frame_step == 1


def test_a_variable_rate_keeps_all_frames() -> None:
    video = uneven_video([number * 16 + number % 3 * 9 for number in range(300)])

    assert {rung.frame_step for rung in choose_rungs(make_probe(video))} == {1}


def test_larger_rungs_have_higher_ceilings() -> None:
    ceilings = [rung.ceiling_bps for rung in rungs_of((3840, 2160), ALL_HEIGHTS)]

    assert ceilings == sorted(ceilings, reverse=True)
    assert len(set(ceilings)) == len(ceilings)


@pytest.mark.parametrize(
    ("width", "height", "rate", "level"),
    [
        (1920, 1080, 30, "4.0"),
        (1920, 1080, 60, "4.2"),
        (1280, 720, 30, "3.1"),
        (854, 480, 30, "3.1"),
        (3840, 2160, 60, "5.2"),
    ],
)
def test_levels_of_h264(width: int, height: int, rate: int, level: str) -> None:
    assert choose_level(width, height, Fraction(rate), 2_000_000) == level
