"""Which facts does an open container tell?"""

from collections.abc import Callable
from fractions import Fraction

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.subtitles.stream import SubtitleStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream as AvVideoStream

from vod_web.core.errors import UnsupportedMedia

from .formats import AUDIO_DECODERS, DECODE_ORDERED, SUBTITLE_DECODERS, VIDEO_DECODERS
from .frame_facts import check_colours, check_sizes, is_interlaced, read_aspect, read_colour, read_orientation
from .probed import AudioTrack, Chapter, FrameTimes, Probe, SubtitleTrack, VideoStream
from .scan import SourceTimes, read_times

MOST_STREAMS = 128
MOST_AUDIO_TRACKS = 16
MOST_CHAPTERS = 500
LONGEST_S = 48 * 3600
MOST_TEXT = 200
MOST_FIRST_PACKETS = 2000
FIRST_FRAMES = 4


def read_facts(open_file: Callable[[], InputContainer], size_bytes: int) -> Probe:
    """The probe of a file; raises UnsupportedMedia when it is no video that can be encoded.

    The file is opened twice, because not every container can go back to its beginning.
    """
    with open_file() as container:
        first = check_video(container)
    with open_file() as container:
        return read_all(container, first, size_bytes)


def check_video(container: InputContainer) -> list[VideoFrame]:
    """The first pictures of a file that may be processed."""
    if len(container.streams) > MOST_STREAMS:
        raise UnsupportedMedia("This file has far too many streams.")
    stream = find_video(container)
    check_decodable(stream)
    first = first_frames(container, stream)
    check_sizes(first[0])
    check_colours(stream, first[0])
    return first


def read_all(container: InputContainer, first: list[VideoFrame], size_bytes: int) -> Probe:
    """Everything that headers, packets and the first pictures tell."""
    video, times = read_video(container, find_video(container), first, size_bytes)
    audio = tuple(
        read_audio(track, times) for track in container.streams.audio[:MOST_AUDIO_TRACKS] if has_packets(track, times)
    )
    duration = max([video.start_s + video.duration_s, *(_end(track) for track in audio)]) - min(
        [video.start_s, *(track.start_s for track in audio if track.start_s is not None)]
    )
    if duration > LONGEST_S:
        raise UnsupportedMedia("This video says that it is longer than two days; the file is probably damaged.")
    return Probe(
        container=container.format.name,
        size_bytes=size_bytes,
        duration_s=duration,
        start_s=Fraction(container.start_time or 0, av.time_base),
        bitrate_bps=container.bit_rate or None,
        video=video,
        audio=tuple(track for track in audio if track.codec in AUDIO_DECODERS),
        subtitles=tuple(read_subtitles(track) for track in container.streams.subtitles),
        chapters=read_chapters(container),
    )


def find_video(container: InputContainer) -> AvVideoStream:
    """The first moving picture; cover pictures and thumbnails do not count."""
    still = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    for stream in container.streams.video:
        if not stream.disposition & still:
            return stream
    if container.streams.audio:
        raise UnsupportedMedia("This file has sound but no picture; only videos can be published here.")
    raise UnsupportedMedia("There is no video in this file.")


def check_decodable(stream: AvVideoStream) -> None:
    """Refuse a picture that no allowed decoder reads."""
    context = stream.codec_context
    if context is None:
        raise UnsupportedMedia("The picture of this video is in a format that this site cannot read.")
    codec = context.codec.canonical_name
    if codec not in VIDEO_DECODERS:
        raise UnsupportedMedia(f"The picture of this video is in a format that this site cannot read ({codec}).")


def first_frames(container: InputContainer, stream: AvVideoStream) -> list[VideoFrame]:
    """The first few pictures, which tell what headers leave out and prove that decoding works."""
    frames: list[VideoFrame] = []
    for number, packet in enumerate(container.demux(stream)):
        if packet.has_sidedata("encryption_info"):
            raise UnsupportedMedia("This video is encrypted (copy-protected), so it cannot be processed.")
        try:
            frames += [frame for frame in packet.decode() if isinstance(frame, VideoFrame)]
        except av.error.FFmpegError:  # a damaged beginning is common in recordings and streams
            continue
        if len(frames) >= FIRST_FRAMES or number > MOST_FIRST_PACKETS:
            break
    if not frames:
        raise UnsupportedMedia("The picture of this video is damaged or encrypted: no frame of it can be decoded.")
    return frames


