"""What do people get to see of videos that may not be for everybody?"""

from enum import StrEnum


class SensitiveRule(StrEnum):
    """How sensitive videos are shown to somebody."""

    HIDE = "hide"
    """In no list; their own pages are there, with a cover over the player."""
    BLUR = "blur"
    """With blurred pictures, and a cover over the player."""
    SHOW = "show"
    """As all others."""
