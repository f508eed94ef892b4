"""What is said of the files of a video that people may keep?"""

from enum import StrEnum

from vod_web.models import DownloadState
from vod_web.schemas.base import Output


class DownloadKind(StrEnum):
    """What is in such a file."""

    VIDEO = "video"
    AUDIO = "audio"
    CAPTIONS = "captions"
    ORIGINAL = "original"


class DownloadRead(Output):
    """One file that may be kept."""

    name: str
    """In its address."""
    kind: DownloadKind
    label: str
    state: DownloadState
    """`ready`: it can be fetched; `absent`: ask for it first, then it is `waiting` until a worker has made it."""
    size_bytes: int | None
    """About, as long as it is not ready; null where nobody knows."""
    url: str
    """Of the file, once it is ready."""
