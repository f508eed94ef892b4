import struct

import pytest

from vod_web.core.errors import EncodeFailed
from vod_web.media.boxes import read_boxes, read_fragment, read_init_segment


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def fragment(decode_time: int, samples: list[tuple[int, int, int]]) -> bytes:
    """A movie fragment; samples are duration, size and how much later they are shown."""
    header = box(b"tfhd", struct.pack(">II", 0x020000, 1))
    clock = box(b"tfdt", struct.pack(">IQ", 0x01000000, decode_time))
    rows = b"".join(struct.pack(">IIi", *sample) for sample in samples)
    run = box(b"trun", struct.pack(">IIi", 0x01000B01, len(samples), 500), rows)
    return box(b"moof", box(b"traf", header, clock, run))


def test_frames_are_read_in_the_order_of_showing() -> None:
    found = read_fragment(fragment(1000, [(10, 400, 20), (10, 50, 30), (10, 30, 0), (40, 20, 10)]))

    # decoded at 1000, 1010, 1020, 1030; shown at 1020, 1040, 1020, 1040
    assert found.first_pts == 1020
    assert found.last_pts == 1040
    assert found.last_duration in (10, 40)
    assert found.decode_start == 1000
    assert found.sample_count == 4
    assert found.duration == 70
    assert found.keyframe_end == 900


def test_defaults_of_the_track_count_where_samples_say_nothing() -> None:
    header = box(b"tfhd", struct.pack(">IIII", 0x020018, 1, 1024, 300))
    clock = box(b"tfdt", struct.pack(">II", 0, 48000))
    run = box(b"trun", struct.pack(">IIi", 1, 3, 100))
    found = read_fragment(box(b"moof", box(b"traf", header, clock, run)))

    assert (found.first_pts, found.last_pts, found.duration) == (48000, 50048, 3072)
    assert found.keyframe_end == 400


def test_a_file_that_is_cut_off_is_noticed() -> None:
    with pytest.raises(EncodeFailed, match="cut off"):
        list(read_boxes(fragment(0, [(1, 1, 0)])[:-1]))


def test_boxes_of_more_than_four_gigabytes_have_a_long_header() -> None:
    data = struct.pack(">I4sQ", 1, b"mdat", 20) + b"abcd"

    assert [(found.kind, bytes(found.body), found.size) for found in read_boxes(data)] == [(b"mdat", b"abcd", 20)]


def avc_init() -> bytes:
    entry = box(b"avc1", bytes(24), struct.pack(">HH", 1280, 720), bytes(50), box(b"avcC", bytes([1, 0x64, 0, 0x1F])))
    return init(entry, 90000)


def audio_init() -> bytes:
    specific = bytes([5, 0x80, 0x80, 0x80, 2, 0x11, 0x90])
    config = bytes([4, 13 + len(specific), 0x40]) + bytes(12) + specific
    entry = box(b"mp4a", bytes(28), box(b"esds", bytes(4), bytes([3, 3 + len(config), 0, 0, 0]), config))
    return init(entry, 48000)


def init(entry: bytes, timescale: int) -> bytes:
    header = box(b"mdhd", struct.pack(">IIII", 0, 0, 0, timescale))
    table = box(b"stbl", box(b"stsd", bytes(8), entry))
    return box(b"ftyp", b"iso6") + box(b"moov", box(b"trak", box(b"mdia", header, box(b"minf", table))))


def test_codecs_are_read_from_the_init_segment() -> None:
    video, audio = read_init_segment(avc_init()), read_init_segment(audio_init())

    assert (video.codecs, video.timescale, video.width_px, video.height_px) == ("avc1.64001f", 90000, 1280, 720)
    assert (audio.codecs, audio.timescale) == ("mp4a.40.2", 48000)


def test_an_unknown_codec_is_an_error() -> None:
    with pytest.raises(EncodeFailed, match="not known"):
        read_init_segment(init(box(b"xxxx", bytes(99)), 1000))
