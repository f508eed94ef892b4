"""What is each stored object called?

    sources/<video>/<upload>/source
    videos/<video>/<encode>/multivariant.m3u8
    videos/<video>/<encode>/<rendition>/media.m3u8 | init.mp4 | <number>.m4s
    videos/<video>/<encode>/episode.m4a | poster.jpg | storyboard.vtt | storyboard-<number>.jpg
    videos/<video>/<encode>/frame-<number>.jpg
    videos/<video>/captions/<name>/captions.vtt | media.m3u8 | 0.vtt
    videos/<video>/thumbnails/<name>/poster.jpg
    channels/<name>/<width>.jpg
    downloads/<video>/<encode>/<name>.mp4 | <name>.m4a

Everything of one video lies below three prefixes, everything of one encode that plays below one. What people keep lies
apart, where no media address leads. Pure functions: each refuses ids and names that are not a single plain path
segment, so no key leads out of its prefix.
"""

import re
from pathlib import PurePosixPath

from vod_web.core.errors import InvalidInput, NotFound

KEY_LENGTH_LIMIT = 512
"""Half of what S3 allows, so that a prefix can be put before a key."""

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}", re.ASCII)
"""One segment of a key. It never begins with a dot: `.` and `..` are none, nor are a storage's own hidden files."""

CAPTIONS = "captions"
"""Stands where the id of an encode does, and is shorter: captions belong to the video, whatever encode plays."""

THUMBNAILS = "thumbnails"
"""The same for pictures that a person chose."""

OF_VIDEO = (CAPTIONS, THUMBNAILS)
"""What stands where the id of an encode does."""

CONTENT_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mp4": "video/mp4",
    ".m4s": "video/iso.segment",
    ".vtt": "text/vtt",
    ".jpg": "image/jpeg",
    ".m4a": "audio/x-m4a",
}


def check_key(key: str) -> str:
    """The key itself; InvalidInput when it is not plain names joined by slashes."""
    names = key.split("/")
    if len(key) > KEY_LENGTH_LIMIT or not all(_NAME.fullmatch(name) for name in names):
        raise InvalidInput("This is not the name of a stored object.", {"key": "is malformed"})
    return key


def check_prefix(prefix: str, *, allow_all: bool = False) -> str:
    """The prefix itself; InvalidInput unless it is a key and a slash, or empty where all objects may be meant."""
    if prefix == "" and allow_all:
        return prefix
    if not prefix.endswith("/"):
        raise InvalidInput("A prefix of stored objects ends with a slash.", {"prefix": "is malformed"})
    check_key(prefix[:-1])
    return prefix


def _join(*names: str) -> str:
    for name in names:
        if not _NAME.fullmatch(name):
            raise InvalidInput("This is not part of the name of a stored object.", {"key": "is malformed"})
    return "/".join(names)


def _count(number: int) -> str:
    if number < 0:
        raise InvalidInput("Stored objects are counted from 0.", {"key": "is malformed"})
    return str(number)


def sources_prefix(video_id: str) -> str:
    """Below it lie all sources of a video."""
    return _join("sources", video_id) + "/"


def source_key(video_id: str, upload_id: str) -> str:
    """The file as it was uploaded."""
    return _join("sources", video_id, upload_id, "source")


def video_prefix(video_id: str) -> str:
    """Below it lies everything that was made of a video, by all its encodes."""
    return _join("videos", video_id) + "/"


def encode_prefix(video_id: str, encode_id: str) -> str:
    """Below it lies everything that one encode made."""
    return _join("videos", video_id, encode_id) + "/"


def multivariant_key(video_id: str, encode_id: str) -> str:
    """The multivariant playlist."""
    return _join("videos", video_id, encode_id, "multivariant.m3u8")


def rendition_prefix(video_id: str, encode_id: str, rendition: str) -> str:
    """Below it lies everything of one rendition."""
    return _join("videos", video_id, encode_id, rendition) + "/"


def init_key(video_id: str, encode_id: str, rendition: str) -> str:
    """The init segment of a rendition."""
    return _join("videos", video_id, encode_id, rendition, "init.mp4")


def segment_key(video_id: str, encode_id: str, rendition: str, number: int) -> str:
    """A segment of a rendition; numbers begin at 0."""
    return _join("videos", video_id, encode_id, rendition, _count(number) + ".m4s")


def downloads_prefix(video_id: str) -> str:
    """Below it lies what was made of a video for people to keep."""
    return _join("downloads", video_id) + "/"


def download_key(video_id: str, encode_id: str, filename: str) -> str:
    """A file that people may keep; no media address leads to it."""
    return _join("downloads", video_id, encode_id, filename)


def storyboard_key(video_id: str, encode_id: str) -> str:
    """The WebVTT file that says which tile shows which second."""
    return _join("videos", video_id, encode_id, "storyboard.vtt")


def captions_prefix(video_id: str, name: str) -> str:
    """Below it lie the files of one caption track."""
    return _join("videos", video_id, CAPTIONS, name) + "/"


def captions_key(video_id: str, name: str) -> str:
    """A caption track for browsers: WebVTT that counts from the beginning of the video."""
    return _join("videos", video_id, CAPTIONS, name, "captions.vtt")


def captions_playlist_key(video_id: str, name: str) -> str:
    """The media playlist of a caption track, for HLS players."""
    return _join("videos", video_id, CAPTIONS, name, "media.m3u8")


def captions_segment_key(video_id: str, name: str) -> str:
    """The only segment of that playlist: WebVTT on the clock of the renditions."""
    return _join("videos", video_id, CAPTIONS, name, "0.vtt")


def thumbnail_prefix(video_id: str, name: str) -> str:
    """Below it lie the files of one chosen picture."""
    return _join("videos", video_id, THUMBNAILS, name) + "/"


def channel_picture_prefix(name: str) -> str:
    """Below it lie the files of one picture of a channel."""
    return _join("channels", name) + "/"


def channel_picture_key(name: str, width_px: int) -> str:
    """A picture of a channel in one of its widths."""
    return _join("channels", name, _count(width_px) + ".jpg")


def media_key(video_id: str, encode_id: str, rest: str) -> str:
    """The key behind a media address, whose end anybody can write: NotFound when it names no object of an encode."""
    try:
        return check_key(f"{_join('videos', video_id, encode_id)}/{rest}")
    except InvalidInput:
        raise NotFound("There is no such file.") from None


def content_type_of(key: str) -> str:
    """The media type of an object, from the end of its key; sources are opaque bytes."""
    return CONTENT_TYPES.get(PurePosixPath(key).suffix, "application/octet-stream")


def cache_control_of(key: str) -> str:
    """How long whoever fetches the object from the storage itself may keep it.

    What is made anew gets another name, but for playlists: those of a video that is being made give way to the final
    ones, and those name caption tracks that are added later.
    """
    return "no-cache" if key.endswith(".m3u8") else "public, max-age=31536000, immutable"
