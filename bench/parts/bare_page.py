"""What is the least that a browser needs to show a video? A page with nothing else, and the video as one file."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.parts.processes import run_measured
from vod_web.media.tools import find_ffmpeg

HEIGHT_PX = 480
"""What the watch page plays in a window 1280 wide."""
PAGE = """<!doctype html><meta charset="utf-8"><title>Bare</title>
<video src="bare.mp4" width="841" height="473" autoplay></video>"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing: the tables are what is to be read."""


@contextmanager
def bare_page(film: Path) -> Iterator[str]:
    """Serve such a page, with this film in the size of a rendition; gives its address."""
    folder = film.parent / "bare"
    folder.mkdir()
    picture = ["-vf", f"scale=-2:{HEIGHT_PX}", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"]
    whole = ["-c:a", "aac", "-movflags", "+faststart", str(folder / "bare.mp4")]
    run_measured([str(find_ffmpeg()), "-v", "error", "-i", str(film), *picture, *whole])
    (folder / "index.html").write_text(PAGE)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
