"""What did an encode make? Reads the files that FFmpeg left, and gives each its place on the timeline."""

from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from vod_web.core.errors import EncodeFailed

from .boxes import Fragment, InitSegment, read_fragment, read_init_segment
from .commands import INIT_NAME
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
class FoundSegment:
    """A file that FFmpeg wrote, not yet placed."""

    path: Path
    fragment: Fragment
    timescale: int

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


def read_init(folder: Path) -> tuple[InitSegment, bytes]:
    """The init segment in a rendition's folder; EncodeFailed without one."""
    path = folder / INIT_NAME
    if not path.is_file() or path.stat().st_size == 0:
        raise EncodeFailed("FFmpeg ended without writing anything.")
    data = path.read_bytes()
    return read_init_segment(data), data


def find_segments(folder: Path, timescale: int) -> list[FoundSegment]:
    """The media segments in a rendition's folder, in the order of their numbers."""
    paths = sorted(folder.glob("*.m4s"), key=lambda path: int(path.stem))
    return [FoundSegment(path, read_fragment(path.read_bytes()), timescale) for path in paths]


def join_files(paths: list[Path], target: Path) -> None:
    """Several segments as one: their fragments one after another."""
    joined = b"".join(path.read_bytes() for path in paths)
    for path in paths:
        path.unlink()
    target.write_bytes(joined)


def place_segments(
    rendition: str, found: list[tuple[int, FoundSegment]], *, folder: Path, end_s: Fraction
) -> tuple[SegmentFile, ...]:
    """Segments under their true numbers.

    `found` says the number of each file; files of one number are joined. `end_s` is when the last one ends.
    """
    groups: dict[int, list[FoundSegment]] = {}
    for number, segment in found:
        groups.setdefault(number, []).append(segment)
    starts = [group[0].start_s for group in groups.values()]
    ends = [*starts[1:], end_s]
    return tuple(
        _place(rendition, number, group, folder, end - start)
        for (number, group), start, end in zip(groups.items(), starts, ends, strict=True)
    )


def _place(rendition: str, number: int, group: list[FoundSegment], folder: Path, duration_s: Fraction) -> SegmentFile:
    path = folder / f"{number}.m4s"
    if [segment.path for segment in group] != [path]:
        join_files([segment.path for segment in group], path)
    return SegmentFile(
        rendition=rendition,
        number=number,
        path=path,
        size_bytes=path.stat().st_size,
        start_s=group[0].start_s,
        duration_s=duration_s,
        frame_count=sum(segment.fragment.sample_count for segment in group),
        keyframe_end=group[0].fragment.keyframe_end,
    )


def describe_rendition(
    name: str, folder: Path, init: InitSegment, data: bytes, segments: tuple[SegmentFile, ...]
) -> RenditionFiles:
    """The record of one rendition's files."""
    return RenditionFiles(
        name=name,
        init_path=folder / INIT_NAME,
        init_size_bytes=len(data),
        init_sha256=sha256(data).hexdigest(),
        codecs=init.codecs,
        width_px=init.width_px,
        height_px=init.height_px,
        segments=segments,
    )
