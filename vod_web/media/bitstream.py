"""Can the packets of this H.264 picture be cut at their keyframes and copied?

Looks at NAL units (ITU-T H.264 section 7.3.1), in the length-prefixed form of MP4 and Matroska and in the byte stream
form of transport streams. Only keyframes are taken apart, and those only up to their first slice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from .probed import Bitstream

SLICE_TYPES = range(1, 6)
IDR_SLICE, SEQUENCE_SET, PICTURE_SET = 5, 7, 8
PARAMETER_SETS = (SEQUENCE_SET, PICTURE_SET)
START_CODE = b"\0\0\1"


def nal_type(nal: bytes) -> int:
    """What a NAL unit is."""
    return nal[0] & 0x1F


def read_length_size(extradata: bytes) -> int | None:
    """How many bytes each length has, by an avcC record; None when the packets are a byte stream."""
    return (extradata[4] & 3) + 1 if len(extradata) > 6 and extradata[0] == 1 else None


def read_nals(data: bytes, length_size: int | None) -> Iterator[bytes]:
    """The NAL units of a packet, in either form."""
    if length_size is None:
        yield from _read_byte_stream(data)
        return
    position = 0
    while position + length_size < len(data):
        start = position + length_size
        position = start + int.from_bytes(data[position:start], "big")
        if position > start:
            yield data[start:position]


def _read_byte_stream(data: bytes) -> Iterator[bytes]:
    start = data.find(START_CODE)
    while start >= 0:
        following = data.find(START_CODE, start + 3)
        nal = data[start + 3 : following if following >= 0 else len(data)].rstrip(b"\0")
        if nal:
            yield nal
        start = following


def read_parameter_sets(extradata: bytes) -> list[bytes]:
    """The parameter sets that the container states for the whole stream."""
    if read_length_size(extradata) is None:
        return [nal for nal in _read_byte_stream(extradata) if nal_type(nal) in PARAMETER_SETS]
    sets: list[bytes] = []
    position = 5
    for _ in PARAMETER_SETS:
        count = extradata[position] & 0x1F if position < len(extradata) else 0
        position += 1
        for _ in range(count):
            length = int.from_bytes(extradata[position : position + 2], "big")
            sets.append(extradata[position + 2 : position + 2 + length])
            position += 2 + length
    return [nal for nal in sets if nal]


def describe_codecs(sets: list[bytes]) -> str | None:
    """`avc1.` and the profile, constraints and level of the first sequence parameter set."""
    first = next((nal for nal in sets if nal_type(nal) == SEQUENCE_SET and len(nal) > 3), None)
    return f"avc1.{first[1:4].hex()}" if first else None


@dataclass
class BitstreamWatch:
    """What was seen of the packets so far; give it every packet of the picture, in the order of decoding."""

    extradata: bytes
    time_base: Fraction
    is_closed: bool = True
    is_constant: bool = True
    is_cut: bool = False
    _delay: int = 0
    _highest_pts: int | None = None
    _keyframe_pts: int | None = None
    _sets: list[bytes] = field(init=False)
    _length_size: int | None = field(init=False)

    def __post_init__(self) -> None:
        self._sets = read_parameter_sets(self.extradata)
        self._length_size = read_length_size(self.extradata)

    def note_frame(self, pts: int | None) -> None:
        """A packet that is no keyframe."""
        if pts is None:
            self.is_closed = False  # without times nobody knows
            return
        if self._keyframe_pts is None or pts < self._keyframe_pts:
            self.is_closed = False
        self._highest_pts = pts if self._highest_pts is None else max(self._highest_pts, pts)

    def note_keyframe(self, pts: int | None, dts: int | None, data: bytes) -> None:
        """A packet that the container calls a keyframe."""
        self.look_at(data)
        if pts is None or (self._highest_pts is not None and pts <= self._highest_pts):
            self.is_closed = False  # a frame before it is shown after it
            return
        self._keyframe_pts = self._highest_pts = pts
        if dts is not None:
            self._delay = max(self._delay, pts - dts)

    def look_at(self, data: bytes) -> None:
        """What the NAL units of a keyframe say."""
        for nal in read_nals(data, self._length_size):
            kind = nal_type(nal)
            if kind in PARAMETER_SETS and nal not in self._sets:
                self.is_constant = False
            if kind in SLICE_TYPES:
                self.is_closed = self.is_closed and kind == IDR_SLICE
                return
        self.is_closed = False

    def describe(self) -> Bitstream | None:
        """What is known now; None when the stream does not say what it is."""
        codecs = describe_codecs(self._sets)
        if codecs is None:
            return None
        return Bitstream(
            codecs=codecs,
            is_closed=self.is_closed,
            is_constant=self.is_constant,
            is_cut=self.is_cut,
            delay_s=float(self._delay * self.time_base),
        )
