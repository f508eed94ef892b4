"""What do the tests need on this machine, and how are they run?"""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from vod_web.cli.assets import ensure_assets
from vod_web.cli.console import say
from vod_web.cli.packages import ROOT
from vod_web.cli.programs import run_program
from vod_web.cli.tools import find_chromium, find_gstreamer, find_nginx, find_postgres, require_queue_server
from vod_web.core.settings import child_environment

PROCESSES = 2
_GSTREAMER_PACKAGES = [f"gstreamer1.0-{part}" for part in ("tools", "plugins-base", "plugins-good", "plugins-bad")]
_OWN_WAY = ("-n", "--numprocesses", "--dist", "--pdb", "-s", "--capture=no", "--collect-only", "--co")
"""Arguments after which pytest must not be told how many processes to use."""


def main(argv: list[str]) -> int:
    """Make what the tests need, where that is allowed, then become pytest with these arguments."""
    ensure_assets()
    require_queue_server()
    require_program("Chromium", find_chromium, ["chromium", "fonts-liberation"], skipped="the browser tests")
    require_program("PostgreSQL", find_postgres, ["postgresql"], skipped="the tests on PostgreSQL")
    require_program("GStreamer", find_gstreamer, _GSTREAMER_PACKAGES, skipped="reading published videos with it")
    require_program("nginx", find_nginx, ["nginx"], skipped="the tests of its configuration")
    _become_pytest(argv)


def require_program(name: str, find: Callable[[], Path | None], packages: list[str], *, skipped: str) -> None:
    """Install a program with the system's package manager where it is absent; else say what will be skipped."""
    if find() is not None:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        say(f"{name} is not installed: skipping {skipped} (to run them: install {' '.join(packages)})")
        return
    say(f"Installing {name} for the tests")
    env = child_environment(DEBIAN_FRONTEND="noninteractive")
    run_program(["apt-get", "update"], env=env)  # when it fails, the old lists may still do
    outcome = run_program(["apt-get", "install", "--yes", "--no-install-recommends", *packages], env=env)
    if find() is None:
        said = next((line for line in outcome.output.splitlines() if line.startswith("E:")), "apt-get failed")
        say(f"{name} cannot be installed ({said}): skipping {skipped}")


def _become_pytest(argv: list[str]) -> NoReturn:
    """Run pytest in this process's place, so that the terminal and its signals are pytest's own.

    Compiled code is kept whatever the machine says: the tests start hundreds of programs of ours.
    """
    is_own_way = any(argument.split("=")[0] in _OWN_WAY or argument.startswith("-n") for argument in argv)
    together = [] if is_own_way else ["-n", str(PROCESSES), "--dist", "loadscope", "--no-loadscope-reorder"]
    os.chdir(ROOT)
    command = [sys.executable, "-m", "pytest", *together, *argv]
    os.execve(sys.executable, command, child_environment(PYTHONDONTWRITEBYTECODE=""))  # noqa: S606 - no shell is wanted
