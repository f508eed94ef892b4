"""What can be watched before all is made, and goes on when it is."""

import shutil
from array import array
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests.clips import measure, read_numbers_of, run
from tests.media.cards import probe_here
from tests.media.probes import audio_track, copied_track, copied_video, even_video, make_probe
from vod_web.core.errors import EncodeFailed
from vod_web.media.audio import encode_audio, encode_sound
from vod_web.media.chunks import CopyFailed, encode_chunk, encode_run
from vod_web.media.early import format_early_playlists
from vod_web.media.local import LocalEncode, encode_locally
from vod_web.media.passes import Chunk
from vod_web.media.pieces import cut_piece, number_segment
from vod_web.media.plan import EncodeOptions, EncodePlan, plan_encode
from vod_web.media.playlists import MULTIVARIANT_NAME
from vod_web.media.results import RenditionFiles
from vod_web.media.runner import FfmpegKilled, Tools

OPTIONS = EncodeOptions(
    heights=(72, 144),
    segment_s=Fraction(1),
    first_segment_s=Fraction(1, 2),
    chunk_s=Fraction(2),
    copy_chunk_s=Fraction(2),
    audio_chunk_s=Fraction(2),
    preset="ultrafast",
)
"""Several chunks in every pass of a clip of six seconds."""
COPIED = ("ntsc.mp4", "pal.mov", "sixty.mp4", "uneven.mp4", "stream.ts", "early_sound.mkv", "cd_sound.mkv")
ENCODED = ("ten_bits.mkv", "uneven.webm")


def plan_of(source: Path, options: EncodeOptions = OPTIONS) -> EncodePlan:
    return plan_encode(probe_here(source), options)


@pytest.fixture(scope="module")
def made(
    clip: Callable[[str], Path], tools: Tools, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., LocalEncode]:
    """`made("pal.mov")`: a whole encode of a clip, made once."""
    done: dict[str, LocalEncode] = {}

    def make(name: str) -> LocalEncode:
        if name not in done:
            folder = tmp_path_factory.mktemp("made")
            done[name] = encode_locally(
                clip(name), folder, tools=tools, options=OPTIONS, with_pictures=False, probe=probe_here(clip(name))
            )
        return done[name]

    return make


@pytest.mark.parametrize("name", [*COPIED, *ENCODED])
def test_a_switch_at_any_boundary_goes_on_with_the_right_frame(
    name: str, made: Callable[[str], LocalEncode], clip: Callable[[str], Path], ffmpeg: str, tmp_path: Path
) -> None:
    done = made(name)
    pictures = [r for r in done.renditions if r.name in done.plan.rendition_names]

    assert len(pictures) == 2
    assert (done.plan.copy is not None) == (name in COPIED)
    assert {chunk.purpose for chunk in done.plan.chunks} == ({"copy", "ladder"} if name in COPIED else {"ladder"})
    assert len(done.plan.chunks) >= 2
    before = measure(ffmpeg, clip(name), tmp_path, has_sound=False).numbers
    after = [[read_numbers_of(ffmpeg, done.folder / r.name, s.number) for s in r.segments] for r in pictures]
    steps = [done.plan.frame_rate_of(r.name) / done.plan.video.frame_rate for r in pictures]
    assert [number for segment in after[0] for number in segment] == before
    assert [segment[0] for segment in after[0]] == [segment[0] for segment in after[1]]
    assert all(segment[:: int(1 / steps[1])] == half for segment, half in zip(*after, strict=True))


@pytest.mark.parametrize("name", COPIED)
def test_a_copied_picture_begins_each_segment_where_the_encoded_one_does(
    name: str, made: Callable[[str], LocalEncode]
) -> None:
    copy, rung = (r for r in made(name).renditions if r.name in made(name).plan.rendition_names)

    assert [s.number for s in copy.segments] == [s.number for s in rung.segments]
    for a, b in zip(copy.segments, rung.segments, strict=True):
        assert abs(a.duration_s - b.duration_s) < Fraction(1, 20_000)


