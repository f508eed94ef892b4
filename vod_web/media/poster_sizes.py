"""In which sizes is a poster stored? Pure, and quickly imported: a child process needs it too."""

from collections.abc import Sequence
from fractions import Fraction

POSTER_WIDTHS = (1280, 640, 320)


def even(value: Fraction | float) -> int:
    """The nearest even number, at least 2."""
    return max(2, round(value / 2) * 2)


def fit_widths(width: int, height: int, wanted: Sequence[int] = POSTER_WIDTHS) -> tuple[tuple[int, int], ...]:
    """The sizes for a picture, none larger than itself, the largest first."""
    widths = [w for w in wanted if w < width]
    if len(widths) < len(wanted):
        widths.insert(0, even(width) if even(width) <= width else even(width) - 2)
    return tuple((max(2, w), even(Fraction(height * w, width))) for w in widths)
