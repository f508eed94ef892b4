"""Clips, FFmpeg, and golden files for the tests of the media package."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clips import CLIPS, ODDITIES, make_clip_file, make_numbers, make_rotated
from tests.media.cards import Workshop
from vod_web.core.logging import configure_logging
from vod_web.media.runner import Tools
from vod_web.media.tools import find_ffmpeg

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew; review the difference")


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    """The path of FFmpeg."""
    return str(find_ffmpeg())


@pytest.fixture(scope="session")
def tools(ffmpeg: str) -> Tools:
    """FFmpeg under tight limits."""
    return Tools(ffmpeg, timeout_s=120, stall_s=30, nice=0)


@pytest.fixture(scope="session")
def clip(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """`clip("pal.mov")`: the file of a clip of `tests/clips.py`, made once."""
    folder = tmp_path_factory.mktemp("clips")
    known = {clip.name: clip for clip in (*CLIPS, *ODDITIES)}
    numbers: list[Path] = []

    def make(name: str) -> Path:
        path = folder / name
        if path.exists():
            return path
        if name == "rotated.mp4":
            return make_rotated(ffmpeg, make("pal.mov"), path)
        if not numbers:
            numbers.append(make_numbers(ffmpeg, folder))
        return make_clip_file(ffmpeg, numbers[0], known[name], folder)

    return make


@pytest.fixture(scope="module")
def workshop(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Where the odd sources of a module are made and published."""
    return Workshop(tools, tmp_path_factory.mktemp("workshop"))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden(name, text)`: the text is that of the golden file; `--update-golden` writes it."""
    is_updating = request.config.getoption("--update-golden", default=False)

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if is_updating:
            path.write_text(text)
        assert text == path.read_text()

    return compare


@pytest.fixture(scope="session", autouse=True)
def quiet_logging() -> None:
    """Commands are logged for debugging; here they would hide what failed."""
    configure_logging(level="WARNING", as_json=False)
