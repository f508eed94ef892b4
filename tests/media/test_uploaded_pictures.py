"""Pictures that people upload to stand for a video, and what only looks like one."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from vod_web.core.errors import InvalidInput, TooLarge
from vod_web.media.picture_child import crop_box
from vod_web.media.uploaded_pictures import MOST_BYTES, make_picture_files

ORIENTATION, GPS = 0x0112, 0x8825
SECRET = "where I live"
RED, BLUE = (255, 0, 0), (0, 0, 255)


def halves(size: tuple[int, int] = (400, 300)) -> Image.Image:
    """Red at the left, blue at the right."""
    picture = Image.new("RGB", size, BLUE)
    picture.paste(RED, (0, 0, size[0] // 2, size[1]))
    return picture


def encode(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    written = BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def colour_at(path: Path, x: float, y: float) -> str:
    with Image.open(path) as picture:
        red, _, blue = picture.convert("RGB").getpixel((int(x * picture.width), int(y * picture.height)))
    return "red" if red > blue else "blue"


def refused(content: bytes, folder: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        make_picture_files(content, folder, shape=(16, 9), position=0.5)
    return caught.value.fields["picture"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_every_kind_becomes_posters_of_the_shape_of_the_video(kind: str, tmp_path: Path) -> None:
    made = make_picture_files(encode(halves((800, 800)), kind), tmp_path, shape=(16, 9), position=0.5)

    sizes = [(file.path.name, file.width_px, file.height_px) for file in made]
    expected = [("poster-800.jpg", 800, 450), ("poster-640.jpg", 640, 360), ("poster-320.jpg", 320, 180)]
    assert sizes == [("poster.jpg", 800, 450), *expected]
    for file in made:
        with Image.open(file.path) as written:
            assert (written.format, written.size) == ("JPEG", (file.width_px, file.height_px))
        assert file.size_bytes == file.path.stat().st_size


def test_a_picture_stands_upright_and_says_nothing_of_where_it_was_taken(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # to be turned clockwise: its left side is the upper one
    exif.get_ifd(GPS)[1] = SECRET
    content = encode(halves((400, 400)), "JPEG", exif=exif, comment=SECRET.encode(), icc_profile=b"")
    assert SECRET.encode() in content

    made = make_picture_files(content, tmp_path, shape=(1, 1), position=0.5)

    assert [colour_at(made[0].path, 0.5, 0.1), colour_at(made[0].path, 0.5, 0.9)] == ["red", "blue"]
    for file in made:
        written = file.path.read_bytes()
        assert SECRET.encode() not in written
        assert b"Exif" not in written


def test_the_first_frame_of_a_moving_picture_is_taken(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (200, 200), colour) for colour in (RED, BLUE)]
    content = encode(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    made = make_picture_files(content, tmp_path, shape=(1, 1), position=0.5)
    assert colour_at(made[0].path, 0.5, 0.5) == "red"


@pytest.mark.parametrize(("position", "colour"), [(0.0, "red"), (1.0, "blue")])
def test_the_part_that_is_kept_can_be_chosen(position: float, colour: str, tmp_path: Path) -> None:
    made = make_picture_files(encode(halves((600, 200))), tmp_path, shape=(9, 16), position=position)
    assert (made[0].width_px, made[0].height_px) == (112, 200)
    assert colour_at(made[0].path, 0.5, 0.5) == colour


def test_what_is_cut_off_lies_along_the_longer_side() -> None:
    assert crop_box((1600, 900), (16, 9), 0.3) == (0, 0, 1600, 900)
    assert crop_box((1000, 400), (1, 1), 0.5) == (300, 0, 700, 400)
    assert crop_box((400, 1000), (1, 1), 1.0) == (0, 600, 400, 1000)
    assert crop_box((3, 1000), (16, 9), 0.0) == (0, 0, 3, 2)


def test_transparent_places_are_white(tmp_path: Path) -> None:
    content = encode(Image.new("RGBA", (200, 200), (*RED, 0)))
    made = make_picture_files(content, tmp_path, shape=(1, 1), position=0.5)
    with Image.open(made[0].path) as written:
        assert min(written.convert("RGB").getpixel((100, 100))) > 250


def test_what_is_no_picture_is_refused_whatever_it_is_called(tmp_path: Path) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="500" height="500"><script>alert(1)</script></svg>'
    for content in (svg, b"<!doctype html><script>alert(1)</script>", b"", encode(halves(), "GIF")):
        assert "JPEG, PNG, WebP or AVIF" in refused(content, tmp_path)
    assert "Save it as JPEG" in refused(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", tmp_path)


def test_a_broken_picture_is_refused(tmp_path: Path) -> None:
    assert "cannot be read to its end" in refused(encode(halves(), "JPEG")[:-400], tmp_path)


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_read(tmp_path: Path) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    data = b"IDAT" + zlib.compress(bytes(10_000))
    bomb += struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    assert "too many pixels" in refused(bomb, tmp_path)


def test_sizes_have_limits(tmp_path: Path) -> None:
    assert "too small" in refused(encode(halves((99, 500))), tmp_path)
    with pytest.raises(TooLarge):
        make_picture_files(bytes(MOST_BYTES + 1), tmp_path, shape=(16, 9), position=0.5)
