"""Sources that lie in an object store are read by address, in ranges."""

import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from vod_web.media.audio import encode_audio
from vod_web.media.chunks import encode_chunk
from vod_web.media.plan import EncodeOptions, plan_encode
from vod_web.media.probe import probe_source
from vod_web.media.runner import Tools


class Store:
    """A web server that answers ranges of one file, and breaks some connections off."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        self.ranges: list[str] = []
        self.failures_left = 0

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range", "bytes=0-")
        self.ranges.append(wanted)
        start = int(wanted.removeprefix("bytes=").split("-")[0])
        body = self.data[start:]
        request.send_response(206)
        request.send_header("Content-Length", str(len(body)))
        request.send_header("Content-Range", f"bytes {start}-{len(self.data) - 1}/{len(self.data)}")
        request.send_header("Accept-Ranges", "bytes")
        request.end_headers()
        if self.failures_left:
            self.failures_left -= 1
            body = body[: len(body) // 2]
        request.wfile.write(body)
        request.close_connection = True


@pytest.fixture
def store(clip: Callable[[str], Path]) -> Iterator[tuple[str, Store]]:
    """The address of a clip on a web server, and the server's memory."""
    store = Store(clip("ntsc.mp4"))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                store.answer(self)
            except (BrokenPipeError, ConnectionResetError):  # the reader has enough
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Nothing to standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/source?X-Signature=secret", store
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_remote_source_gives_the_same_files(
    store: tuple[str, Store], clip: Callable[[str], Path], tools: Tools, tmp_path: Path
) -> None:
    address, memory = store
    path = clip("ntsc.mp4")
    options = EncodeOptions(heights=(72, 144), chunk_s=Fraction(2), preset="ultrafast")

    probe = probe_source(address, size_bytes=path.stat().st_size, head=path.read_bytes()[:4096])
    plan = plan_encode(probe, options)
    memory.failures_left = 1
    number = plan.chunks[-1].index
    made = encode_chunk(plan, number, address, tmp_path / "remote", tools).renditions[0]
    sound = encode_audio(plan, 0, address, tmp_path / "remote", tools).rendition

    assert probe == probe_source(str(path), size_bytes=path.stat().st_size)
    local = encode_chunk(plan, number, str(path), tmp_path / "local", tools).renditions[0]
    assert made.init_sha256 == local.init_sha256
    assert [s.path.read_bytes() for s in made.segments] == [s.path.read_bytes() for s in local.segments]
    assert sound.frame_count > 250
    assert any(wanted != "bytes=0-" for wanted in memory.ranges)
