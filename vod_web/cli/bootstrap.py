"""What must be there before a command can run?

Standard library only: this runs under the machine's own Python, makes the project's environment, and then becomes
the command, run by that environment's Python.
"""

import os
import sys
from typing import NoReturn

from vod_web.cli.console import INTERRUPTED, REFUSED, CannotRun, complain, stop_on_terminate
from vod_web.cli.packages import DEVELOPMENT, ROOT, RUNTIME, Environment
from vod_web.core.settings import SettingsError, load_settings

NEEDS_DEVELOPMENT = {"test", "check"}


def main(argv: list[str]) -> int:
    """Prepare the environment and become the command; returns only when that was not possible."""
    stop_on_terminate()
    os.chdir(ROOT)
    try:
        _prepare(argv[0] if argv else "help")
    except (CannotRun, SettingsError) as error:
        complain(str(error))
        return REFUSED
    except KeyboardInterrupt:
        complain("Stopped.")
        return INTERRUPTED
    return _become(str(Environment().python), "-m", "vod_web.cli", *argv)


def _become(program: str, *arguments: str) -> NoReturn:
    os.execv(program, [program, *arguments])  # noqa: S606 - no shell is wanted


def _prepare(command: str) -> None:
    if command == "up":
        load_settings()  # a misspelt setting is said before a minute of installing
    environment = Environment()
    if command in NEEDS_DEVELOPMENT:
        environment.ensure(
            DEVELOPMENT, message="Installing the Python packages for tests and checks (once, takes a minute or two)"
        )
    elif not environment.has(DEVELOPMENT):
        environment.ensure(RUNTIME, message="Installing the Python packages (once, takes about a minute)")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
