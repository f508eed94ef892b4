"""Subtitles of a source become captions: clean WebVTT, in step with the picture."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.clips import run
from tests.media.probes import even_video, make_probe
from vod_web.media.caption_plan import captions_left_out, plan_captions
from vod_web.media.caption_playlists import (
    CaptionVariant,
    format_caption_playlist,
    format_caption_segment,
    name_captions,
)
from vod_web.media.captions import make_captions
from vod_web.media.plan import EncodePlan, plan_encode
from vod_web.media.probe import probe_source
from vod_web.media.probed import Probe, SubtitleTrack
from vod_web.media.runner import Tools
from vod_web.media.subrip import read_subrip
from vod_web.media.substation import read_substation
from vod_web.media.webvtt import LONGEST_TEXT, Cue, format_webvtt, tidy_cues

Golden = Callable[[str, str], None]

SUBRIP = """1
00:00:00,500 --> 00:00:02,000
<i>Hé</i> <font color="#ff0000">red</font> a < b & c

2
00:00:02,500 --> 00:00:03,250
{\\an8}on top
"""
SUBSTATION = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, Bold, Italic, Alignment
Style: Default,Arial,16,0,0,2
Style: Sign,Arial,16,-1,0,8

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\i1}Hello{\\i0} <world>, you\\Nand {\\c&HFF0000&}you{note}
Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\p1}m 0 0 l 100 0 100 100{\\p0}
Comment: 0,0:00:02.00,0:00:03.00,Default,,0,0,0,,not shown
Dialogue: 0,0:00:03.00,0:00:04.00,Sign,,0,0,0,,No\\hentry
"""
WEBVTT = """WEBVTT

NOTE a note
of two lines

name of a cue
00:01.500 --> 00:03.000 line:0 align:start
<v Anna>Hi &lt;there&gt; <c.loud>you</c> <00:02.000><b>now</b>
"""


def texts(cues: object) -> list[tuple[float, float, str, bool]]:
    return [(float(cue.start_s), float(cue.end_s), cue.text, cue.is_top) for cue in cues]  # type: ignore[attr-defined]


# text


def test_subrip_is_read() -> None:
    assert texts(read_subrip(SUBRIP)) == [
        (0.5, 2.0, "<i>Hé</i> red a &lt; b &amp; c", False),
        (2.5, 3.25, "on top", True),
    ]


def test_webvtt_is_read_without_notes_names_and_voices() -> None:
    assert texts(read_subrip(WEBVTT)) == [(1.5, 3.0, "Hi &lt;there&gt; you <b>now</b>", True)]


def test_substation_is_read_without_drawings_and_comments() -> None:
    assert texts(read_substation(SUBSTATION)) == [
        (1.0, 2.5, "<i>Hello</i> &lt;world&gt;, you\nand you", False),
        (1.0, 2.5, "", False),
        (3.0, 4.0, "<b>No\xa0entry</b>", True),
    ]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("<b>not closed", "<b>not closed</b>"),
        ("<b><i>crossed</b> over</i>", "<b><i>crossed</i></b><i> over</i>"),
        ("closed only</i>", "closed only"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ('<img src=x onerror="x">', '&lt;img src=x onerror="x"&gt;'),
        ("<B>loud</B><br/>next", "<b>loud</b>\nnext"),
        ("x --> y", "x --&gt; y"),
        ("AT&T &amp; &eacute; &nbsp;", "AT&amp;T &amp; &amp;eacute;"),
        ("bell\x07 and \ud800half", "bell and half"),
        ("<i></i>", ""),
        ("Zo\u200dë", "Zo\u200dë"),
    ],
)
def test_nothing_but_bold_italic_and_underlined_survives(text: str, clean: str) -> None:
    (cue,) = read_subrip(f"00:00:01.000 --> 00:00:02.000\n{text}\n")

    assert cue.text == clean


def test_what_is_no_subtitle_has_no_cues() -> None:
    for text in ("", "WEBVTT", "99:99:99,999 -->", "\x00\xff" * 100, "1 --> 2\nx", "[Events]\nDialogue: a,b"):
        assert list(read_subrip(text)) == []
        assert list(read_substation(text)) == []


# time


def cue(start: float, end: float, text: str = "x") -> Cue:
    return Cue(Fraction(start), Fraction(end), text)


