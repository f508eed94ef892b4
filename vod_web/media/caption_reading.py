"""Which captions are in a file that a person has, and what is wrong with it? Pure.

Nothing is lost silently: a file of which some captions cannot be read is told to have mistakes, with their lines.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from .mistakes import Mistake
from .subrip import find_subrip_mistakes, read_subrip
from .substation import find_substation_mistakes, read_substation
from .text_encodings import decode_text
from .webvtt import MOST_CUES, Cue, tidy_cues

LONGEST_VIDEO_S = Fraction(48 * 3600)
MOST_MISTAKES = 5
"""So many are told; who has mended them may look for more."""
ENDINGS = (".srt", ".vtt", ".ass", ".ssa")
MOST_LOST = 0.02
"""So much of a text may be letters that no encoding explains."""

_OTHER_KINDS = (
    (r"\s*<\?xml|\s*<tt\b", "This is TTML or another kind of XML."),
    (r"\s*\{\d+\}\{\d+\}", "This is MicroDVD, which counts pictures instead of seconds."),
    (r"#\s*VobSub|\s*# VobSub", "This is a list of pictures (VobSub), not of texts."),
    (r"\s*\d+:\d\d:\d\d\.\d+,\d+:\d\d:\d\d\.\d+", "This is SubViewer (SBV)."),
    (r"\s*(?:<!doctype|<html)", "This is a web page."),
)
_CURE = "Save the captions as WebVTT (.vtt), SubRip (.srt) or SubStation (.ass)."
NO_CAPTIONS = f"There are no captions in this file. {_CURE}"
NOT_TEXT = f"This is no text. {_CURE}"


@dataclass(frozen=True)
class CaptionText:
    """What was found in a file."""

    cues: tuple[Cue, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    complaint: str = ""
    """Why it is no file of captions at all."""


def read_caption_file(content: bytes, language: str = "") -> CaptionText:
    """The captions of a file of SubRip, WebVTT or SubStation, on its own clock, or what is wrong with it."""
    text = decode_text(content, language)
    if _is_binary(text):
        return CaptionText(complaint=NOT_TEXT)
    read, find_mistakes = _choose_reader(text)
    mistakes = tuple(islice(find_mistakes(text), MOST_MISTAKES))
    if mistakes:
        return CaptionText(mistakes=mistakes)
    cues = tuple(islice(read(text), MOST_CUES + 1))
    if len(cues) > MOST_CUES:
        return CaptionText(complaint=f"There are more than {MOST_CUES:,} captions in this file.")
    tidy = tidy_cues(cues, offset_s=Fraction(0), duration_s=LONGEST_VIDEO_S)
    return CaptionText(tidy) if tidy else CaptionText(complaint=_explain_nothing(text))


Reader = Callable[[str], Iterator[Cue]]
Checker = Callable[[str], Iterator[Mistake]]


def _choose_reader(text: str) -> tuple[Reader, Checker]:
    is_substation = re.search(r"^(?:\ufeff?\[Script Info\]|\[Events\]|Dialogue:)", text, re.MULTILINE | re.IGNORECASE)
    if is_substation and not text.startswith("WEBVTT"):
        return read_substation, find_substation_mistakes
    return read_subrip, find_subrip_mistakes


def _is_binary(text: str) -> bool:
    return "\0" in text or text.count("\ufffd") > MOST_LOST * len(text)


def _explain_nothing(text: str) -> str:
    known = next((sentence for pattern, sentence in _OTHER_KINDS if re.match(pattern, text, re.IGNORECASE)), None)
    return f"{known} {_CURE}" if known else NO_CAPTIONS
