"""What becomes of the lines that the site's processes write?

All of them go to a log file of the process, kept to a bounded size; the terminal shows those that a person should
see: warnings, errors, and what is in no known form (a traceback, a library's complaint).
"""

import logging
import re
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_FILE_BYTES = 10 * 1024**2
LOG_FILES_KEPT = 3
_ROUTINE = re.compile(r"\[(info|debug)\s*\]|\"level\": ?\"(info|debug)\"|^\[(INFO|DEBUG)\]", re.IGNORECASE)
_QUEUE_SERVER = re.compile(r"^\d+:[\w-]+ ")
_QUEUE_SERVER_TROUBLE = re.compile(r"Error|Fatal|FATAL|Fail|Can't|Cannot|Unable|Bad |No space|denied")


def is_worth_showing(line: str) -> bool:
    """Whether a person at the terminal should see this line of a process."""
    if _QUEUE_SERVER.match(line):  # Redis and Valkey call a plain shutdown a warning
        return bool(_QUEUE_SERVER_TROUBLE.search(line))
    return bool(line.strip()) and not _ROUTINE.search(line)


class ChildLog:
    """The lines of one process, as they come in pieces of bytes."""

    def __init__(self, path: Path, show: Callable[[str], None], is_verbose: bool) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.last_line = ""
        self._show = show
        self._is_verbose = is_verbose
        self._rest = b""
        self._file = RotatingFileHandler(path, maxBytes=LOG_FILE_BYTES, backupCount=LOG_FILES_KEPT - 1)

    def write(self, written: bytes) -> None:
        """Take the next bytes; whole lines go on, the rest waits for its end."""
        *lines, self._rest = (self._rest + written).split(b"\n")
        for line in lines:
            self._take(line.decode(errors="replace").rstrip())

    def flush(self) -> None:
        """Take what was written without an end of line."""
        if self._rest:
            self.write(b"\n")

    def close(self) -> None:
        """Close the file."""
        self.flush()
        self._file.close()

    def _take(self, line: str) -> None:
        self._file.emit(logging.LogRecord("", logging.INFO, "", 0, line, None, None))
        if line.strip():
            self.last_line = line.strip()
        if self._is_verbose or is_worth_showing(line):
            self._show(line)