@pytest.mark.parametrize("name", [*COPIED, *ENCODED])
def test_early_and_final_playlists_name_the_same_segments(name: str, made: Callable[[str], LocalEncode]) -> None:
    done = made(name)
    early = format_early_playlists(done.plan, [r.name for r in done.renditions])

    for rendition in done.renditions:
        text = early[f"{rendition.name}/media.m3u8"]
        assert [line for line in text.splitlines() if line.endswith(".m4s")] == [
            f"{s.number}.m4s" for s in rendition.segments
        ]
        lengths = [float(line[8:-1]) for line in text.splitlines() if line.startswith("#EXTINF")]
        assert lengths == pytest.approx([float(s.duration_s) for s in rendition.segments], abs=0.001)
        assert "#EXT-X-ENDLIST" in text
        assert f'"{rendition.codecs}' in early[MULTIVARIANT_NAME] or f',{rendition.codecs}"' in early[MULTIVARIANT_NAME]


@pytest.mark.parametrize("name", ["pal.mov", "cd_sound.mkv", "ten_bits.mkv"])
def test_early_playlists_play_what_was_made_and_pieces_of_it_that_were_made_before(
    name: str, made: Callable[[str], LocalEncode], clip: Callable[[str], Path], tools: Tools, tmp_path: Path
) -> None:
    done = made(name)
    plan, source = done.plan, str(clip(name))
    (picture,) = plan.early_renditions
    for rendition in (picture, "audio-0"):
        shutil.copytree(done.folder / (plan.quick_twin if rendition == "quick" else rendition), tmp_path / rendition)
        piece = cut_piece(plan, number_segment(plan, rendition, 2) or 0, 2)
        if isinstance(piece, Chunk):
            (files,) = encode_run(plan, piece, source, tmp_path / "pieces", tools)
        else:
            files = encode_sound(plan, piece, source, tmp_path / "pieces", tools)
        assert [segment.number for segment in files.segments] == list(piece.segments)
        assert files.init_path.read_bytes() == (tmp_path / rendition / "init.mp4").read_bytes()
        for segment in files.segments:
            shutil.copy(segment.path, tmp_path / rendition)
    for path, text in format_early_playlists(plan, (picture, "audio-0")).items():
        (tmp_path / path).write_text(text)

    before = measure(tools.ffmpeg, clip(name), tmp_path)
    after = measure(tools.ffmpeg, tmp_path / MULTIVARIANT_NAME, tmp_path)

    assert after.numbers == before.numbers
    drifts = [abs(a - b) for a, b in zip(after.lags_s, before.lags_s, strict=True)]
    assert len(drifts) >= 3
    assert max(drifts) < 0.020


def test_early_playlists_of_a_film(golden: Callable[[str, str], None]) -> None:
    copied = plan_encode(make_probe(copied_video(seconds=14, gop=72), copied_track(1, seconds=14)))
    encoded = plan_encode(make_probe(even_video(seconds=14), audio_track(1, codec="opus", language="eng")))

    early = format_early_playlists(copied, ("1080p", "audio-0"))
    assert set(early) == {"1080p/media.m3u8", "audio-0/media.m3u8", "multivariant.m3u8"}
    golden("early_copied.m3u8", early["multivariant.m3u8"] + early["1080p/media.m3u8"])
    golden("early_encoded.m3u8", "".join(format_early_playlists(encoded, ("quick", "audio-0")).values()))


def test_segments_are_handed_out_once_each_in_order(clip: Callable[[str], Path], tools: Tools, tmp_path: Path) -> None:
    source = clip("ten_bits.mkv")
    plan = plan_of(source, replace(OPTIONS, chunk_s=Fraction(60)))
    chunk = next(chunk for chunk in plan.chunks if chunk.purpose == "ladder")
    seen: list[RenditionFiles] = []

    result = encode_chunk(plan, chunk.index, str(source), tmp_path, tools, None, seen.append)

    for rendition in result.renditions:
        own = [files for files in seen if files.name == rendition.name]
        assert [s for files in own for s in files.segments] == list(rendition.segments)
        assert [s.number for s in rendition.segments] == list(chunk.segments)
        assert {files.init_sha256 for files in own} == {rendition.init_sha256}
        assert not (tmp_path / rendition.name / "encoded.mp4").exists()


