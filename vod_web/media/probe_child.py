"""How is a file read for its facts? Runs in a child process of its own, started by `probe.py`.

Prints one JSON object: `{"probe": ...}`, `{"unsupported": sentence}` or `{"unavailable": sentence}`.
"""

import json
import sys
from typing import Any

import av
from av.container import InputContainer

from vod_web.core.errors import UnsupportedMedia

from .facts import read_facts
from .formats import AUDIO_DEMUXERS, DECODERS, DEMUXERS, allowed_protocols, is_remote
from .sniff import is_mp4_without_index

OPEN_TIMEOUT_S = 20.0
READ_TIMEOUT_S = 20.0

UNREACHABLE = (
    av.error.FileNotFoundError,
    av.error.PermissionError,
    av.error.ConnectionRefusedError,
    av.error.ConnectionResetError,
    av.error.TimeoutError,
    av.error.ExitError,
    av.error.HTTPError,
    av.error.HTTPClientError,
    av.error.HTTPServerError,
)


def is_unreachable(error: av.error.FFmpegError, address: str) -> bool:
    """Whether it is the way to the file that fails, not the file: over a network also by a read that fails."""
    return isinstance(error, UNREACHABLE) or (is_remote(address) and isinstance(error, av.error.OSError))


def open_source(address: str, head: bytes) -> InputContainer:
    """Open a file with the readers that are allowed, or say why it cannot be opened."""
    options = {
        "protocol_whitelist": allowed_protocols(address),
        "format_whitelist": ",".join((*DEMUXERS, *AUDIO_DEMUXERS)),
        "codec_whitelist": ",".join(DECODERS),
    }
    try:
        return av.open(address, options=options, timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S))
    except av.error.FFmpegError as error:
        if is_unreachable(error, address):
            raise
        if is_mp4_without_index(head):
            raise UnsupportedMedia(
                "This video is incomplete: its index is missing. The recording or the copying was probably "
                "interrupted before the end."
            ) from error
        raise UnsupportedMedia("This file is not a video, or of a kind that this site does not know.") from error


def answer_request(request: dict[str, Any]) -> dict[str, Any]:
    """What to print for one request."""
    head = bytes.fromhex(request["head"])
    try:
        probe = read_facts(lambda: open_source(request["address"], head), request["size_bytes"])
        return {"probe": probe.to_json()}
    except UnsupportedMedia as error:
        return {"unsupported": error.message}
    except av.error.FFmpegError as error:
        if is_unreachable(error, request["address"]):
            return {"unavailable": f"The source file cannot be read now: {error.strerror}."}
        return {"unsupported": "This video is damaged: reading it fails."}
    except MemoryError:
        return {"unsupported": "This file needs too much memory to read."}


def main(request: str) -> None:
    """Answer the request given on the command line."""
    av.logging.set_level(None)
    json.dump(answer_request(json.loads(request)), sys.stdout)
