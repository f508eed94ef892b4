"""What names of files say."""

import pytest

from vod_web.core.sizes import format_bytes
from vod_web.schemas.uploads import clean_filename
from vod_web.services.filenames import make_title


@pytest.mark.parametrize(
    ("filename", "title"),
    [
        ("my_holiday-2024.mp4", "my holiday 2024"),
        ("IMG_1234.MOV", "IMG 1234"),
        ("2024-05-01 party.webm", "2024-05-01 party"),
        ("release 1.2.mkv", "release 1.2"),
        ("The.Long.Film.mkv", "The Long Film"),
        ("Artist - Song.mp4", "Artist - Song"),
        ("my%20film.mp4", "my film"),
        ("Ferien_in_Zürich.mp4", "Ferien in Zürich"),
        ("clip", "clip"),
        (".mp4", "mp4"),
        ("___.mp4", "Untitled"),
        ("x" * 400 + ".mp4", "x" * 300),
    ],
)
def test_titles_read_like_titles(filename: str, title: str) -> None:
    assert make_title(filename) == title


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("clip.mp4", "clip.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\clip.mp4", "clip.mp4"),
        ("a\x00b\n.mp4", "ab.mp4"),
        ("x" * 400 + ".mp4", "x" * 251 + ".mp4"),
    ],
)
def test_names_lose_their_folders(sent: str, kept: str) -> None:
    assert clean_filename(sent) == kept


@pytest.mark.parametrize(
    ("size_bytes", "told"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (1_500_000, "1.5 MB"),
        (64 * 1024**3, "68.72 GB"),
        (10**13, "10 TB"),
    ],
)
def test_sizes_are_told_in_powers_of_1000(size_bytes: int, told: str) -> None:
    assert format_bytes(size_bytes) == told
