"""Where does reading begin for a frame in the middle of a source? Pure.

Containers find a keyframe at or before a time, and all frames from there to the wanted one must be decoded.
"""

from bisect import bisect_right
from fractions import Fraction

from .probed import Probe, VideoStream

SEEK_FRAMES = 16
"""Frames may be decoded up to this many frames before they are shown (H.264, HEVC): seeking aims so much earlier."""
BLIND_SEEK_S = Fraction(12)
"""How far before a chunk reading begins when the distance of keyframes is not known."""
SEEKABLE = ("mov", "mp4", "matroska", "webm")
"""Containers whose index finds the keyframe before a time exactly."""
BY_TIME_OF_SHOWING = ("mov", "mp4")
"""Of these, those in which FFmpeg seeks by the time at which frames are shown."""
FFMPEG_EARLIER_S = Fraction(3, 23)
"""In others it aims so much before the time that it is given, where frames are reordered."""
ROUNDING_S = Fraction(1, 1000)


def plan_seek_margin(probe: Probe) -> Fraction:
    """How long before a chunk to begin reading: the reach of reordered frames, or the distance of keyframes."""
    reach = SEEK_FRAMES / probe.video.frame_rate
    if is_seekable(probe.container):
        return max(reach, Fraction(1, 5))
    gap = probe.video.frames.keyframe_gap_s
    return reach + (Fraction(ceil_tenths(gap), 10) + 1 if gap is not None else BLIND_SEEK_S)


def is_seekable(container: str) -> bool:
    """Whether the container has an index of keyframes."""
    return container.split(",")[0] in SEEKABLE


def ceil_tenths(value: float) -> int:
    """Tenths, rounded up."""
    return -int(-value * 10 // 1)


def choose_seek(video: VideoStream, container: str, margin_s: Fraction, time_s: Fraction) -> Fraction:
    """The time to seek to, so that the frame that is shown at a time can be decoded; on the clock of the source."""
    keyframe_s = find_keyframe(video, time_s)
    if keyframe_s is None or keyframe_s <= time_s - margin_s or not _can_aim(video, container, keyframe_s):
        return time_s - margin_s
    return keyframe_s + _aim_after_s(video, container)


def find_lead(video: VideoStream, container: str, margin_s: Fraction, time_s: Fraction) -> Fraction | None:
    """How much is decoded before a time to get the frame that is shown then; None where nobody knows."""
    if not is_seekable(container) or not video.frames.keyframes:
        return None
    keyframe_s = find_keyframe(video, choose_seek(video, container, margin_s, time_s))
    return time_s - (video.start_s if keyframe_s is None else keyframe_s)


def find_keyframe(video: VideoStream, time_s: Fraction) -> Fraction | None:
    """The time of the last keyframe at or before a time; None where none is known."""
    ticks = (time_s + ROUNDING_S) // video.time_base
    place = bisect_right(video.frames.keyframes, ticks)
    return video.frames.keyframes[place - 1] * video.time_base if place else None


def _can_aim(video: VideoStream, container: str, keyframe_s: Fraction) -> bool:
    """Whether a keyframe can be found itself: all after it can be decoded, and the next one is far enough."""
    is_closed = video.bitstream is not None and video.bitstream.is_closed
    if not is_closed or not is_seekable(container):
        return False
    until_s = keyframe_s + _aim_after_s(video, container) + SEEK_FRAMES / video.frame_rate
    return find_keyframe(video, until_s) == keyframe_s


def _aim_after_s(video: VideoStream, container: str) -> Fraction:
    """How long after a keyframe to aim, so that it is the one before."""
    is_early = video.has_b_frames and container.split(",")[0] not in BY_TIME_OF_SHOWING
    return 1 / (2 * video.frame_rate) + (FFMPEG_EARLIER_S if is_early else 0)
