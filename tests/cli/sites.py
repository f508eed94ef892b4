"""A whole site, started as a person starts it, for tests that look at it from outside."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from tests.servers import free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """The environment of a site of its own: none of the settings of whoever runs the tests."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VOD_")}
    return {**inherited, "VOD_DATA_DIR": str(data_dir), "VOD_WORKERS": "1", **settings}


def run_vod(*arguments: str, data_dir: Path, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "vod_web.cli", *arguments],
        cwd=ROOT,
        env=environment(data_dir, **settings),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


class RunningSite:
    """A `./vod up`, and what it said."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.lines: deque[str] = deque()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "vod_web.cli", "up", "--port", str(self.port)],
            cwd=ROOT,
            env=environment(data_dir),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def said(self, text: str) -> bool:
        """Whether it has said this."""
        return any(text in line for line in list(self.lines))

    def wait_until_said(self, text: str, limit_s: float = 60) -> None:
        """Wait for a line, and show all lines when it does not come."""
        wait_until(lambda: self.said(text) or self.process.poll() is not None, what=f"it says {text}", limit_s=limit_s)
        assert self.said(text), "\n".join(self.lines)

    def descendants(self) -> set[int]:
        """The processes that it started, and those that they started."""
        return processes_below(self.process.pid)

    def stop(self, signal_number: int = signal.SIGINT, limit_s: float = 20) -> float:
        """End it by a signal, and return how long it took."""
        begun = time.monotonic()
        self.process.send_signal(signal_number)
        self.process.wait(limit_s)
        took_s = time.monotonic() - begun
        self._reader.join(limit_s)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return took_s


def processes_below(process_id: int) -> set[int]:
    """The processes that one started, and those that they started."""
    parents = dict(_processes())
    found = {process_id}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {process_id}


def _processes() -> Iterator[tuple[int, int]]:
    """All processes, each with its parent; those that have ended and wait to be noticed are left out."""
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (directory / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            yield int(directory.name), int(parent)


def living(processes: set[int]) -> set[int]:
    """Those of the processes that still live."""
    return processes & {process_id for process_id, _ in _processes()}
