"""Published videos in strict readers: FFmpeg's, GStreamer's, a validator of playlists, and our own rules.

Browsers read them in tests/browser.
"""

import json
import os
import re
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.clips import run
from tests.hls.authoring import find_problems
from tests.hls.publication import Publication
from tests.hls.reading import folder_reader, parse_media, parse_multivariant
from tests.media.cards import X264, X265, probe_here
from vod_web.cli.tools import find_gstreamer, find_node
from vod_web.media.audio_plan import early_names
from vod_web.media.early import declare_codecs, format_early_playlists
from vod_web.media.local import LocalEncode, encode_locally
from vod_web.media.plan import EncodeOptions
from vod_web.media.playlists import MULTIVARIANT_NAME
from vod_web.media.runner import Tools

OPTIONS = EncodeOptions(
    heights=(72, 144),
    segment_s=Fraction(1),
    first_segment_s=Fraction(1, 2),
    chunk_s=Fraction(2),
    copy_chunk_s=Fraction(2),
    audio_chunk_s=Fraction(2),
    preset="ultrafast",
)
"""Two pictures, several segments in a chunk, several chunks in everything."""
SITE_PRESET = "veryfast"
STRICT = Path(__file__).parents[1] / "hls" / "strict.mjs"
GSTREAMER_LOG = "*:1"
"""Errors alone: what it warns of depends on how busy the machine is."""
SHOWN = re.compile(r"(?m)chain .*\((?:v|a):sink\)")
LIMIT_S = 60


def make_portrait(ffmpeg: str, source: Path, path: Path) -> None:
    """A video that stands upright, without sound."""
    run(ffmpeg, "-i", str(source), "-vf", "transpose", *X264, "-an", str(path))


def make_tracks(ffmpeg: str, source: Path, path: Path) -> None:
    """HEVC with three sound tracks, the second in 5.1, and subtitles."""
    words = path.with_suffix(".srt")
    words.write_text("1\n00:00:00,500 --> 00:00:02,000\nHello\n")
    tracks = ("-i", str(words), "-map", "0:v", "-map", "0:a", "-map", "0:a", "-map", "0:a", "-map", "1:s")
    layouts = ("-ac:a:1", "6", "-channel_layout:a:1", "5.1")
    names = ("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=ger", "-metadata:s:a:2", "title=B.")
    run(ffmpeg, "-i", str(source), *tracks, *X265, "-c:a", "ac3", *layouts, *names, str(path))


MADE: dict[str, Callable[[str, Path, Path], None]] = {"portrait.mp4": make_portrait, "tracks.mkv": make_tracks}
NAMES = ("ntsc.mp4", "sixty.mp4", "uneven.mp4", "uneven.webm", *MADE)
"""H.264 that is copied, 60 fps, uneven rates copied and encoded, upright without sound, HEVC with several tracks."""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which each video has its own."""
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture(scope="module")
def published(clip: Callable[[str], Path], tools: Tools, shelf: Path) -> Callable[[str], LocalEncode]:
    """`published("ntsc.mp4")`: a whole encode of a clip in a folder of its name, made once."""
    done: dict[str, LocalEncode] = {}

    def publish(name: str) -> LocalEncode:
        if name not in done:
            source = shelf / f"source-{name}"
            if name in MADE:
                MADE[name](tools.ffmpeg, clip("pal.mov"), source)
            else:
                source = clip(name)
            probe = probe_here(source)
            done[name] = encode_locally(
                source, shelf / name, tools=tools, options=OPTIONS, with_pictures=False, probe=probe
            )
        return done[name]

    return publish


class Handler(SimpleHTTPRequestHandler):
    """Serves published files by their types, quietly."""

    extensions_map = {".m3u8": "application/vnd.apple.mpegurl", ".mp4": "video/mp4", ".m4s": "video/iso.segment"}  # noqa: RUF012

    def log_message(self, format: str, *args: object) -> None:
        """Nothing to standard error."""


@pytest.fixture(scope="module")
def address(shelf: Path) -> Iterator[str]:
    """Where the published videos are on the web."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(shelf)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("name", NAMES)
def test_the_files_keep_the_rules(name: str, published: Callable[[str], LocalEncode]) -> None:
    assert find_problems(folder_reader(published(name).folder)) == []