def test_cues_are_moved_to_the_clock_of_the_video_and_cut_to_it() -> None:
    cues = [cue(4, 6, "across the beginning"), cue(7, 8, "inside"), cue(14, 30, "across the end"), cue(16, 17, "after")]

    assert texts(tidy_cues(cues, offset_s=Fraction(-5), duration_s=Fraction(10))) == [
        (0, 1, "across the beginning", False),
        (2, 3, "inside", False),
        (9, 10, "across the end", False),
    ]


def test_a_cue_without_an_end_is_shown_until_the_next_but_not_for_long() -> None:
    cues = tidy_cues([cue(1, 1, "a"), cue(3, 2, "b"), cue(20, 21, "c")], offset_s=Fraction(0), duration_s=Fraction(60))

    assert [(float(c.start_s), float(c.end_s)) for c in cues] == [(1, 3), (3, 8), (20, 21)]


def test_equal_cues_that_follow_each_other_are_one() -> None:
    frames = [cue(n / 25, (n + 1) / 25, "effect") for n in range(50)] + [cue(1, 2, "line"), cue(1, 2, "line")]

    assert texts(tidy_cues(frames, offset_s=Fraction(0), duration_s=Fraction(9))) == [
        (0, 2, "effect", False),
        (1, 2, "line", False),
    ]


def test_cues_are_bounded_in_number_and_length() -> None:
    cues = tidy_cues([cue(n, n + 1, str(n)) for n in range(9)], offset_s=Fraction(0), duration_s=Fraction(60), most=5)
    (long,) = read_subrip("00:00:01.000 --> 00:00:02.000\n" + "y" * 5000)

    assert [cue.text for cue in cues] == ["0", "1", "2", "3", "4"]
    assert len(long.text) == LONGEST_TEXT


def test_the_files_of_a_track(golden: Golden) -> None:
    cues = tidy_cues(read_substation(SUBSTATION), offset_s=Fraction(0), duration_s=Fraction(9))

    golden("captions.vtt", format_webvtt(cues))
    golden("captions_hls.vtt", format_caption_segment(cues))
    golden("captions.m3u8", format_caption_playlist(Fraction(62, 10)))


# plan


def track(index: int, codec: str = "subrip", **changes: object) -> SubtitleTrack:
    values = {"language": None, "title": None, "is_default": False, "is_forced": False}
    return SubtitleTrack(index=index, codec=codec, is_text=True, **(values | changes))  # type: ignore[arg-type]


def with_subtitles(*tracks: SubtitleTrack) -> Probe:
    probe = make_probe(even_video())
    return Probe.from_json(probe.to_json() | {"subtitles": [one.to_json() for one in tracks]})


def test_text_becomes_captions_and_pictures_do_not() -> None:
    probe = with_subtitles(
        track(2, language="eng"),
        track(3, "hdmv_pgs_subtitle", language="ger"),
        track(4, "ass", language="eng", title="English SDH", is_default=True),
        track(5, "mov_text", language="eng", is_forced=True),
        track(6, "eia_608"),
        track(7, "webvtt"),
    )

    assert [(c.stream_index, c.language, c.label, c.kind, c.is_default, c.is_forced) for c in plan_captions(probe)] == [
        (2, "en", "English", "subtitles", False, False),
        (4, "en", "English SDH", "captions", True, False),
        (5, "en", "English (forced)", "subtitles", False, True),
        (7, "und", "Subtitles 4", "subtitles", False, False),
    ]
    assert captions_left_out(probe) == (
        "track 3 (German): its subtitles are pictures, not text (hdmv_pgs_subtitle)",
        "track 6 (language unknown): this site does not read eia_608",
    )
    plan = plan_encode(probe)
    assert EncodePlan.from_json(plan.to_json()) == plan


def test_a_plan_from_before_captions_can_be_read() -> None:
    stored = plan_encode(make_probe(even_video())).to_json()
    del stored["captions"], stored["captions_left_out"]

    assert EncodePlan.from_json(stored).captions == ()


# the whole way


