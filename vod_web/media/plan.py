"""What will be made of a source?

Pure: `plan_encode(probe, options)` decides everything; all later steps follow from the plan, which is stored with the
encode, so that another machine or a later attempt does exactly the same.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .ladder import DEFAULT_HEIGHTS, Rung, choose_rungs
from .languages import language_name
from .pictures import PosterPlan, StoryboardPlan, plan_poster, plan_storyboard
from .probed import AudioTrack, Probe, VideoStream
from .records import Record
from .timeline import Timeline, plan_timeline

OUTPUT_OFFSET_S = 1
"""Added to every timestamp of every rendition, so that decode times before zero can be written: those of frames
that are decoded before they are shown, and of the silence that begins AAC."""

AAC_RATE_HZ = 48_000
AAC_FRAME_SAMPLES = 1024
STEREO_BPS = 128_000
LONGEST_REORDER_S = 0.25
SEEK_FRAMES = 16
"""Frames may be decoded up to this many frames before they are shown (H.264, HEVC): seeking aims so much earlier."""
BLIND_SEEK_S = Fraction(12)
"""How far before a chunk reading begins when the distance of keyframes is not known."""
SEEKABLE = ("mov", "mp4", "matroska", "webm")
"""Containers whose index finds the keyframe before a time exactly."""


@dataclass(frozen=True)
class EncodeOptions(Record):
    """The wishes of the site; everything has a default that suits one machine."""

    heights: tuple[int, ...] = DEFAULT_HEIGHTS
    segment_s: Fraction = Fraction(4)
    first_segment_s: Fraction = Fraction(2)
    first_segment_count: int = 2
    chunk_s: Fraction = Fraction(60)
    first_chunk_s: Fraction = Fraction(8)
    """The first chunk is short: when it is done, the video can play."""
    preset: str = "veryfast"


Pass = Literal["copy", "quick", "ladder"]


@dataclass(frozen=True)
class Chunk(Record):
    """A run of whole segments: one job encodes all its renditions from a single decode."""

    index: int
    first_segment: int
    segment_count: int
    purpose: Pass = "ladder"

    @property
    def segments(self) -> range:
        """The numbers of its segments."""
        return range(self.first_segment, self.first_segment + self.segment_count)


@dataclass(frozen=True)
class AudioPlan(Record):
    """One audio rendition: AAC-LC stereo of one track."""

    name: str
    """Names the rendition and its folder: "audio-0"."""
    stream_index: int
    codec: str
    """Of the source."""
    layout: str
    channels: int
    bitrate_bps: int
    sample_rate_hz: int
    language: str | None
    label: str
    """What the player's menu shows."""
    is_default: bool


@dataclass(frozen=True)
class EncodePlan(Record):
    """Everything that is decided about one run of the pipeline over one source."""

    video: VideoStream
    container: str
    timeline: Timeline
    rungs: tuple[Rung, ...]
    """The largest first."""
    chunks: tuple[Chunk, ...]
    audio: tuple[AudioPlan, ...]
    audio_segment_s: Fraction
    seek_margin_s: Fraction
    """How long before a chunk reading begins, so that all its frames can be decoded."""
    preset: str
    has_b_frames: bool
    poster: PosterPlan
    storyboard: StoryboardPlan

    @property
    def duration_s(self) -> Fraction:
        """The length of the picture."""
        return self.timeline.duration_s

    @property
    def offset_s(self) -> Fraction:
        """What is added to the source's clock to get that of the renditions: the picture begins at exactly 1 s."""
        return OUTPUT_OFFSET_S - self.timeline.starts[0] * self.timeline.time_base

    def chunk_duration_s(self, index: int) -> Fraction:
        """How long chunk `index` is."""
        segments = self.chunks[index].segments
        return self.timeline.start_s(segments.stop) - self.timeline.start_s(segments.start)


def plan_encode(probe: Probe, options: EncodeOptions | None = None) -> EncodePlan:
    """Decide everything about the encode of a probed source."""
    options = options or EncodeOptions()
    rungs = choose_rungs(probe, options.heights)
    timeline = plan_timeline(
        probe.video,
        segment_s=options.segment_s,
        first_segment_s=options.first_segment_s,
        first_count=options.first_segment_count,
        frame_steps=tuple(rung.frame_step for rung in rungs),
    )
    return EncodePlan(
        video=probe.video,
        container=probe.container,
        timeline=timeline,
        rungs=rungs,
        chunks=plan_chunks(timeline, options),
        audio=plan_audio(probe.audio),
        audio_segment_s=options.segment_s,
        seek_margin_s=plan_seek_margin(probe),
        preset=options.preset,
        has_b_frames=choose_b_frames(probe.video),
        poster=plan_poster(probe.video),
        storyboard=plan_storyboard(probe.video),
    )


def plan_chunks(timeline: Timeline, options: EncodeOptions) -> tuple[Chunk, ...]:
    """Runs of whole segments, as long as wished or a little longer; a last run under half of that joins another."""
    chunks: list[Chunk] = []
    first = 0
    while first < timeline.segment_count:
        wished = options.chunk_s if chunks else options.first_chunk_s
        last = first + 1
        while last < timeline.segment_count and timeline.start_s(last) - timeline.start_s(first) < wished:
            last += 1
        is_rest_short = timeline.duration_s - timeline.start_s(last) < options.chunk_s / 2
        if chunks and is_rest_short:
            last = timeline.segment_count
        chunks.append(Chunk(len(chunks), first, last - first))
        first = last
    return tuple(chunks)


def choose_b_frames(video: VideoStream) -> bool:
    """Whether frames may be decoded before they are shown: only where two of them take no longer than a blink.

    Players take the first decode time for the beginning of the video, and it lies two frames before the first frame.
    """
    longest = video.frames.longest_frame_s
    return longest is not None and longest * 2 <= LONGEST_REORDER_S


def plan_seek_margin(probe: Probe) -> Fraction:
    """How long before a chunk to begin reading: the reach of reordered frames, or the distance of keyframes."""
    reach = SEEK_FRAMES / probe.video.frame_rate
    if probe.container.split(",")[0] in SEEKABLE:
        return max(reach, Fraction(1, 5))
    gap = probe.video.frames.keyframe_gap_s
    return reach + (Fraction(ceil_tenths(gap), 10) + 1 if gap is not None else BLIND_SEEK_S)


def ceil_tenths(value: float) -> int:
    """Tenths, rounded up."""
    return -int(-value * 10 // 1)


def plan_audio(tracks: tuple[AudioTrack, ...]) -> tuple[AudioPlan, ...]:
    """One stereo rendition for each track that has sound."""
    heard = [track for track in tracks if track.channels > 0 and track.sample_rate_hz > 0]
    default = next((number for number, track in enumerate(heard) if track.is_default), 0)
    labels = _label_tracks(heard)
    return tuple(
        AudioPlan(
            name=f"audio-{number}",
            stream_index=track.index,
            codec=track.codec,
            layout=track.layout,
            channels=track.channels,
            bitrate_bps=STEREO_BPS,
            sample_rate_hz=AAC_RATE_HZ,
            language=track.language,
            label=labels[number],
            is_default=number == default,
        )
        for number, track in enumerate(heard)
    )


def _label_tracks(tracks: list[AudioTrack]) -> list[str]:
    """A name for each track: its title, its language, or its number; all different, as RFC 8216 4.3.4.1 demands."""
    labels: list[str] = []
    for number, track in enumerate(tracks, start=1):
        label = track.title or language_name(track.language) or track.language or f"Audio {number}"
        labels.append(label if label not in labels else f"{label} ({number})")
    return labels
