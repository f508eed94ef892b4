"""How much of the source's picture is left in a rendition? VMAF, by FFmpeg's libvmaf."""

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from vod_web.media.filters import SCALER, VIDEO, scale_filters
from vod_web.media.probed import VideoStream
from vod_web.media.tools import find_ffmpeg

EVERY = 8
"""Every how many-th picture is judged."""
LONGEST_S = 60
"""Of a longer film its first minute is judged."""


@dataclass(frozen=True)
class Quality:
    """How like the source the pictures of a rendition are: 0 to 100."""

    mean: float
    lowest: float


def measure_quality(rendition: Path, source: Path, video: VideoStream) -> Quality:
    """Compare a rendition with its source, both at the source's size and in the colours of renditions."""
    size = (video.width_px, video.height_px)
    made = ["setpts=PTS-STARTPTS", *VIDEO.tags, f"scale={size[0]}:{size[1]}:{SCALER}", "format=yuv420p", *VIDEO.tags]
    true = ["setpts=PTS-STARTPTS", *scale_filters(video, size, VIDEO)]
    with tempfile.TemporaryDirectory(prefix="vod-bench-vmaf-") as folder:
        vmaf = f"libvmaf=n_threads=2:n_subsample={EVERY}:log_fmt=json:log_path=vmaf.json"
        graph = f"[0:v:0]{','.join(made)}[made];[1:v:0]{','.join(true)}[true];[made][true]{vmaf}"
        inputs = ("-t", str(LONGEST_S), "-i", str(rendition.resolve()), "-t", str(LONGEST_S), "-i", str(source))
        command = [str(find_ffmpeg()), "-v", "error", "-nostdin", *inputs, "-lavfi", graph, "-f", "null", "-"]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
        pooled = json.loads((Path(folder) / "vmaf.json").read_text())["pooled_metrics"]["vmaf"]
    return Quality(pooled["mean"], pooled["min"])


def join_segments(folder: Path, target: Path) -> Path:
    """One file of a rendition's init segment and its segments."""
    segments = sorted(folder.glob("*.m4s"), key=lambda path: int(path.stem))
    with target.open("wb") as file:
        for path in (folder / "init.mp4", *segments):
            file.write(path.read_bytes())
    return target
