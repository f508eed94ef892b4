"""Probes of videos that exist only on paper."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from vod_web.media.probed import AudioTrack, Bitstream, Colour, FrameTimes, PacketTimes, Probe, VideoStream
from vod_web.media.timing import measure_frames


def make_video(
    frames: FrameTimes, rate: Fraction, time_base: Fraction, size: tuple[int, int], rotation: int, sar: Fraction
) -> VideoStream:
    return VideoStream(
        index=0,
        codec="h264",
        profile="High",
        pixel_format="yuv420p",
        bit_depth=8,
        width_px=size[0],
        height_px=size[1],
        sample_aspect_ratio=sar,
        rotation_deg=rotation,
        frame_rate=rate,
        is_interlaced=False,
        colour=Colour("bt709", "bt709", "bt709"),
        time_base=time_base,
        bitrate_bps=5_000_000,
        has_b_frames=True,
        frames=frames,
    )


def even_video(
    *,
    rate: Fraction = Fraction(30),
    seconds: Fraction | int = 60,
    size: tuple[int, int] = (1920, 1080),
    rotation: int = 0,
    sar: Fraction = Fraction(1),
) -> VideoStream:
    """A video of constant rate, as an MP4 file has it."""
    base = Fraction(1, rate.numerator * 1000)
    ticks = int(1 / rate / base)
    count = round(seconds * rate)
    frames, _ = measure_frames([n * ticks for n in range(count)], [0], base, [rate], ticks)
    return make_video(frames, rate, base, size, rotation, sar)


def uneven_video(milliseconds: list[int]) -> VideoStream:
    """A video of variable rate: when its frames are shown."""
    base = Fraction(1, 1000)
    frames, rate = measure_frames(milliseconds, milliseconds[:1], base, [], 40)
    return make_video(frames, rate, base, (1280, 720), 0, Fraction(1))


def copied_video(
    *,
    rate: Fraction = Fraction(30),
    seconds: Fraction | int = 60,
    gop: int = 60,
    keyframes: Sequence[int] = (),
    **changes: object,
) -> VideoStream:
    """An H.264 video that can be copied, with a keyframe every `gop` frames or at the frames given."""
    video = even_video(rate=rate, seconds=seconds)
    ticks = int(1 / rate / video.time_base)
    count = round(seconds * rate)
    places = [number * ticks for number in keyframes or range(0, count, gop)]
    frames, _ = measure_frames([n * ticks for n in range(count)], places, video.time_base, [rate], ticks)
    bitstream = Bitstream("avc1.640028", is_closed=True, is_constant=True, is_cut=False, delay_s=0.07)
    return replace(video, **({"frames": frames, "bitstream": bitstream} | changes))  # type: ignore[arg-type]


def copied_track(index: int, *, seconds: int = 60, **changes: object) -> AudioTrack:
    """A sound track that can be copied."""
    packets = PacketTimes(Fraction(1, 48000), -1024, seconds * 48000 // 1024 + 1, is_even=True)
    return audio_track(index, packets=packets, duration_s=Fraction(seconds), **changes)


def audio_track(index: int, **changes: object) -> AudioTrack:
    values: dict[str, object] = {
        "index": index,
        "codec": "aac",
        "profile": "LC",
        "channels": 2,
        "layout": "stereo",
        "sample_rate_hz": 48000,
        "language": None,
        "title": None,
        "is_default": False,
        "start_s": Fraction(0),
        "duration_s": Fraction(60),
        "bitrate_bps": 128000,
    }
    return AudioTrack(**(values | changes))  # type: ignore[arg-type]


def make_probe(video: VideoStream, *audio: AudioTrack, container: str = "mov,mp4,m4a,3gp,3g2,mj2") -> Probe:
    return Probe(
        container=container,
        size_bytes=1_000_000,
        duration_s=video.duration_s,
        start_s=Fraction(0),
        bitrate_bps=None,
        video=video,
        audio=audio,
    )
