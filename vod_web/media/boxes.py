"""What do the boxes of fragmented MP4 say?

Reads init segments (codec string, sizes, time scale) and media segments (times and number of samples), ISO/IEC
14496-12. The playlists state what is in the files, not what was asked for.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from vod_web.core.errors import EncodeFailed


@dataclass(frozen=True)
class Box:
    """One box: its type, its content, and where its header begins in the data it was read from."""

    kind: bytes
    body: memoryview
    start: int
    size: int


@dataclass(frozen=True)
class InitSegment:
    """What an init segment says of its one track."""

    codecs: str
    """As RFC 6381 writes it: "avc1.64001f", "mp4a.40.2"."""
    timescale: int
    width_px: int
    height_px: int


@dataclass(frozen=True)
class Fragment:
    """What one media segment says of its samples; times in ticks of the track's time scale."""

    first_pts: int
    """Of the sample shown first."""
    keyframe_pts: int
    """Of the sample decoded first: with an open GOP, others are shown before it."""
    last_pts: int
    last_duration: int
    decode_start: int
    sample_count: int
    duration: int
    """Of all samples together, by decode time."""
    keyframe_end: int
    """Bytes from the beginning of the file to the end of its first sample: what an I-frame playlist names."""


def read_boxes(data: bytes | memoryview) -> Iterator[Box]:
    """The boxes of one level."""
    view = memoryview(data)
    position = 0
    while position + 8 <= len(view):
        size, kind = struct.unpack_from(">I4s", view, position)
        header = 8
        if size == 1:
            size, header = struct.unpack_from(">Q", view, position + 8)[0], 16
        if size == 0:
            size = len(view) - position
        if size < header or position + size > len(view):
            raise EncodeFailed("A segment that FFmpeg wrote is cut off.")
        yield Box(kind, view[position + header : position + size], position, size)
        position += size


def find_boxes(data: bytes | memoryview, *path: bytes) -> Iterator[Box]:
    """All boxes at a path of types, such as `moof`, `traf`, `trun`."""
    for box in read_boxes(data):
        if box.kind == path[0]:
            if len(path) == 1:
                yield box
            else:
                yield from find_boxes(box.body, *path[1:])


def find_box(data: bytes | memoryview, *path: bytes) -> memoryview:
    """The content of the first box at a path; EncodeFailed without one."""
    for box in find_boxes(data, *path):
        return box.body
    raise EncodeFailed(f"A segment that FFmpeg wrote lacks its {b'/'.join(path).decode()} box.")


def read_init_segment(data: bytes) -> InitSegment:
    """Codec, time scale and size from an init segment with one track."""
    media_header = find_box(data, b"moov", b"trak", b"mdia", b"mdhd")
    timescale = struct.unpack_from(">I", media_header, 20 if media_header[0] == 1 else 12)[0]
    descriptions = find_box(data, b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
    entry = next(read_boxes(descriptions[8:]))
    if entry.kind in (b"avc1", b"avc3"):
        width, height = struct.unpack_from(">HH", entry.body, 24)
        profile, constraints, level = find_box(entry.body[78:], b"avcC")[1:4]
        codecs = f"{entry.kind.decode()}.{profile:02x}{constraints:02x}{level:02x}"
        return InitSegment(codecs, timescale, width, height)
    if entry.kind == b"mp4a":
        return InitSegment(_audio_codecs(find_box(entry.body[28:], b"esds")), timescale, 0, 0)
    raise EncodeFailed(f"The codec {entry.kind!r} of an init segment is not known.")


def _audio_codecs(esds: memoryview) -> str:
    """`mp4a.40.<object type>` from the MPEG-4 descriptors (ISO/IEC 14496-1 section 7.2.6)."""
    decoder_config = _descriptor(_descriptor(esds[4:], 3)[3:], 4)
    audio_config = _descriptor(decoder_config[13:], 5)
    return f"mp4a.{decoder_config[0]:02x}.{audio_config[0] >> 3}"


def _descriptor(data: memoryview, tag: int) -> memoryview:
    """The content of a descriptor that begins here; lengths are written seven bits a byte."""
    if data[0] != tag:
        raise EncodeFailed("The description of the sound in an init segment is malformed.")
    length, position = 0, 1
    while True:
        byte = data[position]
        position += 1
        length = length << 7 | byte & 0x7F
        if not byte & 0x80:
            return data[position : position + length]


def read_fragment(data: bytes | memoryview) -> Fragment:
    """Times and counts of a movie fragment (its `moof` box); its samples need not be there."""
    samples = [sample for box in find_boxes(data, b"moof") for sample in _read_samples(box.body)]
    if not samples:
        raise EncodeFailed("A segment that FFmpeg wrote has no pictures or sound in it.")
    shown = sorted(samples, key=lambda sample: sample.pts)
    return Fragment(
        first_pts=shown[0].pts,
        keyframe_pts=samples[0].pts,
        last_pts=shown[-1].pts,
        last_duration=shown[-1].duration,
        decode_start=min(sample.dts for sample in samples),
        sample_count=len(samples),
        duration=sum(sample.duration for sample in samples),
        keyframe_end=_first_sample_end(data, samples[0].size),
    )


def _first_sample_end(data: bytes | memoryview, size: int) -> int:
    """Where the first sample ends: its run says how far from the fragment's beginning its bytes lie."""
    fragment = next(find_boxes(data, b"moof"))
    run = find_box(fragment.body, b"traf", b"trun")
    has_offset = run[3] & 0x01
    offset = struct.unpack_from(">i", run, 8)[0] if has_offset else fragment.size + 8
    return fragment.start + int(offset) + size


@dataclass(frozen=True)
class _Sample:
    dts: int
    pts: int
    duration: int
    size: int


def _read_samples(moof: memoryview) -> Iterator[_Sample]:
    """The samples of one movie fragment (ISO/IEC 14496-12 sections 8.8.7 and 8.8.8)."""
    header = find_box(moof, b"traf", b"tfhd")
    default_duration, default_size = _track_defaults(header)
    decode_time = find_box(moof, b"traf", b"tfdt")
    clock = struct.unpack_from(">Q" if decode_time[0] == 1 else ">I", decode_time, 4)[0]
    for run in find_boxes(moof, b"traf", b"trun"):
        for duration, size, offset in _read_run(run.body, default_duration, default_size):
            yield _Sample(clock, clock + offset, duration, size)
            clock += duration


def _track_defaults(header: memoryview) -> tuple[int, int]:
    """Default sample duration and size of a track fragment header."""
    flags = int.from_bytes(header[1:4], "big")
    position = 8 + (8 if flags & 0x01 else 0) + (4 if flags & 0x02 else 0)
    duration = size = 0
    if flags & 0x08:
        duration = struct.unpack_from(">I", header, position)[0]
        position += 4
    if flags & 0x10:
        size = struct.unpack_from(">I", header, position)[0]
    return duration, size


def _read_run(run: memoryview, default_duration: int, default_size: int) -> Iterator[tuple[int, int, int]]:
    """Duration, size and composition offset of each sample of a track run."""
    flags = int.from_bytes(run[1:4], "big")
    count = struct.unpack_from(">I", run, 4)[0]
    position = 8 + (4 if flags & 0x01 else 0) + (4 if flags & 0x04 else 0)
    for _ in range(count):
        values = [default_duration, default_size, 0, 0]
        for slot, flag in enumerate((0x100, 0x200, 0x400, 0x800)):
            if flags & flag:
                values[slot] = struct.unpack_from(">i" if slot == 3 else ">I", run, position)[0]
                position += 4
        yield values[0], values[1], values[3]
