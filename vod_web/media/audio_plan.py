"""What will be made of the sound tracks of a source? Pure; part of the plan.

Every track becomes stereo, which all players and loudspeakers understand. A track with surround sound is kept as 5.1
as well, for players that can choose.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from .audio_timeline import AudioTimeline, plan_copied_timeline, plan_encoded_timeline
from .copying import AAC_DEFAULT_BPS, reasons_against_audio_copy
from .languages import language_name
from .probed import AudioTrack, Probe
from .records import Record

AAC_RATE_HZ = 48_000
STEREO_BPS = 128_000
SURROUND_BPS = 384_000
SURROUND_CHANNELS = 6
SURROUND_LAYOUTS = ("5.1", "5.1(side)", "6.1", "7.1")
"""What is kept as 5.1, beside the stereo."""


@dataclass(frozen=True)
class AudioPlan(Record):
    """One audio rendition: AAC-LC of one track, encoded or copied."""

    name: str
    """Names the rendition and its folder: "audio-0", "surround-0"."""
    stream_index: int
    codec: str
    """Of the source."""
    layout: str
    """Of the source."""
    channels: int
    """Of the source."""
    bitrate_bps: int
    language: str | None
    label: str
    """What the player's menu shows."""
    is_default: bool
    is_copied: bool
    timeline: AudioTimeline
    end_s: Fraction | None
    """When the source's sound ends, from the beginning of the picture; None when nobody knows."""
    made_channels: int = 2
    """Of the rendition."""
    stereo_name: str | None = None
    """Of a surround rendition: the one that has the same track in stereo."""

    @property
    def is_surround(self) -> bool:
        """Whether it is made beside a stereo one, for players that can choose."""
        return self.stereo_name is not None


def plan_audio(probe: Probe, *, segment_s: Fraction, duration_s: Fraction, may_copy: bool) -> tuple[AudioPlan, ...]:
    """A stereo rendition for each track that has sound, then the surround ones; `duration_s` is that of the picture."""
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
    surround = [
        plan_surround(probe, track, stereo, segment_s=segment_s, may_copy=may_copy)
        for track, stereo in zip(heard, plans, strict=True)
        if track.layout in SURROUND_LAYOUTS
    ]
    return (*plans, *surround)


def plan_surround(
    probe: Probe, track: AudioTrack, stereo: AudioPlan, *, segment_s: Fraction, may_copy: bool
) -> AudioPlan:
    """The same track as 5.1."""
    copied = plan_copied(probe, track, segment_s, channels=SURROUND_CHANNELS) if may_copy else None
    return replace(
        stereo,
        name=stereo.name.replace("audio", "surround"),
        bitrate_bps=(track.bitrate_bps or SURROUND_BPS) if copied else SURROUND_BPS,
        is_copied=copied is not None,
        timeline=copied or stereo.timeline,
        made_channels=SURROUND_CHANNELS,
        stereo_name=stereo.name,
    )


def early_names(tracks: Sequence[AudioPlan]) -> tuple[str, ...]:
    """The renditions with which a video begins to play: surround sound comes with the better pictures."""
    return tuple(track.name for track in tracks if not track.is_surround)


def plan_copied(probe: Probe, track: AudioTrack, segment_s: Fraction, *, channels: int = 2) -> AudioTimeline | None:
    """The source's own packets, where they will do: they must have this many channels."""
    packets = track.packets
    if packets is None or reasons_against_audio_copy(track, probe, channels):
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
