"""What do the playlists say while a video is still being made?

Pure: from the plan alone. Every media playlist lists the whole timeline from the start, so that a viewer sees the full
length and can go anywhere. Numbers, names and boundaries of segments are those of the final playlists; only the
bandwidths are declared instead of measured.
"""

from collections.abc import Collection

from .audio_plan import AudioPlan
from .audio_timeline import AudioTimeline
from .languages import language_tag
from .plan import EncodePlan
from .playlists import (
    MEDIA_NAME,
    MULTIVARIANT_NAME,
    AudioVariant,
    Bitrate,
    PlaylistSegment,
    Variant,
    format_media_playlist,
    format_multivariant_playlist,
    target_duration,
)

PEAK_OVER_AVERAGE = 1.5
"""Of a copied picture, of which only the average is known."""
AVERAGE_UNDER_CEILING = 0.6
"""What typical videos take of a rung's ceiling."""
AAC_CODECS = "mp4a.40.2"
CODECS_HIGH, CODECS_BASELINE = "avc1.6400", "avc1.42c0"
"""Before the level: what x264 writes, by preset; "ultrafast" uses nothing that the baseline profile lacks."""


def format_early_playlists(plan: EncodePlan, names: Collection[str]) -> dict[str, str]:
    """Playlists of the named renditions: name relative to the video's folder -> text.

    Only for plans that `can_play_early`.
    """
    pictures = [name for name in plan.sizes if name in names]
    sounds = [track for track in plan.audio if track.name in names]
    lists = {name: list_segments(plan) for name in pictures}
    lists |= {track.name: list_audio_segments(track.timeline) for track in sounds}
    target = target_duration(segment for segments in lists.values() for segment in segments)
    texts = {
        f"{name}/{MEDIA_NAME}": format_media_playlist(segments, target_s=target) for name, segments in lists.items()
    }
    texts[MULTIVARIANT_NAME] = format_multivariant_playlist(
        [declare_variant(plan, name) for name in pictures], [declare_audio(track) for track in sounds]
    )
    return texts


def list_segments(plan: EncodePlan) -> list[PlaylistSegment]:
    """The segments of every picture."""
    timeline = plan.timeline
    return [PlaylistSegment(number, timeline.segment_s(number), 0) for number in range(timeline.segment_count)]


def list_audio_segments(timeline: AudioTimeline) -> list[PlaylistSegment]:
    """The segments of a sound track."""
    return [PlaylistSegment(number, timeline.segment_s(number), 0) for number in range(timeline.segment_count)]


def declare_variant(plan: EncodePlan, name: str) -> Variant:
    """A picture as the plan has it."""
    width, height = plan.sizes[name]
    if plan.copy and plan.copy.name == name:
        average = plan.copy.bitrate_bps
        codecs, bitrate = plan.copy.codecs, Bitrate(round(average * PEAK_OVER_AVERAGE), average)
    else:
        rung = next(rung for rung in plan.all_rungs if rung.name == name)
        codecs = declare_codecs(rung.level, plan.preset)
        bitrate = Bitrate(rung.ceiling_bps, round(rung.ceiling_bps * AVERAGE_UNDER_CEILING))
    return Variant(name, codecs, width, height, plan.frame_rate_of(name), bitrate)


def declare_codecs(level: str, preset: str) -> str:
    """What an encode of a level will call itself."""
    number = round(float(level) * 10)
    return f"{CODECS_BASELINE if preset == 'ultrafast' else CODECS_HIGH}{number:02x}"


def declare_audio(track: AudioPlan) -> AudioVariant:
    """A sound track as the plan has it."""
    return AudioVariant(
        name=track.name,
        codecs=AAC_CODECS,
        label=track.label,
        language=language_tag(track.language),
        is_default=track.is_default,
        channels=track.made_channels,
        bitrate=Bitrate(track.bitrate_bps, track.bitrate_bps),
    )
