from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from shlex import quote

import pytest

from tests.media.probes import audio_track, copied_track, copied_video, even_video, make_probe
from vod_web.media.audio_commands import audio_command
from vod_web.media.commands import chunk_command, copy_command
from vod_web.media.filters import audio_graph, downmix_filters, format_seconds, ladder_graph
from vod_web.media.picture_commands import poster_command, rung_storyboard_command, storyboard_command
from vod_web.media.plan import EncodePlan, plan_encode
from vod_web.media.probed import Colour

Golden = Callable[[str, str], None]


@pytest.fixture
def plan() -> EncodePlan:
    """A minute of 1080p at 59.94 fps with 5.1 sound."""
    video = even_video(rate=Fraction(60000, 1001), seconds=100)
    return plan_encode(make_probe(video, audio_track(1, channels=6, layout="5.1")))


def as_text(arguments: list[str]) -> str:
    """One option a line."""
    lines: list[str] = []
    for argument in arguments:
        if argument.startswith("-") and not argument[1:2].isdigit():
            lines.append(argument)
        elif lines:
            lines[-1] += " " + quote(argument)
    return "\n".join(lines) + "\n"


def test_the_command_of_a_chunk(plan: EncodePlan, golden: Golden) -> None:
    chunk = next(chunk for chunk in plan.chunks if chunk.purpose == "ladder" and chunk.first_segment > 0)

    golden("chunk.txt", as_text(chunk_command(plan, chunk, "/data/source")))


def test_the_command_of_a_copy(golden: Golden) -> None:
    plan = plan_encode(make_probe(copied_video(seconds=800)))
    chunk = plan.chunks[1]

    assert plan.copy is not None
    assert chunk.purpose == "copy"
    golden("copy.txt", as_text(copy_command(plan, plan.copy, chunk, "/data/source")))


def test_the_commands_of_chunks_of_sound(golden: Golden) -> None:
    encoded = plan_encode(make_probe(even_video(seconds=800), audio_track(1, codec="opus", duration_s=Fraction(800))))
    copied = plan_encode(make_probe(even_video(seconds=800), copied_track(1, seconds=800)))

    golden("audio_chunk.txt", as_text(audio_command(encoded, encoded.audio_chunks[1], "/data/source")))
    golden("audio_copy.txt", as_text(audio_command(copied, copied.audio_chunks[1], "/data/source")))


def test_the_command_of_a_sound_track(plan: EncodePlan, golden: Golden) -> None:
    golden(
        "audio.txt", as_text(audio_command(plan, plan.audio_chunks[0], "https://store.example.org/source?signature=x"))
    )


def test_the_command_of_surround_sound(plan: EncodePlan, golden: Golden) -> None:
    chunk = next(chunk for chunk in plan.audio_chunks if plan.audio[chunk.track].is_surround)

    golden("audio_surround.txt", as_text(audio_command(plan, chunk, "/data/source")))


def test_the_command_of_a_poster(plan: EncodePlan, golden: Golden) -> None:
    golden("poster.txt", as_text(poster_command(plan, Fraction(10), "/data/source")))


def test_the_command_of_a_storyboard(plan: EncodePlan, golden: Golden) -> None:
    golden("storyboard.txt", as_text(storyboard_command(plan, "/data/source")))
    golden("storyboard_rung.txt", as_text(rung_storyboard_command(plan, "240p.mp4")))


def test_the_first_chunk_does_not_seek_and_the_last_does_not_stop(plan: EncodePlan) -> None:
    first = chunk_command(plan, plan.chunks[0], "x")
    last = chunk_command(plan, plan.chunks[-1], "x")

    assert "-ss" not in first
    assert "end_pts" in first[first.index("-filter_complex") + 1]
    assert "-ss" in last
    assert "end_pts" not in last[last.index("-filter_complex") + 1]


def test_a_local_path_opens_no_network_and_an_address_no_files(plan: EncodePlan) -> None:
    local = chunk_command(plan, plan.chunks[0], "/data/source")
    remote = chunk_command(plan, plan.chunks[0], "https://store.example.org/source")

    assert local[local.index("-protocol_whitelist") + 1] == "file"
    assert remote[remote.index("-protocol_whitelist") + 1] == "http,https,tcp,tls"
    formats = local[local.index("-format_whitelist") + 1].split(",")
    assert not {"hls", "dash", "concat", "image2", "lavfi", "sdp", "rtsp"} & set(formats)


@pytest.mark.parametrize(("transfer", "is_mapped"), [("smpte2084", True), ("arib-std-b67", True), ("bt709", False)])
def test_only_hdr_is_tone_mapped(plan: EncodePlan, transfer: str, is_mapped: bool) -> None:
    video = replace(plan.video, colour=Colour("bt2020nc", "bt2020", transfer))

    graph = ladder_graph(replace(plan, video=video), plan.rungs, 0, None)

    assert ("tonemap" in graph) == is_mapped
    assert "bilinear" not in graph


def test_interlaced_frames_are_deinterlaced_before_anything_else(plan: EncodePlan) -> None:
    graph = ladder_graph(replace(plan, video=replace(plan.video, is_interlaced=True)), plan.rungs, 0, None)

    assert graph.startswith("[0:0]bwdif")


def test_surround_keeps_the_centre_in_both_ears() -> None:
    pan = downmix_filters("5.1(side)", 6)[0]

    assert pan == "pan=stereo|FL=1*FL+0.707*FC+0.5*SL|FR=1*FR+0.707*FC+0.5*SR"
    assert downmix_filters("mono", 1) == ["pan=stereo|FL=c0|FR=c0"]


def test_sound_begins_with_the_picture(plan: EncodePlan) -> None:
    assert audio_graph(plan.audio[0], Fraction(14, 10), 0, 48000).startswith("asetpts=PTS-7/5/TB,")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 3), "0.333333"),
        (Fraction(-1, 3), "-0.333334"),
        (Fraction(0), "0.000000"),
        (Fraction(75), "75.000000"),
    ],
)
def test_times_are_rounded_down_to_microseconds(value: Fraction, text: str) -> None:
    assert format_seconds(value) == text
