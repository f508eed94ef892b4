import stat
from pathlib import Path

import pytest

from vod_web.core.errors import Unavailable
from vod_web.media.tools import SNAPSHOT, check_ffmpeg, find_ffmpeg, is_safe_version, parse_version


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("ffmpeg version 9.0.2-static https://example.org Copyright", (9, 0, 2)),
        ("ffmpeg version 5.1.9-0+deb12u1 Copyright", (5, 1, 9)),
        ("ffmpeg version n8.1 Copyright", (8, 1, 0)),
        ("ffmpeg version N-121000-gabcdef Copyright", SNAPSHOT),
        ("bash: ffmpeg: command not found", None),
    ],
)
def test_version_is_read_from_what_ffmpeg_says(said: str, version: tuple[int, int, int] | None) -> None:
    assert parse_version(said) == version


@pytest.mark.parametrize(
    "version", [(9, 0, 0), (9, 0, 2), (10, 1, 0), (8, 1, 2), (8, 0, 3), (7, 1, 5), (6, 1, 6), (5, 1, 10)]
)
def test_versions_with_the_mend_are_safe(version: tuple[int, int, int]) -> None:
    assert is_safe_version(version)


@pytest.mark.parametrize(
    "version", [(8, 1, 1), (8, 1, 0), (8, 0, 2), (7, 1, 4), (7, 0, 9), (6, 1, 5), (5, 1, 9), (4, 4, 6)]
)
def test_versions_without_the_mend_are_not_safe(version: tuple[int, int, int]) -> None:
    assert not is_safe_version(version)


def test_an_ffmpeg_that_can_be_used_is_found() -> None:
    assert check_ffmpeg(str(find_ffmpeg())).problems == ()


@pytest.mark.parametrize(
    ("says", "problem"),
    [
        ("echo ffmpeg version 5.1.9-0+deb12u1", "has known security holes"),
        ("echo hello", "cannot be run"),
        ("echo ffmpeg version 9.0.2 Copyright", "lacks the encoders libx264, aac"),
    ],
)
def test_an_ffmpeg_that_was_named_and_is_no_good_is_refused(tmp_path: Path, says: str, problem: str) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\n{says}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)

    with pytest.raises(Unavailable, match=problem):
        find_ffmpeg(str(program))


def test_an_ffmpeg_that_was_named_and_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be run"):
        find_ffmpeg(str(tmp_path / "nothing"))
