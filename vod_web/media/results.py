"""What did an encode make?

FFmpeg writes one fragmented MP4 file for each rendition of a chunk, with a fragment for each segment. Here it is taken
apart into the init segment and the media segments, each under its number.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from mmap import ACCESS_READ, mmap
from pathlib import Path

from vod_web.core.errors import EncodeFailed

from .boxes import Fragment, InitSegment, read_boxes, read_fragment, read_init_segment
from .commands import ENCODED_NAME
from .plan import OUTPUT_OFFSET_S
from .playlists import INIT_NAME
from .records import Record

INIT_BOXES = (b"ftyp", b"moov")
FRAGMENT_BOXES = (b"moof", b"mdat")


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


class EncodedFile:
    """The file that FFmpeg wrote for one rendition; open for as long as the `with` block lasts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / ENCODED_NAME
        if not path.is_file() or path.stat().st_size == 0:
            raise EncodeFailed("FFmpeg ended without writing anything.")
        with path.open("rb") as file:
            self._data = mmap(file.fileno(), 0, access=ACCESS_READ)

    def __enter__(self) -> "EncodedFile":
        with memoryview(self._data) as view:
            boxes = [(box.kind, box.start, box.size) for box in read_boxes(view)]
        self.init_bytes = b"".join(
            self._data[start : start + size] for kind, start, size in boxes if kind in INIT_BOXES
        )
        self.init: InitSegment = read_init_segment(self.init_bytes)
        self.fragments = [
            self._read_fragment(start, size)
            for (kind, start, size), (following, _, _) in zip(boxes, [*boxes[1:], (b"", 0, 0)], strict=True)
            if kind == b"moof" and following == b"mdat"
        ]
        return self

    def __exit__(self, *_: object) -> None:
        self._data.close()

    def _read_fragment(self, start: int, size: int) -> EncodedFragment:
        length = int.from_bytes(self._data[start + size : start + size + 4], "big")
        end = start + size + length
        fragment = read_fragment(self._data[start : start + size])
        return EncodedFragment(fragment, self.init.timescale, start, end)

    def bytes_of(self, fragment: EncodedFragment) -> bytes:
        """The bytes of one fragment."""
        return self._data[fragment.first_byte : fragment.last_byte]


def split_file(
    encoded: EncodedFile, name: str, *, number_of: Callable[[int, EncodedFragment], int], end_s: Fraction
) -> RenditionFiles:
    """Take an encoded file apart into segments beside it, and remove it.

    `number_of` says the segment number of a fragment, by its position and its times; fragments of one number become one
    segment. `end_s` is when the last segment ends.
    """
    groups: dict[int, list[EncodedFragment]] = {}
    for position, fragment in enumerate(encoded.fragments):
        groups.setdefault(number_of(position, fragment), []).append(fragment)
    starts = [group[0].start_s for group in groups.values()]
    ends = [*starts[1:], max(end_s, starts[-1])]
    segments = tuple(
        _write_segment(encoded, name, number, group, end - group[0].start_s)
        for (number, group), end in zip(groups.items(), ends, strict=True)
    )
    init_path = encoded.folder / INIT_NAME
    init_path.write_bytes(encoded.init_bytes)
    (encoded.folder / ENCODED_NAME).unlink()
    return RenditionFiles(
        name=name,
        init_path=init_path,
        init_size_bytes=len(encoded.init_bytes),
        init_sha256=sha256(encoded.init_bytes).hexdigest(),
        codecs=encoded.init.codecs,
        width_px=encoded.init.width_px,
        height_px=encoded.init.height_px,
        segments=segments,
    )


def _write_segment(
    encoded: EncodedFile, name: str, number: int, group: Iterable[EncodedFragment], duration_s: Fraction
) -> SegmentFile:
    fragments = list(group)
    path = encoded.folder / f"{number}.m4s"
    with path.open("wb") as file:
        for fragment in fragments:
            file.write(encoded.bytes_of(fragment))
    return SegmentFile(
        rendition=name,
        number=number,
        path=path,
        size_bytes=path.stat().st_size,
        start_s=fragments[0].start_s,
        duration_s=duration_s,
        frame_count=sum(fragment.fragment.sample_count for fragment in fragments),
        keyframe_end=fragments[0].fragment.keyframe_end,
    )
