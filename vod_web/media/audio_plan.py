"""What will be made of the sound tracks of a source? Pure; part of the plan."""

from dataclasses import dataclass
from fractions import Fraction

from .audio_timeline import AudioTimeline, plan_copied_timeline, plan_encoded_timeline
from .copying import AAC_DEFAULT_BPS, reasons_against_audio_copy
from .languages import language_name
from .probed import AudioTrack, Probe
from .records import Record

AAC_RATE_HZ = 48_000
STEREO_BPS = 128_000


@dataclass(frozen=True)
class AudioPlan(Record):
    """One audio rendition: AAC-LC stereo of one track, encoded or copied."""

    name: str
    """Names the rendition and its folder: "audio-0"."""
    stream_index: int
    codec: str
    """Of the source."""
    layout: str
    channels: int
    bitrate_bps: int
    language: str | None
    label: str
    """What the player's menu shows."""
    is_default: bool
    is_copied: bool
    timeline: AudioTimeline
    end_s: Fraction | None
    """When the source's sound ends, from the beginning of the picture; None when nobody knows."""


def plan_audio(probe: Probe, *, segment_s: Fraction, duration_s: Fraction, may_copy: bool) -> tuple[AudioPlan, ...]:
    """One stereo rendition for each track that has sound; `duration_s` is that of the picture."""
    heard = [track for track in probe.audio if track.channels > 0 and track.sample_rate_hz > 0]
    default = next((number for number, track in enumerate(heard) if track.is_default), 0)
    labels = _label_tracks(heard)
    plans: list[AudioPlan] = []
    for number, track in enumerate(heard):
        copied = plan_copied(probe, track, segment_s) if may_copy else None
        length_s = max(duration_s, sound_end_s(probe, track) or Fraction(0))
        plans.append(
            AudioPlan(
                name=f"audio-{number}",
                stream_index=track.index,
                codec=track.codec,
                layout=track.layout,
                channels=track.channels,
                bitrate_bps=(track.bitrate_bps or AAC_DEFAULT_BPS) if copied else STEREO_BPS,
                language=track.language,
                label=labels[number],
                is_default=number == default,
                is_copied=copied is not None,
                timeline=copied or plan_encoded_timeline(length_s, segment_s, AAC_RATE_HZ),
                end_s=sound_end_s(probe, track),
            )
        )
    return tuple(plans)


def plan_copied(probe: Probe, track: AudioTrack, segment_s: Fraction) -> AudioTimeline | None:
    """The source's own packets, where they will do."""
    packets = track.packets
    if packets is None or reasons_against_audio_copy(track, probe):
        return None
    start_s = packets.first_pts * packets.time_base - probe.video.start_s
    return plan_copied_timeline(start_s, packets.count, segment_s, track.sample_rate_hz)


def sound_end_s(probe: Probe, track: AudioTrack) -> Fraction | None:
    """When the sound of a track ends, from the beginning of the picture; None when nobody knows."""
    if track.start_s is None or track.duration_s is None:
        return None
    return track.start_s + track.duration_s - probe.video.start_s


def _label_tracks(tracks: list[AudioTrack]) -> list[str]:
    """A name for each track: its title, its language, or its number; all different, as RFC 8216 4.3.4.1 demands."""
    labels: list[str] = []
    for number, track in enumerate(tracks, start=1):
        label = track.title or language_name(track.language) or track.language or f"Audio {number}"
        labels.append(label if label not in labels else f"{label} ({number})")
    return labels
