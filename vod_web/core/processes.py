"""How is another program started so that it never outlives us?

The only module that starts processes. Each child leads its own process group, so that it can be ended with all
that it started, and on Linux the kernel ends it when its parent dies, however the parent dies.
"""

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
DRAIN_SIGNAL = signal.SIGUSR1
"""Tells a worker to end when the job at hand is done, and to take no other."""
DRAINED = 3
"""The exit status by which it says that it has; nobody should start it again."""
AUTOGROUP = Path("/proc/self/autogroup")
AUTOGROUP_TRIES, AUTOGROUP_PAUSE_S = 5, 0.11

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(parent_pid: int) -> None:
    """Tie this process's life to its parent's; for a process that a library has forked.

    Does nothing where the system has no parent-death signal (it is Linux that has it).
    """
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent_pid:  # the parent died before the line above
            os._exit(1)


def _prepare_child(parent_pid: int, memory_bytes: int | None, nice: int) -> Callable[[], None]:
    """What the child does between fork and exec: tie its life to the parent's, then set its limits."""

    def prepare() -> None:
        die_with_parent(parent_pid)
        if memory_bytes is not None:
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        if nice:
            lower_priority(nice)

    return prepare


def lower_priority(nice: int) -> None:
    """Let others go first: this process, and its session, by which Linux shares the processors out (sched(7)).

    For a process that leads a session of its own.
    """
    os.nice(nice)
    for _ in range(AUTOGROUP_TRIES):
        try:
            AUTOGROUP.write_text(str(nice))
        except BlockingIOError:  # the kernel takes one of these in a tenth of a second
            time.sleep(AUTOGROUP_PAUSE_S)
        except OSError:  # not Linux, or without this feature
            return
        else:
            return


def start_process(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: int | IO[bytes] | None = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
    memory_bytes: int | None = None,
    nice: int = 0,
) -> subprocess.Popen[bytes]:
    """Start a program that dies with this process.

    `memory_bytes` limits its address space; `nice` lowers its priority. The parent-death signal follows the
    *thread* that calls this: call it from a thread that lives as long as the child should.
    """
    return subprocess.Popen(
        list(argv),
        cwd=cwd,
        env=env,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
        preexec_fn=_prepare_child(os.getpid(), memory_bytes, nice),
    )


def stop_process(process: subprocess.Popen[bytes], *, grace_s: float = 3.0) -> int:
    """Ask the program's whole group to end, end it by force after `grace_s`, and return its exit status."""
    for signal_number, wait_s in ((signal.SIGTERM, grace_s), (signal.SIGKILL, None)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal_number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(wait_s)
    return process.wait()
