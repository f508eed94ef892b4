"""What do processes cost: the processor time of all that ever ran, the memory and the disk in use at the worst moment?

Read from /proc, so on Linux only.
"""

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_S = 0.2
TICKS = os.sysconf("SC_CLK_TCK")
WORKER = "worker.py"
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Cost:
    """What one program took, with all that it started."""

    elapsed_s: float
    cpu_s: float
    peak_bytes: int
    """Memory in use, of the program itself."""


def run_measured(argv: Sequence[str], *, cwd: Path | None = None) -> Cost:
    """Run a program to its end.

    Raises:
        RuntimeError: it failed.
    """
    begun = time.monotonic()
    process = subprocess.Popen(list(argv), cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{argv[0]} ended with {process.returncode}")
    return Cost(time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


@dataclass(frozen=True)
class Process:
    """A process at this moment."""

    pid: int
    parent: int
    cpu_s: float
    """Its own and that of its children that have ended and were waited for, and theirs."""
    memory_bytes: int


def list_processes() -> dict[int, Process]:
    """All processes by number."""
    found = (_read(entry.name) for entry in os.scandir("/proc") if entry.name.isdecimal())
    return {process.pid: process for process in found if process is not None}


def _read(pid: str) -> Process | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()  # from the state on: the third of proc(5)
    return Process(
        pid=int(pid),
        parent=int(fields[1]),
        cpu_s=sum(int(ticks) for ticks in fields[11:15]) / TICKS,
        memory_bytes=int(fields[21]) * PAGE_BYTES,
    )


def tree_of(root: int, processes: dict[int, Process]) -> Iterator[Process]:
    """A process and all that descend from it."""
    if root in processes:
        yield processes[root]
    for process in processes.values():
        if process.parent == root:
            yield from tree_of(process.pid, processes)


def find_workers(root: int, *, without: str | None = None) -> list[int]:
    """The workers among the descendants of a process, leaving out those started with an option."""
    commands = {process.pid: _command_of(process.pid) for process in tree_of(root, list_processes())}
    programs = {pid for pid, words in commands.items() if any(Path(word).name == WORKER for word in words)}
    return [pid for pid in programs if without not in commands[pid]]


def _command_of(pid: int) -> list[str]:
    try:
        return [os.fsdecode(word) for word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]
    except (FileNotFoundError, ProcessLookupError):
        return []


def pin(pid: int, core: int) -> None:
    """Let a process, and what it will start, use one core alone."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {core})


def disk_bytes(directory: Path) -> int:
    """What the files below a directory take on the disk."""
    size = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            try:
                size += Path(folder, name).lstat().st_blocks * 512
            except FileNotFoundError:
                continue
    return size


class Meter:
    """Watches the workers of a site, from `with` to the end of the block."""

    def __init__(self, site_process: int, scratch: Path) -> None:
        self._site = site_process
        self._workers = find_workers(site_process)
        self._scratch = scratch
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._before = self._read_cpu()
        self.cpu_s = 0.0
        """Of the workers and all that they started."""
        self.site_cpu_s = 0.0
        """Of everything else: web server, queue server, supervisor."""
        self.peak_bytes = 0
        """Memory of the largest worker with its children."""
        self.disk_bytes = 0
        """Of the work directories of all workers."""

    def __enter__(self) -> "Meter":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        workers_s, all_s = self._read_cpu()
        self.cpu_s = workers_s - self._before[0]
        self.site_cpu_s = all_s - self._before[1] - self.cpu_s

    def _read_cpu(self) -> tuple[float, float]:
        processes = list_processes()
        workers_s = sum(process.cpu_s for worker in self._workers for process in tree_of(worker, processes))
        return workers_s, sum(process.cpu_s for process in tree_of(self._site, processes))

    def _watch(self) -> None:
        while not self._stopped.wait(SAMPLE_S):
            processes = list_processes()
            in_use = [sum(one.memory_bytes for one in tree_of(worker, processes)) for worker in self._workers]
            self.peak_bytes = max(self.peak_bytes, *in_use)
            self.disk_bytes = max(self.disk_bytes, disk_bytes(self._scratch))
