"""Which filter graph makes the pictures and the sound of the renditions? Pure; text for FFmpeg."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from .audio_plan import AAC_RATE_HZ, AudioPlan
from .ladder import HIGHEST_RATE, Rung
from .plan import OUTPUT_OFFSET_S, EncodePlan
from .probed import Colour, Hdr, VideoStream

SCALER = "flags=bicubic"
"""Bilinear costs 8 to 24 VMAF on the lower rungs; a bicubic cascade equals flat bicubic and is cheaper."""

HD_LINES = 720
"""From this height on, a source that does not name its colour matrix is taken for BT.709, below it for BT.601."""

WHITE_NITS = 203
"""HDR reference white (ITU-R BT.2408): what counts as 1.0 when tone-mapping, of PQ and HLG alike."""
PEAK_NITS = 1000
"""The brightest that is told apart: nearly all HDR is graded for displays of this peak. Fixed: nothing flickers."""
TONE_MAP = f"tonemap=tonemap=mobius:param=0.3:desat=0:peak={PEAK_NITS / WHITE_NITS:.3f}"
"""Mobius leaves dark and middle tones as they are and bends only the bright ones; hable darkens the whole picture."""

CENTRE, SIDE = 0.707, 0.5
"""Downmix as ITU-R BS.775, the rear a little quieter. Not scaled down to make clipping impossible, as FFmpeg's own
downmix is (that makes dialogue 8 dB quieter): a limiter catches the rare peaks instead."""

DOWNMIX_GAIN = {
    "FL": (1.0, 0.0),
    "FR": (0.0, 1.0),
    "FC": (CENTRE, CENTRE),
    "BL": (SIDE, 0.0),
    "BR": (0.0, SIDE),
    "SL": (SIDE, 0.0),
    "SR": (0.0, SIDE),
    "BC": (SIDE * CENTRE, SIDE * CENTRE),
}
"""Channel -> its part in left and right; the low-frequency channel is left out, as in every film's stereo."""

SURROUND = {
    "3.0": ("FL", "FR", "FC"),
    "3.1": ("FL", "FR", "FC"),
    "4.0": ("FL", "FR", "FC", "BC"),
    "4.1": ("FL", "FR", "FC", "BC"),
    "quad": ("FL", "FR", "BL", "BR"),
    "quad(side)": ("FL", "FR", "SL", "SR"),
    "5.0": ("FL", "FR", "FC", "BL", "BR"),
    "5.0(side)": ("FL", "FR", "FC", "SL", "SR"),
    "5.1": ("FL", "FR", "FC", "BL", "BR"),
    "5.1(side)": ("FL", "FR", "FC", "SL", "SR"),
    "6.1": ("FL", "FR", "FC", "BC", "SL", "SR"),
    "7.0": ("FL", "FR", "FC", "BL", "BR", "SL", "SR"),
    "7.1": ("FL", "FR", "FC", "BL", "BR", "SL", "SR"),
}
"""Layouts that are mixed by the table above; FFmpeg mixes the others."""

SURROUND_MIX = {
    "5.1": "BL=BL|BR=BR",
    "5.1(side)": "BL=SL|BR=SR",
    "6.1": f"BL=SL+{SIDE:g}*BC|BR=SR+{SIDE:g}*BC",
    "7.1": f"BL={CENTRE:g}*SL+{CENTRE:g}*BL|BR={CENTRE:g}*SR+{CENTRE:g}*BR",
}
"""Layout -> what the rear loudspeakers of 5.1 play; the ones in front are the same in all."""
SUMMED = ("6.1", "7.1")
"""Their rear channels are sums, which may be too loud."""
LIMITER = "alimiter=limit=0.95:level=false:latency=true"
"""level: no make-up gain; latency: it looks ahead, which would delay the sound by 5 ms."""


@dataclass(frozen=True)
class Target:
    """What the colours of an output mean."""

    matrix: str
    range_name: str
    pixel_format: str
    tags: tuple[str, ...] = ()
    """Filters that write on the frames what their colours mean: the encoder believes them, not its options."""


VIDEO = Target(
    "bt709",
    "limited",
    "yuv420p",
    ("setparams=range=limited:color_primaries=bt709:color_trc=bt709:colorspace=bt709",),
)
JPEG = Target("smpte170m", "full", "yuvj420p")
"""JFIF has no other."""

LOOK_SIZE = (64, 36)
"""Size of the grey picture by which a poster is judged."""


def format_seconds(value: Fraction) -> str:
    """A time for FFmpeg, in whole microseconds, rounded down."""
    microseconds = value * 1_000_000 // 1
    sign = "-" if microseconds < 0 else ""
    return f"{sign}{abs(microseconds) // 1_000_000}.{abs(microseconds) % 1_000_000:06d}"


def format_ratio(value: Fraction) -> str:
    """A fraction as FFmpeg reads it, always with a denominator."""
    return f"{value.numerator}/{value.denominator}"


