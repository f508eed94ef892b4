"""May a source be shown as it is, without encoding, and where can it be cut?

Pure rules over the probe. What is copied must be cut at the same times as what is encoded, and every browser must
play it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .ladder import HIGHEST_RATE, choose_ceiling, name_rung
from .probed import AudioTrack, Hdr, Probe, VideoStream
from .records import Record
from .timeline import LONGEST_GAP_S

COPIED_FORMATS = ("yuv420p", "yuvj420p")
COPIED_PROFILES = ("Baseline", "Constrained Baseline", "Main", "High")
COPIED_CONTAINERS = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "mpegts")
LONGEST_SIDE_PX, LONGEST_SHORT_SIDE_PX = 4096, 2304
NEARLY_SQUARE = Fraction(1, 100)
"""Scaling to even sizes leaves ratios such as 1281:1280 behind."""
LONGEST_DELAY_S = 0.5
"""Frames may wait so long between decoding and showing: decode times must stay above zero."""
KEPT_BITRATE = Fraction(3, 2)
"""A copy of at most so many times the bits of its rung stays as the top rendition."""
TEMPORARY_NAME = "source"
"""No rung is called so."""

AUDIO_CONTAINERS = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm")
AUDIO_RATES_HZ = (44_100, 48_000)
AAC_DEFAULT_BPS = 128_000
AUDIO_LATE_S = Fraction(1, 20)
AUDIO_SHORT_S = Fraction(1, 2)
AUDIO_EARLY_S = Fraction(1, 4)


@dataclass(frozen=True)
class CopyPlan(Record):
    """The rendition that is the source's own picture."""

    name: str
    width_px: int
    height_px: int
    frame_rate: Fraction
    codecs: str
    bitrate_bps: int
    is_kept: bool
    """It is the top rendition for good; else it serves until the encoded ones are ready."""


def reasons_against_copy(probe: Probe) -> tuple[str, ...]:
    """Why the picture cannot be copied; empty when it can."""
    video = probe.video
    width, height = video.width_px, video.height_px
    checks = (
        (video.codec != "h264", f"it is {video.codec}, not H.264"),
        (video.pixel_format not in COPIED_FORMATS, f"its pixels are {video.pixel_format}"),
        (video.profile not in COPIED_PROFILES, f"its profile is {video.profile}"),
        (probe.container not in COPIED_CONTAINERS, f"it comes in {probe.container}"),
        (
            max(width, height) > LONGEST_SIDE_PX or min(width, height) > LONGEST_SHORT_SIDE_PX,
            "it is larger than 4K",
        ),
        (width % 2 == 1 or height % 2 == 1, "its size is odd"),
        (video.is_interlaced, "it is interlaced"),
        (abs(video.sample_aspect_ratio - 1) > NEARLY_SQUARE, "its pixels are not square"),
        (video.rotation_deg != 0 or video.is_mirrored, "it is rotated or mirrored"),
        (video.colour.hdr is not Hdr.NONE, "it is HDR"),
        (video.frame_rate > HIGHEST_RATE, "it has more than 60 frames in a second"),
    )
    return (
        *(reason for is_against, reason in checks if is_against),
        *reasons_against_packets(video),
        *reasons_against_keyframes(video),
    )


def reasons_against_packets(video: VideoStream) -> tuple[str, ...]:
    """What the packets have against being copied."""
    bitstream = video.bitstream
    if bitstream is None:
        return ("its packets were not looked at",)
    checks = (
        (not bitstream.is_closed, "its GOPs are open"),
        (not bitstream.is_constant, "its parameter sets change"),
        (bitstream.is_cut, "its edit list leaves frames out"),
        (bitstream.delay_s > LONGEST_DELAY_S, "its frames are decoded too long before they are shown"),
    )
    return tuple(reason for is_against, reason in checks if is_against)


def reasons_against_keyframes(video: VideoStream) -> tuple[str, ...]:
    """What the times of the keyframes have against being copied."""
    frames = video.frames
    if not frames.keyframes or frames.keyframe_gap_s is None:
        return ("the times of its keyframes are not known",)
    if frames.keyframes[0] != frames.first_pts:
        return ("it does not begin with a keyframe",)
    if frames.keyframe_gap_s > LONGEST_GAP_S:
        return (f"its keyframes are {frames.keyframe_gap_s:.0f} s apart",)
    return ()


def plan_copy(probe: Probe, heights: Sequence[int]) -> CopyPlan | None:
    """The copied rendition, where one can be made."""
    video = probe.video
    if reasons_against_copy(probe) or video.bitstream is None:
        return None
    short_side = min(video.display_size)
    bitrate = video.bitrate_bps or 0
    limit = KEPT_BITRATE * choose_ceiling(*video.display_size, video.frame_rate)
    is_sane = 0 < bitrate <= limit and short_side <= max(heights)
    is_kept = is_sane and not video.colour.is_full_range  # browsers understand it, televisions often do not
    return CopyPlan(
        name=name_rung(short_side) if is_kept else TEMPORARY_NAME,
        width_px=video.width_px,
        height_px=video.height_px,
        frame_rate=video.frame_rate,
        codecs=video.bitstream.codecs,
        bitrate_bps=bitrate or int(limit),
        is_kept=is_kept,
    )


def reasons_against_audio_copy(track: AudioTrack, probe: Probe, channels: int = 2) -> tuple[str, ...]:
    """Why a sound track cannot be copied as one of so many channels; empty when it can."""
    checks = (
        (track.codec != "aac" or track.profile != "LC", f"it is {track.codec} {track.profile or ''}".strip()),
        (track.channels != channels, f"it has {track.channels} channels"),
        (track.sample_rate_hz not in AUDIO_RATES_HZ, f"it has {track.sample_rate_hz} samples in a second"),
        (probe.container not in AUDIO_CONTAINERS, f"it comes in {probe.container}"),
    )
    return (*(reason for is_against, reason in checks if is_against), *_reasons_against_times(track, probe.video))


def _reasons_against_times(track: AudioTrack, video: VideoStream) -> tuple[str, ...]:
    """Nothing fills the gaps of a copied track."""
    packets = track.packets
    if packets is None or not packets.is_even:
        return ("its packets do not follow each other without a gap",)
    start_s = packets.first_pts * packets.time_base - video.start_s
    end_s = start_s + Fraction(packets.count * 1024, track.sample_rate_hz)
    checks = (
        (start_s > AUDIO_LATE_S, "it begins after the picture"),
        (start_s < -AUDIO_EARLY_S, "it begins before the picture"),
        (end_s < video.duration_s - AUDIO_SHORT_S, "it ends before the picture"),
    )
    return tuple(reason for is_against, reason in checks if is_against)
