"""Which FFmpeg is used, and is it good enough: safe, and with all that we use?"""

import importlib.util
import re
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from subprocess import PIPE, TimeoutExpired

from vod_web.core.errors import Unavailable
from vod_web.core.processes import start_process, stop_process

SAFE_VERSIONS = ((5, 1, 10), (6, 1, 6), (7, 1, 5), (8, 0, 3), (8, 1, 2))
"""The first release of each series that mends CVE-2026-8461, by which a MagicYUV stream executes code."""
SAFE_SINCE = (9, 0, 0)
SNAPSHOT = (99, 0, 0)
"""Stands for a build between releases ("N-12345-g..."), which names no number."""

NEEDED_ENCODERS = ("libx264", "aac", "mjpeg")
NEEDED_FILTERS = ("scale", "zscale", "tonemap", "bwdif", "trim", "fps", "tile", "tpad", "aresample", "pan", "alimiter")
NEEDED_DECODERS = ("h264", "hevc", "vp9", "libdav1d", "mpeg4", "prores", "aac", "opus")
QUESTION_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class ToolCheck:
    """What is known of an FFmpeg."""

    path: str
    version: str | None
    """As it says it itself; None when it cannot be run."""
    problems: tuple[str, ...]
    """Sentences that say what is wrong and how to mend it; empty when it is good."""

    @property
    def is_good(self) -> bool:
        """Whether it may be used."""
        return not self.problems


def parse_version(text: str) -> tuple[int, int, int] | None:
    """The version number in what `ffmpeg -version` prints; None when there is none."""
    found = re.search(r"version\s+n?(\d+)\.(\d+)(?:\.(\d+))?", text)
    if found:
        return int(found[1]), int(found[2]), int(found[3] or 0)
    return SNAPSHOT if re.search(r"version\s+(N-\d+|\d{4}-\d\d-\d\d|git)", text) else None


def is_safe_version(version: tuple[int, int, int]) -> bool:
    """Whether a version has the mends that reading strangers' files needs."""
    if version >= SAFE_SINCE:
        return True
    return any(version[:2] == safe[:2] and version >= safe for safe in SAFE_VERSIONS)


@cache
def find_ffmpeg(setting: str = "") -> Path:
    """The FFmpeg that the setting names; else the machine's, where it is good enough; else the package's.

    Raises:
        Unavailable: none is good enough; says why and how to mend it.
    """
    if setting:
        check = check_ffmpeg(shutil.which(setting) or setting)
        if not check.is_good:
            raise Unavailable(f"VOD_FFMPEG: {' '.join(check.problems)}")
        return Path(check.path)
    for path in filter(None, (shutil.which("ffmpeg"), _packaged())):
        if check_ffmpeg(path).is_good:
            return Path(path)
    raise Unavailable("There is no FFmpeg that can be used: install FFmpeg 9, and name it with VOD_FFMPEG.")


def _packaged() -> str | None:
    """The FFmpeg that comes as a Python package."""
    spec = importlib.util.find_spec("imageio_ffmpeg")
    places = (spec.submodule_search_locations if spec else None) or []
    return next((str(path) for place in places for path in Path(place).glob("binaries/ffmpeg-*")), None)


def check_ffmpeg(path: str) -> ToolCheck:
    """Everything that start-up and `./vod doctor` want to know of an FFmpeg; of a good one they ask once."""
    try:
        found = Path(path).stat()
    except OSError:
        return _check(path)
    file = (path, found.st_ino, found.st_size, found.st_mtime_ns)
    check = _known_as_good.get(file) or _check(path)
    if check.is_good:
        _known_as_good[file] = check
    return check


_known_as_good: dict[tuple[str, int, int, int], ToolCheck] = {}
"""By the file; a program that was replaced is another one."""


def _check(path: str) -> ToolCheck:
    banner = _ask(path, "-version")
    found = re.search(r"version\s+(\S+)", banner)
    if found is None:
        advice = "install FFmpeg 9, or leave VOD_FFMPEG empty to use the packaged one"
        return ToolCheck(path, None, (f"FFmpeg at {path} cannot be run; {advice}.",))
    problems = [*judge_version(path, parse_version(banner), found[1]), *find_missing(path)]
    return ToolCheck(path, found[1], tuple(problems))


def judge_version(path: str, version: tuple[int, int, int] | None, name: str) -> list[str]:
    """What is wrong with a version."""
    if version is not None and is_safe_version(version):
        return []
    return [
        f"FFmpeg {name} at {path} has known security holes; install 9.0 or later (or 8.1.2, 8.0.3, 7.1.5, 6.1.6, "
        "5.1.10), or leave VOD_FFMPEG empty to use the packaged one."
    ]


def find_missing(path: str) -> list[str]:
    """Which encoders, decoders and filters that we use are not in this FFmpeg."""
    problems = []
    for kind, needed in (("encoders", NEEDED_ENCODERS), ("decoders", NEEDED_DECODERS), ("filters", NEEDED_FILTERS)):
        present = parse_names(_ask(path, "-hide_banner", f"-{kind}"))
        missing = [name for name in needed if name not in present]
        if missing:
            problems.append(f"FFmpeg at {path} lacks the {kind} {', '.join(missing)}; use a full build.")
    return problems


def parse_names(listing: str) -> set[str]:
    """The names in a list of encoders, decoders or filters: flags, then the name."""
    return {words[1] for line in listing.splitlines() if len(words := line.split()) > 2 and words[1] != "="}


def _ask(path: str, *arguments: str) -> str:
    """What a program prints; empty when it cannot be run."""
    try:
        process = start_process([path, *arguments], stdout=PIPE, stderr=PIPE, cwd=Path.cwd())
    except OSError:
        return ""
    try:
        return process.communicate(timeout=QUESTION_TIMEOUT_S)[0].decode(errors="replace")
    except TimeoutExpired:
        return ""
    finally:
        stop_process(process, grace_s=0.5)
