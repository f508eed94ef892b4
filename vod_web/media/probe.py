"""What is this file?

The reading itself happens in a child process (`probe_child.py`), because a demuxer or decoder that crashes, hangs or
takes all memory must not take the worker with it.
"""

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

from vod_web.core.errors import EncodeFailed, Unavailable, UnsupportedMedia
from vod_web.core.processes import start_process, stop_process
from vod_web.core.settings import bare_environment

from .formats import is_remote
from .probed import Probe
from .sniff import describe_bytes

PROBE_TIMEOUT_S = 120.0
PROBE_MEMORY_BYTES = 4 * 1024**3
HEAD_BYTES = 4096
CLOSING_S = 5.0
MOST_ANSWER_BYTES = 16 * 1024**2

_PROJECT = Path(__file__).parents[2]
_CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from vod_web.media.probe_child import main; main(sys.argv[2])"


def probe_source(
    address: str,
    *,
    size_bytes: int,
    head: bytes | None = None,
    work_dir: Path | None = None,
    timeout_s: float = PROBE_TIMEOUT_S,
    memory_bytes: int = PROBE_MEMORY_BYTES,
) -> Probe:
    """All facts about the file at a path or URL.

    `head`: the first few KiB, so that the sentence about a file that is no video can say what it is; read from the path
    when absent. `work_dir` is where the reader has its empty folder; among temporary files when absent.

    Raises:
        UnsupportedMedia: it is not video, or cannot be read; the sentence is for the person who uploaded it.
        Unavailable: the file could not be reached at all; worth another try.
    """
    if size_bytes <= 0:
        raise UnsupportedMedia("This file is empty.")
    head = _read_head(address) if head is None else head[:HEAD_BYTES]
    kind = describe_bytes(head)
    if kind:
        raise UnsupportedMedia(f"This file is not a video: it is {kind}.")
    request = {"address": address, "size_bytes": size_bytes, "head": head[:16].hex()}
    answer = _ask_child(request, timeout_s, memory_bytes, work_dir)
    if "unavailable" in answer:
        raise Unavailable(answer["unavailable"], retry_after_s=15)
    if "unsupported" in answer:
        raise UnsupportedMedia(answer["unsupported"])
    return Probe.from_json(answer["probe"])


def _read_head(address: str) -> bytes:
    if is_remote(address):
        return b""
    try:
        with Path(address).open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as error:
        raise Unavailable(f"The source file cannot be read: {error.strerror}.", retry_after_s=15) from error


def _ask_child(request: dict[str, Any], timeout_s: float, memory_bytes: int, work_dir: Path | None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="probe-", dir=work_dir) as folder, tempfile.TemporaryFile() as log:
        child = start_process(
            [sys.executable, "-I", "-c", _CHILD, str(_PROJECT), json.dumps(request)],
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
        raise EncodeFailed("Reading the file's facts was broken off.", log=log)
    if status < 0:
        raise UnsupportedMedia("This file is damaged: reading it fails.")
    if status > 0:
        raise EncodeFailed("Reading the file's facts failed.", log=log)
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
