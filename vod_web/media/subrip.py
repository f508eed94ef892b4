"""Which cues are in a text of SubRip or WebVTT (they differ in little, and files mix both), and how is one written?"""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from html import unescape

from .cue_markup import clean_html
from .mistakes import Mistake, quote_line
from .webvtt import LONGEST_TEXT, Cue, format_timestamp

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMES = re.compile(rf"^[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}(.*)$", re.MULTILINE)
_MEANT_AS_TIMES = re.compile(r"[\d:.,][ \t]*-->|-->[ \t]*[\d:.,]")
_MARKUP = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")
_LINE_AT_TOP = re.compile(r"\bline:(?:0|1?\d%)(?![\d.])")

TOP = "{\\an8}"


def read_subrip(text: str) -> Iterator[Cue]:
    """The cues of a file, in its order, with clean text; whatever is no cue is left out."""
    text = _with_plain_ends(text)
    matches = list(_TIMES.finditer(text))
    for number, match in enumerate(matches):
        stop = matches[number + 1].start() if number + 1 < len(matches) else len(text)
        payload, is_top = clean_html(_take_text(text[match.end() : stop]))
        is_top = is_top or _LINE_AT_TOP.search(match[9]) is not None
        yield Cue(_read_time(match, 1), _read_time(match, 5), payload, is_top)


def find_subrip_mistakes(text: str) -> Iterator[Mistake]:
    """The lines that are meant as times and are none, and the captions that end too early or never."""
    lines = _with_plain_ends(text).split("\n")
    for number, line in enumerate(lines, start=1):
        if "-->" not in line:
            continue
        match = _TIMES.match(line)
        if match is None:
            if _MEANT_AS_TIMES.search(line):
                yield Mistake(number, f"{quote_line(line)} is no time. Write it as 00:01:02.500 --> 00:01:04.000.")
        elif _read_time(match, 5) < _read_time(match, 1):
            yield Mistake(number, "this caption ends before it begins.")
        elif _is_too_long(lines, number):
            yield Mistake(number, f"this caption has more than {LONGEST_TEXT:,} characters.")


def _is_too_long(lines: list[str], first: int) -> bool:
    """Whether the caption whose text begins here is longer than any is shown; looks no further than it must."""
    length = 0
    for place in range(first, len(lines)):
        if not lines[place].strip() or length > LONGEST_TEXT:
            break
        length += len(_MARKUP.sub("", lines[place])) + 1
    return length > LONGEST_TEXT + 1


def format_subrip(cues: Iterable[Cue]) -> str:
    """The file of a track, as players have it that know no WebVTT; what is on top there is told as many of them do."""
    return "\n".join(
        f"{number}\n{_format_time(cue.start_s)} --> {_format_time(cue.end_s)}\n"
        f"{TOP if cue.is_top else ''}{unescape(cue.text)}\n"
        for number, cue in enumerate(cues, start=1)
    )


def _format_time(value: Fraction) -> str:
    return format_timestamp(value).replace(".", ",")


def _with_plain_ends(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _take_text(block: str) -> str:
    """The lines up to the first empty one: what follows is the number or name of the next cue, or a note."""
    lines = block.removeprefix("\n").split("\n")
    stop = next((place for place, line in enumerate(lines) if not line.strip()), len(lines))
    return "\n".join(lines[:stop])


def _read_time(match: re.Match[str], first: int) -> Fraction:
    hours, minutes, seconds, part = match.group(first, first + 1, first + 2, first + 3)
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + Fraction(int((part or "").ljust(3, "0")), 1000)
