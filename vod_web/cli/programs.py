"""How does a command run another program to its end?

Standard library only: the bootstrap uses it before any package is installed.
"""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vod_web.core.processes import start_process, stop_process

_ERROR = re.compile(r"[\w.]*(Error|Exception|ERROR)\b")


@dataclass(frozen=True)
class Outcome:
    """How a program ended, and what it wrote (both streams, in order)."""

    status: int
    output: str

    @property
    def is_success(self) -> bool:
        """Whether it ended with status 0."""
        return self.status == 0

    @property
    def complaint(self) -> str:
        """What it says is wrong, without the full stop: the last line that names an error, else the last line."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        named = [line for line in lines if _ERROR.match(line) and not line.startswith("Error: No such command")]
        return (named or lines or ["it does not say why"])[-1].rstrip(".")


def run_program(argv: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Outcome:
    """Run a program to its end and keep what it wrote; it ends with us.

    A program that cannot be started is an outcome with status 127, as in a shell.
    """
    try:
        process = start_process(argv, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError as error:
        return Outcome(127, f"{argv[0]}: {error.strerror}")
    try:
        output, _ = process.communicate()
    finally:
        stop_process(process, grace_s=1.0)
    return Outcome(process.returncode, output.decode(errors="replace"))


def show_program(argv: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> int:
    """Run a program to its end, writing to this terminal, and return its exit status."""
    process = start_process(argv, cwd=cwd, env=env)
    try:
        return process.wait()
    finally:
        stop_process(process, grace_s=1.0)
