"""Which chapters does a text name, or a source, and can they be so? Pure.

A text has one chapter a line, a time and a title, as people write it under videos: "0:00 Intro".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .mistakes import Mistake, quote_line
from .probed import Chapter

MOST_CHAPTERS = 200
LONGEST_TITLE = 120
FEWEST_FOUND = 3
"""So many times in a description are chapters; fewer are mentions."""
FIRST_WITHIN_S = Fraction(1)
"""A first chapter that begins so soon begins at 0."""

_TIME = r"(?:(?P<hours>\d{1,3}):(?=\d\d:))?(?P<minutes>\d{1,3}):(?P<seconds>[0-5]\d)(?:[.,](?P<part>\d{1,3}))?"
_LINE = re.compile(rf"^(?:[-*•–—]|\d{{1,3}}[.)])?\s*[(\[]?{_TIME}[)\]]?(?![\d:])[\s:|.–—-]*(?P<title>.*)$")
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")

NO_TIME = "Begin the line with a time, such as 1:05, and then write the title."
NO_TITLE = "A title is missing after the time."
NOT_AT_ZERO = "The first chapter begins at 0:00."
TOO_MANY = f"A video has at most {MOST_CHAPTERS} chapters."
TOO_LONG = f"A title has at most {LONGEST_TITLE} characters."


@dataclass(frozen=True)
class Mark:
    """Where a chapter begins, and what it is called."""

    start_s: float
    """To the millisecond, from the beginning of the video."""
    title: str


@dataclass(frozen=True)
class ChapterText:
    """What was found in a text."""

    marks: tuple[Mark, ...]
    mistakes: tuple[Mistake, ...]


def parse_chapters(text: str, duration_s: float | None = None) -> ChapterText:
    """The chapters of a text, and all that is wrong with it, line by line; empty lines are nothing."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    found: list[tuple[int, Mark]] = []
    mistakes: list[Mistake] = []
    for number, line in lines:
        mark = parse_line(line)
        if mark is None:
            mistakes.append(Mistake(number, f"{quote_line(line)} {NO_TIME}"))
        else:
            found.append((number, mark))
    checked = check_marks([mark for _, mark in found], duration_s)
    mistakes += [Mistake(found[place][0], sentence) for place, sentence in checked]
    return ChapterText(tuple(mark for _, mark in found), tuple(sorted(mistakes, key=lambda mistake: mistake.line)))


def parse_line(line: str) -> Mark | None:
    """The chapter that a line names, with an empty title where it has none; None when it has no time."""
    match = _LINE.match(_INVISIBLE.sub(" ", line).strip())
    if match is None or (match["hours"] and int(match["minutes"]) >= 60):
        return None
    seconds = int(match["hours"] or 0) * 3600 + int(match["minutes"]) * 60 + int(match["seconds"])
    return Mark(seconds + int((match["part"] or "0").ljust(3, "0")) / 1000, " ".join(match["title"].split()))


def check_marks(marks: Sequence[Mark], duration_s: float | None) -> Iterator[tuple[int, str]]:
    """What is wrong with chapters, each with its place from 0; the length is None while nobody knows it."""
    if marks and marks[0].start_s != 0:
        yield 0, NOT_AT_ZERO
    for place, mark in enumerate(marks):
        before = marks[place - 1] if place else None
        if before is not None and mark.start_s <= before.start_s:
            yield (
                place,
                f"{format_time(mark.start_s)} is not after {format_time(before.start_s)}, which stands before it.",
            )
        if duration_s is not None and place and mark.start_s >= duration_s:
            yield (
                place,
                f"The video ends at {format_time(duration_s)}, so nothing begins at {format_time(mark.start_s)}.",
            )
        if not mark.title:
            yield place, NO_TITLE
        elif len(mark.title) > LONGEST_TITLE:
            yield place, TOO_LONG
        if place == MOST_CHAPTERS:
            yield place, TOO_MANY


def format_chapters(marks: Sequence[Mark]) -> str:
    """The text that names these chapters."""
    return "\n".join(f"{format_time(mark.start_s)} {mark.title}" for mark in marks)


def format_time(seconds: float) -> str:
    """1:05, 1:02:03, or 1:05.5 where it is no whole second."""
    milliseconds = round(seconds * 1000)
    whole, part = divmod(milliseconds, 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    shown = f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"
    return f"{shown}.{part:03d}".rstrip("0") if part else shown


def find_chapters(text: str, duration_s: float | None) -> tuple[Mark, ...]:
    """The chapters that a description names by the way; none where its times are no whole list of chapters."""
    marks = [mark for line in text.splitlines() if (mark := parse_line(line)) is not None]
    is_list = len(marks) >= FEWEST_FOUND and not any(check_marks(marks, duration_s))
    return tuple(marks) if is_list else ()


def tidy_source_chapters(chapters: Sequence[Chapter], *, origin_s: Fraction, duration_s: Fraction) -> tuple[Mark, ...]:
    """The chapters of a source on the clock of the video; none where there are fewer than two.

    They begin at 0, rise, lie within the video and have titles: what a file says otherwise is mended or left out.
    """
    starts: dict[Fraction, str] = {}
    for chapter in sorted(chapters, key=lambda chapter: chapter.start_s):
        start_s = max(Fraction(0), Fraction(round((chapter.start_s - origin_s) * 1000), 1000))
        if start_s < duration_s:
            starts.setdefault(start_s, _tidy_title(chapter.title))
    kept = list(starts.items())[:MOST_CHAPTERS]
    if len(kept) < 2:
        return ()
    if kept[0][0] <= FIRST_WITHIN_S < kept[1][0] or kept[0][0] == 0:
        kept[0] = (Fraction(0), kept[0][1])
    else:
        kept = [(Fraction(0), "Beginning"), *kept][:MOST_CHAPTERS]
    return tuple(Mark(float(start_s), title or f"Chapter {number}") for number, (start_s, title) in enumerate(kept, 1))


def _tidy_title(title: str | None) -> str:
    return " ".join(_INVISIBLE.sub(" ", title or "").split())[:LONGEST_TITLE].strip()
