"""Which cues are in a text of SubStation Alpha (SSA, ASS)?

Of its styles only bold, italic and "at the top" survive: the rest is typesetting, which captions in a browser lack.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from .cue_markup import clean_substation
from .mistakes import Mistake, quote_line
from .webvtt import Cue

EVENT_FIELDS: tuple[str, ...] = (
    "layer",
    "start",
    "end",
    "style",
    "name",
    "marginl",
    "marginr",
    "marginv",
    "effect",
    "text",
)
"""Where a file does not say."""
TOP = ("7", "8", "9")
OLD_TOP = ("5", "6", "7")
"""Version 4 counts alignments in another way than 4+."""
_TIME = re.compile(r"(\d{1,4}):(\d{1,2}):(\d{1,2})[.:](\d{1,3})")


@dataclass(frozen=True)
class Style:
    """What a style says that survives."""

    is_bold: bool = False
    is_italic: bool = False
    is_top: bool = False


def read_substation(text: str) -> Iterator[Cue]:
    """The cues of a file, in its order, with clean text; whatever is no cue is left out."""
    styles: dict[str, Style] = {}
    section, fields = "", EVENT_FIELDS
    for line in text.removeprefix("\ufeff").splitlines():
        name, _, value = line.partition(":")
        if line.startswith("["):
            section, fields = line.strip().lower(), EVENT_FIELDS
        elif name == "Format":
            fields = tuple(field.strip().lower() for field in value.split(","))
        elif name == "Style":
            row = _split(value, fields)
            styles[row.get("name", "").strip("* ")] = _read_style(row, is_old="+" not in section)
        elif name == "Dialogue":
            yield from _read_event(_split(value, fields), styles)


def find_substation_mistakes(text: str) -> Iterator[Mistake]:
    """The events whose times cannot be read, or that end before they begin."""
    fields = EVENT_FIELDS
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        name, _, value = line.partition(":")
        if name == "Format":
            fields = tuple(field.strip().lower() for field in value.split(","))
        elif name == "Dialogue":
            row = _split(value, fields)
            start, end = (_TIME.fullmatch(row.get(name, "")) for name in ("start", "end"))
            if start is None or end is None:
                yield Mistake(number, f"{quote_line(line)} has no times. Write them as 0:01:02.50,0:01:04.00.")
            elif _read_time(end) < _read_time(start):
                yield Mistake(number, "this caption ends before it begins.")


def _split(value: str, fields: tuple[str, ...]) -> dict[str, str]:
    """A row by its fields; the last one may hold commas."""
    parts = value.strip().split(",", len(fields) - 1)
    return dict(zip(fields, (part.strip() for part in parts), strict=False))


def _read_style(row: dict[str, str], *, is_old: bool) -> Style:
    return Style(
        is_bold=row.get("bold", "0") not in ("0", ""),
        is_italic=row.get("italic", "0") not in ("0", ""),
        is_top=row.get("alignment") in (OLD_TOP if is_old else TOP),
    )


def _read_event(row: dict[str, str], styles: dict[str, Style]) -> Iterator[Cue]:
    start, end = (_TIME.fullmatch(row.get(name, "")) for name in ("start", "end"))
    if start is None or end is None:
        return
    style = styles.get(row.get("style", "").strip("* "), Style())
    text, is_top = clean_substation(
        row.get("text", ""), is_bold=style.is_bold, is_italic=style.is_italic, is_top=style.is_top
    )
    yield Cue(_read_time(start), _read_time(end), text, is_top)


def _read_time(match: re.Match[str]) -> Fraction:
    hours, minutes, seconds, part = match.groups()
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + Fraction(int(part), 10 ** len(part))
