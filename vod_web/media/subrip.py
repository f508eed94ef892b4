"""Which cues are in a text of SubRip or WebVTT? They differ in little, and files mix both."""

import re
from collections.abc import Iterator
from fractions import Fraction

from .cue_markup import clean_html
from .webvtt import Cue

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMES = re.compile(rf"^[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}(.*)$", re.MULTILINE)
_LINE_AT_TOP = re.compile(r"\bline:(?:0|1?\d%)(?![\d.])")


def decode_text(content: bytes) -> str:
    """Text as UTF-8, or in the older encodings that subtitles are often in."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_subrip(text: str) -> Iterator[Cue]:
    """The cues of a file, in its order, with clean text; whatever is no cue is left out."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    matches = list(_TIMES.finditer(text))
    for number, match in enumerate(matches):
        stop = matches[number + 1].start() if number + 1 < len(matches) else len(text)
        payload, is_top = clean_html(_take_text(text[match.end() : stop]))
        is_top = is_top or _LINE_AT_TOP.search(match[9]) is not None
        yield Cue(_read_time(match, 1), _read_time(match, 5), payload, is_top)


def _take_text(block: str) -> str:
    """The lines up to the first empty one: what follows is the number or name of the next cue, or a note."""
    lines = block.removeprefix("\n").split("\n")
    stop = next((place for place, line in enumerate(lines) if not line.strip()), len(lines))
    return "\n".join(lines[:stop])


def _read_time(match: re.Match[str], first: int) -> Fraction:
    hours, minutes, seconds, part = match.group(first, first + 1, first + 2, first + 3)
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + Fraction(int(part.ljust(3, "0")), 1000)
