"""What is known of a source after it was probed?"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from .records import Record


class Hdr(StrEnum):
    """Which kind of high dynamic range the picture has."""

    NONE = "none"
    PQ = "pq"  # HDR10, HDR10+, Dolby Vision with an HDR10 base (SMPTE ST 2084)
    HLG = "hlg"  # broadcast HDR, Dolby Vision 8.4 (ARIB STD-B67)


WIDE_PRIMARIES = ("bt2020", "smpte431", "smpte432")
"""BT.2020, and P3 as cinemas and as displays have it."""


@dataclass(frozen=True)
class Colour(Record):
    """How sample values mean colours, in FFmpeg's names; "unknown" where the source does not say."""

    matrix: str = "unknown"
    primaries: str = "unknown"
    transfer: str = "unknown"
    is_full_range: bool = False

    @property
    def hdr(self) -> Hdr:
        """The kind of HDR that the transfer function means."""
        return {"smpte2084": Hdr.PQ, "arib-std-b67": Hdr.HLG}.get(self.transfer, Hdr.NONE)

    @property
    def is_wide(self) -> bool:
        """Whether its primaries span clearly more colours than BT.709, so that they must be converted."""
        return self.primaries in WIDE_PRIMARIES


@dataclass(frozen=True)
class FrameTimes(Record):
    """When frames are shown: by a constant rate, or by the list of times at which a segment could begin."""

    first_pts: int
    """Of the first frame that can be decoded, in the stream's time base."""
    last_pts: int
    """Of the last frame."""
    end_pts: int
    """When the last frame stops being shown."""
    frame_count: int | None
    """None when nobody counted (a long file without an index)."""
    longest_frame_s: float | None
    """How long the longest of the frames is shown; None when not known."""
    is_variable: bool
    is_measured: bool
    """The times were read from packets or the index, not taken from the header."""
    cuts: tuple[int, ...] = ()
    """Variable rate only: the first frame in each second, true frame times, where known."""
    keyframes: tuple[int, ...] = ()
    """Times of keyframes, thinned to two a second; empty when the container has no index and was too long to scan."""
    keyframe_gap_s: float | None = None
    """The longest wait from one keyframe to the next, before thinning."""


@dataclass(frozen=True)
class Bitstream(Record):
    """What the packets of an H.264 picture say, as far as they were looked at: whether they can be copied."""

    codecs: str
    """As RFC 6381 writes it: "avc1.640028"."""
    is_closed: bool
    """Every keyframe is an IDR picture, and no frame after it is shown before it."""
    is_constant: bool
    """The parameter sets never change."""
    is_cut: bool
    """The container says to leave out frames that others need: an edit list that begins inside a GOP."""
    delay_s: float
    """How long a keyframe waits between decoding and showing, at most."""


@dataclass(frozen=True)
class VideoStream(Record):
    """The moving picture that is encoded: the first that is not a cover picture."""

    index: int
    codec: str
    profile: str | None
    pixel_format: str
    bit_depth: int
    width_px: int
    """As coded: before rotation and sample aspect ratio."""
    height_px: int
    sample_aspect_ratio: Fraction
    rotation_deg: int
    """Clockwise quarter turns for showing: 0, 90, 180, 270."""
    frame_rate: Fraction
    """The constant rate, or the average of a variable one."""
    is_interlaced: bool
    colour: Colour
    time_base: Fraction
    bitrate_bps: int | None
    has_b_frames: bool
    frames: FrameTimes
    bitstream: Bitstream | None = None
    """H.264 only."""
    is_mirrored: bool = False
    """Left and right change places for showing, after the turn."""

    @property
    def is_variable_frame_rate(self) -> bool:
        """Whether frames are not evenly spaced."""
        return self.frames.is_variable

    @property
    def start_s(self) -> Fraction:
        """When the first frame is shown, on the source's own clock."""
        return self.frames.first_pts * self.time_base

    @property
    def duration_s(self) -> Fraction:
        """From the first frame shown to the end of the last one."""
        return (self.frames.end_pts - self.frames.first_pts) * self.time_base

    @property
    def display_size(self) -> tuple[int, int]:
        """Width and height as a viewer sees it: square pixels, turned upright, not yet even."""
        width, height = self.width_px, self.height_px
        if self.sample_aspect_ratio > 1:
            width = round(width * self.sample_aspect_ratio)
        elif self.sample_aspect_ratio < 1:
            height = round(height / self.sample_aspect_ratio)
        return (height, width) if self.rotation_deg in (90, 270) else (width, height)


@dataclass(frozen=True)
class PacketTimes(Record):
    """When the packets of a sound track begin, where all of them are known."""

    time_base: Fraction
    first_pts: int
    count: int
    is_even: bool
    """Each begins where the one before ends."""


@dataclass(frozen=True)
class AudioTrack(Record):
    """One sound track of the source."""

    index: int
    """Of the stream in the file."""
    codec: str
    profile: str | None
    channels: int
    layout: str
    sample_rate_hz: int
    language: str | None
    """As the file says it, "und" left out."""
    title: str | None
    is_default: bool
    start_s: Fraction | None
    duration_s: Fraction | None
    bitrate_bps: int | None
    packets: PacketTimes | None = None
    """AAC only: whether the track can be copied."""


@dataclass(frozen=True)
class SubtitleTrack(Record):
    """One subtitle track of the source."""

    index: int
    codec: str
    is_text: bool
    """Text can become a caption track; pictures (DVD, Blu-ray) cannot."""
    language: str | None
    title: str | None
    is_default: bool
    is_forced: bool
    is_hearing_impaired: bool = False
    """It tells sounds too, for those who do not hear them."""


@dataclass(frozen=True)
class Chapter(Record):
    """One chapter that the file names."""

    start_s: Fraction
    end_s: Fraction
    title: str | None


@dataclass(frozen=True)
class Probe(Record):
    """All facts read from a source; nothing in it is a decision."""

    container: str
    """FFmpeg's name of the demuxer."""
    size_bytes: int
    duration_s: Fraction
    """Of the longest of the picture and the tracks whose length is known."""
    start_s: Fraction
    bitrate_bps: int | None
    video: VideoStream
    audio: tuple[AudioTrack, ...] = ()
    subtitles: tuple[SubtitleTrack, ...] = ()
    chapters: tuple[Chapter, ...] = ()
