"""Tiny clips made by FFmpeg, and a measure of what is in a video.

Every frame carries its number as sixteen black and white bars in its upper half, so that a test can say which frames
came out. The lower half flashes white, and a 1 kHz beep sounds, for a tenth of a second at every whole second, so that
a test can say whether picture and sound are in step.
"""

import subprocess
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

WIDTH_PX, HEIGHT_PX = 256, 144
BITS = 16
SOUND_RATE_HZ = 8000
BEEP = "lt(mod(t,1),0.1)*sin(2*PI*1000*t)*0.5"


@dataclass(frozen=True)
class Clip:
    """How a clip is made: FFmpeg's arguments between the inputs (0: numbered frames, 1: beeps) and the file's name."""

    about: str
    name: str
    arguments: Sequence[str] = ()
    rate: str = "25"
    duration_s: float = 6
    sound: str = ""
    """Six channels; beeps in both ears where empty."""
    sound_duration_s: float | None = None
    before: Sequence[str] = ()
    filters: str = ""


X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-bf", "2", "-g", "50")
MPEG2 = ("-c:v", "mpeg2video", "-b:v", "1M")
X265 = ("-c:v", "libx265", "-preset", "ultrafast")
AAC = ("-c:a", "aac")
HDR10 = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:log-level=none"
UNEVEN = "select='not(between(n,80,112))*gt(mod(n,7),0)'"
SURROUND = f"0|0|{BEEP}|0|0|0"

CLIPS = (
    Clip("29.97 fps, H.264 with B-frames, as most cameras write it", "ntsc.mp4", (*X264, *AAC), rate="30000/1001"),
    Clip("25 fps", "pal.mov", (*X264, *AAC)),
    Clip("60 fps", "sixty.mp4", (*X264, *AAC), rate="60"),
    Clip("uneven frames, with one shown for more than a second", "uneven.mp4", (*X264, *AAC), "30", filters=UNEVEN),
    Clip(
        "uneven frames in WebM, as browsers record them",
        "uneven.webm",
        ("-c:v", "libvpx", "-c:a", "libopus"),
        "30",
        filters=UNEVEN,
    ),
    Clip(
        "sound of 44.1 kHz, in a container that counts milliseconds",
        "cd_sound.mkv",
        (*X264, *AAC, "-ar", "44100"),
    ),
    Clip("no sound", "silent.mp4", (*X264, "-an")),
    Clip("sound two seconds longer than the picture", "long_sound.mp4", (*X264, *AAC), sound_duration_s=8),
    Clip("sound two seconds shorter than the picture", "short_sound.mp4", (*X264, *AAC), sound_duration_s=4),
    Clip("sound that begins 1.3 s late", "late_sound.mp4", (*X264, *AAC), before=("-itsoffset", "1.3")),
    Clip("picture that begins 0.7 s after the sound", "early_sound.mkv", (*X264, *AAC), before=("-itsoffset", "-0.7")),
    Clip("transport stream, whose clock begins at 1.4 s", "stream.ts", (*X264, *AAC)),
    Clip("transport stream, whose clock stands at ten hours", "late.ts", (*X264, *AAC, "-output_ts_offset", "36000")),
    Clip("Flash video, which cannot go back to its beginning", "flash.flv", (*X264, *AAC)),
    Clip("program stream, MPEG-2", "disc.mpg", (*MPEG2, "-g", "12", "-c:a", "mp2", "-f", "vob")),
    Clip("10 bits, HEVC", "ten_bits.mkv", (*X265, "-x265-params", "log-level=none", "-pix_fmt", "yuv420p10le", *AAC)),
    Clip(
        "VP9 and Opus", "vp9.webm", ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus")
    ),
    Clip("AV1", "av1.mkv", ("-c:v", "libsvtav1", "-preset", "12", "-svtav1-params", "lp=2", *AAC)),
    Clip(
        "MPEG-4 with B-frames in AVI, without times of showing", "old.avi", ("-c:v", "mpeg4", "-bf", "1", "-c:a", "mp3")
    ),
    Clip("ProRes", "prores.mov", ("-c:v", "prores_ks", "-c:a", "pcm_s16le"), duration_s=4),
    Clip("5.1 sound with the voice in the centre alone", "surround.mp4", (*X264, *AAC), sound=SURROUND),
)
"""All have their frames numbered from 0, and sound in step with the flashes."""

