"""Which timestamps do the packets of a video have?

Reads the whole file when that is quick, else the container's index, else the head and the tail. Runs in the
probe's child process only: PyAV works in process, and a demuxer may crash.
"""

from __future__ import annotations

import time
from array import array
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream as AvVideoStream

from vod_web.core.errors import UnsupportedMedia

from .bitstream import BitstreamWatch
from .container_index import add_keyframes, check_not_truncated, has_index, measure_index
from .formats import BARE_DEMUXERS, DECODE_ORDERED
from .packets import PacketWatch, is_aac, look_at_keyframes, read_index
from .probed import Bitstream, FrameTimes, PacketTimes
from .timing import (
    LONGEST_DELAY_FRAMES,
    assume_frames,
    candidate_rates,
    count_frames,
    fits_rate,
    measure_frames,
    shown_so_far,
)

HEAD_SCAN_S = 0.25
"""So much is read of any file, for what an index does not tell."""
QUICK_SCAN_S = 2.0
QUICK_SCAN_BYTES = 512 * 1024**2
LONG_SCAN_S = 90.0
"""For a file whose length or frame times nothing else tells."""
MOST_PACKETS = 3_000_000
"""27 hours at 30 frames a second; bounds the memory of a scan to about 100 MB."""
TAIL_S = 10


@dataclass
class Scan:
    """What was seen of the packets so far."""

    pts: array[int] = field(default_factory=lambda: array("q"))
    keyframes: list[int] = field(default_factory=list)
    last_ticks: dict[int, int] = field(default_factory=dict)
    """Stream index -> when its last packet ends."""
    time_bases: dict[int, Fraction] = field(default_factory=dict)
    """Stream index -> seconds of a tick."""
    latest_pts: int = -(2**62)
    latest_duration: int = 0
    """How long the frame shown last is shown, in ticks; 0 when the container does not say."""
    decode_times: array[int] = field(default_factory=lambda: array("q"))
    """Of frames without a time of showing. Where no frame has one (AVI), they stand in for it."""
    size_bytes: int = 0
    is_whole: bool = False
    can_stop_early: bool | None = None
    """Whether the head tells enough; asked once, when the quick part is over."""
    bitstream: BitstreamWatch | None = None
    """Looks at H.264."""
    sound: dict[int, PacketWatch] = field(default_factory=dict)
    """Stream index -> the packets of an AAC track."""
    is_decode_ordered: bool = False
    """The container has no times of showing."""

    @property
    def ends(self) -> dict[int, Fraction]:
        """Stream index -> when it ends, in seconds; empty where nobody looked that far."""
        return {index: end * self.time_bases[index] for index, end in self.last_ticks.items()} if self.is_whole else {}

    @property
    def times(self) -> array[int]:
        """When frames are shown, as well as packets tell."""
        return self.pts or self.decode_times

    @property
    def untimed_count(self) -> int:
        """Frames whose time is not among `times`."""
        return len(self.decode_times) if self.pts else 0

    def delay_before(self, first_pts: int) -> int:
        """How long frames wait for being shown where only the times of decoding are known."""
        if self.pts or not self.decode_times:
            return 0
        earlier = sum(time < first_pts for time in islice(self.decode_times, LONGEST_DELAY_FRAMES + 1))
        return first_pts - self.decode_times[0] if 0 < earlier <= LONGEST_DELAY_FRAMES else 0


def begin_scan(container: InputContainer, video: AvVideoStream) -> Scan:
    """A scan that knows what is worth looking at."""
    context = video.codec_context
    is_h264 = context.codec.canonical_name == "h264"
    sound = [stream for stream in container.streams.audio if is_aac(stream)]
    return Scan(
        bitstream=BitstreamWatch(bytes(context.extradata or b""), _time_base(video)) if is_h264 else None,
        sound={stream.index: PacketWatch.of(stream) for stream in sound},
        is_decode_ordered=container.format.name in DECODE_ORDERED,
    )


def scan_packets(container: InputContainer, video: AvVideoStream, *, is_length_known: bool) -> Scan:
    """Read packets until the end or until it takes too long."""
    scan = begin_scan(container, video)
    started = time.monotonic()
    for number, packet in enumerate(container.demux()):
        _note(scan, packet, video.index)
        if number % 256 == 255 and _is_enough(scan, video, time.monotonic() - started, is_length_known):
            return scan
    scan.is_whole = True
    return scan


def _note(scan: Scan, packet: Packet[Any], video_index: int) -> None:
    scan.size_bytes += packet.size
    index = packet.stream_index
    is_timed = packet.pts is not None and not (scan.is_decode_ordered and index == video_index)
    moment = packet.pts if is_timed else packet.dts
    if index in scan.sound and moment is not None:
        scan.sound[index].note(moment)
    if index == video_index and packet.is_discard and packet.size and scan.bitstream:
        scan.bitstream.is_cut = True
    if moment is None or packet.is_discard:
        return
    if index not in scan.time_bases:
        scan.time_bases[index] = packet.time_base
    end = moment + (packet.duration or 0)
    if end > scan.last_ticks.get(index, end - 1):
        scan.last_ticks[index] = end
    if index == video_index:
        _note_frame(scan, packet, moment, is_timed=is_timed)


def _note_frame(scan: Scan, packet: Packet[Any], moment: int, *, is_timed: bool) -> None:
    if moment > scan.latest_pts:
        scan.latest_pts, scan.latest_duration = moment, packet.duration or 0
    (scan.pts if is_timed else scan.decode_times).append(moment)
    if packet.is_keyframe:
        scan.keyframes.append(moment)
    if scan.bitstream and packet.is_keyframe:
        scan.bitstream.note_keyframe(packet.pts, packet.dts, bytes(packet))
    elif scan.bitstream:
        scan.bitstream.note_frame(packet.pts)


