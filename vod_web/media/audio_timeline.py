"""Where is a sound track cut into segments?

AAC comes in frames of 1024 samples. A track is a row of them without a gap, numbered from its first one; segments and
chunks are runs of them, so that what different machines make joins to the sample.
"""

from dataclasses import dataclass
from fractions import Fraction

from .records import Record

AAC_FRAME_SAMPLES = 1024
PRIMING_FRAMES = 1
"""FFmpeg's encoder begins with a frame before the first sample: half of what a frame says, the next one completes."""
STEP_FRAMES = 5
"""Every 5 frames of 1024 samples at 48 kHz lie on a sample of 44.1 kHz too: chunks of resampled sound keep in phase."""


@dataclass(frozen=True)
class AudioTimeline(Record):
    """The exact start of every segment of a sound track."""

    rate_hz: int
    first_sample: int
    """When the first frame is heard, in samples from the beginning of the picture; below 0 for an encoder's priming."""
    frame_count: int
    segment_frames: int
    """In each segment but the last."""

    @property
    def segment_count(self) -> int:
        """How many segments there are."""
        return -(-self.frame_count // self.segment_frames)

    def sample(self, number: int) -> int:
        """The sample with which segment `number` begins; the end of the track when `number` is the count."""
        frames = min(number * self.segment_frames, self.frame_count)
        return self.first_sample + frames * AAC_FRAME_SAMPLES

    def start_s(self, number: int) -> Fraction:
        """When segment `number` begins, from the beginning of the picture."""
        return Fraction(self.sample(number), self.rate_hz)

    def segment_s(self, number: int) -> Fraction:
        """How long segment `number` is."""
        return self.start_s(number + 1) - self.start_s(number)

    def frames_in(self, segments: range) -> int:
        """How many AAC frames a run of segments has."""
        return (self.sample(segments.stop) - self.sample(segments.start)) // AAC_FRAME_SAMPLES

    def find_segment(self, start_s: Fraction) -> int:
        """The number of the segment that begins nearest to a time."""
        frames = (start_s * self.rate_hz - self.first_sample) / AAC_FRAME_SAMPLES
        return round(frames / self.segment_frames)


def choose_segment_frames(segment_s: Fraction, rate_hz: int) -> int:
    """About as long as a segment of the picture."""
    steps = round(segment_s * rate_hz / (AAC_FRAME_SAMPLES * STEP_FRAMES))
    return max(1, steps) * STEP_FRAMES


def plan_encoded_timeline(duration_s: Fraction, segment_s: Fraction, rate_hz: int) -> AudioTimeline:
    """Of a track that is encoded: from the beginning of the picture, silence where the source has nothing."""
    frames = -(-duration_s * rate_hz // AAC_FRAME_SAMPLES) + PRIMING_FRAMES
    return AudioTimeline(
        rate_hz, -PRIMING_FRAMES * AAC_FRAME_SAMPLES, int(frames), choose_segment_frames(segment_s, rate_hz)
    )


def plan_copied_timeline(start_s: Fraction, frame_count: int, segment_s: Fraction, rate_hz: int) -> AudioTimeline:
    """Of a track that is copied: the source's own frames."""
    return AudioTimeline(rate_hz, round(start_s * rate_hz), frame_count, choose_segment_frames(segment_s, rate_hz))
