"""How do the commands speak to the person at the terminal?

Standard library only: the bootstrap uses it before any package is installed.
"""

import signal
import sys
from types import FrameType

from vod_web.core.errors import VodError

REFUSED = 2
"""Exit status of a command that could not begin, because something must be mended first."""
INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


class CannotRun(VodError):
    """A command cannot begin or go on; the message says what is wrong and how to mend it."""

    code = "cannot_run"


def say(text: str) -> None:
    """One line for the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """One line about something that is wrong."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def stop_on_terminate() -> None:
    """Let SIGTERM and SIGHUP end a command as Ctrl-C does, so that what it started is ended too.

    SIGINT is named as well: it is ignored in what a script starts in the background.
    """
    for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_number, _interrupt)


def _interrupt(_signal_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
