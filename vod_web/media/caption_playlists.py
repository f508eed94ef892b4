"""How do HLS players find the captions of a video? Pure; text.

Pages give the same captions to our player beside the playlist; these are for apps and for browsers that play HLS by
themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .caption_plan import UNKNOWN_LANGUAGE, CaptionKind
from .plan import OUTPUT_OFFSET_S
from .playlists import attributes, format_duration, media_head, quote, round_half_up
from .records import Record
from .webvtt import Cue, format_webvtt

GROUP = "captions"
SEGMENT_NAME = "0.vtt"
TELLS_SOUNDS = (
    "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"  # Apple's names
)
_MEDIA, _VARIANT, _IN_VARIANT = "#EXT-X-MEDIA:TYPE=SUBTITLES,", "#EXT-X-STREAM-INF:", f",SUBTITLES={quote(GROUP)}"


@dataclass(frozen=True)
class CaptionVariant(Record):
    """One caption track as the multivariant playlist names it."""

    address: str
    """Of its media playlist, relative to the multivariant playlist."""
    label: str
    language: str
    kind: CaptionKind
    is_forced: bool


def format_caption_segment(cues: Sequence[Cue]) -> str:
    """The one segment of a track: its clock is that of the segments of picture and sound."""
    return format_webvtt(cues, origin_s=Fraction(OUTPUT_OFFSET_S))


def format_caption_playlist(duration_s: Fraction) -> str:
    """The media playlist of a track; it may have a longer target duration than others (RFC 8216bis 4.4.3.1)."""
    lines = [
        *media_head(max(1, round_half_up(duration_s))),
        f"#EXTINF:{format_duration(duration_s)},",
        SEGMENT_NAME,
        "#EXT-X-ENDLIST",
    ]
    return "\n".join(lines) + "\n"


def name_captions(multivariant: str, captions: Sequence[CaptionVariant]) -> str:
    """The multivariant playlist with these captions, instead of any that it names already."""
    lines = [line.replace(_IN_VARIANT, "") for line in multivariant.splitlines() if not line.startswith(_MEDIA)]
    if captions:
        lines = [line + _IN_VARIANT if line.startswith(_VARIANT) else line for line in lines]
        place = next((n for n, line in enumerate(lines) if line.startswith(_VARIANT)), len(lines))
        lines[place:place] = [
            _format(caption, label) for caption, label in zip(captions, _labels(captions), strict=True)
        ]
    return "\n".join(lines) + "\n"


def _labels(captions: Sequence[CaptionVariant]) -> list[str]:
    """All different, as RFC 8216 4.3.4.1.1 demands of a group."""
    labels: list[str] = []
    for number, caption in enumerate(captions, start=1):
        labels.append(caption.label if caption.label not in labels else f"{caption.label} ({number})")
    return labels


def _format(caption: CaptionVariant, label: str) -> str:
    values = {
        "TYPE": "SUBTITLES",
        "GROUP-ID": quote(GROUP),
        "NAME": quote(label),
        "LANGUAGE": quote(caption.language) if caption.language != UNKNOWN_LANGUAGE else None,
        "DEFAULT": "NO",  # captions that nobody asked for are not shown: many files mark a track without meaning it
        "AUTOSELECT": "YES",
        "FORCED": "YES" if caption.is_forced else "NO",
        "CHARACTERISTICS": quote(TELLS_SOUNDS) if caption.kind == "captions" else None,
        "URI": quote(caption.address),
    }
    return "#EXT-X-MEDIA:" + attributes(values)
