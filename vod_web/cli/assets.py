"""Are the browser's packages installed and its scripts and styles built, as the sources stand now?"""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from vod_web.cli.console import CannotRun, say
from vod_web.cli.packages import ROOT
from vod_web.cli.programs import Outcome, run_program
from vod_web.cli.tools import Node, require_node
from vod_web.core.settings import child_environment

_UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "ECONNRESET")


def ensure_assets(root: Path = ROOT) -> None:
    """Install the browser packages and build the assets, where either is not done or not done from these sources.

    Raises:
        CannotRun: what prevented it, and how to mend it.
    """
    ensure_browser_packages(root)
    with _writing(root):
        stamp, sources = root / "node_modules" / ".vod-built", _fingerprint(_sources(root))
        if _read(stamp) != sources or not (root / "static" / "dist" / "manifest.json").exists():
            node = require_node()
            say("Building scripts and styles")
            _npm(node, root, "run", "build")
            stamp.write_text(sources)


def ensure_browser_packages(root: Path = ROOT) -> None:
    """Install what package-lock.json pins, where that is not done.

    Raises:
        CannotRun: what prevented it, and how to mend it.
    """
    with _writing(root):
        stamp, lock = root / "node_modules" / ".vod-installed", _fingerprint([root / "package-lock.json"])
        if _read(stamp) != lock:
            node = require_node()
            say("Installing the browser packages (once, takes some seconds)")
            _npm(node, root, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            stamp.write_text(lock)


@contextlib.contextmanager
def _writing(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotRun(
            f"{error.filename or root} cannot be written ({error.strerror}): make {root} writable for this user, "
            f"with space on the disk, and try again."
        ) from error


def _sources(root: Path) -> Iterator[Path]:
    """What the assets are built from."""
    yield root / "package.json"
    yield root / "package-lock.json"
    built = root / "static" / "dist"
    for path in sorted((root / "static").rglob("*")):
        if path.is_file() and not path.is_relative_to(built):
            yield path


def _fingerprint(paths: Iterator[Path] | list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(stamp: Path) -> str:
    return stamp.read_text() if stamp.exists() else ""


def _npm(node: Node, root: Path, *arguments: str) -> None:
    outcome = run_program([*node.npm, *arguments], cwd=root, env=node_environment(node))
    if not outcome.is_success:
        raise CannotRun(_why_not(outcome, arguments[0]))


def node_environment(node: Node) -> dict[str, str]:
    """An environment in which scripts find this Node by name."""
    return child_environment(PATH=os.pathsep.join([str(node.program.parent), *os.get_exec_path()]))


def _why_not(outcome: Outcome, what: str) -> str:
    if any(sign in outcome.output for sign in _UNREACHABLE):
        return (
            "The browser packages cannot be downloaded: connect this machine to the internet for the first start, "
            "or name a mirror in .npmrc, and try again."
        )
    if "ENOSPC" in outcome.output:
        return "The disk is full: free some space (500 MiB is enough for the browser packages) and try again."
    said = next((line for line in outcome.output.splitlines() if "rror" in line), "it does not say why")
    return f'"npm {what}" failed ({said.strip()}): run it by hand to see all that it says.'
