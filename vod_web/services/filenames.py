"""What does the name of a file say of it?"""

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import unquote

from vod_web.core.errors import UnsupportedMedia

LONGEST_TITLE = 300

VIDEO_ENDINGS = ("mp4", "mov", "mkv", "webm", "avi", "ts", "m2ts", "mpg", "wmv", "flv", "3gp", "ogv", "mxf")
"""What the upload page names as examples; any other ending but those below is tried too."""

LONGEST_FILENAME_BYTES = 200
"""Less than the 255 of most file systems, so that browsers can put a number behind."""
_UNFIT = re.compile('[\x00-\x1f\x7f-\x9f<>:"/\\\\|?*\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.I)
"""Files that Windows takes for devices, whatever their ending."""

_KINDS = {
    "a picture": "jpg jpeg png gif bmp tif tiff webp heic heif avif svg psd raw cr2 nef dng ico",
    "a sound file": "mp3 m4a aac wav flac oga opus wma aiff aif mid midi",
    "a document": "pdf doc docx odt rtf xls xlsx ods csv ppt pptx odp key pages numbers epub",
    "text": "txt log md html htm json xml yaml yml",
    "an archive": "zip rar 7z tar gz tgz bz2 xz zst iso dmg",
    "a program": "exe msi dll so deb rpm apk app bat sh py js jar",
    "a file of subtitles": "srt vtt ass ssa sub sbv",
    "a playlist": "m3u m3u8 mpd pls",
    "a torrent": "torrent",
}
NOT_VIDEO = {ending: kind for kind, endings in _KINDS.items() for ending in endings.split()}


def require_video_name(filename: str) -> None:
    """Nothing, when a file of this name may be video; what it really is, its bytes tell later.

    Raises:
        UnsupportedMedia: it is obviously something else.
    """
    kind = NOT_VIDEO.get(PurePosixPath(filename).suffix.removeprefix(".").lower())
    if kind:
        raise UnsupportedMedia(f"{filename} is {kind}; only videos can be published here.")


def make_title(filename: str) -> str:
    """A title for people: `my_holiday-2024.mp4` is "my holiday 2024". Dates and version numbers stay whole."""
    stem = PurePosixPath(filename).stem if PurePosixPath(filename).suffix else filename
    words = re.sub(r"[_+]+", " ", unquote(stem))
    words = re.sub(r"(?<=\S)[-.]+(?=\S)", _joint, words)
    return " ".join(words.split()).strip(".- ")[:LONGEST_TITLE] or "Untitled"


def make_filename(title: str, ending: str, *, what: str = "") -> str:
    """What a file is called that somebody keeps of the video: "Out at sea (720p).mp4", in any script.

    Without what some system forbids in names, or means something else by.
    """
    told = f" ({what})" if what else ""
    words = _UNFIT.sub(" ", unicodedata.normalize("NFC", title))
    plain = " ".join(words.split()).strip(". ")
    longest = LONGEST_FILENAME_BYTES - len(f"{told}.{ending}".encode())
    plain = plain.encode()[:longest].decode(errors="ignore").strip(". ")
    if not plain or _DEVICE.fullmatch(plain):
        plain = f"Video {plain}".strip()
    return f"{plain}{told}.{ending}"


def _joint(match: re.Match[str]) -> str:
    """Between two digits a hyphen or a dot belongs to a date or a number; between words it stands for a blank."""
    before, after = match.string[match.start() - 1], match.string[match.end()]
    return match[0] if before.isdigit() and after.isdigit() else " "
