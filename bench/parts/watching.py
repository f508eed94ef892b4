"""What do some processes take while something is done: time, processor time, memory?"""

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from bench.parts.processes import PAGE_BYTES, list_processes, tree_of

SAMPLE_S = 0.1


@dataclass(frozen=True)
class Taken:
    """What it took."""

    elapsed_s: float
    cpu_s: float
    before_bytes: int
    """Memory of the processes together when it began."""
    peak_bytes: int
    """The same at the worst moment."""


class Watch:
    """Some processes and their children, from `with` to the end of the block; none of them may begin meanwhile."""

    def __init__(self, *roots: int) -> None:
        self._roots = roots
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> "Watch":
        self._cpu_s = self._read_cpu()
        self._before_bytes = self._peak_bytes = self._read_memory()
        self._thread.start()
        self._begun = time.monotonic()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        elapsed_s = time.monotonic() - self._begun
        self._stopped.set()
        self._thread.join()
        self.taken = Taken(elapsed_s, self._read_cpu() - self._cpu_s, self._before_bytes, self._peak_bytes)

    def _read_cpu(self) -> float:
        processes = list_processes()
        mine = {process.pid: process for root in self._roots for process in tree_of(root, processes)}
        self._pids = list(mine)
        return sum(process.cpu_s for process in mine.values())

    def _read_memory(self) -> int:
        return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self._pids) * PAGE_BYTES

    def _sample(self) -> None:
        """Of each process alone: to list all of the machine's would take from what is measured."""
        while not self._stopped.wait(SAMPLE_S):
            self._peak_bytes = max(self._peak_bytes, self._read_memory())
