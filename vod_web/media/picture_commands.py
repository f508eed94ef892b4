"""Which FFmpeg commands make the still pictures? Pure; each flag with its reason."""

from fractions import Fraction

from .commands import choose_decoder, global_options, input_options, seek_before, video_decoder
from .filters import poster_graph, rung_storyboard_graph, storyboard_graph
from .plan import EncodePlan
from .timeline import longest_segment_s

LOOK_NAME = "look.gray"
POSTER_QUALITY, STORYBOARD_QUALITY = 4, 7


def poster_command(plan: EncodePlan, time_s: Fraction, address: str) -> list[str]:
    """One frame in all poster sizes, and a tiny grey one to judge it by."""
    base = plan.timeline.time_base
    start_s = plan.timeline.starts[0] * base
    ticks = plan.timeline.cut(0) + int(time_s / base)
    outputs = []
    for number, (width, _) in enumerate(plan.poster.sizes):
        outputs += ["-map", f"[p{number}]", *jpeg_options(POSTER_QUALITY), "-update", "1", f"poster-{width}.jpg"]
    return [
        *global_options(),
        *input_options(address, decoder=video_decoder(plan), seek_s=seek_before(plan, start_s + time_s)),
        *("-filter_complex", poster_graph(plan, ticks)),
        *outputs,
        *("-map", "[look]", "-f", "rawvideo", LOOK_NAME),
    ]


def storyboard_command(plan: EncodePlan, address: str) -> list[str]:
    """Sheets of small pictures from a decode of the source that leaves out what it can."""
    gap = plan.video.frames.keyframe_gap_s
    skipping = skip_options(is_dense=gap is not None and gap <= plan.storyboard.interval_s)
    reading = input_options(address, decoder=video_decoder(plan), decoder_options=skipping)
    return [*global_options(), *reading, *sheet_options(plan, storyboard_graph(plan))]


def rung_storyboard_command(plan: EncodePlan, path: str) -> list[str]:
    """The same from segments of a rung in one file, which are decoded in a tenth of the time of the source."""
    skipping = skip_options(is_dense=plan.storyboard.interval_s >= longest_segment_s(plan.timeline))
    reading = input_options(path, decoder=choose_decoder(0, "h264"), decoder_options=skipping)
    return [*global_options(), *reading, *sheet_options(plan, rung_storyboard_graph(plan))]


def skip_options(*, is_dense: bool) -> list[str]:
    """Keyframes alone where they are close enough; else all frames that others need, without the smoothing."""
    return ["-skip_frame", "nokey"] if is_dense else ["-skip_frame", "noref", "-skip_loop_filter", "all"]


def sheet_options(plan: EncodePlan, graph: str) -> list[str]:
    """What a graph lays out, as numbered files."""
    return [
        *("-filter_complex", graph),
        *("-map", "[sheets]"),
        *jpeg_options(STORYBOARD_QUALITY),
        *("-frames:v", str(plan.storyboard.sheet_count)),
        *("-start_number", "0"),
        "storyboard-%d.jpg",
    ]


def jpeg_options(quality: int) -> list[str]:
    """JPEG pictures; FFmpeg counts quality from 2 (best) to 31."""
    return [
        *("-map_metadata", "-1"),
        *("-fps_mode", "passthrough"),
        *("-c:v", "mjpeg"),
        *("-q:v", str(quality)),
        *("-huffman", "optimal"),
        *("-f", "image2"),
    ]
