"""Which FFmpeg commands are run? Pure: plans in, argument lists out, each flag with its reason.

Commands are built from small groups in the order in which FFmpeg applies them: global, input, filters, then for each
output: stream, encoder, keyframes, container. All output names are relative: a command runs in its own folder.
"""

from collections.abc import Sequence
from fractions import Fraction

from .copying import CopyPlan
from .filters import format_ratio, format_seconds, ladder_graph
from .formats import AUDIO_DECODERS, BARE_DEMUXERS, DECODERS, DEMUXERS, VIDEO_DECODERS, allowed_protocols, is_remote
from .ladder import Rung
from .passes import Chunk
from .plan import EncodePlan
from .seeking import choose_seek

ENCODED_NAME = "encoded.mp4"
"""The file of one rendition, before it is taken apart into segments."""

COPY_BEYOND_S = 1
"""How much more than a chunk is copied: the keyframe after it says where its last GOP ends."""

NEVER = 1_000_000
"""A GOP length that is never reached: only the timeline makes keyframes."""


def global_options() -> list[str]:
    """How FFmpeg behaves as a program."""
    return [
        "-hide_banner",  # the log tail is for what went wrong
        "-nostdin",  # never wait for a key
        *("-loglevel", "warning"),
        *("-progress", "pipe:1"),
        *("-stats_period", "0.25"),
        "-y",  # a second attempt overwrites what the first left
    ]


def input_options(
    address: str,
    *,
    decoder: Sequence[str],
    seek_s: Fraction | None = None,
    decoder_options: Sequence[str] = (),
    allowed: Sequence[str] = DECODERS,
) -> list[str]:
    """How the source is opened: by allowed readers only, on its own clock.

    `decoder` is what `choose_decoder` returned for the one stream that is read; `allowed` are all that may run.
    """
    seek = []
    if seek_s is not None:
        seek = [
            *("-seek_timestamp", "1"),  # the time is on the file's own clock, which need not begin at 0
            "-noaccurate_seek",  # only where reading begins; the trim filter cuts exactly
            *("-ss", format_seconds(seek_s)),
        ]
    return [
        "-copyts",  # chunks made on different machines must agree on time
        *(network_options() if is_remote(address) else ()),
        *("-protocol_whitelist", allowed_protocols(address)),
        *("-format_whitelist", ",".join(DEMUXERS)),
        *("-codec_whitelist", ",".join(allowed)),
        *decoder,
        *decoder_options,
        *seek,
        *("-i", address),
    ]


def network_options() -> list[str]:
    """How a source in the object store is read: a dropped connection is taken up again where it broke."""
    return [
        *("-rw_timeout", "30000000"),  # microseconds
        *("-reconnect", "1"),
        *("-reconnect_on_network_error", "1"),
        *("-reconnect_on_http_error", "429,5xx"),
        *("-reconnect_delay_max", "10"),  # seconds; waits longer each time, then gives up
    ]


def choose_decoder(stream_index: int, codec: str) -> list[str]:
    """The one decoder that may read a stream: FFmpeg's own choice among several depends on how it was built."""
    decoder = {**VIDEO_DECODERS, **AUDIO_DECODERS}[codec]
    # when this option is read, a LATM track of a transport stream is not known to be sound; there is one decoder anyway
    return [] if decoder == "aac_latm" else [f"-c:{stream_index}", decoder]


def seek_before(plan: EncodePlan, time_s: Fraction) -> Fraction | None:
    """Where to begin reading for a frame at a time of the source; None at the beginning: AVI cannot seek before it."""
    if plan.container in BARE_DEMUXERS:
        return None
    begin_s = choose_seek(plan.video, plan.container, plan.seek_margin_s, time_s)
    return begin_s if begin_s > plan.video.start_s else None


def video_decoder(plan: EncodePlan) -> list[str]:
    """The decoder of the picture, and how it lies: by the plan, for FFmpeg turns skewed pictures by any angle."""
    video = plan.video
    mirrored = [f"-display_hflip:{video.index}"] if video.is_mirrored else []
    return [
        *choose_decoder(video.index, video.codec),
        *(f"-display_rotation:{video.index}", str(-video.rotation_deg)),
        *mirrored,
    ]


def chunk_command(plan: EncodePlan, chunk: Chunk, address: str, *, from_beginning: bool = False) -> list[str]:
    """All rungs of one chunk from one decode; rung `name` goes to the folder `name`, with true segment numbers.

    `from_beginning` reads the source from its start instead of seeking: for files whose index misleads.
    """
    timeline = plan.timeline
    is_last = chunk.segments.stop == timeline.segment_count
    start = timeline.cut(chunk.first_segment)
    stop = None if is_last else timeline.cut(chunk.segments.stop)  # the last takes all there is
    seek_s = None if from_beginning else seek_before(plan, start * timeline.time_base)
    rungs = plan.chunk_rungs(chunk)
    return [
        *global_options(),
        *input_options(address, decoder=video_decoder(plan), seek_s=seek_s),
        *("-filter_complex", ladder_graph(plan, rungs, start, stop)),
        *(argument for number, rung in enumerate(rungs) for argument in rung_output(plan, chunk, number, rung)),
    ]


