"""What names of files say."""

import pytest

from vod_web.core.sizes import format_bytes
from vod_web.schemas.uploads import clean_filename
from vod_web.services.filenames import LONGEST_FILENAME_BYTES, make_filename, make_title


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


@pytest.mark.parametrize(
    ("title", "filename"),
    [
        ("Out at sea", "Out at sea (720p).mp4"),
        ('a/b\\c:d*e?f"g<h>i|j', "a b c d e f g h i j (720p).mp4"),
        ("  ...  ", "Video (720p).mp4"),
        ("CON", "Video CON (720p).mp4"),
        ("lpt1.txt", "Video lpt1.txt (720p).mp4"),
        ("line\r\nbreak\x00\u202etxt", "line break txt (720p).mp4"),
        ("日本語 🚢", "日本語 🚢 (720p).mp4"),
        ("e\u0301te\u0301.", "été (720p).mp4"),
    ],
)
def test_a_title_becomes_a_name_that_every_system_takes(title: str, filename: str) -> None:
    assert make_filename(title, "mp4", what="720p") == filename


def test_a_long_title_is_cut_between_letters() -> None:
    name = make_filename("日" * 300, "mp4", what="1080p")
    assert len(name.encode()) <= LONGEST_FILENAME_BYTES
    assert name.startswith("日日")
    assert name.endswith("日 (1080p).mp4")
