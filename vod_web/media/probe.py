"""What is this file?

The reading itself happens in a child process (`probe_child.py`), because a demuxer or decoder that crashes, hangs or
takes all memory must not take the worker with it.
"""

from pathlib import Path

from vod_web.core.errors import Unavailable, UnsupportedMedia

from .children import ask_child
from .formats import is_remote
from .probed import Probe
from .sniff import describe_bytes

PROBE_TIMEOUT_S = 120.0
PROBE_MEMORY_BYTES = 4 * 1024**3
HEAD_BYTES = 4096

_CHILD = "vod_web.media.probe_child"


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
    answer = ask_child(_CHILD, request, timeout_s=timeout_s, memory_bytes=memory_bytes, work_dir=work_dir)
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