def copy_command(
    plan: EncodePlan, copy: CopyPlan, chunk: Chunk, address: str, *, from_beginning: bool = False
) -> list[str]:
    """The source's own packets of a chunk, and some before and after it: whole GOPs are taken from what comes out."""
    timeline = plan.timeline
    start_s = timeline.starts[chunk.first_segment] * timeline.time_base
    is_last = chunk.segments.stop == timeline.segment_count
    stop_s = None if is_last else timeline.starts[chunk.segments.stop] * timeline.time_base + COPY_BEYOND_S
    return [
        *global_options(),
        *input_options(
            address, decoder=video_decoder(plan), seek_s=None if from_beginning else seek_before(plan, start_s)
        ),
        *("-map", f"0:{plan.video.index}"),
        *clean_metadata(),
        *("-c:v", "copy"),
        *("-bsf:v", "filter_units=remove_types=6"),  # no SEI: cameras write there where they are
        *(("-to", format_seconds(stop_s)) if stop_s is not None else ()),
        *fragment_options(copy.name, plan.offset_s, ["-movflags", "+frag_keyframe"]),
    ]


def rung_output(plan: EncodePlan, chunk: Chunk, number: int, rung: Rung) -> list[str]:
    """One rung of a chunk: encoder, keyframes, container."""
    return [
        *("-map", f"[v{number}]"),
        *clean_metadata(),
        *x264_options(rung, plan.preset),
        *colour_tags(),
        *reorder_options(plan),
        *keyframe_options(plan, chunk),
        *duration_options(plan, chunk),
        *fragment_options(rung.name, plan.offset_s, ["-movflags", "+frag_keyframe"]),
    ]


def clean_metadata() -> list[str]:
    """Nothing of the source's metadata reaches a viewer: phones write the place of recording there."""
    return ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"]


def x264_options(rung: Rung, preset: str) -> list[str]:
    """Capped constant quality."""
    return [
        *("-c:v", "libx264"),
        *("-preset", preset),
        *("-profile:v", "high"),
        *("-level:v", rung.level),
        *("-pix_fmt", "yuv420p"),
        *("-crf", str(rung.crf)),
        *("-maxrate", str(rung.ceiling_bps)),
        *("-bufsize", str(rung.buffer_bits)),
        *("-flags:v", "+bitexact"),  # the same input gives the same bytes, whichever build made it
    ]


def colour_tags() -> list[str]:
    """Say what the colours mean: browsers guess by size otherwise, and each rung would look different."""
    return [
        *("-color_primaries", "bt709"),
        *("-color_trc", "bt709"),
        *("-colorspace", "bt709"),
        *("-color_range", "tv"),
    ]


def reorder_options(plan: EncodePlan) -> list[str]:
    """No B-frames where frames are shown long: each delays decoding by two frames, and players count from there."""
    return [] if plan.has_b_frames else ["-bf", "0"]


def keyframe_options(plan: EncodePlan, chunk: Chunk) -> list[str]:
    """Closed GOPs that begin with the segments and nowhere else; timestamps as they come."""
    timeline = plan.timeline
    times = [format_seconds(timeline.cut(number) * timeline.time_base) for number in chunk.segments]
    return [
        *("-fps_mode", "passthrough"),  # every frame of the source once, at its own time
        *("-enc_time_base", format_ratio(timeline.time_base)),  # the source's ticks, not those of a guessed rate
        *("-g", str(NEVER)),
        *("-sc_threshold", "0"),
        *("-forced-idr", "1"),
        *("-force_key_frames", ",".join(times)),  # a list: an expression misses keyframes under -copyts
    ]


def duration_options(plan: EncodePlan, chunk: Chunk) -> list[str]:
    """The last frame lasts until the next chunk begins: the source may say something else, or mean all its frames.

    What decides is when it is decoded, for the first frame of the next chunk is decoded before it is shown, too.
    """
    timeline = plan.timeline
    if not timeline.is_exact:
        return []
    is_last = chunk.segments.stop == timeline.segment_count
    stop = timeline.end if is_last else timeline.starts[chunk.segments.stop]
    rest = f"max(1,{stop}-STARTPTS+STARTDTS-DTS)"
    # told to keep both times: else a frame is shown when it is decoded
    return ["-bsf:v", f"setts=pts=PTS:dts=DTS:duration='if(eq(NEXT_DTS,NOPTS),{rest},DURATION)'"]


def fragment_options(folder: str, offset_s: Fraction, cutting: list[str]) -> list[str]:
    """One file of fragments that join with those of other chunks; `cutting` says where a fragment ends.

    FFmpeg's MP4 muxer and not its HLS muxer, which gets the first timestamp of a segment wrong when frames are not
    evenly spaced.
    """
    flags = (
        "+empty_moov"  # the init segment first, and the same for every chunk
        "+default_base_moof"  # fragments do not count bytes from the beginning of the file
        "+frag_discont"  # each chunk says its true time instead of beginning at zero
        "+skip_trailer"  # no index of fragments at the end
    )
    return [
        *("-avoid_negative_ts", "disabled"),  # this and the next: the same clock in every chunk and rendition
        *("-output_ts_offset", format_seconds(offset_s)),
        *("-f", "mp4"),
        *("-movflags", flags),
        *cutting,
        *("-flush_packets", "1"),  # whole fragments can be read while FFmpeg goes on
        *("-use_editlist", "0"),  # browsers and FFmpeg read one differently: two frames late against the sound
        f"{folder}/{ENCODED_NAME}",
    ]
