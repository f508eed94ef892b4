"""What will be made of a source?

Pure: `plan_encode(probe, options)` decides everything; all later steps follow from the plan, which is stored with the
encode, so that another machine or a later attempt does exactly the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from .audio_plan import AudioPlan, plan_audio
from .caption_plan import CaptionPlan, captions_left_out, plan_captions
from .copying import CopyPlan, plan_copy, reasons_against_copy
from .ladder import DEFAULT_HEIGHTS, Rung, choose_rungs, keep_all_frames
from .passes import (
    FIRST_COPY_S,
    QUICK_NAME,
    AudioChunk,
    Chunk,
    Pass,
    choose_quick_twin,
    copy_chunk_s,
    cut_ladder_runs,
    cut_runs,
    list_chunks,
    plan_audio_chunks,
)
from .pictures import PosterPlan, StoryboardPlan, plan_poster, plan_storyboard
from .probed import Probe, VideoStream
from .records import Record
from .seeking import find_lead, plan_seek_margin
from .timeline import LONGEST_SEGMENT_S, Timeline, longest_segment_s, plan_keyframe_timeline, plan_timeline

OUTPUT_OFFSET_S = 1
"""Added to every timestamp of every rendition, so that decode times before zero can be written: those of frames
that are decoded before they are shown, and of the silence that begins AAC."""

LONGEST_REORDER_S = 0.25


@dataclass(frozen=True)
class EncodeOptions(Record):
    """The wishes of the site; everything has a default that suits one machine."""

    heights: tuple[int, ...] = DEFAULT_HEIGHTS
    segment_s: Fraction = Fraction(4)
    first_segment_s: Fraction = Fraction(2)
    first_segment_count: int = 2
    chunk_s: Fraction = Fraction(60)
    """The longest ladder chunk."""
    copy_chunk_s: Fraction = Fraction(600)
    """The longest copy chunk."""
    audio_chunk_s: Fraction = Fraction(300)
    """About three seconds of work; a seek in a long film does not wait for all the sound before."""
    preset: str = "veryfast"
    workers: int = 2
    """How many will share the ladder: for more, chunks are shorter."""
    may_copy: bool = True
    """False: encode everything, for a source whose copy turned out wrong (`CopyFailed`)."""


@dataclass(frozen=True)
class EncodePlan(Record):
    """Everything that is decided about one run of the pipeline over one source."""

    video: VideoStream
    container: str
    timeline: Timeline
    rungs: tuple[Rung, ...]
    """What is encoded, the largest first; empty where the copy is all there is."""
    copy: CopyPlan | None
    copy_refusals: tuple[str, ...]
    """Why there is no copy, for the admin."""
    quick_twin: str | None
    """The rung that is also made as the quick rendition; None where there is a copy, or nothing can play early."""
    chunks: tuple[Chunk, ...]
    """In the order in which they are to be made: copy, ladder."""
    audio: tuple[AudioPlan, ...]
    audio_chunks: tuple[AudioChunk, ...]
    """The first chunk of every track before any second one."""
    seek_margin_s: Fraction
    """How long before a chunk reading begins, so that all its frames can be decoded."""
    preset: str
    has_b_frames: bool
    poster: PosterPlan
    storyboard: StoryboardPlan
    captions: tuple[CaptionPlan, ...] = ()
    captions_left_out: tuple[str, ...] = ()
    """Which subtitles of the source become no captions, and why, for the admin."""

    @property
    def duration_s(self) -> Fraction:
        """The length of the picture."""
        return self.timeline.duration_s

    @property
    def offset_s(self) -> Fraction:
        """What is added to the source's clock to get that of the renditions: the picture begins at exactly 1 s."""
        return OUTPUT_OFFSET_S - self.origin_s

    @property
    def origin_s(self) -> Fraction:
        """The beginning of the picture on the source's clock."""
        return self.timeline.starts[0] * self.timeline.time_base

    @property
    def can_play_early(self) -> bool:
        """Whether playlists can be written before all is made: by the plan alone, without measuring."""
        return can_play_early(self.timeline, self.video)

    @property
    def quick(self) -> Rung | None:
        """What plays until the ladder is there; players may take its segments and those of its rung for one another."""
        rung = next((rung for rung in self.rungs if rung.name == self.quick_twin), None)
        return replace(rung, name=QUICK_NAME) if rung else None

    @property
    def early_renditions(self) -> tuple[str, ...]:
        """The names of the renditions that are made first: with all sound, enough to play."""
        return (self.copy.name,) if self.copy else (QUICK_NAME,) if self.quick_twin else ()

    @property
    def rendition_names(self) -> tuple[str, ...]:
        """Of all pictures that are made from beginning to end, the largest first."""
        return tuple(name for name in self.sizes if name != QUICK_NAME)

    @property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """Width and height of each of them, and of the quick one."""
        copied = {self.copy.name: (self.copy.width_px, self.copy.height_px)} if self.copy else {}
        return copied | {rung.name: (rung.width_px, rung.height_px) for rung in self.all_rungs}

    @property
    def temporary_renditions(self) -> tuple[str, ...]:
        """Those that the final playlists leave out."""
        return () if self.copy and self.copy.is_kept else self.early_renditions

    @property
    def all_rungs(self) -> tuple[Rung, ...]:
        """The ladder, and the quick rendition."""
        return (*self.rungs, *((self.quick,) if self.quick else ()))

    def find_rung(self, name: str) -> Rung | None:
        """What is encoded under a name; None for a copy."""
        return next((rung for rung in self.all_rungs if rung.name == name), None)

    def frame_rate_of(self, name: str) -> Fraction:
        """The rate of a picture."""
        rung = self.find_rung(name)
        return rung.frame_rate if rung else self.video.frame_rate

    def chunk_rungs(self, chunk: Chunk) -> tuple[Rung, ...]:
        """The rungs that a chunk encodes."""
        if chunk.purpose == "quick":
            return (self.quick,) if self.quick else ()
        return self.rungs if chunk.purpose == "ladder" else ()

    def chunk_names(self, chunk: Chunk) -> tuple[str, ...]:
        """The names of the renditions of which a chunk makes segments."""
        if chunk.purpose == "copy" and self.copy:
            return (self.copy.name,)
        return tuple(rung.name for rung in self.chunk_rungs(chunk))

    def chunk_duration_s(self, index: int) -> Fraction:
        """How long chunk `index` is."""
        return self.run_duration_s(self.chunks[index].segments)

    def run_duration_s(self, segments: range) -> Fraction:
        """How long a run of segments of the picture is."""
        return self.timeline.start_s(segments.stop) - self.timeline.start_s(segments.start)

    def audio_chunk_duration_s(self, index: int) -> Fraction:
        """How long audio chunk `index` is."""
        chunk = self.audio_chunks[index]
        timeline = self.audio[chunk.track].timeline
        return timeline.start_s(chunk.segments.stop) - timeline.start_s(chunk.segments.start)


