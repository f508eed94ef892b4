"""Which FFmpeg is used, and is it safe to give it strangers' files?"""

import importlib.util
import re
import shutil
from functools import cache
from pathlib import Path
from subprocess import PIPE, STDOUT

from vod_web.core.errors import Unavailable
from vod_web.core.processes import start_process, stop_process

FIXED_IN: dict[tuple[int, ...], int] = {(5, 1): 10, (6, 1): 6, (7, 1): 5, (8, 0): 3, (8, 1): 2}
"""CVE-2026-8461 (a MagicYUV stream runs code) is fixed from this patch release of each branch on, and in 9.0."""
FIXED_FROM = (9, 0)
NEEDED_ENCODERS = ("libx264", "aac")
ANSWER_LIMIT_S = 20.0


def parse_version(said: str) -> tuple[int, ...]:
    """The numbers in what `ffmpeg -version` says; () for a build that has none (a snapshot of the source)."""
    match = re.match(r"ffmpeg version n?(\d+(?:\.\d+)*)", said)
    return tuple(int(number) for number in match.group(1).split(".")) if match else ()


def is_safe_version(version: tuple[int, ...]) -> bool:
    """Whether the known holes are closed in this version; False where that is not known."""
    if version >= FIXED_FROM:
        return True
    patch = version[2] if len(version) > 2 else 0
    return patch >= FIXED_IN.get(version[:2], patch + 1)


@cache
def find_ffmpeg(setting: str = "") -> Path:
    """The FFmpeg that the setting names; else the machine's, where it is good enough; else the package's.

    Raises:
        Unavailable: none is good enough; says why and how to mend it.
    """
    if setting:
        program = shutil.which(setting)
        fault = find_fault(program) if program else "there is no such program"
        if program and not fault:
            return Path(program)
        raise Unavailable(f"VOD_FFMPEG names {setting}, but {fault}: name another, or remove the setting.")
    for program in filter(None, (shutil.which("ffmpeg"), _packaged())):
        if not find_fault(program):
            return Path(program)
    raise Unavailable("There is no FFmpeg that can be used: install FFmpeg 9 and name it with VOD_FFMPEG.")


@cache
def find_fault(program: str) -> str | None:
    """Why this FFmpeg cannot be used, as the end of a sentence; None when it can."""
    said = _ask(program, "-version")
    version = parse_version(said)
    if not said.startswith("ffmpeg version"):
        return "it is not an FFmpeg that runs here"
    if not is_safe_version(version):
        shown = said.split()[2]
        return (
            f"its version {shown} has known holes (CVE-2026-8461 is fixed in 9.0, 8.1.2, 8.0.3, 7.1.5, 6.1.6, 5.1.10)"
        )
    encoders = _ask(program, "-hide_banner", "-encoders").split()
    missing = [name for name in NEEDED_ENCODERS if name not in encoders]
    return f"it lacks the encoder {missing[0]}" if missing else None


def _packaged() -> str | None:
    """The FFmpeg that comes as a Python package."""
    spec = importlib.util.find_spec("imageio_ffmpeg")
    places = (spec.submodule_search_locations if spec else None) or []
    return next((str(path) for place in places for path in Path(place).glob("binaries/ffmpeg-*")), None)


def _ask(program: str, *arguments: str) -> str:
    """What the program says to these arguments; nothing when it cannot be run."""
    try:
        process = start_process([program, *arguments], stdout=PIPE, stderr=STDOUT)
    except OSError:
        return ""
    try:
        said, _ = process.communicate(timeout=ANSWER_LIMIT_S)
    finally:
        stop_process(process, grace_s=0.5)
    return said.decode(errors="replace")
