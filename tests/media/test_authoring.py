"""The rules by which published HLS is judged: each finds what breaks it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hls.authoring import find_problems
from tests.hls.reading import Fetch, folder_reader
from tests.media.cards import X265, Odd, Workshop
from vod_web.media.boxes import find_boxes

Edit = Callable[[bytes], bytes]
TOP, SOUND = "72p", "audio-0"


@pytest.fixture(scope="module")
def good(workshop: Workshop) -> Path:
    """A published video with two pictures, stereo and 5.1."""
    odd = Odd("good.mkv", (*X265, "-c:a", "flac"), channels="0|0|{beep}|0|0|0", layout="5.1")
    return workshop.publish(workshop.make(odd)).folder


def replaced(pattern: str, text: str, count: int = 1) -> Edit:
    """Changes the first places in a playlist that look like a pattern."""

    def edit(data: bytes) -> bytes:
        changed, number = re.subn(pattern, text, data.decode(), count=count)
        assert number
        return changed.encode()

    return edit


def later(data: bytes) -> bytes:
    """A segment whose clock is 16384 ticks ahead."""
    clock = next(find_boxes(data, b"moof", b"traf", b"tfdt")).body
    place = data.index(bytes(clock)) + len(clock) - 2
    return data[:place] + bytes([data[place] ^ 0x40]) + data[place + 1 :]


def without_idr(data: bytes) -> bytes:
    """A segment whose first slice says that it is no IDR picture."""
    place = data.index(b"\x65\x88")
    return data[:place] + b"\x61" + data[place + 1 :]


def with_edit_list(data: bytes) -> bytes:
    """An init segment whose track has an empty box of edits."""
    box = (8).to_bytes(4, "big") + b"edts"
    for name in (b"moov", b"trak"):
        place = data.index(name)
        size = int.from_bytes(data[place - 4 : place], "big") + len(box)
        data = data[: place - 4] + size.to_bytes(4, "big") + data[place:]
    return data[: place + 4] + box + data[place + 4 :]


@pytest.mark.parametrize(
    ("name", "edit", "problem"),
    [
        ("multivariant.m3u8", replaced("#EXTM3U", "EXTM3U"), "not the beginning"),
        ("multivariant.m3u8", replaced("VERSION:7", "VERSION:3"), "needs EXT-X-VERSION 6"),
        ("multivariant.m3u8", replaced("#EXT-X-INDEPENDENT-SEGMENTS\n", ""), "not said to be independent"),
        ("multivariant.m3u8", replaced(r"VIDEO-RANGE=SDR", "VIDEO-RANGE"), "not an attribute list"),
        ("multivariant.m3u8", replaced(r",FRAME-RATE=[\d.]+", ""), r"lacks \['FRAME-RATE'\]"),
        ("multivariant.m3u8", replaced(r"FRAME-RATE=[\d.]+", "FRAME-RATE=30.000"), "not 30.0 in a second"),
        ("multivariant.m3u8", replaced(r"#EXT-X-I-FRAME.*\n", ""), "not every picture has an I-frame"),
        ("multivariant.m3u8", replaced('AUDIO="audio"', 'AUDIO="other"'), "group that is not there"),
        ("multivariant.m3u8", replaced(',AUDIO="audio"', ""), "has no AUDIO"),
        ("multivariant.m3u8", replaced("DEFAULT=YES", "DEFAULT=NO"), "other members than another group"),
        ("multivariant.m3u8", replaced("NAME=", 'LANGUAGE="German",NAME='), "no language tag"),
        ("multivariant.m3u8", replaced('CHANNELS="6"', 'CHANNELS="2"'), "has 6 channels"),
        ("multivariant.m3u8", replaced("avc1.42c00c", "avc1.42c00d"), "has the codecs"),
        ("multivariant.m3u8", replaced("RESOLUTION=128x72", "RESOLUTION=128x74"), r"not \(128, 74\)"),
        ("multivariant.m3u8", replaced(r"([:,])BANDWIDTH=\d+", r"\1BANDWIDTH=1000"), "not 1000"),
        ("multivariant.m3u8", replaced(r"AVERAGE-BANDWIDTH=(\d+)", r"AVERAGE-BANDWIDTH=9\1"), "AVERAGE-BANDWIDTH of"),
        (f"{TOP}/media.m3u8", replaced("#EXT-X-ENDLIST\n", ""), "wrong .*ENDLIST"),
        (f"{TOP}/media.m3u8", replaced("VOD", "EVENT"), "wrong .*PLAYLIST-TYPE"),
        (f"{TOP}/media.m3u8", replaced("TARGETDURATION:1", "TARGETDURATION:2"), "target durations differ"),
        (f"{TOP}/media.m3u8", replaced(r"EXTINF:[\d.]+", "EXTINF:1.600000"), "longer than its target"),
        (f"{TOP}/media.m3u8", replaced(r"EXTINF:0\.\d+", "EXTINF:0.400000"), "s long"),
        (f"{SOUND}/media.m3u8", replaced(r"EXTINF:0\.\d+", "EXTINF:0.400000"), "s long"),
        (f"{TOP}/iframes.m3u8", replaced("#EXT-X-I-FRAMES-ONLY\n", ""), "does not say that it has I-frames"),
        (f"{TOP}/iframes.m3u8", replaced(r"BYTERANGE:\d+@0", "BYTERANGE:9999999@0"), "beyond its file"),
        (f"{TOP}/iframes.m3u8", replaced(r"BYTERANGE:(\d+)\d@0", r"BYTERANGE:\g<1>0@0"), "is not one picture"),
        (f"{TOP}/init.mp4", with_edit_list, "has an edit list"),
        (f"{TOP}/1.m4s", later, "too late"),
        (f"{SOUND}/1.m4s", later, "too late"),
        (f"{TOP}/1.m4s", without_idr, "does not begin with an IDR"),
        ("36p/1.m4s", later, "cut elsewhere"),
    ],
)
def test_what_is_wrong_is_found(name: str, edit: Edit, problem: str, good: Path) -> None:
    read = folder_reader(good)
    changed: Fetch = lambda wanted: edit(read(wanted)) if wanted == name else read(wanted)  # noqa: E731

    problems = find_problems(changed)

    assert find_problems(read) == []
    assert [found for found in problems if re.search(problem, found)]