def plan_encode(probe: Probe, options: EncodeOptions | None = None) -> EncodePlan:
    """Decide everything about the encode of a probed source."""
    options = options or EncodeOptions()
    copy = plan_copy(probe, options.heights) if options.may_copy else None
    rungs = tuple(rung for rung in choose_rungs(probe, options.heights) if copy is None or rung.name != copy.name)
    timeline, rungs = cut_timeline(probe.video, rungs, options, at_keyframes=copy is not None)
    is_quick = copy is None and can_play_early(timeline, probe.video)
    quick = choose_quick_twin(rungs).name if is_quick else None
    audio = plan_audio(probe, segment_s=options.segment_s, duration_s=timeline.duration_s, may_copy=options.may_copy)
    return EncodePlan(
        video=probe.video,
        container=probe.container,
        timeline=timeline,
        rungs=rungs,
        copy=copy,
        copy_refusals=reasons_against_copy(probe) if options.may_copy else (),
        quick_twin=quick,
        chunks=list_chunks(plan_runs(timeline, copy, rungs, options, plan_leads(probe, timeline))),
        audio=audio,
        audio_chunks=plan_audio_chunks([(track.timeline, track.end_s) for track in audio], options.audio_chunk_s),
        seek_margin_s=plan_seek_margin(probe),
        preset=options.preset,
        has_b_frames=choose_b_frames(probe.video),
        poster=plan_poster(probe.video),
        storyboard=plan_storyboard(probe.video),
        captions=plan_captions(probe),
        captions_left_out=captions_left_out(probe),
    )


def can_play_early(timeline: Timeline, video: VideoStream) -> bool:
    """A timeline whose starts nobody read is good enough where the rate is constant: no start is a frame off."""
    return timeline.is_exact or not video.is_variable_frame_rate


def cut_timeline(
    video: VideoStream, rungs: tuple[Rung, ...], options: EncodeOptions, *, at_keyframes: bool
) -> tuple[Timeline, tuple[Rung, ...]]:
    """The timeline, and the rungs: they keep all frames where keyframes at every second frame are too far apart."""
    wishes = (options.segment_s, options.first_segment_s, options.first_segment_count)
    steps = (1, *(rung.frame_step for rung in rungs))
    if not at_keyframes:
        return plan_timeline(video, *wishes, frame_steps=steps), rungs
    timeline = plan_keyframe_timeline(video, *wishes, frame_steps=steps)
    if longest_segment_s(timeline) <= LONGEST_SEGMENT_S:
        return timeline, rungs
    return plan_keyframe_timeline(video, *wishes), keep_all_frames(video, rungs)


def plan_leads(probe: Probe, timeline: Timeline) -> list[Fraction | None]:
    """How much of the source is decoded for nothing where a chunk begins with a segment, for each of them."""
    margin_s = plan_seek_margin(probe)
    times_s = (timeline.cut(number) * timeline.time_base for number in range(timeline.segment_count))
    return [find_lead(probe.video, probe.container, margin_s, time_s) for time_s in times_s]


def plan_runs(
    timeline: Timeline,
    copy: CopyPlan | None,
    rungs: Sequence[Rung],
    options: EncodeOptions,
    leads: Sequence[Fraction | None],
) -> list[tuple[Pass, range]]:
    """All chunks, in the order in which they are to be made."""
    runs: list[tuple[Pass, range]] = []
    if copy:
        longest = copy_chunk_s(copy.bitrate_bps, options.copy_chunk_s)
        runs += [("copy", run) for run in cut_runs(timeline, (min(Fraction(FIRST_COPY_S), longest), longest))]
    if rungs:
        runs += [("ladder", run) for run in cut_ladder_runs(timeline, options.chunk_s, options.workers, leads)]
    return runs


def choose_b_frames(video: VideoStream) -> bool:
    """Whether frames may be decoded before they are shown: only where two of them take no longer than a blink.

    Players take the first decode time for the beginning of the video, and it lies two frames before the first frame.
    """
    longest = video.frames.longest_frame_s
    return longest is not None and longest * 2 <= LONGEST_REORDER_S