def source_matrix(video: VideoStream) -> str:
    """The colour matrix of the source, guessed by its size where it does not say, as players do."""
    if video.colour.matrix != "unknown":
        return video.colour.matrix
    if video.colour.primaries == "bt2020":
        return "bt2020nc"
    return "bt709" if min(video.display_size) >= HD_LINES else "smpte170m"


def ladder_graph(plan: EncodePlan, rungs: Sequence[Rung], start: int, stop: int | None) -> str:
    """One decode for all rungs of a chunk, each scaled from the next larger one.

    `start` and `stop` are ticks of the timeline; frames from `start` up to but without `stop` come out, in outputs
    named `[v0]`, `[v1]` ... in the order of the rungs.
    """
    head = [*time_filters(plan), trim_filter(start, stop), *rate_filters(plan)]
    chains = []
    previous: Rung | None = None
    for number, rung in enumerate(rungs):
        filters = head if previous is None else []
        filters += step_filters(plan, rung, previous)
        filters += (
            [*scale_filters(plan.video, (rung.width_px, rung.height_px), VIDEO)]
            if previous is None
            else [f"scale={rung_size(rung)}:{SCALER}"]
        )
        source = f"[0:{plan.video.index}]" if previous is None else f"[from{number - 1}]"
        is_last = number == len(rungs) - 1
        outputs = f"[v{number}]" if is_last else f",split=2[v{number}][from{number}]"
        chains.append(f"{source}{','.join(filters)}{outputs}")
        previous = rung
    return ";".join(chains)


def rung_size(rung: Rung) -> str:
    """A rung's size as the scale filter reads it."""
    return f"{rung.width_px}:{rung.height_px}"


def time_filters(plan: EncodePlan) -> list[str]:
    """Give frames the time base in which the timeline counts; deinterlace before anything is cut or scaled.

    A damaged file may show two frames at one moment; encoders want them apart, so the later one comes a tick later.
    """
    settb = f"settb={format_ratio(plan.timeline.time_base)}"
    filters = [settb, "setpts='if(isnan(PREV_OUTPTS),PTS,max(PTS,PREV_OUTPTS+1))'"]
    if not plan.video.is_interlaced:
        return filters
    # one frame for each frame, not for each field; progressive frames in between stay as they are
    return ["bwdif=mode=send_frame:parity=auto:deint=interlaced", *filters]


def trim_filter(start: int, stop: int | None) -> str:
    """Exactly the frames of the chunk, counted in ticks; seeking and `-to` count microseconds."""
    return f"trim=start_pts={start}" + (f":end_pts={stop}" if stop is not None else "")


def rate_filters(plan: EncodePlan) -> list[str]:
    """A variable rate above 60 fps loses the frames that share a sixtieth of a second with an earlier one."""
    if plan.video.is_variable_frame_rate and plan.video.frame_rate > HIGHEST_RATE:
        return ["select='isnan(prev_selected_t)+gt(floor(t*60),floor(prev_selected_t*60))'"]
    return []


def step_filters(plan: EncodePlan, rung: Rung, previous: Rung | None) -> list[str]:
    """Keep every so many-th frame, counted by time, so that a frame that cannot be decoded shifts nothing."""
    if rung.frame_step == (previous.frame_step if previous else 1):
        return []
    first, base = plan.timeline.starts[0], format_ratio(plan.timeline.time_base)
    rate = format_ratio(plan.video.frame_rate)
    return [f"select='not(mod(round((pts-{first})*{base}*{rate}),{rung.frame_step}))'"]


def scale_filters(video: VideoStream, size: tuple[int, int], target: Target) -> list[str]:
    """From the source's picture to another size: square pixels, 8 bits, the target's colours."""
    scale = f"scale={size[0]}:{size[1]}:{SCALER}"
    if video.colour.hdr is not Hdr.NONE:
        return [scale, *tone_map_filters(video.colour, target), "setsar=1", *target.tags]
    if video.colour.is_wide:
        return [scale, *gamut_filters(video, target), "setsar=1", *target.tags]
    return [
        f"{scale}:in_color_matrix={source_matrix(video)}:in_range={range_name(video.colour)}"
        f":out_color_matrix={target.matrix}:out_range={target.range_name}",
        f"format={target.pixel_format}",
        "setsar=1",
        *target.tags,
    ]


def range_name(colour: Colour) -> str:
    """The range of the source as filters call it."""
    return "full" if colour.is_full_range else "limited"


def tone_map_filters(colour: Colour, target: Target) -> list[str]:
    """HDR to BT.709, through linear light, after scaling: there it is cheapest, without harm."""
    matrix = colour.matrix if colour.matrix != "unknown" else "bt2020nc"
    primaries = colour.primaries if colour.primaries != "unknown" else "bt2020"
    return [
        # on the frames too, or what follows finds no way from colours that are not known
        f"setparams=color_primaries={primaries}:colorspace={matrix}",
        f"zscale=tin={colour.transfer}:min={matrix}:pin={primaries}:rin={range_name(colour)}:t=linear:npl={WHITE_NITS}",
        "format=gbrpf32le",
        "zscale=p=bt709",
        TONE_MAP,
        f"zscale=t=bt709:m={target.matrix}:r={target.range_name}",
        f"format={target.pixel_format}",
    ]


