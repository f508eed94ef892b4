"""Tiny odd sources that show a test card, and a look at what was published of them.

The card says everything that can go wrong with a picture: its upper quarter carries the number of the frame as eight
black and white bars, the middle six patches of known colours in a known order, and the lowest quarter flashes white for
a while. A beep sounds at the moment of the flash.
"""

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from pathlib import Path

from tests.media.looking import BITS, COLOURS
from vod_web.core.errors import UnsupportedMedia
from vod_web.media.local import LocalEncode, encode_locally
from vod_web.media.plan import EncodeOptions
from vod_web.media.probe_child import answer_request
from vod_web.media.probed import Probe
from vod_web.media.runner import Tools

WIDTH_PX, HEIGHT_PX = 128, 72
BLACK, WHITE = bytes((16, 16, 16)), bytes((235, 235, 235))
FLASH_S, FLASH_END_S = Fraction(2, 5), Fraction(3, 5)
BEEP = "between(t,{start},{start}+0.1)*sin(2*PI*1000*t)*0.5"
OPTIONS = EncodeOptions(
    heights=(36, 72),
    segment_s=Fraction(1, 2),
    first_segment_s=Fraction(1, 2),
    chunk_s=Fraction(1),
    preset="ultrafast",
)
"""Two rungs of tiny pictures, and two segments of a second."""

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "12")
X265 = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:bframes=2")
MPEG2 = ("-c:v", "mpeg2video", "-b:v", "2M")
FFV1 = ("-c:v", "ffv1")
AAC, PCM, SILENT = ("-c:a", "aac"), ("-c:a", "pcm_s16le"), ("-an",)


def convert(matrix: str = "bt601", pixels: str = "yuv420p", *, size: str = "", is_full: bool = False) -> str:
    """From the card in RGB to what an encoder takes; a small picture that says nothing is taken for BT.601."""
    scale = f"{size}:flags=neighbor:" if size else ""
    return f"scale={scale}out_color_matrix={matrix}:out_range={'full' if is_full else 'limited'},format={pixels}"


@dataclass(frozen=True)
class Odd:
    """How an odd source is made of cards and beeps, and what must come out."""

    name: str
    """Of the file."""
    arguments: Sequence[str] = (*X264, *AAC)
    """FFmpeg's, between the inputs (0: cards, 1: beeps) and the file."""
    rate: str = "25"
    count: int = 25
    """How many frames."""
    filters: str = field(default_factory=convert)
    """From the card in RGB to the encoder."""
    channels: str = "{beep}|{beep}"
    layout: str = "stereo"
    before_sound: Sequence[str] = ()
    remade: Sequence[str] | None = None
    """A second run copies the packets, with these options before the input."""
    remade_after: Sequence[str] = ()
    """And these after it."""
    edit: Callable[[bytes], bytes] | None = None
    """What is changed in the file then."""

    size: tuple[int, int] = (WIDTH_PX, HEIGHT_PX)
    numbers: Sequence[int] | None = None
    """Which frames come out; None: all."""
    times_s: Callable[[int], float] | None = None
    """When a frame is shown, by its number; None: evenly."""
    colours: Sequence[tuple[int, int, int]] | None = None
    """What the patches look like; None: as on the card."""
    tolerance: int = 14
    """How far a colour may be from that of the card, in each of red, green and blue, of 255."""
    late_s: float = 0
    """How long after the flash the beep sounds."""
    loud: float = 0.25
    """What counts as the beep; it is twice as loud where nothing is mixed."""
    is_copied: bool | None = None
    """Whether the picture is copied; None: either will do."""

    @property
    def flash_s(self) -> Fraction:
        """When the first lit frame is shown, at an even rate."""
        return ceil(FLASH_S * Fraction(self.rate)) / Fraction(self.rate)

    @property
    def expected_numbers(self) -> list[int]:
        """The frames that come out."""
        return list(range(self.count) if self.numbers is None else self.numbers)

    @property
    def expected_times_s(self) -> list[float]:
        """When they are shown, from the first one on."""
        moments = [self.times_s(n) if self.times_s else float(n / Fraction(self.rate)) for n in self.expected_numbers]
        return [moment - moments[0] for moment in moments]


def draw_card(number: int, *, is_lit: bool) -> bytes:
    """One picture, in RGB."""
    bars = b"".join((WHITE if number >> bit & 1 else BLACK) * (WIDTH_PX // BITS) for bit in range(BITS))
    patches = b"".join(bytes(COLOURS[x * len(COLOURS) // WIDTH_PX]) for x in range(WIDTH_PX))
    strip = (WHITE if is_lit else BLACK) * WIDTH_PX
    quarter = HEIGHT_PX // 4
    return bars * quarter + patches * (HEIGHT_PX - 2 * quarter) + strip * quarter


def draw_cards(rate: Fraction, count: int) -> bytes:
    """The pictures of a source, one after another."""
    lit = range(ceil(FLASH_S * rate), ceil(FLASH_END_S * rate))
    return b"".join(draw_card(number, is_lit=number in lit) for number in range(count))


@dataclass(frozen=True)
class Workshop:
    """Where odd sources are made and published."""

    tools: Tools
    folder: Path

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Run FFmpeg and return what it prints; fails with its last words."""
        command = [self.tools.ffmpeg, "-v", "error", "-y", *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
        return done.stdout

    def make(self, odd: Odd) -> Path:
        """The file of an odd source."""
        path = self.folder / odd.name
        raw = self.folder / f"raw-{path.stem}.mp4" if odd.remade is not None else path
        cards = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", f"{WIDTH_PX}x{HEIGHT_PX}")
        inputs = [*cards, "-framerate", odd.rate, "-i", "pipe:0"]
        outputs = ["-map", "0:v", *(("-vf", odd.filters) if odd.filters else ())]
        if "-an" not in odd.arguments:
            wave = odd.channels.format(beep=BEEP.format(start=float(odd.flash_s)))
            length_s = float(odd.count / Fraction(odd.rate))
            sound = f"aevalsrc='{wave}':c={odd.layout}:s=48000:d={length_s}"
            inputs += [*odd.before_sound, "-f", "lavfi", "-i", sound]
            outputs += ["-map", "1:a"]
        pictures = draw_cards(Fraction(odd.rate), odd.count)
        self.run(*inputs, *outputs, *odd.arguments, str(raw), stdin=pictures)
        if odd.remade is not None:
            self.run(*odd.remade, "-i", str(raw), "-map", "0", "-c", "copy", *odd.remade_after, str(path))
            raw.unlink()
        if odd.edit:
            path.write_bytes(odd.edit(path.read_bytes()))
        return path

    def publish(self, source: Path, options: EncodeOptions = OPTIONS, *, with_pictures: bool = False) -> LocalEncode:
        """Probe, plan and make everything; the probe runs in this process, which is all that its child process adds."""
        folder = self.folder / f"published-{source.name}"
        probe = probe_here(source)
        return encode_locally(
            source, folder, tools=self.tools, options=options, with_pictures=with_pictures, probe=probe
        )


def probe_here(source: Path) -> Probe:
    """What the probe's child process answers; raises UnsupportedMedia like `probe_source`."""
    size_bytes = source.stat().st_size
    with source.open("rb") as file:
        head = file.read(16)
    answer = answer_request({"address": str(source), "size_bytes": size_bytes, "head": head.hex()})
    if "probe" not in answer:
        raise UnsupportedMedia(answer["unsupported"])
    return Probe.from_json(answer["probe"])
