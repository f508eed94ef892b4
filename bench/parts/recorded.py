"""How long did jobs take, and so how long will those of another film take?"""

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from pathlib import Path
from statistics import mean

from bench.parts.runs import JobTime
from vod_web.media.plan import EncodePlan
from vod_web.media.probed import FrameTimes, Probe
from vod_web.models import Job, JobKind


@dataclass(frozen=True)
class Recorded:
    """What jobs of one worker took, one after another."""

    jobs: tuple[JobTime, ...]
    between_s: float
    """What passes between the end of a job and the beginning of the next one."""

    @property
    def chunks(self) -> list[JobTime]:
        """Those that encode."""
        return [job for job in self.jobs if job.kind == "chunk" and job.weight_s >= 2]

    def write(self, path: Path) -> None:
        """Keep them in a file."""
        content = {"between_s": self.between_s, "jobs": [vars(job) for job in self.jobs]}
        path.write_text(json.dumps(content, indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> "Recorded":
        """As `write` kept them."""
        content = json.loads(path.read_text())
        jobs = tuple(JobTime(**(job | {"makes": tuple(job["makes"])})) for job in content["jobs"])
        return cls(jobs, content["between_s"])

    @classmethod
    def of(cls, jobs: Sequence[JobTime]) -> "Recorded":
        """Take the times of a film that one worker made."""
        chunks = sorted((job for job in jobs if job.kind == "chunk"), key=lambda job: job.started_s)
        gaps = [after.started_s - before.started_s - before.elapsed_s for before, after in pairwise(chunks)]
        beside = [job for job in jobs if job.kind != "chunk"]
        alone = [gap for gap, chunk in zip(gaps, chunks, strict=False) if not _has_other(chunk, gap, beside)]
        return cls(tuple(jobs), mean(alone) if alone else 0.0)

    def cost(self, *, seed: int = 1) -> Callable[[Job, EncodePlan], float]:
        """What jobs of other films take: a start, and so much for each second, as much more or less as was seen."""
        start_s, second_s, spread = self._fit()
        chance = random.Random(seed)
        others = {kind: mean(job.elapsed_s for job in self.jobs if job.kind == kind) for kind in self._kinds()}

        def cost(job: Job, plan: EncodePlan) -> float:
            if job.kind is not JobKind.CHUNK:
                return others.get(job.kind.value, 0.5) + self.between_s
            duration_s = float(plan.chunk_duration_s(job.number))
            if plan.chunks[job.number].purpose == "copy":
                return 0.5 + self.between_s
            return start_s + second_s * duration_s * chance.choice(spread) + self.between_s

        return cost

    def _kinds(self) -> Iterable[str]:
        return {job.kind for job in self.jobs}

    def _fit(self) -> tuple[float, float, list[float]]:
        """What a chunk costs at once, what a second of it does, and how far chunks were from that."""
        points = [(job.duration_s or 0.0, job.elapsed_s) for job in self.chunks]
        length, elapsed = mean(x for x, _ in points), mean(y for _, y in points)
        spread = sum((x - length) ** 2 for x, _ in points)
        slope = sum((x - length) * (y - elapsed) for x, y in points) / spread if spread else elapsed / length
        start_s = min(max(elapsed - slope * length, 0.0), min(y for _, y in points) / 2)
        second_s = sum(y - start_s for _, y in points) / sum(x for x, _ in points)
        return start_s, second_s, [(y - start_s) / (second_s * x) for x, y in points]


def _has_other(chunk: JobTime, gap_s: float, beside: Sequence[JobTime]) -> bool:
    """Whether the worker did something else between a chunk and the next one."""
    end_s = chunk.started_s + chunk.elapsed_s
    return any(end_s - 0.01 <= job.started_s <= end_s + gap_s for job in beside)


def lengthen(probe: Probe, duration_s: int) -> Probe:
    """A film of that length that is the probed one again and again."""
    frames = probe.video.frames
    loops = ceil(duration_s / float(probe.video.duration_s))
    longer = replace(probe.video, frames=_repeat(frames, loops))
    return replace(probe, video=longer, duration_s=longer.duration_s, audio=())


def _repeat(frames: FrameTimes, loops: int) -> FrameTimes:
    period = frames.end_pts - frames.first_pts
    moved = [number * period for number in range(loops)]
    return replace(
        frames,
        last_pts=frames.last_pts + moved[-1],
        end_pts=frames.end_pts + moved[-1],
        frame_count=frames.frame_count * loops if frames.frame_count else None,
        cuts=tuple(cut + shift for shift in moved for cut in frames.cuts),
        keyframes=tuple(time + shift for shift in moved for time in frames.keyframes),
    )