def gamut_filters(video: VideoStream, target: Target) -> list[str]:
    """The colours of a wide gamut in BT.709: without it, they look pale."""
    transfer = video.colour.transfer if video.colour.transfer != "unknown" else "bt709"
    return [
        f"zscale=tin={transfer}:min={source_matrix(video)}:pin={video.colour.primaries}:rin={range_name(video.colour)}"
        f":t=bt709:m={target.matrix}:p=bt709:r={target.range_name}",
        f"format={target.pixel_format}",
    ]


def poster_graph(plan: EncodePlan, ticks: int) -> str:
    """The first frame at or after a tick, in every poster size (`[p0]`, `[p1]` ...) and tiny and grey (`[look]`)."""
    sizes = plan.poster.sizes
    outputs = "".join(f"[s{number}]" for number in range(len(sizes)))
    head = [*time_filters(plan), trim_filter(ticks, None), "trim=end_frame=1"]
    scaled = [*head, *scale_filters(plan.video, sizes[0], JPEG), f"split={len(sizes) + 1}{outputs}[small]"]
    chains = [f"[0:{plan.video.index}]{','.join(scaled)}"]
    chains += [f"[s{number}]scale={w}:{h}:{SCALER}[p{number}]" for number, (w, h) in enumerate(sizes)]
    chains.append(f"[small]scale={LOOK_SIZE[0]}:{LOOK_SIZE[1]}:flags=area,format=gray[look]")
    return ";".join(chains)


def storyboard_graph(plan: EncodePlan) -> str:
    """One small picture of the source for each interval, laid out on sheets (`[sheets]`)."""
    start_s = plan.timeline.starts[0] * plan.timeline.time_base
    head = [*time_filters(plan), trim_filter(plan.timeline.cut(0), None)]
    return f"[0:{plan.video.index}]{','.join([*head, *sheet_filters(plan, plan.video, start_s)])}[sheets]"


def rung_storyboard_graph(plan: EncodePlan) -> str:
    """The same of a rung, whose picture begins at a known time and has the colours that we gave it."""
    video = replace(plan.video, colour=Colour(VIDEO.matrix, "bt709", "bt709"))
    return f"[0:0]{','.join(sheet_filters(plan, video, Fraction(OUTPUT_OFFSET_S)))}[sheets]"


def sheet_filters(plan: EncodePlan, video: VideoStream, start_s: Fraction) -> list[str]:
    """The latest picture at the beginning of each interval, small, in rows and columns."""
    board = plan.storyboard
    return [
        f"fps=fps={format_ratio(1 / board.interval_s)}:start_time={format_seconds(start_s)}:round=up",
        *scale_filters(video, (board.tile_width_px, board.tile_height_px), JPEG),
        "tpad=stop=-1:stop_mode=clone",  # the last sheet is filled up; the output stops after it
        f"tile={board.columns}x{board.rows}",
    ]


def audio_graph(track: AudioPlan, video_start_s: Fraction, first_sample: int, stop_sample: int) -> str:
    """Stereo or 5.1 at 48 kHz from one sample to another, counted from the beginning of the picture.

    Silence fills what is missing before the first sound, after the last, and in gaps of more than 20 ms; sound from
    before the first sample is cut off. The clock is set to zero first: the resampler is silent when its clock stands
    at ten hours.
    """
    return ",".join(
        [
            f"asetpts=PTS-{format_ratio(video_start_s)}/TB",
            *(surround_filters(track.layout) if track.is_surround else downmix_filters(track.layout, track.channels)),
            f"aresample={AAC_RATE_HZ}:async=1:min_hard_comp=0.02:first_pts={first_sample - AAC_RATE_HZ}",
            f"atrim=start_pts={first_sample}",  # to the sample; the resampler begins some milliseconds too late
            f"apad=whole_len={stop_sample - first_sample}",
            f"atrim=end_sample={stop_sample - first_sample}",
        ]
    )


def downmix_filters(layout: str, channels: int) -> list[str]:
    """From the track's channels to two."""
    names: Sequence[str] = SURROUND.get(layout, ())
    if names:
        sides = ["+".join(f"{DOWNMIX_GAIN[c][side]:g}*{c}" for c in names if DOWNMIX_GAIN[c][side]) for side in (0, 1)]
        return [f"pan=stereo|FL={sides[0]}|FR={sides[1]}", LIMITER]
    return ["pan=stereo|FL=c0|FR=c0"] if channels == 1 else ["aformat=channel_layouts=stereo"]


def surround_filters(layout: str) -> list[str]:
    """From the track's channels to those of 5.1, in the order in which AAC has them."""
    pan = f"pan=5.1|FL=FL|FR=FR|FC=FC|LFE=LFE|{SURROUND_MIX[layout]}"
    return [pan, LIMITER] if layout in SUMMED else [pan]