@pytest.mark.parametrize("name", NAMES)
def test_ffmpeg_reads_every_frame_of_every_rendition_without_a_word(
    name: str, published: Callable[[str], LocalEncode], address: str, tools: Tools
) -> None:
    publication = Publication(folder_reader(published(name).folder))
    url = f"{address}/{name}/{MULTIVARIANT_NAME}"
    strict = ("-v", "warning", "-xerror", "-err_detect", "explode", "-copyts")
    command = [tools.ffmpeg, *strict, "-i", url, "-map", "0:v", "-map", "0:a?", "-fps_mode", "passthrough"]
    done = subprocess.run([*command, "-f", "framecrc", "-"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    read = Counter(int(line.split(",")[0]) for line in done.stdout.splitlines() if not line.startswith("#"))
    pictures = [sum(map(len, rendition.samples)) for rendition in publication.pictures.values()]
    assert sorted(read[index] for index in range(len(pictures))) == sorted(pictures)
    assert len(read) == len(pictures) + len(publication.sounds)


@pytest.mark.parametrize("name", NAMES)
def test_gstreamer_plays_all_of_it(name: str, published: Callable[[str], LocalEncode], address: str) -> None:
    program = find_gstreamer()
    if program is None:
        pytest.skip("GStreamer is not installed")
    publication = Publication(folder_reader(published(name).folder))

    play(program, f"{address}/{name}/{MULTIVARIANT_NAME}")
    for uri, rendition in publication.pictures.items():
        assert play(program, f"{address}/{name}/{uri}") == sum(map(len, rendition.samples))
    for uri in publication.sounds:
        assert play(program, f"{address}/{name}/{uri}") > 200


def play(program: Path, url: str) -> int:
    """Play to the end with everything that GStreamer has; how many pictures, or pieces of sound, were shown."""
    sinks = [f"{kind}-sink=fakesink silent=false sync=false name={kind[0]}" for kind in ("video", "audio")]
    environ = {**os.environ, "GST_DEBUG": GSTREAMER_LOG, "GST_DEBUG_NO_COLOR": "1"}
    done = subprocess.run(
        [program, "-v", "playbin3", f"uri={url}", *sinks],
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
        env=environ,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Got EOS" in done.stdout
    return len(SHOWN.findall(done.stdout))


def test_a_validator_finds_nothing_against_any_playlist(
    published: Callable[[str], LocalEncode], shelf: Path, tmp_path: Path
) -> None:
    for name in NAMES:
        made = published(name)
        if made.plan.can_play_early:
            shutil.copytree(made.folder, tmp_path / name, ignore=shutil.ignore_patterns("*.m4s"))
            write_early(made, tmp_path / name)
    (tmp_path / "wrong.m3u8").write_text("#EXTM3U\n#EXTINF:4,\n0.m4s\n")
    playlists = [*shelf.rglob("*.m3u8"), *tmp_path.rglob("*.m3u8")]

    problems = validate(playlists)

    assert list(problems) == [str(tmp_path / "wrong.m3u8")]
    assert len(playlists) > 50


def validate(playlists: list[Path]) -> dict[str, str]:
    """What hls-parser has against playlists, in its strict mode."""
    node = find_node()
    assert node is not None
    done = subprocess.run([node.program, STRICT, *playlists], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    problems: dict[str, str] = json.loads(done.stdout)
    return problems


def write_early(made: LocalEncode, folder: Path) -> None:
    """The playlists with which a video begins to play, in the place of the final ones."""
    for path in folder.rglob("*.m3u8"):
        path.unlink()
    names = (*made.plan.early_renditions, *early_names(made.plan.audio))
    for name, text in format_early_playlists(made.plan, names).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize("name", NAMES)
def test_early_playlists_have_the_boundaries_and_codecs_of_the_final_ones(
    name: str, published: Callable[[str], LocalEncode], tmp_path: Path
) -> None:
    made = published(name)
    if not made.plan.can_play_early:
        pytest.skip("nothing plays early")
    write_early(made, tmp_path)

    early = parse_multivariant((tmp_path / MULTIVARIANT_NAME).read_bytes())
    final = Publication(folder_reader(made.folder))
    timed = {**final.pictures, **final.sounds}
    top = next(iter(final.pictures.values()))
    uris = [tagged.uri for tagged in (*early.variants, *early.media)]
    lists = {uri: parse_media((tmp_path / uri).read_bytes()) for uri in uris}
    for uri, playlist in lists.items():
        segments = timed[uri].playlist.segments if uri in timed else top.playlist.segments
        assert [(s.uri, float(s.duration_s)) for s in playlist.segments] == [
            (s.uri, pytest.approx(float(s.duration_s), abs=0.001)) for s in segments
        ]
        assert "#EXT-X-ENDLIST" in playlist.tags
    assert len({playlist.target_s for playlist in lists.values()}) == 1
    codecs = {v.uri: v.attributes["CODECS"] for v in final.multivariant.variants}
    assert all(v.attributes["CODECS"] == codecs.get(v.uri, v.attributes["CODECS"]) for v in early.variants)


def test_the_codecs_of_an_encode_are_foretold(clip: Callable[[str], Path], tools: Tools, tmp_path: Path) -> None:
    options = EncodeOptions(heights=(72,), preset=SITE_PRESET)
    source = clip("ten_bits.mkv")
    made = encode_locally(
        source, tmp_path / "made", tools=tools, options=options, with_pictures=False, probe=probe_here(source)
    )

    picture = next(rendition for rendition in made.renditions if rendition.width_px)
    assert declare_codecs(made.plan.rungs[0].level, SITE_PRESET) == picture.codecs
