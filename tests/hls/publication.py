"""A published video as players find it: its playlists, and the files that they name."""

from dataclasses import dataclass
from functools import cached_property

from tests.hls.reading import (
    Fetch,
    MediaPlaylist,
    Multivariant,
    Rendition,
    Tagged,
    list_renditions,
    parse_media,
    parse_multivariant,
)

MULTIVARIANT = "multivariant.m3u8"


@dataclass(frozen=True)
class Publication:
    """A video as players find it."""

    fetch: Fetch

    @cached_property
    def multivariant(self) -> Multivariant:
        """The multivariant playlist."""
        return parse_multivariant(self.fetch(MULTIVARIANT))

    @cached_property
    def pictures(self) -> dict[str, Rendition]:
        """Media playlists of pictures, by address, the largest first."""
        ordered = sorted(self.multivariant.variants, key=lambda v: resolution(v)[0] * resolution(v)[1], reverse=True)
        return list_renditions(dict.fromkeys(variant.uri for variant in ordered), self.fetch)

    @cached_property
    def sounds(self) -> dict[str, Rendition]:
        """Media playlists of sound."""
        return list_renditions((m.uri for m in self.multivariant.media if m.attributes["TYPE"] == "AUDIO"), self.fetch)

    @cached_property
    def iframes(self) -> dict[str, Rendition]:
        """I-frame playlists."""
        return list_renditions((tagged.uri for tagged in self.multivariant.iframes), self.fetch)

    @cached_property
    def captions(self) -> dict[str, MediaPlaylist]:
        """Media playlists of subtitles."""
        named = [m.uri for m in self.multivariant.media if m.attributes["TYPE"] == "SUBTITLES"]
        return {uri: parse_media(self.fetch(uri)) for uri in named}


def resolution(tagged: Tagged) -> tuple[int, int]:
    """Width and height that a tag declares."""
    width, _, height = tagged.attributes["RESOLUTION"].partition("x")
    return int(width), int(height)


def as_picture(iframes_uri: str) -> str:
    """The media playlist of the same picture."""
    return iframes_uri.replace("iframes", "media")
