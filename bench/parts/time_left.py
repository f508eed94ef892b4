"""How true was the time left that people were told?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from bench.parts.runs import Moment

UNTOLD_PART = 0.1
"""The first part of the way, in which nothing is measured yet."""
SHORTEST_S = 10.0
"""Below this people are told "a few seconds": an error is counted in parts of at least this."""


@dataclass(frozen=True)
class Truth:
    """How far what was told was from what came, as a part of what came."""

    worst: float
    middle: float
    """The median."""
    untold: float
    """The part of the moments, after the first tenth, at which nothing was told."""
    jumps: int
    """How often more time was left than the moment before, by a tenth of the whole."""


def judge(trace: Sequence[Moment], complete_s: float) -> Truth:
    """Compare what was told after the first tenth of the way with what came."""
    later = [moment for moment in trace if moment.at_s >= complete_s * UNTOLD_PART]
    told = [(moment.eta_s, complete_s - moment.at_s) for moment in later if moment.eta_s is not None]
    errors = [abs(eta - left) / max(left, SHORTEST_S) for eta, left in told] or [float("inf")]
    lefts = [eta for eta, _ in told]
    jumps = sum(after > before + complete_s / 10 for before, after in pairwise(lefts))
    return Truth(max(errors), median(errors), 1 - len(told) / max(1, len(later)), jumps)
