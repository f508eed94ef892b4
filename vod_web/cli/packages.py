"""Are the pinned Python packages there, and how do they get there?

Standard library only: it runs before any package is installed. What was installed is written down beside the packages
(a stamp with the pins and the Python version); an install that was cut short leaves a mark, and is done again.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from vod_web.cli.console import CannotRun, say
from vod_web.cli.programs import Outcome, run_program

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"

_UNREACHABLE = (
    "No matching distribution found",
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "Network is unreachable",
    "Read timed out",
    "Connection refused",
    "ProxyError",
)


class Environment:
    """The project's own virtual environment, and which of the requirements files are installed in it."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.directory = root / ".venv"
        self.python = self.directory / "bin" / "python"
        self._unfinished = self.directory / "installing"

    def has(self, requirements: str) -> bool:
        """Whether the packages are installed, wholly, as this file pins them now, for this version of Python."""
        if self._unfinished.exists():
            return False
        with contextlib.suppress(OSError):
            return self._stamp(requirements).read_text() == self._fingerprint(requirements)
        return False

    def ensure(self, requirements: str, *, message: str, with_dependencies: bool = True) -> None:
        """Install what a requirements file pins, unless it is there; `message` says so in plain words.

        Raises:
            CannotRun: what prevented it, and how to mend it.
        """
        try:
            with self._only_one():
                if not self.has(requirements):
                    say(message)
                    self._make()
                    self._install(requirements, with_dependencies=with_dependencies)
        except OSError as error:
            raise CannotRun(
                f"{self.directory} cannot be written ({error.strerror}): make {self.root} writable for this user, "
                f"with space on the disk, and try again."
            ) from error

    def _fingerprint(self, requirements: str) -> str:
        pins = (self.root / requirements).read_bytes()
        return f"python {_python_version()} sha256 {hashlib.sha256(pins).hexdigest()}\n"

    def _stamp(self, requirements: str) -> Path:
        return self.directory / f"{requirements}.installed"

    @contextlib.contextmanager
    def _only_one(self) -> Iterator[None]:
        """Keep two commands that start together from installing into one another."""
        descriptor = os.open(self.root, os.O_RDONLY)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Waiting for another ./vod that is installing packages")
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _make(self) -> None:
        """Make the environment where there is none that can be trusted: none, half-made, of another Python."""
        if self._is_sound():
            return
        # An environment cannot make itself anew: where this runs inside it, its own parent does.
        base = getattr(sys, "_base_executable", sys.executable)
        made = run_program([base, "-m", "venv", "--clear", str(self.directory)])
        if not made.is_success:
            raise CannotRun(_why_no_environment(made, self.directory))

    def _is_sound(self) -> bool:
        if self._unfinished.exists() or not self.python.exists():
            return False
        probe = "import pip, sys; print('%d.%d' % sys.version_info[:2])"
        outcome = run_program([str(self.python), "-c", probe])
        return outcome.is_success and outcome.output.strip() == _python_version()

    def _install(self, requirements: str, *, with_dependencies: bool) -> None:
        self._unfinished.touch()
        self._stamp(requirements).unlink(missing_ok=True)
        argv = [str(self.python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
        argv += [] if with_dependencies else ["--no-deps"]
        installed = run_program([*argv, "--requirement", str(self.root / requirements)], cwd=self.root)
        if not installed.is_success:
            raise CannotRun(_why_not_installed(installed, requirements))
        self._stamp(requirements).write_text(self._fingerprint(requirements))
        self._unfinished.unlink()


def _python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _why_no_environment(made: Outcome, directory: Path) -> str:
    if "ensurepip" in made.output:
        return (
            "This Python cannot make virtual environments: install its venv module "
            "(on Debian and Ubuntu: apt install python3-venv) and try again."
        )
    return f"The Python environment {directory} cannot be made: {made.complaint}."


def _why_not_installed(installed: Outcome, requirements: str) -> str:
    if "No space left" in installed.output:
        free_mib = shutil.disk_usage(ROOT).free // 1024**2
        return (
            f"The disk is full ({free_mib} MiB left): free some space (1 GiB is enough for the packages) and try again."
        )
    if "Permission denied" in installed.output:
        return f"The packages cannot be written to {ROOT / '.venv'}: make it writable for this user and try again."
    if any(sign in installed.output for sign in _UNREACHABLE):
        return (
            "The Python packages cannot be downloaded: connect this machine to the internet for the first start, "
            "or name a mirror with PIP_INDEX_URL, and try again."
        )
    return f"The Python packages of {requirements} cannot be installed: {installed.complaint}."