ODDITIES = (
    Clip(
        "interlaced, top field first",
        "interlaced.ts",
        ("-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-b:v", "2M", "-an"),
        duration_s=3,
        filters="setfield=tff",
    ),
    Clip(
        "HDR10: red of 100 nits in BT.2020 and PQ",
        "hdr10.mp4",
        (*X265, "-x265-params", HDR10, "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1", "-an"),
        duration_s=2,
        filters="drawbox=color=red:t=fill,format=gbrp,zscale=tin=bt709:pin=bt709:min=gbr:rin=full"
        ":t=smpte2084:p=bt2020:m=bt2020nc:r=limited:npl=100,format=yuv420p10le",
    ),
)


def run(ffmpeg: str, *arguments: str, stdin: bytes = b"") -> bytes:
    """Run FFmpeg and return what it writes to its standard output; fails with its last words."""
    done = subprocess.run([ffmpeg, "-v", "error", "-y", *arguments], input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return done.stdout


def make_numbers(ffmpeg: str, folder: Path) -> Path:
    """480 frames that carry their numbers, and beeps beside them; all clips are made from these.

    Without loss, so that bars stay bars.
    """
    path = folder / "numbers.mkv"
    size = f"{WIDTH_PX}x{HEIGHT_PX}"
    raw = ("-f", "rawvideo", "-pix_fmt", "gray", "-video_size", size, "-framerate", "25", "-i", "pipe:0")
    run(ffmpeg, *raw, "-pix_fmt", "yuv420p", "-c:v", "ffv1", str(path), stdin=b"".join(map(draw_number, range(480))))
    run(ffmpeg, "-f", "lavfi", "-t", "20", "-i", f"aevalsrc='{BEEP}':s=48000", "-ac", "2", str(find_beeps(path)))
    return path


def draw_number(number: int) -> bytes:
    """A grey picture that carries a number."""
    bars = b"".join(bytes([255 if number >> bit & 1 else 0]) * (WIDTH_PX // BITS) for bit in range(BITS))
    return bars * (HEIGHT_PX // 2) + bytes(WIDTH_PX * (HEIGHT_PX - HEIGHT_PX // 2))


def find_beeps(numbers: Path) -> Path:
    """The beeps that belong to numbered frames."""
    return numbers.with_name("beeps.wav")


def make_clip_file(ffmpeg: str, numbers: Path, clip: Clip, folder: Path) -> Path:
    """The file of a clip."""
    path = folder / clip.name
    flash = f"drawbox=y={HEIGHT_PX // 2}:h={HEIGHT_PX // 2}:color=white:t=fill:enable='lt(mod(t+0.001,1),0.1)'"
    filters = ",".join(part for part in (flash, clip.filters) if part)
    sound_s = clip.sound_duration_s or clip.duration_s
    sound = ["-i", str(find_beeps(numbers))]
    if clip.sound:
        sound = ["-f", "lavfi", "-i", f"aevalsrc='{clip.sound}':c=5.1:s=48000"]
    run(
        ffmpeg,
        *("-r", clip.rate, "-t", str(clip.duration_s), "-i", str(numbers)),
        *clip.before,
        *("-t", str(sound_s), *sound),
        *("-map", "0:v", "-map", "1:a", "-vf", filters, "-fps_mode", "passthrough"),
        *clip.arguments,
        str(path),
    )
    return path


def make_rotated(ffmpeg: str, source: Path, path: Path) -> Path:
    """The same video with the note that it is to be turned by a quarter, and a place of recording, as phones write."""
    place = ("-metadata", "location=+59.9139+010.7522/")
    run(ffmpeg, "-display_rotation", "90", "-i", str(source), "-c", "copy", *place, str(path))
    return path


@dataclass(frozen=True)
class Measured:
    """What a video shows and sounds like."""

    numbers: list[int]
    """The number that each frame carries, in the order of showing."""
    times_s: list[float]
    flashes_s: list[float]
    beeps_s: list[float]

    @property
    def lags_s(self) -> list[float]:
        """How long after each flash its beep sounds.

        A flash without a beep near it is left out, and so is that of the first frame: its sound may begin before it.
        """
        flashes = [flash for flash in self.flashes_s if flash > self.times_s[0] + 0.5]
        return [beep - flash for flash in flashes for beep in self.beeps_s if abs(beep - flash) < 0.4]


def measure(ffmpeg: str, address: Path | str, folder: Path, *, has_sound: bool = True) -> Measured:
    """Decode a video with FFmpeg, be it a file or an HLS playlist."""
    frames, times, sound = folder / "frames.gray", folder / "times.txt", folder / "sound.wav"
    scale = f"scale={WIDTH_PX}:{HEIGHT_PX},format=gray"
    passthrough = ("-fps_mode", "passthrough", "-enc_time_base", "1/90000")
    outputs = ["-map", "0:v:0", *passthrough, "-vf", scale, "-f", "rawvideo", str(frames)]
    outputs += ["-map", "0:v:0", *passthrough, "-f", "framecrc", str(times)]
    if has_sound:
        # silence from the beginning of the file's clock, so that sample numbers are times
        resample = f"aformat=channel_layouts=mono,aresample={SOUND_RATE_HZ}:async=1:first_pts=0"
        outputs += ["-map", "0:a:0", "-af", resample, "-f", "s16le", str(sound)]
    run(ffmpeg, "-i", str(address), *outputs)
    size = WIDTH_PX * HEIGHT_PX
    data = frames.read_bytes()
    pictures = [data[start : start + size] for start in range(0, len(data), size)]
    moments = [int(line.split(",")[2]) / 90000 for line in times.read_text().splitlines() if line[0] != "#"]
    lit = [picture[-WIDTH_PX * 8 + WIDTH_PX // 2] > 128 for picture in pictures]
    return Measured(
        numbers=[read_number(picture) for picture in pictures],
        times_s=moments,
        flashes_s=onsets(lit, lambda position: moments[position]),
        beeps_s=read_beeps(sound.read_bytes()) if has_sound else [],
    )


def read_numbers_of(ffmpeg: str, folder: Path, number: int) -> list[int]:
    """The numbers that the frames of one segment of a rendition carry, decoded by itself."""
    alone = folder / "alone.mp4"
    alone.write_bytes((folder / "init.mp4").read_bytes() + (folder / f"{number}.m4s").read_bytes())
    scale = f"scale={WIDTH_PX}:{HEIGHT_PX},format=gray"
    data = run(ffmpeg, "-i", str(alone), "-fps_mode", "passthrough", "-vf", scale, "-f", "rawvideo", "-")
    alone.unlink()
    size = WIDTH_PX * HEIGHT_PX
    return [read_number(data[start : start + size]) for start in range(0, len(data), size)]


def read_number(picture: bytes) -> int:
    """The number that a frame's bars spell."""
    row = picture[WIDTH_PX * (HEIGHT_PX // 4) : WIDTH_PX * (HEIGHT_PX // 4 + 1)]
    bar = WIDTH_PX // BITS
    return sum(1 << bit for bit in range(BITS) if row[bit * bar + bar // 2] > 128)


def onsets(states: Sequence[bool], time_of: Callable[[int], float]) -> list[float]:
    """When a state turns true."""
    return [time_of(i) for i, state in enumerate(states) if state and (i == 0 or not states[i - 1])]


def read_beeps(data: bytes) -> list[float]:
    """When each beep begins: the first loud sample after 0.3 s of quiet."""
    samples = array("h", data[: len(data) // 2 * 2])
    found: list[float] = []
    last_loud = -SOUND_RATE_HZ
    for position, sample in enumerate(samples):
        if abs(sample) > 1500:
            if position - last_loud > 0.3 * SOUND_RATE_HZ:
                found.append(position / SOUND_RATE_HZ)
            last_loud = position
    return found
