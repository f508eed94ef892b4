"""What do the pictures of a published test card show, and when does its beep sound?"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import av

BITS = 8
COLOURS = ((190, 40, 40), (40, 150, 40), (50, 50, 200), (235, 235, 235), (128, 128, 128), (210, 160, 130))
"""Red, green, blue, white, grey and skin, from left to right."""
PAUSE_S = 0.2
WEIGHTS = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114)}
"""Matrix, as an ITU-T H.273 code point -> what red and blue weigh in luma."""
BT601 = 5
FULL_RANGE = 2


@dataclass(frozen=True)
class Pictures:
    """The decoded pictures of one rendition."""

    frames: Sequence[Any]

    @classmethod
    def of(cls, playlist: Path) -> "Pictures":
        """Decode a media playlist, or a file, with FFmpeg."""
        with av.open(str(playlist)) as container:
            stream = container.streams.video[0]
            stream.thread_count = 1
            return cls(list(container.decode(stream)))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.frames[0].width, self.frames[0].height

    @cached_property
    def numbers(self) -> list[int]:
        """The number that each card carries, in the order of showing."""
        places = [((bit + 1 / 2) / BITS, 1 / 8) for bit in range(BITS)]
        return [
            sum(1 << bit for bit, (x, y) in enumerate(places) if sample(frame, 0, x, y) > 128) for frame in self.frames
        ]

    @property
    def times_s(self) -> list[float]:
        """When they are shown."""
        return [float(frame.pts * frame.time_base) for frame in self.frames]

    @property
    def flash_s(self) -> float | None:
        """When the flash begins."""
        lit = (
            time_s
            for time_s, frame in zip(self.times_s, self.frames, strict=True)
            if sample(frame, 0, 0.5, 0.875) > 128
        )
        return next(lit, None)

    @property
    def colours(self) -> list[tuple[int, ...]]:
        """The patches of a picture in the middle of the video."""
        frame = self.frames[len(self.frames) // 2]
        return [read_colour(frame, (place + 1 / 2) / len(COLOURS), 1 / 2) for place in range(len(COLOURS))]

    @property
    def tags(self) -> set[tuple[int, int, int, int]]:
        """Matrix, primaries, transfer function and range that they are said to have."""
        return {(f.colorspace, f.color_primaries, f.color_trc, f.color_range) for f in self.frames}

    @property
    def kinds(self) -> set[tuple[str, bool, int]]:
        """Pixel format, whether interlaced, and rotation."""
        return {(frame.format.name, frame.interlaced_frame, frame.rotation) for frame in self.frames}


def sample(frame: Any, plane_number: int, x: float, y: float) -> int:
    """One value of a plane, at a place between 0 and 1."""
    plane = frame.planes[plane_number]
    return int(memoryview(plane)[int(y * plane.height) * plane.line_size + int(x * plane.width)])


def read_colour(frame: Any, x: float, y: float) -> tuple[int, ...]:
    """Red, green and blue of a place, as a player that believes the tags shows it."""
    luma, blueness, redness = (sample(frame, plane, x, y) for plane in range(3))
    red_weight, blue_weight = WEIGHTS.get(int(frame.colorspace), WEIGHTS[BT601])
    is_full = int(frame.color_range) == FULL_RANGE
    light = luma / 255 if is_full else (luma - 16) / 219
    chroma = 255 if is_full else 224
    red = light + 2 * (1 - red_weight) * (redness - 128) / chroma
    blue = light + 2 * (1 - blue_weight) * (blueness - 128) / chroma
    green = (light - red_weight * red - blue_weight * blue) / (1 - red_weight - blue_weight)
    return tuple(min(255, max(0, round(value * 255))) for value in (red, green, blue))


def worst_difference(colours: Sequence[Sequence[int]], expected: Sequence[Sequence[int]] = COLOURS) -> int:
    """How far the farthest of red, green and blue of all patches is from what it should be."""
    pairs = [pair for shown, meant in zip(colours, expected, strict=True) for pair in zip(shown, meant, strict=True)]
    return max(abs(shown - meant) for shown, meant in pairs)


@dataclass(frozen=True)
class Heard:
    """What a rendition sounds like."""

    beeps_s: list[float]
    """When each begins."""
    start_s: float
    end_s: float
    channels: int


def listen(playlist: Path, *, loud: float = 0.25) -> Heard:
    """Decode the sound of a media playlist, or a file."""
    with av.open(str(playlist)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="s16", layout="mono", rate=stream.rate)
        channels = stream.channels
        frames = [frame for decoded in container.decode(stream) for frame in resampler.resample(decoded)]
    beeps: list[float] = []
    latest = -PAUSE_S
    for frame in frames:
        start_s = float(frame.pts * frame.time_base)
        samples = memoryview(bytes(frame.planes[0])[: frame.samples * 2]).cast("h")
        for place in (place for place, value in enumerate(samples) if abs(value) > loud * 32768):
            moment = start_s + place / frame.sample_rate
            if moment - latest > PAUSE_S:
                beeps.append(moment)
            latest = moment
    last = frames[-1]
    end_s = float(last.pts * last.time_base) + last.samples / last.sample_rate
    return Heard(beeps, float(frames[0].pts * frames[0].time_base), end_s, channels)
