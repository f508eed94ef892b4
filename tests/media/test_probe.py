import os
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.clips import run
from vod_web.core.errors import Unavailable, UnsupportedMedia
from vod_web.media.early import format_early_playlists
from vod_web.media.plan import plan_encode
from vod_web.media.probe import probe_source
from vod_web.media.probed import Probe
from vod_web.media.sniff import describe_bytes

MakeClip = Callable[[str], Path]


def probe(path: Path) -> Probe:
    return probe_source(str(path), size_bytes=path.stat().st_size)


@pytest.fixture
def requests_seen() -> Iterator[tuple[str, list[str]]]:
    """The address of a web server on this machine, and the paths that were asked of it."""
    seen: list[str] = []

    class Recorder(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing to standard error."""

    server = HTTPServer(("127.0.0.1", 0), Recorder)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("name", "codec", "container", "count"),
    [
        ("ntsc.mp4", "h264", "mov,mp4,m4a,3gp,3g2,mj2", 180),
        ("pal.mov", "h264", "mov,mp4,m4a,3gp,3g2,mj2", 150),
        ("ten_bits.mkv", "hevc", "matroska,webm", 150),
        ("vp9.webm", "vp9", "matroska,webm", 150),
        ("av1.mkv", "av1", "matroska,webm", 150),
        ("old.avi", "mpeg4", "avi", 150),
        ("stream.ts", "h264", "mpegts", 150),
        ("prores.mov", "prores", "mov,mp4,m4a,3gp,3g2,mj2", 100),
    ],
)
def test_what_is_read_of_a_video(name: str, codec: str, container: str, count: int, clip: MakeClip) -> None:
    found = probe(clip(name))

    assert (found.container, found.video.codec) == (container, codec)
    assert found.video.frames.frame_count == count
    assert found.video.frames.is_measured
    assert (found.video.width_px, found.video.height_px) == (256, 144)
    assert len(found.audio) == 1
    assert found.audio[0].channels == 2
    assert abs(float(found.duration_s) - count / float(found.video.frame_rate)) < 0.12
    assert Probe.from_json(found.to_json()) == found


def test_keyframes_are_true_times(clip: MakeClip) -> None:
    video = probe(clip("pal.mov")).video

    assert [float(pts * video.time_base) for pts in video.frames.keyframes] == [0, 2, 4]
    assert video.frames.keyframe_gap_s == 2


def test_tracks_chapters_and_cover_pictures(clip: MakeClip, ffmpeg: str, tmp_path: Path) -> None:
    text, chapters, cover, path = (tmp_path / name for name in ("a.srt", "a.txt", "a.jpg", "a.mkv"))
    text.write_text("1\n00:00:01,000 --> 00:00:02,000\nhello\n")
    chapters.write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=2\ntitle=Beginning\n")
    run(ffmpeg, "-f", "lavfi", "-i", "testsrc=size=64x64", "-frames:v", "1", str(cover))
    inputs = [arg for name in (clip("pal.mov"), clip("ntsc.mp4"), text, chapters) for arg in ("-i", str(name))]
    tags = ("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "title=Comments", "-metadata:s:s:0", "language=fre")
    maps = ("-map", "0:v", "-map", "0:a", "-map", "1:a", "-map", "2:s", "-map_chapters", "3")
    attached = ("-attach", str(cover), "-metadata:s:t", "mimetype=image/jpeg")
    run(ffmpeg, *inputs, *maps, "-c", "copy", "-c:s", "srt", *tags, *attached, str(path))

    found = probe(path)

    assert found.video.codec == "h264"
    assert [(track.language, track.title) for track in found.audio] == [("eng", None), (None, "Comments")]
    assert [(track.codec, track.is_text, track.language) for track in found.subtitles] == [("subrip", True, "fre")]
    assert [(chapter.title, chapter.end_s) for chapter in found.chapters] == [("Beginning", 2)]


def test_hours_of_video_are_probed_and_planned_in_a_moment(ffmpeg: str, tmp_path: Path) -> None:
    short, long = tmp_path / "short.mp4", tmp_path / "long.mp4"
    picture = ("-f", "lavfi", "-i", "color=size=32x32:rate=25", "-t", "30")
    run(ffmpeg, *picture, "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "50", str(short))
    run(ffmpeg, "-stream_loop", "239", "-i", str(short), "-c", "copy", str(long))

    before = os.times()
    plan = plan_encode(probe(long))
    format_early_playlists(plan, set(plan.early_renditions))
    after = os.times()

    assert plan.copy is not None
    assert plan.duration_s == pytest.approx(7200, abs=1)
    assert after.user + after.children_user - before.user - before.children_user < 4


def test_a_recording_without_a_length_is_measured(clip: MakeClip, ffmpeg: str, tmp_path: Path) -> None:
    path = tmp_path / "live.webm"
    run(ffmpeg, "-i", str(clip("vp9.webm")), "-c", "copy", "-live", "1", str(path))

    assert float(probe(path).duration_s) == pytest.approx(6, abs=0.1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty"),
        (b"hello, I am no video\n" * 99, "it is a text file"),
        (b"PK\x03\x04" + bytes(99), "it is a ZIP archive"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), r"it is a picture \(PNG\)"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(99), "it is a picture"),
        (b"ffconcat version 1.0\nfile other.mp4\n", "it is a playlist"),
        (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/x.ts\n", "it is a playlist"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(999), "its index is missing"),
        (os.urandom(4096), "not a video"),
    ],
)
def test_what_is_not_video_is_refused_with_a_reason(content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "source.mp4"
    path.write_bytes(content)

    with pytest.raises(UnsupportedMedia, match=sentence):
        probe(path)


@pytest.mark.parametrize("name", ["source.mp4", "source"])
@pytest.mark.parametrize("kind", ["dash", "hls", "concat"])
def test_text_that_names_other_files_reaches_no_reader(
    kind: str, name: str, clip: MakeClip, tmp_path: Path, requests_seen: tuple[str, list[str]]
) -> None:
    address, seen = requests_seen
    shutil.copy(clip("pal.mov"), tmp_path / "other.mp4")
    texts = {
        "dash": f'<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
        f'<AdaptationSet mimeType="video/mp4"><Representation id="1"><BaseURL>{address}/x.mp4</BaseURL>'
        "</Representation></AdaptationSet></Period></MPD>",
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{address}/x.ts\n#EXT-X-ENDLIST\n",
        "concat": "ffconcat version 1.0\nfile other.mp4\n",
    }
    path = tmp_path / name
    path.write_text(texts[kind])

    for head in (None, b""):  # with and without the look at the first bytes
        with pytest.raises(UnsupportedMedia):
            probe_source(str(path), size_bytes=path.stat().st_size, head=head)
    assert seen == []


def test_sound_alone_is_refused(clip: MakeClip, ffmpeg: str, tmp_path: Path) -> None:
    for name in ("sound.m4a", "sound.mp3"):
        path = tmp_path / name
        run(ffmpeg, "-i", str(clip("pal.mov")), "-vn", str(path))

        with pytest.raises(UnsupportedMedia, match=r"sound but no picture|a sound file"):
            probe(path)


def test_an_upload_that_lost_its_end_is_refused(clip: MakeClip, ffmpeg: str, tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    run(ffmpeg, "-i", str(clip("pal.mov")), "-c", "copy", "-movflags", "+faststart", str(path))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])

    with pytest.raises(UnsupportedMedia, match="incomplete"):
        probe(path)


def test_an_encrypted_video_is_refused(clip: MakeClip, ffmpeg: str, tmp_path: Path) -> None:
    path = tmp_path / "locked.mp4"
    keys = ("-encryption_key", "0" * 31 + "1", "-encryption_kid", "0" * 32)
    run(ffmpeg, "-i", str(clip("silent.mp4")), "-c", "copy", "-encryption_scheme", "cenc-aes-ctr", *keys, str(path))

    with pytest.raises(UnsupportedMedia, match="encrypted"):
        probe(path)


def test_a_reader_that_takes_too_long_is_ended(clip: MakeClip) -> None:
    with pytest.raises(UnsupportedMedia, match="too long"):
        probe_source(str(clip("pal.mov")), size_bytes=clip("pal.mov").stat().st_size, timeout_s=0.001)


def test_a_file_that_is_not_there_is_worth_another_try(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        probe_source(str(tmp_path / "nothing"), size_bytes=10)


def test_an_address_that_does_not_answer_is_worth_another_try(requests_seen: tuple[str, list[str]]) -> None:
    with pytest.raises(Unavailable):
        probe_source(f"{requests_seen[0]}/source", size_bytes=10)
    assert set(requests_seen[1]) == {"/source"}


@pytest.mark.parametrize(
    "head", [b"\x00\x00\x00\x1cftypisom\x00\x00\x02\x00", b"\x1aE\xdf\xa3\x01\x00\x00\x00", b"RIFF\0\0\0\0AVI "]
)
def test_the_beginnings_of_videos_are_not_mistaken(head: bytes) -> None:
    assert describe_bytes(head) is None
