"""What does the container's own index tell of the frames? Runs in the probe's child process only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice

import av
from av.video.stream import VideoStream as AvVideoStream

from vod_web.core.errors import UnsupportedMedia

from .probed import FrameTimes
from .timing import KEYFRAME_SPACING_S, longest_gap_s, measure_frames, thin_times

LAST_ENTRIES = 32
"""The last in the order of time need not be the last in the file."""


def has_index(video: AvVideoStream) -> bool:
    """Whether the container's index names every frame (MP4, MOV, AVI), not only the keyframes (Matroska)."""
    entries = video.index_entries
    return len(entries) > 1 and not all(entry.is_keyframe for entry in islice(entries, 64))


def measure_index(
    video: AvVideoStream, first_pts: int, declared: Iterable[Fraction | None]
) -> tuple[FrameTimes, Fraction]:
    """From decode times: they are the times of showing but for a constant shift, and order inside a group."""
    entries = [(entry.timestamp, entry.is_keyframe) for entry in video.index_entries if not entry.is_discard]
    shift = first_pts - entries[0][0]
    pts = sorted({time + shift for time, _ in entries})
    keyframes = [time + shift for time, is_keyframe in entries if is_keyframe]
    return measure_frames(pts, keyframes, video.time_base or Fraction(1, 1000), declared, 0)


def add_keyframes(frames: FrameTimes, video: AvVideoStream) -> FrameTimes:
    """The keyframes of an index that names nothing else (Matroska's cues); without an index, none is known."""
    pts = sorted({entry.timestamp for entry in video.index_entries if entry.is_keyframe})
    if not pts or pts[0] > frames.first_pts or len(pts) < 2:
        return frames
    pts = [time for time in pts if frames.first_pts <= time < frames.end_pts]
    return replace(
        frames,
        keyframes=thin_times(pts, KEYFRAME_SPACING_S, video.time_base or Fraction(1, 1000)),
        keyframe_gap_s=longest_gap_s(pts, frames.end_pts, video.time_base or Fraction(1, 1000)),
    )


def check_not_truncated(video: AvVideoStream, size_bytes: int) -> None:
    """Refuse a file whose index names bytes beyond its end."""
    missing = [entry for entry in _last_entries(video) if entry.pos + entry.size > size_bytes]
    if missing:
        raise UnsupportedMedia(
            "This file is incomplete: its end is missing. It was probably cut off while being copied or recorded."
        )


def _last_entries(video: AvVideoStream) -> Iterator[av.index.IndexEntry]:
    entries = video.index_entries
    return (entries[number] for number in range(max(0, len(entries) - LAST_ENTRIES), len(entries)))
