"""How do the commands speak to the person at the terminal?

Standard library only: the bootstrap uses it before any package is installed.
"""

import os
import signal
import sys
from types import FrameType
from typing import TextIO

from vod_web.core.errors import VodError

REFUSED = 2
"""Exit status of a command that could not begin, because something must be mended first."""
INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


class CannotRun(VodError):
    """A command cannot begin or go on; the message says what is wrong and how to mend it."""

    code = "cannot_run"


def say(text: str) -> None:
    """One line for the person at the terminal; nothing where nobody reads it any more, as after `| head`."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _into_nothing(sys.stdout)


def complain(text: str) -> None:
    """One line about something that is wrong."""
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except BrokenPipeError:
        _into_nothing(sys.stderr)


def _into_nothing(stream: TextIO) -> None:
    """What is left in the stream goes nowhere, too: Python writes it out when it ends."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream.fileno())
    os.close(nothing)


def stop_on_terminate() -> None:
    """Let SIGTERM and SIGHUP end a command as Ctrl-C does, so that what it started is ended too.

    SIGINT is named as well: it is ignored in what a script starts in the background.
    """
    for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_number, _interrupt)


def _interrupt(_signal_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