def read_video(
    container: InputContainer, stream: AvVideoStream, first: list[VideoFrame], size_bytes: int
) -> tuple[VideoStream, SourceTimes]:
    """The facts of the picture, and what packets tell of all streams."""
    context, frame = stream.codec_context, first[0]
    has_times = frame.pts is not None and container.format.name not in DECODE_ORDERED
    moment = frame.pts if has_times else frame.dts
    first_pts = moment if moment is not None else stream.start_time or 0
    times = read_times(container, stream, first_pts=first_pts, size_bytes=size_bytes)
    rotation_deg, is_mirrored = read_orientation(frame)
    video = VideoStream(
        index=stream.index,
        codec=context.codec.canonical_name,
        profile=context.profile,
        pixel_format=frame.format.name,
        bit_depth=max((component.bits for component in frame.format.components), default=8),
        width_px=frame.width,
        height_px=frame.height,
        sample_aspect_ratio=read_aspect(stream),
        rotation_deg=rotation_deg,
        is_mirrored=is_mirrored,
        frame_rate=times.frame_rate,
        is_interlaced=is_interlaced(context.field_order, first),
        colour=read_colour(frame),
        time_base=stream.time_base or Fraction(1, 1000),
        bitrate_bps=context.bit_rate or _mean_bitrate(size_bytes, times.frames, stream),
        has_b_frames=bool(context.has_b_frames),
        frames=times.frames,
        bitstream=times.bitstream,
    )
    return video, times


def _mean_bitrate(size_bytes: int, frames: FrameTimes, stream: AvVideoStream) -> int | None:
    duration = (frames.end_pts - frames.first_pts) * (stream.time_base or 0)
    return round(size_bytes * 8 / duration) if duration > 0 else None


def has_packets(stream: AudioStream, times: SourceTimes) -> bool:
    """Whether there is any sound in a track, as far as the file was read."""
    return stream.index in times.ends or not times.ends


def read_audio(stream: AudioStream, times: SourceTimes) -> AudioTrack:
    """The facts of one sound track."""
    context = stream.codec_context
    base = stream.time_base or Fraction(1, 1000)
    start = stream.start_time * base if stream.start_time is not None else None
    duration = stream.duration * base if stream.duration else None
    if stream.index in times.ends:
        duration = times.ends[stream.index] - (start or 0)
    return AudioTrack(
        index=stream.index,
        codec=context.codec.canonical_name if context else "unknown",
        profile=context.profile if context else None,
        channels=context.layout.nb_channels if context else 0,
        layout=context.layout.name if context else "",
        sample_rate_hz=context.sample_rate if context else 0,
        language=_language(stream),
        title=_text(stream, "title"),
        is_default=bool(stream.disposition & Disposition.default),
        start_s=start,
        duration_s=duration,
        bitrate_bps=(context.bit_rate or None) if context else None,
        packets=times.sound.get(stream.index),
    )


def _end(track: AudioTrack) -> Fraction:
    return (track.start_s or Fraction(0)) + (track.duration_s or Fraction(0))


def read_subtitles(stream: SubtitleStream) -> SubtitleTrack:
    """The facts of one subtitle track."""
    codec = stream.codec_context.codec.canonical_name if stream.codec_context else "unknown"
    return SubtitleTrack(
        index=stream.index,
        codec=codec,
        is_text=codec in SUBTITLE_DECODERS,
        language=_language(stream),
        title=_text(stream, "title"),
        is_default=bool(stream.disposition & Disposition.default),
        is_forced=bool(stream.disposition & Disposition.forced),
        is_hearing_impaired=bool(stream.disposition & Disposition.hearing_impaired),
    )


def _language(stream: Stream) -> str | None:
    language = _text(stream, "language")
    return language if language and language != "und" else None


def _text(stream: Stream, name: str) -> str | None:
    """A metadata text, shortened and without control characters, for it is shown on pages."""
    value = stream.metadata.get(name, "")
    return "".join(character for character in value if character.isprintable())[:MOST_TEXT].strip() or None


def read_chapters(container: InputContainer) -> tuple[Chapter, ...]:
    """The chapters that the file names."""
    return tuple(
        Chapter(
            start_s=chapter["start"] * chapter["time_base"],
            end_s=chapter["end"] * chapter["time_base"],
            title=chapter["metadata"].get("title", "")[:MOST_TEXT].strip() or None,
        )
        for chapter in container.chapters()[:MOST_CHAPTERS]
        if chapter["time_base"]
    )
