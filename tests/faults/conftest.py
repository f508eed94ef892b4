"""Small clips of several jobs each, and a site on which they have been made once without a fault."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clips import AAC, X264, Clip, make_clip_file, make_numbers
from tests.faults.site import Reference, WholeSite, make_references, whole_site
from vod_web.media.tools import find_ffmpeg

SMALL = {"rate": "10", "duration_s": 12, "filters": "scale=640:360:flags=neighbor"}
COPIED = Clip("whose picture and sound are copied", "copied.mp4", (*X264, "-crf", "32", *AAC), **SMALL)
ENCODED = Clip("of which everything is encoded", "encoded.mp4", ("-c:v", "mpeg4", "-q:v", "6", *AAC), **SMALL)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The sources."""
    folder, ffmpeg = tmp_path_factory.mktemp("clips"), str(find_ffmpeg())
    numbers = make_numbers(ffmpeg, folder)
    return [make_clip_file(ffmpeg, numbers, clip, folder) for clip in (COPIED, ENCODED)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSite]:
    """A site that is ready, on SQLite and local storage."""
    with whole_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def references(site: WholeSite, clips: list[Path]) -> dict[Path, Reference]:
    """What is made of the clips where nothing goes wrong."""
    return make_references(site, clips)
