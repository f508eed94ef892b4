"""Under which key is a file stored that a player asks for?

The quick rendition is made of pieces that somebody asked for. What it lacks, the rung that equals it has, as soon as
that is made: a decoder may go from one to the other at any segment.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from vod_web.media.passes import QUICK_NAME
from vod_web.media.plan import EncodePlan
from vod_web.storage.base import Storage
from vod_web.storage.keys import encode_prefix

_MEDIA = re.compile(r"videos/([^/]+)/([^/]+)/([^/]+)/((\d{1,7})\.m4s|init\.mp4)")


@dataclass(frozen=True)
class MediaFile:
    """A segment of a rendition, or its init segment."""

    video_id: str
    encode_id: str
    rendition: str
    name: str
    segment: int
    """With which segment it is made: the init segment with the first one."""

    @property
    def key(self) -> str:
        """Where it is stored under its own name."""
        return f"{encode_prefix(self.video_id, self.encode_id)}{self.rendition}/{self.name}"

    @property
    def may_be_elsewhere(self) -> bool:
        """Whether another rendition may have it."""
        return self.rendition == QUICK_NAME


def read_key(key: str) -> MediaFile | None:
    """What a key names; None for playlists, pictures and all else."""
    found = _MEDIA.fullmatch(key)
    return MediaFile(found[1], found[2], found[3], found[4], int(found[5] or 0)) if found else None


def find_stored(file: MediaFile, storage: Storage, read_plan: Callable[[], EncodePlan]) -> str | None:
    """The key to deliver; None where it is not made yet."""
    if storage.exists(file.key):
        return file.key
    twin = read_plan().quick_twin if file.may_be_elsewhere else None
    key = replace(file, rendition=twin).key if twin else None
    return key if key and storage.exists(key) else None
