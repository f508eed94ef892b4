"""Published HLS, read back strictly: playlists by RFC 8216, segments by the boxes in them.

Written apart from what writes them, so that both make the same mistake only where the specification is misread.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

import av

from vod_web.media.boxes import find_boxes

ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(?:,|$)')

Fetch = Callable[[str], bytes]
"""Gives a file by its name relative to the multivariant playlist."""


class BadPlaylist(AssertionError):
    """A text that is no playlist at all."""


def folder_reader(folder: Path) -> Fetch:
    """Reads published files from a folder."""
    return lambda name: (folder / name).read_bytes()


def parse_attributes(text: str) -> dict[str, str]:
    """An attribute list of RFC 8216 section 4.2; quoted strings keep their quotes, so that they can be told apart."""
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        match = ATTRIBUTE.match(text, place)
        if match is None or match[1] in found:
            raise BadPlaylist(f"not an attribute list: {text}")
        found[match[1]] = match[2]
        place = match.end()
    return found


def unquote(value: str) -> str:
    """The text of a quoted string; BadPlaylist when it is none."""
    if not (len(value) >= 2 and value[0] == value[-1] == '"'):
        raise BadPlaylist(f"not a quoted string: {value}")
    return value[1:-1]


def read_lines(data: bytes) -> list[str]:
    """The lines of a playlist; comments and empty ones are left out."""
    text = data.decode("utf-8")
    if not text.startswith("#EXTM3U\n") or not text.endswith("\n") or "\r" in text:
        raise BadPlaylist("not the beginning and end of a playlist")
    return [line for line in text.splitlines() if line and (not line.startswith("#") or line.startswith("#EXT"))]


@dataclass(frozen=True)
class Tagged:
    """A tag with attributes, and the address that belongs to it."""

    attributes: Mapping[str, str]
    uri: str

    def text(self, name: str) -> str | None:
        """The value of an attribute that is a quoted string."""
        value = self.attributes.get(name)
        return None if value is None else unquote(value)


@dataclass(frozen=True)
class Multivariant:
    """A multivariant playlist."""

    tags: Mapping[str, str]
    """Tags without attributes of interest: version, independent segments."""
    media: tuple[Tagged, ...]
    variants: tuple[Tagged, ...]
    iframes: tuple[Tagged, ...]


def parse_multivariant(data: bytes) -> Multivariant:
    """Read a multivariant playlist."""
    tags: dict[str, str] = {}
    media, variants, iframes = [], [], []
    pending: dict[str, str] | None = None
    for line in read_lines(data):
        name, _, value = line.partition(":")
        if pending is not None:
            if line.startswith("#"):
                raise BadPlaylist("EXT-X-STREAM-INF without an address")
            variants.append(Tagged(pending, line))
            pending = None
        elif name == "#EXT-X-STREAM-INF":
            pending = parse_attributes(value)
        elif name == "#EXT-X-MEDIA":
            attributes = parse_attributes(value)
            media.append(Tagged(attributes, unquote(attributes.get("URI", '""'))))
        elif name == "#EXT-X-I-FRAME-STREAM-INF":
            attributes = parse_attributes(value)
            iframes.append(Tagged(attributes, unquote(attributes["URI"])))
        elif not line.startswith("#") or name in tags:
            raise BadPlaylist(f"does not belong here: {line}")
        else:
            tags[name] = value
    return Multivariant(tags, tuple(media), tuple(variants), tuple(iframes))


@dataclass(frozen=True)
class Listed:
    """One segment as a media playlist lists it."""

    uri: str
    duration_s: Fraction
    length: int | None
    """Of the byte range that begins at 0; None: all of the file."""


@dataclass(frozen=True)
class MediaPlaylist:
    """A media playlist."""

    tags: Mapping[str, str]
    map_uri: str | None
    segments: tuple[Listed, ...]

    @property
    def target_s(self) -> int:
        """EXT-X-TARGETDURATION."""
        return int(self.tags["#EXT-X-TARGETDURATION"])

    @property
    def duration_s(self) -> Fraction:
        """Of all segments."""
        return sum((segment.duration_s for segment in self.segments), Fraction(0))


def parse_media(data: bytes) -> MediaPlaylist:
    """Read a media playlist."""
    tags: dict[str, str] = {}
    segments: list[Listed] = []
    map_uri = None
    duration: Fraction | None = None
    length: int | None = None
    for line in read_lines(data):
        name, _, value = line.partition(":")
        if not line.startswith("#"):
            if duration is None:
                raise BadPlaylist(f"no duration of {line}")
            segments.append(Listed(line, duration, length))
            duration, length = None, None
        elif name == "#EXTINF":
            duration = Fraction(value.split(",")[0])
        elif name == "#EXT-X-BYTERANGE":
            length = int(value.removesuffix("@0"))
        elif name == "#EXT-X-MAP":
            map_uri = unquote(parse_attributes(value)["URI"])
        elif name in tags:
            raise BadPlaylist(f"twice: {line}")
        else:
            tags[name] = value
    return MediaPlaylist(tags, map_uri, tuple(segments))


@dataclass(frozen=True)
class Sample:
    """One frame of a segment, in ticks of the track."""

    dts: int
    pts: int
    duration: int
    size: int
    is_key: bool
    data: bytes


@dataclass(frozen=True)
class Rendition:
    """A media playlist with its files."""

    folder: str
    playlist: MediaPlaylist
    fetch: Fetch

    @cached_property
    def init(self) -> bytes:
        """The init segment."""
        return self.fetch(f"{self.folder}/{self.playlist.map_uri}")

    @cached_property
    def files(self) -> list[bytes]:
        """The segments, cut to their byte ranges."""
        return [self.fetch(f"{self.folder}/{s.uri}")[: s.length] for s in self.playlist.segments]

    @cached_property
    def samples(self) -> list[list[Sample]]:
        """The samples of each segment."""
        return [self._read_samples(file) for file in self.files]

    @cached_property
    def time_base(self) -> Fraction:
        """Of the track."""
        with self.open(self.init) as container:
            return Fraction(container.streams[0].time_base)

    def open(self, data: bytes) -> Any:
        """Open an init segment, or one with media, without the corrections that FFmpeg makes by itself."""
        return av.open(BytesIO(data), format="mov", options={"ignore_editlist": "1"})

    def _read_samples(self, file: bytes) -> list[Sample]:
        with self.open(self.init + file) as container:
            packets = [packet for packet in container.demux(container.streams[0]) if packet.size]
            return [Sample(p.dts, p.pts, p.duration, p.size, p.is_keyframe, bytes(p)) for p in packets]

    def decode_time(self, number: int) -> int:
        """What the `tfdt` box of a segment's first fragment says."""
        box = next(find_boxes(self.files[number], b"moof", b"traf", b"tfdt")).body
        return int.from_bytes(box[4:12] if box[0] else box[4:8], "big")


def list_renditions(uris: Iterable[str], fetch: Fetch) -> dict[str, Rendition]:
    """The renditions at some addresses."""
    return {uri: Rendition(str(PurePosixPath(uri).parent), parse_media(fetch(uri)), fetch) for uri in uris}
