"""What does the name of a file say about the captions in it? "film.de.srt", "Film (pt-BR) [forced].vtt".

Pure; a guess, which whoever adds the file sees and can change.
"""

import re
from dataclasses import dataclass

from .languages import find_language

FORCED_WORDS = frozenset({"forced", "foreign", "signs"})
HEARING_WORDS = frozenset({"sdh", "cc", "hi", "hoh", "hearing"})
"""`hi` is Hindi as well: it counts as a language where no other is named before it."""
OTHER_WORDS = frozenset({"default", "full", "subs", "sub", "subtitles", "captions"})
_ENDING = re.compile(r"\.(?:srt|vtt|ass|ssa|txt)$", re.IGNORECASE)
_SEPARATORS = re.compile(r"[.\s_()\[\]{},+]+|\s-\s")
SHORT_CODE = 3


@dataclass(frozen=True)
class CaptionGuess:
    """What a name says."""

    language: str | None = None
    """BCP 47."""
    tells_sounds: bool = False
    is_forced: bool = False


def guess_caption(filename: str) -> CaptionGuess:
    """Read the name from its end, as long as its words say something about captions."""
    stem = _ENDING.sub("", filename.rsplit("/", 1)[-1].strip())
    words = [word for word in _SEPARATORS.split(stem) if word]
    said: set[str] = set()
    language = None
    while words and language is None:
        word = words.pop()
        known = _kind_of(word.lower())
        if known == "sounds" and word.lower() == "hi" and not _names_language(words):
            known = ""
        if known:
            said.add(known)
            continue
        language = _read_language(word, stem)
        if language is None:
            break
    return CaptionGuess(language, tells_sounds="sounds" in said, is_forced="forced" in said)


def _kind_of(word: str) -> str:
    if word in FORCED_WORDS:
        return "forced"
    if word in HEARING_WORDS:
        return "sounds"
    return "other" if word in OTHER_WORDS else ""


def _names_language(words: list[str]) -> bool:
    return bool(words) and find_language(words[-1]) is not None


def _read_language(word: str, stem: str) -> str | None:
    """The language that the last word names, or the last part of it: "film-de". Short words of a title are none."""
    if len(word) <= SHORT_CODE and re.search(rf"\s{re.escape(word)}$", stem):
        return None
    if language := find_language(word):
        return language
    parts = word.split("-")
    return next((found for count in (2, 1) if (found := find_language("-".join(parts[-count:])))), None)
