"""Which FFmpeg commands make the sound? Pure; each flag with its reason.

Chunks of a track join to the sample: they are cut between AAC frames, and each encoder starts some frames early, so
that it has settled when its own part begins.
"""

from fractions import Fraction

from .audio_plan import AudioPlan
from .audio_timeline import AAC_FRAME_SAMPLES, PRIMING_FRAMES, STEP_FRAMES
from .commands import choose_decoder, clean_metadata, fragment_options, global_options, input_options
from .filters import audio_graph, format_seconds
from .passes import AudioChunk
from .plan import OUTPUT_OFFSET_S, EncodePlan

EARLY_FRAMES = 8 * STEP_FRAMES
"""What an encoder makes before its own part, and is thrown away."""
LATE_FRAMES = 4
"""Each frame says half of the next one's samples; and the resampler looks ahead."""
AUDIO_SEEK_S = Fraction(2)
"""How much earlier reading begins: decoders of sound need some frames to settle."""


def audio_command(plan: EncodePlan, chunk: AudioChunk, address: str, *, from_beginning: bool = False) -> list[str]:
    """One chunk of one track; `from_beginning` reads the source from its start instead of seeking."""
    track = plan.audio[chunk.track]
    seek_s = None if from_beginning else seek_before_sound(plan, chunk)
    making = copy_options(plan, track, chunk) if track.is_copied else encode_options(plan, track, chunk)
    offset_s = plan.offset_s if track.is_copied else Fraction(OUTPUT_OFFSET_S)
    segment_s = Fraction((2 * track.timeline.segment_frames - 1) * AAC_FRAME_SAMPLES, 2 * track.timeline.rate_hz)
    return [
        *global_options(),
        *input_options(address, decoder=choose_decoder(track.stream_index, track.codec), seek_s=seek_s),
        *making,
        # half a frame less than a segment: a fragment ends with the first frame that reaches this
        *fragment_options(track.name, offset_s, ["-frag_duration", str(int(segment_s * 1_000_000))]),
    ]


def seek_before_sound(plan: EncodePlan, chunk: AudioChunk) -> Fraction | None:
    """Where reading begins; None at the beginning."""
    start_s = plan.audio[chunk.track].timeline.start_s(chunk.first_segment)
    begin_s = plan.origin_s + start_s - AUDIO_SEEK_S - plan.seek_margin_s
    return begin_s if chunk.first_segment > 0 and begin_s > plan.origin_s else None


def encode_options(plan: EncodePlan, track: AudioPlan, chunk: AudioChunk) -> list[str]:
    """Encode the frames of a chunk, and some around them that are dropped."""
    timeline = track.timeline
    first, stop = timeline.sample(chunk.segments.start), timeline.sample(chunk.segments.stop)
    is_last = chunk.segments.stop == timeline.segment_count
    begin = max(0, first + (PRIMING_FRAMES - EARLY_FRAMES) * AAC_FRAME_SAMPLES)
    end = stop if is_last else stop + LATE_FRAMES * AAC_FRAME_SAMPLES
    graph = audio_graph(track, plan.origin_s, begin, end)
    return [
        *("-filter_complex", f"[0:{track.stream_index}]{graph}[a]"),
        *("-map", "[a]"),
        *clean_metadata(),
        *("-c:a", "aac"),
        *("-b:a", str(track.bitrate_bps)),
        # at 64 kbit/s a channel the coder that searches less costs half, and is no worse
        *(("-aac_coder", "fast") if track.is_surround else ()),
        *("-flags:a", "+bitexact"),
        *("-bsf:a", drop_outside("pts", first, stop, AAC_FRAME_SAMPLES)),
    ]


def copy_options(plan: EncodePlan, track: AudioPlan, chunk: AudioChunk) -> list[str]:
    """Take the packets of a chunk from the source."""
    timeline = track.timeline
    start_s = plan.origin_s + timeline.start_s(chunk.segments.start)
    length_s = timeline.start_s(chunk.segments.stop) - timeline.start_s(chunk.segments.start)
    frame_s = Fraction(AAC_FRAME_SAMPLES, timeline.rate_hz)
    # packets that wait for others of the file are on their way still: read a little beyond
    beyond_s = start_s + length_s + 1
    return [
        *("-map", f"0:{track.stream_index}"),
        *clean_metadata(),
        *("-c:a", "copy"),
        *("-bsf:a", drop_outside("pts*tb", start_s, start_s + length_s, frame_s)),
        *("-to", format_seconds(beyond_s)),
    ]


def drop_outside(position: str, start: Fraction | int, stop: Fraction | int, frame: Fraction | int) -> str:
    """Drop packets outside of a chunk; times may be rounded, so the line is drawn between two frames."""
    first, last = (format_seconds(Fraction(value) - Fraction(frame) / 2) for value in (start, stop))
    return f"noise=drop='lt({position},{first})+gte({position},{last})'"
