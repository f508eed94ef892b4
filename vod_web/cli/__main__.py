"""Which commands are there? Anything else is a command of Flask: `./vod db upgrade`, `./vod routes`."""

import os
import sys
from importlib import import_module
from typing import NoReturn

from vod_web.cli.console import INTERRUPTED, REFUSED, complain, say, stop_on_terminate
from vod_web.core.errors import VodError
from vod_web.core.settings import SettingsError

COMMANDS = {
    "up": ("vod_web.cli.up", "start the site; Ctrl-C stops it (--port N, --host H, --verbose)"),
    "create-admin": ("vod_web.cli.create_admin", "make an admin (--email E --username U --password-stdin)"),
    "import": (
        "vod_web.cli.import_files",
        "make videos of the files of a folder (FOLDER --owner U --visibility V --recursive --move --dry-run)",
    ),
    "doctor": (
        "vod_web.cli.doctor",
        "test each part of the site, or those named; say what is wrong and how to mend it",
    ),
    "search": ("vod_web.cli.search", "make the index of the search anew (./vod search rebuild)"),
    "check": ("vod_web.cli.check", "format, lint, types, import contracts, templates, scripts"),
    "test": ("vod_web.cli.test", "run the tests (arguments go to pytest: ./vod test tests/media -k probe)"),
    "bench": ("vod_web.cli.bench", "run a benchmark by name, or list them"),
}


def main(argv: list[str]) -> int:
    """Run a command and return its exit status."""
    stop_on_terminate()
    command, *arguments = argv or ["help"]
    if command in ("help", "--help", "-h"):
        return _help()
    if command not in COMMANDS:
        _become_flask(argv)
    try:
        status: int = import_module(COMMANDS[command][0]).main(arguments)
    except (VodError, SettingsError) as error:
        complain(str(error))
        return REFUSED
    except KeyboardInterrupt:
        complain("Stopped.")
        return INTERRUPTED
    return status


def _help() -> int:
    say("usage: ./vod COMMAND [arguments]\n")
    for name, (_, summary) in COMMANDS.items():
        say(f"  {name:<14}{summary}")
    say("\nAnything else is a command of Flask, such as: ./vod db upgrade, ./vod routes")
    return 0


def _become_flask(argv: list[str]) -> NoReturn:
    os.execv(sys.executable, [sys.executable, "-m", "flask", "--app", "wsgi", *argv])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
