"""How many processors does this worker keep busy, with the programs that it has started?"""

import contextlib
import os
import time
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Load:
    """The use of processors from one look to the next."""

    def __init__(self) -> None:
        self._looked_at, self._used_s = time.monotonic(), _used_s()

    def measure(self) -> float | None:
        """Processors in use since the last look, on average; None at a second look too soon after it."""
        now, used_s = time.monotonic(), _used_s()
        elapsed_s, spent_s = now - self._looked_at, used_s - self._used_s
        self._looked_at, self._used_s = now, used_s
        return max(0.0, spent_s / elapsed_s) if elapsed_s > 0.1 else None


def _used_s() -> float:
    """Seconds of processor time of this process, its children that have ended, and those that run."""
    own = os.times()
    ended_s = own.user + own.system + own.children_user + own.children_system
    return ended_s + sum(map(_used_by, _children()))


def _children() -> list[int]:
    """The processes that this one has started and that still run; none where the system does not tell."""
    found: list[int] = []
    for task in Path("/proc/self/task").glob("*"):
        with contextlib.suppress(OSError):
            found += map(int, (task / "children").read_text().split())
    return found


def _used_by(process_id: int) -> float:
    """User and system time of a process and of its ended children: fields 14 to 17 of proc_pid_stat(5)."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / _TICKS_PER_S
    return 0.0
