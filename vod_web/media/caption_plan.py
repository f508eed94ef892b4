"""Which caption tracks are made of the subtitles of a source? Pure; part of the plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .formats import SUBTITLE_DECODERS
from .languages import language_name, language_tag
from .probed import Probe, SubtitleTrack
from .records import Record

MOST_TRACKS = 40
UNKNOWN_LANGUAGE = "und"
CaptionKind = Literal["subtitles", "captions"]
HEARING_WORDS = ("sdh", "hearing", "[cc]", "(cc)", "closed caption")
"""What titles say of tracks that tell sounds as well, where the file's own mark is missing."""
PICTURE_CODECS = ("dvd_subtitle", "hdmv_pgs_subtitle", "dvb_subtitle", "xsub")


@dataclass(frozen=True)
class CaptionPlan(Record):
    """One caption track, made of a text subtitle track of the source."""

    stream_index: int
    codec: str
    language: str
    """RFC 5646; "und" where nobody knows."""
    label: str
    """What menus show; different for each track of a video."""
    kind: CaptionKind
    """Captions tell sounds too, for those who do not hear them."""
    is_default: bool
    """The file names it as the one to choose first."""
    is_forced: bool
    """Only what everybody must read: signs, and speech in a foreign language."""


def plan_captions(probe: Probe) -> tuple[CaptionPlan, ...]:
    """A caption track for each subtitle track that is text."""
    tracks = [track for track in probe.subtitles if track.codec in SUBTITLE_DECODERS][:MOST_TRACKS]
    labels = _label_tracks(tracks)
    return tuple(
        CaptionPlan(
            stream_index=track.index,
            codec=track.codec,
            language=language_tag(track.language) or UNKNOWN_LANGUAGE,
            label=label,
            kind="captions" if _tells_sounds(track) else "subtitles",
            is_default=track.is_default,
            is_forced=track.is_forced,
        )
        for track, label in zip(tracks, labels, strict=True)
    )


def captions_left_out(probe: Probe) -> tuple[str, ...]:
    """Which subtitle tracks become no captions, and why, for the admin."""
    used = {caption.stream_index for caption in plan_captions(probe)}
    return tuple(_explain(track) for track in probe.subtitles if track.index not in used)


def _explain(track: SubtitleTrack) -> str:
    language = language_name(track.language) or track.language or "language unknown"
    return f"track {track.index} ({language}): {_reason(track)}"


def _reason(track: SubtitleTrack) -> str:
    if track.codec in PICTURE_CODECS:
        return f"its subtitles are pictures, not text ({track.codec})"
    if track.codec in SUBTITLE_DECODERS:
        return f"only {MOST_TRACKS} tracks are made"
    return f"this site does not read {track.codec}"


def _tells_sounds(track: SubtitleTrack) -> bool:
    title = (track.title or "").lower()
    return track.is_hearing_impaired or any(word in title for word in HEARING_WORDS)


def _label_tracks(tracks: Sequence[SubtitleTrack]) -> list[str]:
    """A name for each track: its title or its language, with what else tells it from others."""
    labels: list[str] = []
    for number, track in enumerate(tracks, start=1):
        label = track.title or language_name(track.language) or track.language or f"Subtitles {number}"
        if track.is_forced and "forced" not in label.lower():
            label = f"{label} (forced)"
        labels.append(label if label not in labels else f"{label} ({number})")
    return labels
