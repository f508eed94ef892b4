"""How does an uploaded picture become one of ours? Runs in a child process, started by `uploaded_pictures.py`.

Prints one JSON object: `{"pictures": [[name, width, height], ...]}` or `{"refused": sentence}`.
"""

import json
import sys
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageFile, ImageOps

from .poster_sizes import fit_widths

KINDS = ("JPEG", "PNG", "WEBP", "AVIF")
"""Found by the content; every other reader stays closed."""
QUALITY = 88
LARGEST_PX = 2560
"""A JPEG is decoded no larger than this asks for, which spares most of the work for a camera's picture."""
PAPER = "white"
"""Behind what is transparent."""
NO_PICTURE = "This is not a picture of a kind that is taken here: JPEG, PNG, WebP or AVIF."
DAMAGED = "This picture is damaged: it cannot be read to its end."


class Refused(Exception):
    """The sentence is for the person who sent the picture."""


def make_files(request: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Write the picture in all its sizes into the folder; raises Refused."""
    picture = _open(request)
    with picture:
        upright = _read(picture)
    box = crop_box(upright.size, tuple(request["shape"]), request["position"])
    if box[2] - box[0] < request["least_width_px"]:
        raise Refused(_too_narrow(box[2] - box[0], request["least_width_px"]))
    files = []
    for width, height in fit_widths(box[2] - box[0], box[3] - box[1], request["widths"]):
        scaled = upright.resize((width, height), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
        scaled.info = {}  # no comment, no profile: nothing that came with the picture goes on
        name = request["name"].format(width)
        scaled.save(Path(request["folder"], name), "JPEG", quality=QUALITY, optimize=True)
        files.append((name, width, height))
    return files


def crop_box(size: tuple[int, int], shape: tuple[int, int], position: float) -> tuple[int, int, int, int]:
    """The largest part of this shape; `position` says where it lies along the side that is too long, from 0 to 1."""
    (width, height), (wide, high) = size, shape
    if width * high > height * wide:
        kept = max(1, round(height * wide / high))
        left = round((width - kept) * position)
        return left, 0, left + kept, height
    kept = max(1, round(width * high / wide))
    top = round((height - kept) * position)
    return 0, top, width, top + kept


def _open(request: dict[str, Any]) -> ImageFile.ImageFile:
    """The picture, of which only the beginning has been read."""
    try:
        picture = Image.open(request["path"], formats=KINDS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(_too_many(request["most_pixels"])) from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Refused(NO_PICTURE) from None
    width, height = picture.size
    if width * height > request["most_pixels"]:
        raise Refused(_too_many(request["most_pixels"]))
    if min(width, height) < request["least_px"]:
        least = request["least_px"]
        raise Refused(f"This picture is {width} × {height} pixels: too small. Use one of at least {least} × {least}.")
    return picture


def _too_many(most_pixels: int) -> str:
    return f"This picture has too many pixels. Use one of at most {most_pixels // 1_000_000} million."


def _too_narrow(width: int, least: int) -> str:
    return f"What is kept of this picture is {width} pixels wide: too small. Use one that is at least {least} wide."


def _read(picture: ImageFile.ImageFile) -> Image.Image:
    """The first frame, upright, opaque, in the colours of the web."""
    try:
        picture.draft("RGB", (LARGEST_PX, LARGEST_PX))
        picture.load()
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Refused(DAMAGED) from None
    return _in_web_colours(ImageOps.exif_transpose(_without_alpha(picture)))


def _without_alpha(picture: Image.Image) -> Image.Image:
    if picture.mode == "I;16":
        return picture.point(lambda value: value / 256).convert("L")
    if not picture.has_transparency_data:
        return picture
    layer = picture.convert("RGBA")
    paper = Image.new("RGB", layer.size, PAPER)
    paper.paste(layer, mask=layer.getchannel("A"))
    paper.info = dict(picture.info)
    return paper


def _in_web_colours(picture: Image.Image) -> Image.Image:
    """sRGB: phones write wider colours, which look pale where the profile that explains them is gone."""
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        try:
            wide = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, wide, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = None  # a profile that does not fit: the colours as they are
        if converted is not None:
            return converted
    return picture.convert("RGB")


def main(request: str) -> None:
    """Answer the request given on the command line."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    wanted = json.loads(request)
    Image.MAX_IMAGE_PIXELS = wanted["most_pixels"]
    answer: dict[str, Any]
    try:
        answer = {"pictures": make_files(wanted)}
    except Refused as refused:
        answer = {"refused": str(refused)}
    except MemoryError:
        answer = {"refused": "This picture needs too much memory to read."}
    json.dump(answer, sys.stdout)
