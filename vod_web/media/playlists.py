"""What do the playlists say?

Written by us from measured sizes and times, because FFmpeg's own leave the sound out of BANDWIDTH. RFC 8216, its
successor draft-pantos-hls-rfc8216bis, and Apple's HLS authoring specification.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from .records import Record

INIT_NAME = "init.mp4"
MEDIA_NAME = "media.m3u8"
IFRAMES_NAME = "iframes.m3u8"
MULTIVARIANT_NAME = "multivariant.m3u8"
AUDIO_GROUP = "audio"
SURROUND_GROUP = "surround"
VERSION = 7
"""EXT-X-MAP outside of I-frame playlists needs 6, fragmented MP4 in practice 7."""
FIRST_VARIANT_BPS = 2_000_000
"""Players that do not measure begin with the variant that stands first: Apple asks for about 2 Mbit/s there."""


@dataclass(frozen=True)
class PlaylistSegment(Record):
    """One line of a media playlist."""

    number: int
    duration_s: Fraction
    size_bytes: int
    keyframe_end: int = 0
    """Bytes to the end of the first picture, for the I-frame playlist."""

    @property
    def name(self) -> str:
        """The file's name, relative to the playlist."""
        return f"{self.number}.m4s"


@dataclass(frozen=True)
class Bitrate(Record):
    """Measured bit rates."""

    peak_bps: int
    average_bps: int


@dataclass(frozen=True)
class Variant(Record):
    """One video rendition as the multivariant playlist names it."""

    name: str
    codecs: str
    width_px: int
    height_px: int
    frame_rate: Fraction
    bitrate: Bitrate
    iframe_bitrate: Bitrate | None = None
    """None: there is no I-frame playlist."""


@dataclass(frozen=True)
class AudioVariant(Record):
    """One audio rendition as the multivariant playlist names it."""

    name: str
    codecs: str
    label: str
    language: str | None
    is_default: bool
    channels: int
    bitrate: Bitrate
    group: str = AUDIO_GROUP
    """Each picture is listed once with each group."""


def round_half_up(value: Fraction) -> int:
    """To the nearest whole number, halves up, as RFC 8216 section 4.3.3.1 compares durations."""
    return floor(value + Fraction(1, 2))


def target_duration(segments: Iterable[PlaylistSegment]) -> int:
    """The least EXT-X-TARGETDURATION for these segments; give it those of all renditions, it must be equal in all."""
    return max([1, *(round_half_up(segment.duration_s) for segment in segments)])


def measure_bitrate(segments: Sequence[PlaylistSegment], target_s: int) -> Bitrate:
    """Peak and average as RFC 8216 section 4.3.4.2 defines them.

    The peak is that of any run of segments between half and one and a half target durations long.
    """
    total_s = sum((segment.duration_s for segment in segments), Fraction(0))
    total_bits = sum(segment.size_bytes for segment in segments) * 8
    average = total_bits / total_s if total_s else Fraction(0)
    peaks = [bits / length for bits, length in _runs(segments, target_s)]
    return Bitrate(peak_bps=ceil(max([average, *peaks])), average_bps=ceil(average))


def _runs(segments: Sequence[PlaylistSegment], target_s: int) -> Iterable[tuple[int, Fraction]]:
    """Bits and length of every run of segments that counts for the peak."""
    for first in range(len(segments)):
        bits, length = 0, Fraction(0)
        for segment in segments[first:]:
            bits += segment.size_bytes * 8
            length += segment.duration_s
            if length > target_s * Fraction(3, 2):
                break
            if length >= Fraction(target_s, 2):
                yield bits, length


def format_duration(value: Fraction) -> str:
    """Seconds with six decimals."""
    return f"{float(value):.6f}"


def format_media_playlist(
    segments: Sequence[PlaylistSegment], *, target_s: int, init_name: str = INIT_NAME, is_complete: bool = True
) -> str:
    """The playlist of one rendition: all its segments, from the first one on."""
    lines = [*media_head(target_s), f'#EXT-X-MAP:URI="{init_name}"']
    for segment in segments:
        lines += [f"#EXTINF:{format_duration(segment.duration_s)},", segment.name]
    return _join(lines, is_complete=is_complete)


