"""How is FFmpeg run so that it can neither hang, nor outlive us, nor take the machine's memory?"""

import contextlib
import os
import re
import selectors
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import join
from subprocess import PIPE, Popen

from vod_web.core.errors import EncodeFailed, SourceDamaged
from vod_web.core.logging import get_logger
from vod_web.core.processes import start_process, stop_process
from vod_web.core.settings import bare_environment

from .progress import Progress, ProgressReader

OnProgress = Callable[[float, float | None], None]
"""Called with the seconds written so far and the speed (times real time, None before it is known), at most twice a
second. An exception from it ends FFmpeg and goes on to the caller: so a lost lease or a cancel ends an encode."""

URGENT_NICE = 0
"""Of FFmpeg where somebody waits for what it makes."""

TOO_MANY_ERRORS = 69
"""The exit status of FFmpeg when more than two thirds of what it decodes is broken (its option max_error_rate)."""
LOG_BYTES = 4096
POLL_S = 0.25
GRACE_S = 1.0


class FfmpegKilled(EncodeFailed):
    """FFmpeg was ended from outside, by a system that is short of memory or by a person: the source is not to blame."""


@dataclass(frozen=True)
class Tools:
    """The FFmpeg to run, and what it may use."""

    ffmpeg: str
    """Path of the program."""
    timeout_s: float = 6 * 3600
    """The longest that one run may take."""
    stall_s: float = 180
    """The longest that it may go on without writing or reading anything new."""
    memory_bytes: int = 3 * 1024**3
    """The most memory in use; a 4K60 HDR source with the whole ladder needs about 2 GiB."""
    address_space_bytes: int = 32 * 1024**3
    """A hard limit that the kernel keeps, for the moment between two looks at the memory in use."""
    nice: int = 10
    """Pages and segments are served first."""
    threads: int | None = None
    """Of each decoder and encoder; as many as FFmpeg likes when absent."""


class _Watch:
    """The limits of one run: remembers when something last moved."""

    def __init__(self, tools: Tools, process_id: int) -> None:
        self._tools = tools
        self._process_id = process_id
        self._started = self._moved = time.monotonic()
        self._position: tuple[float | None, int | None, int] = (None, None, 0)

    def note(self, progress: Progress | None) -> None:
        """Take a look: has it written more, or at least read more? Using the processor alone is no progress."""
        written = (progress.out_time_s, progress.frame) if progress else self._position[:2]
        position = (*written, read_input_bytes(self._process_id))
        if position != self._position:
            self._position, self._moved = position, time.monotonic()

    def check(self) -> None:
        """Raise EncodeFailed when a limit is passed."""
        now = time.monotonic()
        if now - self._started > self._tools.timeout_s:
            raise EncodeFailed(f"Encoding took longer than {self._tools.timeout_s:.0f} s and was stopped.")
        if now - self._moved > self._tools.stall_s:
            raise EncodeFailed(f"Encoding stood still for {self._tools.stall_s:.0f} s and was stopped.")
        if read_memory_bytes(self._process_id) > self._tools.memory_bytes:
            raise EncodeFailed("Encoding needed too much memory and was stopped.")


def read_memory_bytes(process_id: int) -> int:
    """Memory in use by a process; 0 where the system does not tell."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages = int(Path(f"/proc/{process_id}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def read_input_bytes(process_id: int) -> int:
    """Bytes that a process has read from files so far; 0 where the system does not tell."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{process_id}/io").read_text().split()[1])
    return 0


def hide_secrets(command: str) -> str:
    """A command for the log: presigned addresses lose their query, which is a key to the file."""
    return re.sub(r"(https?://[^\s?']+)\?[^\s']*", r"\1?...", command)


def run_ffmpeg(
    arguments: Sequence[str],
    *,
    tools: Tools,
    work_dir: Path,
    on_progress: OnProgress | None = None,
    on_tick: Callable[[], None] | None = None,
) -> None:
    """Run one command in `work_dir` to its end.

    `on_tick` is called a few times a second; an exception from it ends FFmpeg and goes on to the caller.

    Raises EncodeFailed (FfmpegKilled where somebody else ended it), with the command and the end of FFmpeg's log, when
    it fails or passes a limit; FFmpeg is gone by then.
    """
    argv = [tools.ffmpeg, *limit_threads(arguments, tools.threads)]
    get_logger(__name__).debug("ffmpeg_started", command=hide_secrets(join(argv)), work_dir=str(work_dir))
    process = start_process(
        argv,
        cwd=work_dir,
        env=bare_environment(),
        stdout=PIPE,
        stderr=PIPE,
        memory_bytes=tools.address_space_bytes,
        nice=tools.nice,
    )
    tail = bytearray()
    try:
        _follow(process, _Watch(tools, process.pid), tail, on_progress, on_tick)
        status = process.wait(GRACE_S)
    except EncodeFailed as error:
        raise type(error)(error.message, log=_describe_run(argv, tail)) from None
    finally:
        stop_process(process, grace_s=0)  # where it has not ended by itself, what it made is thrown away
        _close_pipes(process)
    if status != 0:
        raise _failure_of(status)(describe_status(status), log=_describe_run(argv, tail))


def _failure_of(status: int) -> type[EncodeFailed]:
    if status == TOO_MANY_ERRORS:
        return SourceDamaged
    return FfmpegKilled if status == -signal.SIGKILL else EncodeFailed


def limit_threads(arguments: Sequence[str], threads: int | None) -> list[str]:
    """The same command with so many threads for each filter graph, decoder and encoder."""
    if threads is None:
        return list(arguments)
    limited = ["-filter_complex_threads", str(threads)]
    for argument in arguments:
        if argument in (
            "-i",
            "-map",
        ):  # the option is of the file that follows: an input, or the output with this stream
            limited += ["-threads", str(threads)]
        limited.append(argument)
    return limited


def describe_status(status: int) -> str:
    """An exit status in words."""
    if status == TOO_MANY_ERRORS:
        return "This video is damaged: most of it cannot be decoded."
    if status < 0:
        return f"FFmpeg was ended by signal {-status}."
    return f"FFmpeg failed with status {status}."


def _follow(
    process: "Popen[bytes]",
    watch: _Watch,
    tail: bytearray,
    on_progress: OnProgress | None,
    on_tick: Callable[[], None] | None,
) -> None:
    """Read both pipes until FFmpeg closes them."""
    reader = ProgressReader()
    with selectors.DefaultSelector() as selector:
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select(POLL_S):
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stderr:
                    tail += data
                    del tail[:-LOG_BYTES]
                else:
                    _note_reports(reader.feed(data), watch, on_progress)
            watch.note(None)
            watch.check()
            if on_tick is not None:
                on_tick()


def _note_reports(reports: Iterable[Progress], watch: _Watch, on_progress: OnProgress | None) -> None:
    for progress in reports:
        watch.note(progress)
        _report(progress, on_progress)


def _report(progress: Progress, on_progress: OnProgress | None) -> None:
    if on_progress is not None and progress.out_time_s is not None:
        on_progress(max(0.0, progress.out_time_s), progress.speed)


def _close_pipes(process: "Popen[bytes]") -> None:
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _describe_run(argv: Sequence[str], tail: bytearray) -> str:
    """The command, ready to paste, and the end of what FFmpeg wrote."""
    return f"$ {hide_secrets(join(argv))}\n\n{tail.decode(errors='replace')}"
