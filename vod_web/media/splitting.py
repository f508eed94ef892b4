"""How does the file that FFmpeg writes become segments, while FFmpeg still writes it?

FFmpeg writes one fragmented MP4 file for each rendition of a chunk, with a fragment for each GOP. Here it is taken
apart into the init segment and the media segments, each under its number, as soon as they are complete: so the
beginning of a chunk can play before its end is made.
"""

import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from vod_web.core.errors import EncodeFailed, SourceDamaged

from .boxes import InitSegment, read_fragment, read_init_segment
from .commands import ENCODED_NAME
from .playlists import INIT_NAME
from .results import EncodedFragment, OnSegments, RenditionFiles, SegmentFile
from .runner import OnProgress, Tools, run_ffmpeg

INIT_BOXES = (b"ftyp", b"moov")

NumberOf = Callable[[EncodedFragment], int | None]
"""To which segment a fragment belongs; None for one that is not wanted. May raise."""


class SegmentSplitter:
    """The segments of one rendition of one command, in a folder of its own."""

    def __init__(self, folder: Path, name: str, number_of: NumberOf) -> None:
        self._folder = folder
        self._name = name
        self._number_of = number_of
        self._position = 0
        self._init = b""
        self._facts: InitSegment | None = None
        self._moof = b""
        self._group: list[EncodedFragment] = []
        self._number: int | None = None
        self._segments: list[SegmentFile] = []
        self._handed_out = 0
        self.frame_count = 0
        """Of the wanted fragments."""
        self.end_s: Fraction | None = None
        """When the last of them ends; None before there is one."""

    def advance(self) -> None:
        """Write the segments that have become complete."""
        path = self._folder / ENCODED_NAME
        if path.is_file():
            with path.open("rb") as file:
                self._read_boxes(file, path.stat().st_size)

    def finish(self, end_s: Fraction | None = None) -> RenditionFiles:
        """All segments, when FFmpeg has ended; the last one ends at `end_s`, else with its last frame.

        Removes the encoded file. Raises EncodeFailed when there is nothing in it.
        """
        self.advance()
        path = self._folder / ENCODED_NAME
        if self._facts is None or self.end_s is None:
            raise EncodeFailed("FFmpeg ended without writing anything.")
        if self._group:
            with path.open("rb") as file:
                self._close_group(file, self.end_s if end_s is None else end_s)
        path.unlink()
        return self._describe(self._segments)

    def take_new(self) -> RenditionFiles | None:
        """The segments that were not taken before; None when there are none."""
        new = self._segments[self._handed_out :]
        self._handed_out = len(self._segments)
        return self._describe(new) if new else None

    def _read_boxes(self, file: BinaryIO, size: int) -> None:
        """Read on from where the last look ended, as far as boxes are complete."""
        while (box := _read_header(file, self._position, size)) is not None:
            kind, box_size = box
            if kind in INIT_BOXES:
                self._init += _read_at(file, self._position, box_size)
            elif kind == b"moof":
                self._moof = _read_at(file, self._position, box_size)
            elif kind == b"mdat" and self._moof:
                self._note_fragment(file, self._position - len(self._moof), self._position + box_size)
                self._moof = b""
            self._position += box_size

    def _note_fragment(self, file: BinaryIO, first_byte: int, last_byte: int) -> None:
        if self._facts is None:
            self._facts = read_init_segment(self._init)
            (self._folder / INIT_NAME).write_bytes(self._init)
        fragment = EncodedFragment(read_fragment(self._moof), self._facts.timescale, first_byte, last_byte)
        number = self._number_of(fragment)
        if self._group and number != self._number:
            self._close_group(file, fragment.start_s)
        self._number = number
        if number is not None:
            self._group.append(fragment)
            self.frame_count += fragment.fragment.sample_count
            self.end_s = fragment.end_s

    def _close_group(self, file: BinaryIO, end_s: Fraction) -> None:
        """The segment that the fragments so far make is complete."""
        group, number = self._group, self._number
        if number is None or any(segment.number == number for segment in self._segments[-1:]):
            raise SourceDamaged("The video is damaged: its pictures are out of order.")
        path = self._folder / f"{number}.m4s"
        with path.open("wb") as segment:
            for fragment in group:
                segment.write(_read_at(file, fragment.first_byte, fragment.last_byte - fragment.first_byte))
        start_s = group[0].start_s
        self._segments.append(
            SegmentFile(
                rendition=self._name,
                number=number,
                path=path,
                size_bytes=path.stat().st_size,
                start_s=start_s,
                duration_s=max(end_s, start_s) - start_s,
                frame_count=sum(fragment.fragment.sample_count for fragment in group),
                keyframe_end=group[0].fragment.keyframe_end,
            )
        )
        self._group = []

    def _describe(self, segments: Sequence[SegmentFile]) -> RenditionFiles:
        facts = self._facts or read_init_segment(self._init)
        return RenditionFiles(
            name=self._name,
            init_path=self._folder / INIT_NAME,
            init_size_bytes=len(self._init),
            init_sha256=sha256(self._init).hexdigest(),
            codecs=facts.codecs,
            width_px=facts.width_px,
            height_px=facts.height_px,
            segments=tuple(segments),
        )


def _read_header(file: BinaryIO, position: int, size: int) -> tuple[bytes, int] | None:
    """Type and size of the box at a position; None when it is not all there yet."""
    header = _read_at(file, position, 16) if position + 8 <= size else b""
    if len(header) < 8:
        return None
    box_size, kind = struct.unpack_from(">I4s", header)
    if box_size == 1 and len(header) == 16:
        box_size = struct.unpack_from(">Q", header, 8)[0]
    return (kind, box_size) if box_size >= 8 and position + box_size <= size else None


def _read_at(file: BinaryIO, position: int, length: int) -> bytes:
    file.seek(position)
    return file.read(length)


def run_and_split(
    command: Sequence[str],
    splitters: Sequence[SegmentSplitter],
    *,
    work_dir: Path,
    tools: Tools,
    on_progress: OnProgress | None,
    on_segments: OnSegments | None,
) -> None:
    """Run FFmpeg, handing out segments as they get ready; the last ones are there after `finish`."""

    def look() -> None:
        for splitter in splitters:
            splitter.advance()
            hand_out(splitter, on_segments)

    run_ffmpeg(command, tools=tools, work_dir=work_dir, on_progress=on_progress, on_tick=look)
    for splitter in splitters:
        splitter.advance()


def hand_out(splitter: SegmentSplitter, on_segments: OnSegments | None) -> None:
    """Give the caller what is new."""
    if on_segments is not None and (new := splitter.take_new()) is not None:
        on_segments(new)
