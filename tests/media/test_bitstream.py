from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from tests.clips import run
from tests.media.cards import probe_here
from vod_web.media.bitstream import BitstreamWatch, describe_codecs, read_nals, read_parameter_sets
from vod_web.media.copying import reasons_against_copy
from vod_web.media.probed import Probe

SEQUENCE, PICTURE, IDR, SLICE, SEI = b"\x67\x64\x00\x28\xac", b"\x68\xee\x3c\x80", b"\x65\x88", b"\x41\x9a", b"\x06\x05"
AVCC = bytes.fromhex("01640028ffe1") + b"\x00\x05" + SEQUENCE + b"\x01\x00\x04" + PICTURE
BYTE_STREAM = b"\0\0\0\1" + SEQUENCE + b"\0\0\1" + PICTURE


def packed(*nals: bytes) -> bytes:
    """NAL units as MP4 has them."""
    return b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals)


def watch() -> BitstreamWatch:
    return BitstreamWatch(AVCC, Fraction(1, 25))


@pytest.mark.parametrize("extradata", [AVCC, BYTE_STREAM])
def test_parameter_sets_are_found_in_both_forms(extradata: bytes) -> None:
    assert read_parameter_sets(extradata) == [SEQUENCE, PICTURE]
    assert describe_codecs(read_parameter_sets(extradata)) == "avc1.640028"


def test_nal_units_are_found_in_both_forms() -> None:
    assert list(read_nals(packed(SEI, IDR), 4)) == [SEI, IDR]
    assert list(read_nals(b"\0\0\0\1" + SEI + b"\0\0\1" + IDR, None)) == [SEI, IDR]


def test_truncated_headers_say_nothing() -> None:
    assert read_parameter_sets(b"\x01\x64") == []
    assert BitstreamWatch(b"", Fraction(1, 25)).describe() is None
    assert list(read_nals(b"\0\0", 4)) == []


def test_closed_gops_are_recognised() -> None:
    seen = watch()
    for start in (0, 50):
        seen.note_keyframe(start, start - 2, packed(SEI, IDR))
        for pts in (start + 4, start + 2, start + 1):
            seen.note_frame(pts)

    facts = seen.describe()

    assert facts is not None
    assert (facts.is_closed, facts.is_constant, facts.delay_s) == (True, True, 0.08)


def test_a_keyframe_that_is_no_idr_picture_opens_the_gop() -> None:
    seen = watch()
    seen.note_keyframe(0, 0, packed(SLICE))

    assert not seen.is_closed


def test_a_frame_shown_before_its_keyframe_opens_the_gop() -> None:
    seen = watch()
    seen.note_keyframe(10, 8, packed(IDR))
    seen.note_frame(9)

    assert not seen.is_closed


def test_a_frame_shown_after_the_next_keyframe_opens_the_gop() -> None:
    seen = watch()
    seen.note_keyframe(0, 0, packed(IDR))
    seen.note_frame(11)
    seen.note_keyframe(10, 8, packed(IDR))

    assert not seen.is_closed


def test_other_parameter_sets_inside_are_a_change() -> None:
    same, other = watch(), watch()
    same.note_keyframe(0, 0, packed(SEQUENCE, PICTURE, IDR))
    other.note_keyframe(0, 0, packed(SEQUENCE[:-1] + b"\xad", PICTURE, IDR))

    assert same.is_constant
    assert not other.is_constant


def probe(path: Path) -> Probe:
    return probe_here(path)


@pytest.fixture(scope="module")
def make(
    clip: Callable[[str], Path], ffmpeg: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str, str], Path]:
    """`make(name, x264 parameters, filters)`: a clip of H.264 with B-frames, of 250 frames of a film-like picture."""
    folder = tmp_path_factory.mktemp("gops")

    def encode(name: str, parameters: str, filters: str = "null") -> Path:
        source = ("-f", "lavfi", "-i", "testsrc2=size=128x72:rate=25:duration=10")
        options = ("-c:v", "libx264", "-preset", "fast", "-bf", "3", "-x264-params", parameters)
        run(ffmpeg, *source, "-vf", filters, *options, "-pix_fmt", "yuv420p", str(folder / name))
        return folder / name

    return encode


@pytest.mark.parametrize("name", ["closed.mp4", "closed.mov", "closed.mkv", "closed.ts"])
def test_closed_gops_can_be_copied(name: str, make: Callable[..., Path]) -> None:
    assert reasons_against_copy(probe(make(name, "keyint=50:open-gop=0"))) == ()


@pytest.mark.parametrize("name", ["open.mp4", "open.mov", "open.mkv", "open.ts"])
def test_open_gops_are_noticed(name: str, make: Callable[..., Path]) -> None:
    assert "its GOPs are open" in reasons_against_copy(probe(make(name, "keyint=50:open-gop=1:bframes=3")))


def test_changing_parameter_sets_are_noticed(make: Callable[..., Path], tmp_path: Path) -> None:
    first, second = make("one.ts", "keyint=50:ref=2"), make("two.ts", "keyint=50:ref=4:cabac=0")
    both = tmp_path / "both.ts"
    both.write_bytes(first.read_bytes() + second.read_bytes())

    assert "its parameter sets change" in reasons_against_copy(probe(both))


def test_an_edit_list_inside_a_gop_is_noticed(make: Callable[..., Path], ffmpeg: str, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    run(ffmpeg, "-ss", "1", "-i", str(make("whole.mp4", "keyint=100")), "-c", "copy", str(cut))

    assert reasons_against_copy(probe(cut)) != ()
