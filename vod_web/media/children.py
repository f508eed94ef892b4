"""How is a stranger's file read by code that may crash, hang or take all memory? In a child process, with limits."""

import json
import os
import selectors
import signal
import sys
import tempfile
import time
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

from vod_web.core.errors import EncodeFailed, UnsupportedMedia
from vod_web.core.processes import start_process, stop_process
from vod_web.core.settings import bare_environment

CLOSING_S = 5.0
MOST_ANSWER_BYTES = 16 * 1024**2

_PROJECT = Path(__file__).parents[2]
_CHILD = (
    "import sys; from importlib import import_module; sys.path.insert(0, sys.argv[1]); "
    "import_module(sys.argv[2]).main(sys.argv[3])"
)


def ask_child(
    module: str, request: dict[str, Any], *, timeout_s: float, memory_bytes: int, work_dir: Path | None
) -> dict[str, Any]:
    """What `main` of a module of ours prints for a request, as JSON.

    Its working directory is an empty one below `work_dir`; among temporary files when absent.

    Raises:
        UnsupportedMedia: it crashed or took too long, which is the file's fault.
        EncodeFailed: it failed in another way, or was ended from outside.
    """
    with tempfile.TemporaryDirectory(prefix="child-", dir=work_dir) as folder, tempfile.TemporaryFile() as log:
        child = start_process(
            [sys.executable, "-I", "-c", _CHILD, str(_PROJECT), module, json.dumps(request)],
            cwd=Path(folder),
            env=bare_environment(),
            stdout=PIPE,
            stderr=log,
            memory_bytes=memory_bytes,
        )
        try:
            output = _read_answer(child, timeout_s)
            status = child.wait(CLOSING_S)
        finally:
            stop_process(child, grace_s=0.1)
        log.seek(0)
        return _parse_answer(output, status, log.read().decode(errors="replace")[-4096:])


def _parse_answer(output: bytes, status: int, log: str) -> dict[str, Any]:
    """The child's answer; a crash of the reader is the file's fault, an exception or an end from outside is not."""
    if status == -signal.SIGKILL:
        raise EncodeFailed("Reading the file was broken off.", log=log)
    if status < 0:
        raise UnsupportedMedia("This file is damaged: reading it fails.")
    if status > 0:
        raise EncodeFailed("Reading the file failed.", log=log)
    answer: dict[str, Any] = json.loads(output)
    return answer


def _read_answer(child: "Popen[bytes]", timeout_s: float) -> bytes:
    """All that the child prints, until it ends or its time is over."""
    output = bytearray()
    deadline = time.monotonic() + timeout_s
    if child.stdout is None:
        raise ValueError("the child was started without a pipe")
    with child.stdout as pipe, selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while len(output) < MOST_ANSWER_BYTES:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise UnsupportedMedia("This file is damaged or unusual: reading it takes too long.")
            piece = os.read(pipe.fileno(), 65536)
            if not piece:
                break
            output += piece
    return bytes(output)
