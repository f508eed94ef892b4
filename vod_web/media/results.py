"""What did an encode make?"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from .boxes import Fragment
from .plan import OUTPUT_OFFSET_S
from .records import Record


@dataclass(frozen=True)
class SegmentFile(Record):
    """One finished media segment."""

    rendition: str
    number: int
    """Its place on the timeline (video) or in the track (audio), from 0."""
    path: Path
    size_bytes: int
    start_s: Fraction
    """When its first frame is shown, from the beginning of the video; a little below 0 for the first segment of audio,
    which begins with the encoder's silence."""
    duration_s: Fraction
    """Until the next segment begins; that of the last one until its last frame ends."""
    frame_count: int
    """Pictures, or AAC frames."""
    keyframe_end: int
    """Bytes from the beginning of the file to the end of its first picture."""


@dataclass(frozen=True)
class RenditionFiles(Record):
    """What one command made of one rendition: the init segment and the media segments in order."""

    name: str
    init_path: Path
    init_size_bytes: int
    init_sha256: str
    """The same for every chunk of a rendition, or the chunks do not join."""
    codecs: str
    width_px: int
    height_px: int
    segments: tuple[SegmentFile, ...]

    @property
    def size_bytes(self) -> int:
        """Of all media segments."""
        return sum(segment.size_bytes for segment in self.segments)

    @property
    def frame_count(self) -> int:
        """Of all media segments."""
        return sum(segment.frame_count for segment in self.segments)


@dataclass(frozen=True)
class EncodedFragment:
    """One fragment of an encoded file, not yet a segment."""

    fragment: Fragment
    timescale: int
    first_byte: int
    last_byte: int
    """The byte after its last one."""

    def seconds(self, ticks: int) -> Fraction:
        """A time of this file from the beginning of the video."""
        return Fraction(ticks, self.timescale) - OUTPUT_OFFSET_S

    @property
    def start_s(self) -> Fraction:
        """When its first sample is shown."""
        return self.seconds(self.fragment.first_pts)

    @property
    def end_s(self) -> Fraction:
        """When its last sample stops being shown."""
        return self.seconds(self.fragment.last_pts + self.fragment.last_duration)


OnSegments = Callable[[RenditionFiles], None]
"""Called while FFmpeg runs, with the segments that are new since the last call. An exception from it ends FFmpeg."""