def _is_enough(scan: Scan, video: AvVideoStream, elapsed_s: float, is_length_known: bool) -> bool:
    if len(scan.times) > MOST_PACKETS or elapsed_s > LONG_SCAN_S:
        return True
    if elapsed_s < QUICK_SCAN_S and scan.size_bytes < QUICK_SCAN_BYTES:
        return is_length_known and elapsed_s > HEAD_SCAN_S and _is_index_enough(scan, video, elapsed_s)
    if scan.can_stop_early is None:
        scan.can_stop_early = is_length_known and (has_index(video) or _looks_constant(scan, video))
    return scan.can_stop_early


def _is_index_enough(scan: Scan, video: AvVideoStream, elapsed_s: float) -> bool:
    """Whether the quick part will not reach the end, and the index tells what the packets would."""
    return elapsed_s * len(video.index_entries) > QUICK_SCAN_S * len(scan.times) and has_index(video)


def _looks_constant(scan: Scan, video: AvVideoStream) -> bool:
    pts = shown_so_far(scan.times)
    base = _time_base(video)
    return any(fits_rate(pts, base, rate) for rate in candidate_rates(declared_rates(video), pts, base))


def declared_rates(video: AvVideoStream) -> tuple[Fraction | None, ...]:
    return (video.base_rate, video.average_rate, video.guessed_rate)


def _time_base(video: AvVideoStream) -> Fraction:
    if not video.time_base:
        raise UnsupportedMedia("This file does not say when its pictures are shown.")
    return video.time_base


@dataclass(frozen=True)
class SourceTimes:
    """What packets and index tell."""

    frames: FrameTimes
    frame_rate: Fraction
    ends: dict[int, Fraction]
    """Stream index -> the end of a stream that was read whole."""
    bitstream: Bitstream | None
    sound: dict[int, PacketTimes]
    """Stream index -> the packets of an AAC track, where all are known."""


def read_times(container: InputContainer, video: AvVideoStream, *, first_pts: int, size_bytes: int) -> SourceTimes:
    """When frames are shown and sound is heard."""
    base = _time_base(video)
    if container.format.name in BARE_DEMUXERS:
        return _count_packets(container, video, base)
    duration = _video_duration(container, video)
    check_not_truncated(video, size_bytes)
    scan = scan_packets(container, video, is_length_known=duration is not None)
    delay = scan.delay_before(first_pts)
    keyframes = sorted({pts + delay for pts in scan.keyframes if pts + delay >= first_pts})
    times = scan.times if scan.is_whole else shown_so_far(scan.times)
    pts = sorted({pts + delay for pts in times if pts + delay >= first_pts}) or [first_pts]
    if scan.is_whole:
        rates, untimed = declared_rates(video), scan.untimed_count
        frames, rate = measure_frames(pts, keyframes, base, rates, scan.latest_duration, untimed)
        sound = {index: watch.describe() for index, watch in scan.sound.items()}
        return _describe(frames, rate, scan, sound)
    if has_index(video):
        frames, rate = measure_index(video, first_pts, declared_rates(video))
        sound = {track.index: read_index(track) for track in container.streams.audio if track.index in scan.sound}
    else:
        end = max(_tail_end(container, video), int((duration or 0) / base) + first_pts)
        frames, rate = assume_frames(pts, keyframes, base, declared_rates(video), end, video.frames or None)
        frames, sound = add_keyframes(frames, video), {}
    if (
        scan.bitstream
        and frames.keyframes
        and not look_at_keyframes(container, video, frames.keyframes, scan.bitstream)
    ):
        frames = replace(frames, keyframes=())
    return _describe(frames, rate, scan, sound)


def _count_packets(container: InputContainer, video: AvVideoStream, base: Fraction) -> SourceTimes:
    """A stream without a container: its packets have no times, or guessed ones; but each is a frame."""
    count = sum(1 for packet in container.demux(video) if packet.size)
    if count > MOST_PACKETS:
        raise UnsupportedMedia("This file has far too many pictures.")
    rate = video.guessed_rate or Fraction(25)
    return SourceTimes(count_frames(max(1, count), rate, base), rate, ends={}, bitstream=None, sound={})


def _describe(frames: FrameTimes, rate: Fraction, scan: Scan, sound: dict[int, PacketTimes | None]) -> SourceTimes:
    return SourceTimes(
        frames=frames,
        frame_rate=rate,
        ends=scan.ends,
        bitstream=scan.bitstream.describe() if scan.bitstream else None,
        sound={index: packets for index, packets in sound.items() if packets},
    )


def _video_duration(container: InputContainer, video: AvVideoStream) -> Fraction | None:
    if video.duration and video.time_base:
        return video.duration * video.time_base
    return Fraction(container.duration, av.time_base) if container.duration else None


def _tail_end(container: InputContainer, video: AvVideoStream) -> int:
    """When the last packet of the picture ends, read near the end of the file; 0 when that cannot be read."""
    base = _time_base(video)
    end = 0
    started = time.monotonic()
    try:
        start = (container.duration or 0) + (container.start_time or 0) - TAIL_S * av.time_base
        container.seek(max(0, start))
        for packet in container.demux(video):
            moment = packet.pts if packet.pts is not None else packet.dts
            end = max(end, (moment or 0) + (packet.duration or 0))
            if time.monotonic() - started > QUICK_SCAN_S:
                break
    except av.error.FFmpegError:
        return 0
    return end if end * base > 0 else 0
