"""What is wrong in a text that a person wrote, and where?"""

from dataclasses import dataclass

LONGEST_QUOTE = 60


@dataclass(frozen=True)
class Mistake:
    """Something that cannot be read as it was meant."""

    line: int
    """From 1."""
    sentence: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.sentence}"


def quote_line(text: str) -> str:
    """A line as a sentence quotes it: short, and without what cannot be seen."""
    seen = "".join(letter for letter in text.strip() if letter.isprintable())
    return f"“{seen if len(seen) <= LONGEST_QUOTE else seen[: LONGEST_QUOTE - 1] + '…'}”"
