"""How loud is sound? Measured as broadcasters do (EBU R 128, ITU-R BS.1770)."""

import re
from dataclasses import dataclass
from math import log10
from pathlib import Path

from .commands import global_options
from .formats import AUDIO_DECODERS
from .records import Record
from .runner import OnProgress, Tools, run_ffmpeg

SILENCE_LUFS = -70.0
"""What is quieter is not measured: BS.1770 leaves it out."""
STEPS = 10
"""Every so many-th tenth of a second is written down; the last one counts."""
LOUDNESS_NAME, PEAK_NAME = "loudness.txt", "peak.txt"
_VALUE = re.compile(r"^lavfi\.r128\.\w+=(-?[\d.]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Loudness(Record):
    """Of one sound track, over its whole length."""

    integrated_lufs: float
    peak_dbfs: float


def measure_loudness(name: str, work_dir: Path, tools: Tools, on_progress: OnProgress | None = None) -> Loudness | None:
    """How loud a file in `work_dir` is, which is one of our renditions; None where it is silent.

    Raises EncodeFailed when it cannot be decoded.
    """
    run_ffmpeg(loudness_command(name), tools=tools, work_dir=work_dir, on_progress=on_progress)
    integrated, peak = (_read_last(work_dir / log) for log in (LOUDNESS_NAME, PEAK_NAME))
    if integrated is None or not peak or integrated <= SILENCE_LUFS:
        return None
    return Loudness(integrated, 20 * log10(peak))


def loudness_command(name: str) -> list[str]:
    """Decode one of our own sound renditions, and write down what is measured."""
    written = ",".join(
        f"ametadata=mode=print:key=lavfi.r128.{key}:file={log}"
        for key, log in (("I", LOUDNESS_NAME), ("sample_peak", PEAK_NAME))
    )
    # the peak of samples, not the true peak between them: that costs four times as much, and nothing is made louder
    measure = f"ebur128=metadata=1:peak=sample:framelog=quiet,aselect='not(mod(n,{STEPS}))',{written}"
    return [
        *global_options(),
        *("-protocol_whitelist", "file"),
        *("-format_whitelist", "mov,mp4"),
        *("-codec_whitelist", AUDIO_DECODERS["aac"]),
        *("-i", name),
        *("-map", "0:a:0"),
        *("-af", measure),
        *("-f", "null", "-"),
    ]


def _read_last(path: Path) -> float | None:
    values = _VALUE.findall(path.read_text()) if path.is_file() else []
    return float(values[-1]) if values else None
