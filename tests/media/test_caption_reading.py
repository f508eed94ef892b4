"""Files of captions that people have: what is in them, what is wrong with them, and what their names say."""

import time

import pytest

from vod_web.media.caption_names import guess_caption
from vod_web.media.caption_reading import MOST_MISTAKES, CaptionText, read_caption_file
from vod_web.media.text_encodings import decode_text
from vod_web.media.webvtt import LONGEST_TEXT, MOST_CUES

SRT = "1\r\n00:00:01,000 --> 00:00:02,500\r\nGrüße\r\n\r\n2\r\n00:00:03 --> 00:00:04\r\nwithout milliseconds\r\n"
VTT = "WEBVTT - a title\n\nSTYLE\n::cue { color: red }\n\n00:01.000 --> 00:02.000 line:0\n<v Ann>Hi</v>\n"
ASS = "[Script Info]\n[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,Hello, {\\i1}you\n"


def texts(found: CaptionText) -> list[str]:
    assert (found.mistakes, found.complaint) == ((), "")
    return [cue.text for cue in found.cues]


def test_each_form_is_known_by_its_content() -> None:
    assert texts(read_caption_file(SRT.encode())) == ["Grüße", "without milliseconds"]
    assert texts(read_caption_file(VTT.encode())) == ["Hi"]
    assert texts(read_caption_file(ASS.encode())) == ["Hello, <i>you</i>"]
    assert texts(read_caption_file(("\ufeff" + ASS).encode("utf-16"))) == ["Hello, <i>you</i>"]


@pytest.mark.parametrize(
    ("encoding", "language", "text"),
    [
        ("utf-8", "", "Grüße 你好"),
        ("utf-8-sig", "", "Grüße 你好"),
        ("utf-16", "", "Grüße 你好"),
        ("utf-16-le", "", "1\n00:00:01,000 --> 00:00:02,000\nGrüße"),
        ("utf-16-be", "", "1\n00:00:01,000 --> 00:00:02,000\nGrüße"),
        ("utf-32", "", "Grüße 你好"),
        ("cp1252", "", "Grüße, “façade”"),
        ("cp1252", "de", "Grüße"),
        ("cp1250", "pl", "Zażółć gęślą jaźń"),
        ("cp1251", "ru", "Съешь ещё этих мягких"),
        ("cp1253", "el", "Γειά σου"),
        ("cp932", "ja", "こんにちは世界"),
        ("gb18030", "zh-Hans", "你好，世界"),
        ("big5", "zh-Hant", "你好，世界"),
        ("utf-8", "ru", "Съешь ещё"),
    ],
)
def test_texts_are_read_in_the_encoding_in_which_they_are(encoding: str, language: str, text: str) -> None:
    assert decode_text(text.encode(encoding), language) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1\n00:00:01,000 -> 00:00:02,000\na\n\n2\n00:00:03,x00 --> 00:00:04,000\nb\n", ["Line 6: “00:00:03,x00 -->"]),
        ("1\r\n00:00:05,000 --> 00:00:04,000\r\na\r\n", ["Line 2: this caption ends before it begins."]),
        ("WEBVTT\n\n1:2:3:4.000 --> 00:02.000\nHi", ["Line 3: “1:2:3:4.000 --> 00:02.000” is no time."]),
        ("1\n00:00:01,000 --> 00:00:02,000\n" + "x" * 1001, ["Line 2: this caption has more than 1,000"]),
        ("[Events]\nDialogue: 0,now,later,Default,,0,0,0,,Hi", ["Line 2: “Dialogue: 0,now,later"]),
        ("[Events]\nDialogue: 0,0:00:05.00,0:00:04.00,D,,0,0,0,,Hi", ["Line 2: this caption ends"]),
    ],
)
def test_mistakes_are_told_with_their_line(text: str, told: list[str]) -> None:
    found = read_caption_file(text.encode())

    assert not found.cues
    assert [str(mistake)[: len(start)] for mistake, start in zip(found.mistakes, told, strict=True)] == told


def test_arrows_in_what_is_said_are_no_mistakes() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nleft --> right\n" + "<b></b>" * 300

    assert texts(read_caption_file(text.encode())) == ["left --&gt; right"]


def test_few_of_many_mistakes_are_told() -> None:
    found = read_caption_file(b"x:1 --> 2\n" * 10_000)

    assert len(found.mistakes) == MOST_MISTAKES
    assert len(str(read_caption_file(b"9 --> " + b"\x1b[31m<script>" * 99).mistakes[0])) < 200


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no captions"),
        (b"WEBVTT\n", "no captions"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no text"),
        (b"\x81\x8d\x8f\x90\x9d" * 20, "no text"),
        (b'<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml">', "TTML"),
        (b"{24}{48}Hello", "MicroDVD"),
        (b"# VobSub index file, v7", "pictures"),
        (b"0:00:01.000,0:00:02.000\nHi", "SubViewer"),
        (b"<!DOCTYPE html><html>404", "web page"),
    ],
)
def test_what_is_no_file_of_captions_is_named(content: bytes, said: str) -> None:
    found = read_caption_file(content)

    assert not found.cues
    assert not found.mistakes
    assert said in found.complaint


def test_too_many_captions_are_refused() -> None:
    text = "".join(f"0:01.000 --> 0:02.000\n{n}\n\n" for n in range(MOST_CUES + 1))

    assert "more than 20,000" in read_caption_file(text.encode()).complaint


@pytest.mark.parametrize(
    "content",
    [
        b"00:00:01.000 --> 00:00:02.000\n" * 100_000,
        b"00:00:01.000 --> 00:00:02.000\n" + b"<" * 4_000_000,
        b"<a " * 1_300_000,
        b" " * 4_000_000,
        b"\n" * 4_000_000,
        b"[Events]\n" + b"Dialogue: ,,,\n" * 280_000,
        b"[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,," + b"{\\i1}" * 800_000,
        b"00:00:01.000 --> 00:00:02.000\n" + b"x\n" * 2_000_000,
    ],
)
def test_hostile_files_of_full_size_cost_little(content: bytes) -> None:
    before = time.process_time()

    found = read_caption_file(content)

    assert time.process_time() - before < 10
    assert all(len(cue.text) <= LONGEST_TEXT * 9 for cue in found.cues)


@pytest.mark.parametrize(
    ("name", "language", "tells_sounds", "is_forced"),
    [
        ("film.de.srt", "de", False, False),
        ("film.pt-BR.forced.vtt", "pt-BR", False, True),
        ("film.zh-hans.ass", "zh-Hans", False, False),
        ("Film (German).srt", "de", False, False),
        ("film [fr].srt", "fr", False, False),
        ("2_English.srt", "en", False, False),
        ("de.srt", "de", False, False),
        ("film_en.SRT", "en", False, False),
        ("my-film-pt-BR.srt", "pt-BR", False, False),
        ("movie.eng.default.forced.srt", "en", False, True),
        ("movie.en.sdh.srt", "en", True, False),
        ("movie.en.hi.srt", "en", True, False),
        ("movie.hi.srt", "hi", False, False),
        ("As it is.srt", None, False, False),
        ("film.xx.srt", None, False, False),
        ("captions.vtt", None, False, False),
        (".srt", None, False, False),
        ("", None, False, False),
    ],
)
def test_names_of_files_say_what_is_in_them(
    name: str, language: str | None, tells_sounds: bool, is_forced: bool
) -> None:
    found = guess_caption(name)

    assert (found.language, found.tells_sounds, found.is_forced) == (language, tells_sounds, is_forced)