def test_sound_is_handed_out_too(clip: Callable[[str], Path], tools: Tools, tmp_path: Path) -> None:
    source = clip("vp9.webm")
    plan = plan_of(source)
    seen: list[RenditionFiles] = []

    result = encode_audio(plan, 1, str(source), tmp_path, tools, None, seen.append)

    assert [s for files in seen for s in files.segments] == list(result.rendition.segments)
    assert [s.number for s in result.rendition.segments] == list(plan.audio_chunks[1].segments)


def test_who_takes_segments_can_end_the_run(clip: Callable[[str], Path], tools: Tools, tmp_path: Path) -> None:
    source = clip("pal.mov")

    def refuse(_: RenditionFiles) -> None:
        raise InterruptedError("the lease is lost")

    with pytest.raises(InterruptedError):
        encode_chunk(plan_of(source), 0, str(source), tmp_path, tools, None, refuse)


def test_a_copy_that_is_not_as_planned_fails_as_such(clip: Callable[[str], Path], tools: Tools, tmp_path: Path) -> None:
    plan = plan_of(clip("pal.mov"))
    other = clip("sixty.mp4")

    with pytest.raises(CopyFailed):
        encode_chunk(plan, 0, str(other), tmp_path, tools)


def test_a_copy_that_somebody_kills_can_be_copied_again(
    clip: Callable[[str], Path], tools: Tools, tmp_path: Path
) -> None:
    killed = tmp_path / "ffmpeg"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    plan = plan_of(clip("pal.mov"))

    with pytest.raises(FfmpegKilled):
        encode_chunk(plan, 0, str(clip("pal.mov")), tmp_path, replace(tools, ffmpeg=str(killed)))
    with pytest.raises(FfmpegKilled):
        encode_audio(plan, 0, str(clip("pal.mov")), tmp_path, replace(tools, ffmpeg=str(killed)))


def test_a_damaged_copy_fails_as_such(clip: Callable[[str], Path], tools: Tools, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.ts"
    data = clip("stream.ts").read_bytes()
    damaged.write_bytes(data[: len(data) // 2 // 188 * 188])

    with pytest.raises(EncodeFailed):
        plan = plan_of(clip("stream.ts"))
        for chunk in plan.chunks:
            encode_chunk(plan, chunk.index, str(damaged), tmp_path / "made", tools)


def decode(ffmpeg: str, path: Path) -> "array[float]":
    """The left channel of a sound file or playlist."""
    samples = array("f")
    samples.frombytes(run(ffmpeg, "-i", str(path), "-af", "pan=mono|c0=FL", "-f", "f32le", "-"))
    return samples


def test_chunks_of_sound_join_to_the_sample(ffmpeg: str, tools: Tools, tmp_path: Path) -> None:
    source = tmp_path / "tone.mov"
    tone = "aevalsrc='0.4*sin(2*PI*(300*t+40*t*t))':s=44100:c=stereo"
    picture = ("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25")
    run(ffmpeg, *picture, "-f", "lavfi", "-i", tone, "-t", "12", "-c:v", "mpeg4", "-c:a", "pcm_s16le", str(source))
    options = replace(OPTIONS, heights=(64,), audio_chunk_s=Fraction(3))
    sounds = []
    for folder, wished in (("cut", options), ("whole", replace(options, audio_chunk_s=Fraction(60)))):
        out = tmp_path / folder
        probe = probe_here(source)
        done = encode_locally(source, out, tools=tools, options=wished, with_pictures=False, probe=probe)
        sounds.append(decode(ffmpeg, done.folder / "audio-0" / "media.m3u8"))

    cut, whole = sounds
    assert len(cut) == len(whole)
    assert max(abs(a - b) for a, b in zip(cut, whole, strict=True)) < 0.1  # a sample's shift would be 0.13
