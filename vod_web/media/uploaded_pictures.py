"""What becomes of a picture that somebody uploads, to stand for a video or a channel?

It is decoded and encoded anew in a child process (`picture_child.py`), so that what is stored is ours: upright, in the
colours of the web, cut to the shape that is wanted, without any of the metadata that it came with.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from vod_web.core.errors import InvalidInput, TooLarge, UnsupportedMedia

from .children import ask_child
from .poster import PictureFile
from .poster_sizes import POSTER_WIDTHS

MOST_BYTES = 20 * 1024**2
MOST_PIXELS = 64_000_000
LEAST_PX = 100
TIMEOUT_S = 20.0
MEMORY_BYTES = 2 * 1024**3
"""Of address space; 64 million pixels take 200 MB once in colour, and a moment twice."""
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis")
HEIC = "This picture is a HEIC file, which is not taken here. Save it as JPEG; phones do so when they share a picture."
DAMAGED = "This picture is damaged or unusual: reading it fails."

_CHILD = "vod_web.media.picture_child"


def make_picture_files(content: bytes, folder: Path, *, shape: tuple[int, int], position: float) -> list[PictureFile]:
    """Write `poster.jpg` (the largest) and `poster-<width>.jpg` into `folder`, which is empty.

    `shape` is that of the video, as any width and height; `position` (0 to 1) says which part is kept of a picture
    of another shape, along the side that is too long.

    Raises:
        InvalidInput, TooLarge, EncodeFailed: as `make_sizes`.
    """
    made = make_sizes(content, folder, shape=shape, position=position, widths=POSTER_WIDTHS, name="poster-{}.jpg")
    shutil.copyfile(made[0].path, folder / "poster.jpg")
    return [_file(folder / "poster.jpg", made[0].width_px, made[0].height_px), *made]


def make_sizes(
    content: bytes,
    folder: Path,
    *,
    shape: tuple[int, int],
    position: float,
    widths: Sequence[int],
    name: str,
    least_width_px: int = 1,
) -> list[PictureFile]:
    """Write the picture in these widths into `folder`, which is empty, the largest first; it is never enlarged.

    `name` is what the files are called, with `{}` for the width; what is kept must be at least `least_width_px` wide.

    Raises:
        InvalidInput: it is no picture of a kind that is taken, damaged, too small, or has too many pixels.
        TooLarge: it has too many bytes.
        EncodeFailed: reading it was broken off from outside.
    """
    if len(content) > MOST_BYTES:
        raise TooLarge(f"This picture has more than {MOST_BYTES // 1024**2} MiB.")
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        raise refusal(HEIC)
    path = folder / "upload"
    path.write_bytes(content)
    request = {
        "path": str(path),
        "folder": str(folder),
        "shape": shape,
        "position": position,
        "widths": list(widths),
        "name": name,
        "least_width_px": least_width_px,
        "most_pixels": MOST_PIXELS,
        "least_px": LEAST_PX,
    }
    try:
        answer = ask_child(_CHILD, request, timeout_s=TIMEOUT_S, memory_bytes=MEMORY_BYTES, work_dir=folder)
    except UnsupportedMedia:
        raise refusal(DAMAGED) from None
    if "refused" in answer:
        raise refusal(answer["refused"])
    return [_file(folder / file, width, height) for file, width, height in answer["pictures"]]


def refusal(sentence: str) -> InvalidInput:
    """What the person who sent the picture is told, beside the field."""
    return InvalidInput(sentence, {"picture": sentence})


def _file(path: Path, width_px: int, height_px: int) -> PictureFile:
    return PictureFile(path, width_px, height_px, path.stat().st_size)