@pytest.fixture(scope="module")
def subtitled(clip: Callable[[str], Path], ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Picture, sound and four subtitle tracks, all of which begin at 5 s of the file's clock."""
    folder = tmp_path_factory.mktemp("subtitled")
    for name, text in (("a.srt", SUBRIP), ("b.ass", SUBSTATION), ("c.vtt", WEBVTT)):
        (folder / name).write_text(text)
    (folder / "d.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nGrüße\n", encoding="cp1252")  # as old files are
    inputs = [clip("pal.mov"), folder / "a.srt", folder / "b.ass", folder / "c.vtt", folder / "d.srt"]
    path = folder / "film.mkv"
    run(
        ffmpeg,
        *(argument for one in inputs for argument in ("-i", str(one))),
        *("-map", "0", "-map", "1", "-map", "2", "-map", "3", "-map", "4", "-c", "copy", "-output_ts_offset", "5"),
        *("-metadata:s:s:0", "language=fre", "-disposition:s:1", "forced", str(path)),
    )
    return path


def test_captions_are_in_step_with_a_picture_that_begins_at_5_s(subtitled: Path, tools: Tools, tmp_path: Path) -> None:
    plan = plan_encode(probe_source(str(subtitled), size_bytes=subtitled.stat().st_size))
    assert plan.origin_s == 5

    french, forced, spoken, old = make_captions(plan, str(subtitled), tmp_path, tools)

    assert (french.plan.language, french.plan.label) == ("fr", "French")
    assert texts(french.cues) == texts(read_subrip(SUBRIP))
    assert forced.plan.is_forced
    assert texts(forced.cues)[0] == (1.0, 2.5, "<i>Hello</i> &lt;world&gt;, you\nand you", False)
    assert texts(spoken.cues) == [(1.5, 3.0, "Hi &lt;there&gt; you <b>now</b>", False)]
    assert texts(old.cues) == [(1.0, 2.0, "Grüße", False)]
    assert list(tmp_path.iterdir()) == []


def test_mp4_has_captions_too(subtitled: Path, tools: Tools, ffmpeg: str, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    run(ffmpeg, "-i", str(subtitled), "-map", "0:v", "-map", "0:s:0", "-c:v", "copy", "-c:s", "mov_text", str(path))
    plan = plan_encode(probe_source(str(path), size_bytes=path.stat().st_size))

    (made,) = make_captions(plan, str(path), tmp_path / "work", tools)

    assert texts(made.cues)[0] == (0.5, 2.0, "<i>Hé</i> red a &lt; b &amp; c", False)


# playlists


def variant(label: str, **changes: object) -> CaptionVariant:
    values = {"address": f"../captions/{label}/media.m3u8", "language": "en", "kind": "subtitles", "is_forced": False}
    return CaptionVariant(label=label, **(values | changes))  # type: ignore[arg-type]


def test_captions_are_named_in_the_multivariant_playlist(golden: Golden) -> None:
    before = (Path(__file__).parent / "golden/multivariant.m3u8").read_text()
    captions = [
        variant("English"),
        variant("English", kind="captions", address="../captions/b/media.m3u8"),
        variant("Signs", language="und", is_forced=True),
    ]

    named = name_captions(before, captions)

    golden("multivariant_captions.m3u8", named)
    assert name_captions(named, captions) == named
    assert name_captions(named, []) == before


def test_ffmpeg_finds_the_captions_beside_the_renditions(
    clip: Callable[[str], Path], ffmpeg: str, tmp_path: Path
) -> None:
    folder = tmp_path / "encode"
    (folder / "v").mkdir(parents=True)
    (tmp_path / "captions/en").mkdir(parents=True)
    hls = (
        "-f",
        "hls",
        "-hls_segment_type",
        "fmp4",
        "-hls_playlist_type",
        "vod",
        "-master_pl_name",
        "multivariant.m3u8",
    )
    run(ffmpeg, "-i", str(clip("pal.mov")), "-c", "copy", *hls, str(folder / "media.m3u8"))
    cues = tidy_cues(read_subrip(SUBRIP), offset_s=Fraction(0), duration_s=Fraction(6))
    (tmp_path / "captions/en/0.vtt").write_text(format_caption_segment(cues))
    (tmp_path / "captions/en/media.m3u8").write_text(format_caption_playlist(Fraction(6)))
    path = folder / "multivariant.m3u8"
    path.write_text(name_captions(path.read_text(), [variant("en")]))

    with av.open(str(path)) as container:
        (stream,) = container.streams.subtitles
        assert stream.metadata["language"] == "en"
