"""How does the site make a short clip by itself, to prove that everything works?"""

from pathlib import Path

from .commands import global_options
from .runner import Tools, run_ffmpeg

WIDTH_PX, HEIGHT_PX = 640, 360
FRAME_RATE = 30
TONE_HZ = 440


def clip_command(name: str, *, duration_s: float, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> list[str]:
    """A moving test picture with a quiet tone, as most cameras would write it: H.264 and AAC in MP4."""
    return [
        *global_options(),
        *("-f", "lavfi", "-i", f"testsrc2=size={width_px}x{height_px}:rate={FRAME_RATE}:duration={duration_s}"),
        *("-f", "lavfi", "-i", f"sine=frequency={TONE_HZ}:sample_rate=48000:duration={duration_s}"),
        *("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", str(FRAME_RATE * 2)),
        *("-c:a", "aac", "-b:a", "96k", "-ac", "2"),
        *("-movflags", "+faststart"),
        name,
    ]


def make_clip(path: Path, *, tools: Tools, duration_s: float = 4.0) -> Path:
    """Write a short clip with picture and sound to `path`, and return it; raises EncodeFailed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    run_ffmpeg(clip_command(path.name, duration_s=duration_s), tools=tools, work_dir=path.parent)
    return path
