"""When do the packets of a sound track begin, and what do keyframes far inside a long file look like?

Like `scan.py` it runs in the probe's child process only.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from math import lcm
from operator import eq

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream as AvVideoStream

from .audio_timeline import AAC_FRAME_SAMPLES
from .bitstream import BitstreamWatch
from .probed import PacketTimes

ROUNDING_S = Fraction(2, 1000)
"""Matroska counts milliseconds."""
MOST_SAMPLES = 24
LONGEST_LOOK_S = 4.0


def is_aac(stream: AudioStream) -> bool:
    """Whether a track could be copied at all."""
    context = stream.codec_context
    return context is not None and context.codec.canonical_name == "aac" and context.sample_rate > 0


@dataclass
class PacketWatch:
    """What was seen of the packets of one AAC track."""

    time_base: Fraction
    frame_ticks: Fraction
    """How long one AAC frame is heard."""
    tolerance: Fraction
    first_pts: int | None = None
    count: int = 0
    is_even: bool = True

    @classmethod
    def of(cls, stream: AudioStream) -> PacketWatch:
        """A watch of one track."""
        base = stream.time_base or Fraction(1, 1000)
        frame = Fraction(AAC_FRAME_SAMPLES, stream.codec_context.sample_rate) / base
        return cls(base, frame, max(ROUNDING_S / base, Fraction(1)))

    def __post_init__(self) -> None:
        """Fractions are too slow for the half million packets of a long film: whole parts of ticks are counted."""
        self._parts = lcm(self.frame_ticks.denominator, self.tolerance.denominator)
        self._frame = int(self.frame_ticks * self._parts)
        self._tolerance = int(self.tolerance * self._parts)

    def note(self, pts: int) -> None:
        """The next packet."""
        if self.first_pts is None:
            self.first_pts = pts
        beside = (self.first_pts - pts) * self._parts + self.count * self._frame
        if not -self._tolerance <= beside <= self._tolerance:
            self.is_even = False
        self.count += 1

    def note_all(self, times: Sequence[int]) -> None:
        """All packets of a track, of which none was noted before; nearly always one follows the other exactly."""
        step = int(self.frame_ticks)
        if times and step == self.frame_ticks and all(map(eq, times, count(times[0], step))):
            self.first_pts, self.count = times[0], len(times)
            return
        for pts in times:
            self.note(pts)

    def describe(self) -> PacketTimes | None:
        """What is known when all packets were seen."""
        if self.first_pts is None:
            return None
        return PacketTimes(self.time_base, self.first_pts, self.count, self.is_even)


def read_index(stream: AudioStream) -> PacketTimes | None:
    """The packets of a track from an index that names all of them."""
    watch = PacketWatch.of(stream)
    watch.note_all([entry.timestamp for entry in stream.index_entries])
    return watch.describe()


def look_at_keyframes(
    container: InputContainer, video: AvVideoStream, keyframes: Sequence[int], watch: BitstreamWatch
) -> bool:
    """Read some keyframes all over a file that was not read whole; whether all lie where they are said to lie."""
    step = max(1, len(keyframes) // MOST_SAMPLES)
    known = set(keyframes)
    started = time.monotonic()
    try:
        for pts in keyframes[step::step]:
            container.seek(pts, stream=video)
            packet = next((packet for packet in container.demux(video) if packet.is_keyframe), None)
            if packet is None or packet.pts not in known:
                return False
            watch.look_at(bytes(packet))
            if time.monotonic() - started > LONGEST_LOOK_S:
                break
    except av.error.FFmpegError:
        return False
    return True
