"""Chapters, as people write them and as files have them."""

from fractions import Fraction

import pytest

from vod_web.media.chapters import (
    LONGEST_TITLE,
    MOST_CHAPTERS,
    Mark,
    find_chapters,
    format_chapters,
    format_time,
    parse_chapters,
    tidy_source_chapters,
)
from vod_web.media.probed import Chapter


@pytest.mark.parametrize(
    ("line", "start_s", "title"),
    [
        ("0:00 Intro", 0, "Intro"),
        ("00:00:00 Intro", 0, "Intro"),
        ("1:05 - Second part", 65, "Second part"),
        ("[2:00] Third", 120, "Third"),
        ("(1:02:03) Fourth: x", 3723, "Fourth: x"),
        ("4. 1:10:00\tFifth", 4200, "Fifth"),
        ("• 75:30 Minutes | only", 4530, "Minutes | only"),
        ("0:01.5 Half", 1.5, "Half"),
        ("0:01,25 Comma", 1.25, "Comma"),
        ("  0:10   many   blanks ", 10, "many blanks"),
        ("0:10 <script>alert(1)</script>", 10, "<script>alert(1)</script>"),
        ("0:10 bidi\u202e and\x07 bell", 10, "bidi and bell"),
        ("0:10 数字 🎬", 10, "数字 🎬"),
    ],
)
def test_a_line_is_a_time_and_a_title(line: str, start_s: float, title: str) -> None:
    text = line if start_s == 0 else f"0:00 Intro\n{line}"

    found = parse_chapters(text)

    assert found.mistakes == ()
    assert found.marks[-1] == Mark(start_s, title)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Intro", ["Line 1: “Intro” Begin the line with a time"]),
        ("0:00 a\n\n0:99 b", ["Line 3: “0:99 b” Begin the line with a time"]),
        ("0:00 a\n1:60:00 b", ["Line 2: “1:60:00 b” Begin"]),
        ("0:05 a", ["Line 1: The first chapter begins at 0:00."]),
        ("0:00", ["Line 1: A title is missing"]),
        ("0:00 a\n0:10 b\n0:10 c", ["Line 3: 0:10 is not after 0:10"]),
        ("0:00 a\n0:30 b\n0:20 c\n\n0:40 d", ["Line 3: 0:20 is not after 0:30"]),
        ("0:00 a\n1:00 b", ["Line 2: The video ends at 1:00"]),
        ("0:00 " + "x" * (LONGEST_TITLE + 1), [f"Line 1: A title has at most {LONGEST_TITLE}"]),
    ],
)
def test_mistakes_are_told_with_their_line(text: str, told: list[str]) -> None:
    found = [str(mistake) for mistake in parse_chapters(text, 60.0).mistakes]

    assert [sentence[: len(start)] for sentence, start in zip(found, told, strict=True)] == told


def test_chapters_are_bounded_in_number() -> None:
    text = "\n".join(f"{n // 60}:{n % 60:02d} chapter {n}" for n in range(MOST_CHAPTERS + 40))

    (mistake,) = parse_chapters(text).mistakes

    assert (mistake.line, str(MOST_CHAPTERS) in mistake.sentence) == (MOST_CHAPTERS + 1, True)


def test_what_was_read_is_written_as_it_can_be_read_again() -> None:
    marks = parse_chapters("0:00 Intro\n0:01.5 Half\n1:02:03.004 - Late").marks

    assert format_chapters(marks) == "0:00 Intro\n0:01.5 Half\n1:02:03.004 Late"
    assert parse_chapters(format_chapters(marks)).marks == marks
    assert [format_time(value) for value in (59.9996, 3600, 0.05)] == ["1:00", "1:00:00", "0:00.05"]


def test_a_description_has_chapters_when_its_times_are_a_list_of_them() -> None:
    text = "My holiday.\n\n0:00 Packing\n0:30 Driving\nhttps://example.org\n0:45 There\n\nThanks!"

    assert [mark.title for mark in find_chapters(text, 60)] == ["Packing", "Driving", "There"]
    assert find_chapters(text, 40) == ()
    assert find_chapters("0:10 look!\n0:20 and here\n0:30 there", 60) == ()
    assert find_chapters("0:00 one\n0:20 two", 60) == ()


def source(*chapters: tuple[float, str | None]) -> list[Chapter]:
    return [Chapter(Fraction(start), Fraction(start) + 1, title) for start, title in chapters]


@pytest.mark.parametrize(
    ("chapters", "expected"),
    [
        (source((0, "One"), (10, "Two")), [(0, "One"), (10, "Two")]),
        (source((10, "Two"), (0, None)), [(0, "Chapter 1"), (10, "Two")]),
        (source((0.5, "Late"), (10, "Two")), [(0, "Late"), (10, "Two")]),
        (source((4, "Later"), (10, "Two")), [(0, "Beginning"), (4, "Later"), (10, "Two")]),
        (source((0, "One"), (0, "Again"), (10, "Two"), (70, "Beyond")), [(0, "One"), (10, "Two")]),
        (source((-5, "One"), (10, "  T\x00w\u202eo  ")), [(0, "One"), (10, "T w o")]),
        (source((0, "All of it")), []),
        ([], []),
    ],
)
def test_what_a_file_says_is_mended(chapters: list[Chapter], expected: list[tuple[float, str]]) -> None:
    marks = tidy_source_chapters(chapters, origin_s=Fraction(0), duration_s=Fraction(60))

    assert [(mark.start_s, mark.title) for mark in marks] == expected


def test_chapters_of_a_file_are_on_the_clock_of_the_video() -> None:
    marks = tidy_source_chapters(source((5, "One"), (15, "Two")), origin_s=Fraction(5), duration_s=Fraction(20))

    assert [mark.start_s for mark in marks] == [0, 10]