def format_iframe_playlist(segments: Sequence[PlaylistSegment], *, target_s: int, init_name: str = INIT_NAME) -> str:
    """The first picture of each segment, for fast winding (RFC 8216 section 4.3.3.6)."""
    head = media_head(target_s)
    lines = [*head, "#EXT-X-I-FRAMES-ONLY", f'#EXT-X-MAP:URI="{init_name}"']
    for segment in segments:
        lines += [
            f"#EXTINF:{format_duration(segment.duration_s)},",
            f"#EXT-X-BYTERANGE:{segment.keyframe_end}@0",
            segment.name,
        ]
    return _join(lines, is_complete=True)


def media_head(target_s: int) -> list[str]:
    """With what every media playlist begins."""
    return [
        "#EXTM3U",
        f"#EXT-X-VERSION:{VERSION}",
        f"#EXT-X-TARGETDURATION:{target_s}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]


def _join(lines: Sequence[str], *, is_complete: bool) -> str:
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if is_complete else [])]) + "\n"


def format_multivariant_playlist(variants: Sequence[Variant], audio: Sequence[AudioVariant] = ()) -> str:
    """The playlist that names all renditions; addresses in it are relative.

    Groups of sound must have the same members, which differ in nothing but channels and address (RFC 8216 4.3.4.1.1).
    """
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    lines += [_format_audio(rendition) for rendition in audio]
    for group in dict.fromkeys(rendition.group for rendition in audio) or [""]:
        members = [rendition for rendition in audio if rendition.group == group]
        for variant in order_variants(variants):
            lines += [_format_variant(variant, members), f"{variant.name}/{MEDIA_NAME}"]
    lines += [_format_iframes(variant) for variant in variants if variant.iframe_bitrate]
    return "\n".join(lines) + "\n"


def order_variants(variants: Sequence[Variant]) -> list[Variant]:
    """The best that an ordinary line carries first, then the rest from the largest down."""
    ordered = sorted(variants, key=lambda variant: variant.width_px * variant.height_px, reverse=True)
    first = next((v for v in ordered if v.bitrate.average_bps <= FIRST_VARIANT_BPS), None)
    return [first, *(v for v in ordered if v is not first)] if first else ordered[::-1]


def _format_audio(rendition: AudioVariant) -> str:
    return "#EXT-X-MEDIA:" + attributes(
        {
            "TYPE": "AUDIO",
            "GROUP-ID": quote(rendition.group),
            "NAME": quote(rendition.label),
            "LANGUAGE": quote(rendition.language) if rendition.language else None,
            "DEFAULT": "YES" if rendition.is_default else "NO",
            "AUTOSELECT": "YES",
            "CHANNELS": quote(str(rendition.channels)),
            "URI": quote(f"{rendition.name}/{MEDIA_NAME}"),
        }
    )


def _format_variant(variant: Variant, audio: Sequence[AudioVariant]) -> str:
    """A picture with one group of sound."""
    codecs = [variant.codecs, *dict.fromkeys(rendition.codecs for rendition in audio)]
    peak = variant.bitrate.peak_bps + max((a.bitrate.peak_bps for a in audio), default=0)
    average = variant.bitrate.average_bps + max((a.bitrate.average_bps for a in audio), default=0)
    return "#EXT-X-STREAM-INF:" + attributes(
        {
            "BANDWIDTH": str(peak),
            "AVERAGE-BANDWIDTH": str(average),
            "CODECS": quote(",".join(codecs)),
            "RESOLUTION": f"{variant.width_px}x{variant.height_px}",
            "FRAME-RATE": f"{float(variant.frame_rate):.3f}",
            "VIDEO-RANGE": "SDR",
            "AUDIO": quote(audio[0].group) if audio else None,
        }
    )


def _format_iframes(variant: Variant) -> str:
    bitrate = variant.iframe_bitrate or variant.bitrate
    return "#EXT-X-I-FRAME-STREAM-INF:" + attributes(
        {
            "BANDWIDTH": str(bitrate.peak_bps),
            "AVERAGE-BANDWIDTH": str(bitrate.average_bps),
            "CODECS": quote(variant.codecs),
            "RESOLUTION": f"{variant.width_px}x{variant.height_px}",
            "VIDEO-RANGE": "SDR",
            "URI": quote(f"{variant.name}/{IFRAMES_NAME}"),
        }
    )


def attributes(values: Mapping[str, str | None]) -> str:
    """An attribute list of RFC 8216 section 4.2, of those that have a value."""
    return ",".join(f"{name}={value}" for name, value in values.items() if value is not None)


def quote(text: str) -> str:
    """A quoted string of RFC 8216 section 4.2: it cannot hold quotes or line breaks, whatever a file's title says."""
    return '"' + "".join(" " if character in '"\r\n' else character for character in text) + '"'
