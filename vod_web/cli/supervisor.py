"""How are the site's processes kept running, heard and ended?

One thread does all of it: it reads what the children write, notices that one has ended, starts it again after a
pause, and in the end stops them all. Children die with this process, however it ends.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vod_web.cli.logs import ChildLog
from vod_web.core.processes import DRAINED, start_process

LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 60.0
"""A child that ran this long is taken to be well: its next death counts as the first."""
ROUND_S = 0.2
_READ_BYTES = 64 * 1024


def restart_pause_s(deaths: int) -> float:
    """How long to wait before the next start after so many deaths in a row: half a second, doubled each time."""
    return min(LONGEST_PAUSE_S, 0.5 * 2.0 ** (deaths - 1))


@dataclass
class Child:
    """One program that is kept running."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: ChildLog
    process: subprocess.Popen[bytes] | None = None
    """None while it waits to be started again."""
    output: int = -1
    """Our end of the pipe that it writes to; -1 when closed."""
    started_at: float = 0.0
    deaths: int = 0
    """How often in a row it ended by itself."""
    start_at: float = 0.0
    """When it is to be started again (monotonic)."""
    is_leaving: bool = False
    """Told to end in its own time; it is not started again."""


@dataclass
class Supervisor:
    """The children of one `./vod up`."""

    log_directory: Path
    say: Callable[[str], None]
    is_verbose: bool = False
    children: list[Child] = field(default_factory=list)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def start(self, name: str, argv: Sequence[str], env: Mapping[str, str]) -> Child:
        """Start a program and keep it running; `name` is what its lines and its log file are called by."""
        log = ChildLog(self.log_directory / f"{name}.log", lambda line: self.say(f"{name} | {line}"), self.is_verbose)
        child = Child(name, argv, env, log)
        self.children.append(child)
        self._start(child)
        return child

    def watch(self) -> None:
        """One round, a fifth of a second at most: hear the children, start again those that have ended."""
        self._hear(ROUND_S)
        for child in tuple(self.children):
            if child.process is None:
                if time.monotonic() >= child.start_at:
                    self._start(child)
            elif child.process.poll() is not None:
                self._bury(child, child.process)

    def dismiss(self, child: Child, signal_number: int) -> None:
        """Tell a child to end in its own time, and do not start it again."""
        child.is_leaving = True
        if child.process is None:
            self._remove(child)
        else:
            child.process.send_signal(signal_number)

    def stop(self, *, last: str, grace_s: float = 3.0) -> None:
        """End all children: ask first, use force after `grace_s`; the one named `last` after the others.

        Takes at most `grace_s` + 1 second.
        """
        waiting = [child for child in self.children if child.name != last]
        self._stop(waiting, grace_s)
        self._stop([child for child in self.children if child.name == last], 1.0)
        for child in self.children:
            child.log.close()
        self._selector.close()

    def _start(self, child: Child) -> None:
        child.output, theirs = os.pipe()
        os.set_blocking(child.output, False)
        self._selector.register(child.output, selectors.EVENT_READ, child)
        with os.fdopen(theirs, "wb", buffering=0) as pipe:
            child.process = start_process(child.argv, env=child.env, stdout=pipe, stderr=subprocess.STDOUT)
        child.started_at = time.monotonic()

    def _hear(self, timeout_s: float) -> None:
        """Read what children wrote, waiting so long for the first of it."""
        if not self._selector.get_map():
            time.sleep(timeout_s)
            return
        for key, _ in self._selector.select(timeout_s):
            self._read(key.data)

    def _read(self, child: Child) -> None:
        with contextlib.suppress(BlockingIOError):
            written = os.read(child.output, _READ_BYTES)
            if written:
                child.log.write(written)
            else:
                self._close_output(child)

    def _close_output(self, child: Child) -> None:
        if child.output != -1:
            self._selector.unregister(child.output)
            os.close(child.output)
            child.output = -1

    def _bury(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        """A child has ended by itself: end what it left behind, say so, and plan its next start, if there is one."""
        self._forget(child, process)
        if child.is_leaving or process.returncode == DRAINED:
            self._remove(child)
            self.say(f"{child.name} has ended, as it was told to")
            return
        now = time.monotonic()
        child.deaths = 1 if now - child.started_at > STEADY_AFTER_S else child.deaths + 1
        pause_s = restart_pause_s(child.deaths)
        child.start_at = now + pause_s
        child.process = None
        self.say(f"{child.name} has ended ({_how(process.returncode)}); it is started again in {pause_s:g} s")

    def _remove(self, child: Child) -> None:
        self.children.remove(child)
        child.log.close()

    def _forget(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        """End what is left of a child's process group, and take its last words."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if child.output != -1:
            self._read(child)
        self._close_output(child)
        child.log.flush()

    def _stop(self, children: list[Child], grace_s: float) -> None:
        deadline = time.monotonic() + grace_s
        living = [(child, child.process) for child in children if child.process is not None]
        for _, process in living:
            process.terminate()
        while time.monotonic() < deadline and any(process.poll() is None for _, process in living):
            self._hear(0.05)
        for child, process in living:
            self._forget(child, process)
            child.process = None


def _how(status: int) -> str:
    """How a process ended, in words: `exit status 1` or `killed by SIGKILL`."""
    return f"exit status {status}" if status >= 0 else f"killed by {signal.Signals(-status).name}"
