"""Whatever the colours of a source mean, they are published as BT.709, and look the same."""

from collections.abc import Callable

import pytest

from tests.media.cards import AAC, FFV1, PCM, SILENT, X264, Odd, Workshop, convert
from tests.media.judging import judge
from tests.media.looking import COLOURS
from vod_web.core.errors import UnsupportedMedia

HDR_TOLERANCE = 36
"""Tone mapping makes room for what is brighter than white: white itself becomes darker, of 255 by about 30."""
GREYS = [(round(0.299 * red + 0.587 * green + 0.114 * blue),) * 3 for red, green, blue in COLOURS]
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-pix_fmt", "yuv420p10le", "-c:a", "libopus")
AV1 = ("-c:v", "libsvtav1", "-preset", "12", "-crf", "20", "-svtav1-params", "lp=1")
PRORES = ("-c:v", "prores_ks")


def tags(matrix: str, primaries: str = "bt709", transfer: str = "bt709", *, is_full: bool = False) -> tuple[str, ...]:
    """What the encoder is told that the colours mean."""
    range_name = "pc" if is_full else "tv"
    return ("-colorspace", matrix, "-color_primaries", primaries, "-color_trc", transfer, "-color_range", range_name)


def x265(**parameters: str) -> tuple[str, ...]:
    """Options of x265."""
    text = ":".join(f"{name}={value}" for name, value in {"log-level": "none", **parameters}.items())
    return ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", text, "-tag:v", "hvc1")


def to_hdr(transfer: str, pixels: str = "yuv420p10le") -> str:
    """From the card to BT.2020, with white as bright as HDR has it."""
    names = f"t={transfer}:p=bt2020:m=bt2020nc:r=limited:npl=203"
    return f"format=gbrp,zscale=tin=bt709:pin=bt709:min=gbr:rin=full:{names},format={pixels}"


def to_wide(primaries: str, transfer: str, matrix: str, pixels: str = "yuv420p10le") -> str:
    """From the card to a wide gamut without HDR."""
    names = f"p={primaries}:t={transfer}:m={matrix}:r=limited"
    return f"format=gbrp,zscale=tin=bt709:pin=bt709:min=gbr:rin=full:{names},format={pixels}"


PQ = {"colorprim": "bt2020", "transfer": "smpte2084", "colormatrix": "bt2020nc"}
HLG = {**PQ, "transfer": "arib-std-b67"}
SEE_THROUGH = "format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='if(gt(Y,66),0,255)'"

ROWS = (
    # HDR, tone-mapped
    Odd("hdr10.mp4", (*x265(**PQ), *AAC), filters=to_hdr("smpte2084"), tolerance=HDR_TOLERANCE),
    Odd("hlg.mp4", (*x265(**HLG), *AAC), filters=to_hdr("arib-std-b67"), tolerance=HDR_TOLERANCE),
    Odd(
        "hlg_vp9.webm",
        (*VP9, *tags("bt2020nc", "bt2020", "arib-std-b67")),
        filters=to_hdr("arib-std-b67"),
        tolerance=HDR_TOLERANCE,
    ),
    Odd(
        "pq_av1.mkv",
        (*AV1, *tags("bt2020nc", "bt2020", "smpte2084"), *AAC),
        filters=to_hdr("smpte2084"),
        tolerance=HDR_TOLERANCE,
    ),
    Odd(
        "pq_prores.mov",
        (*PRORES, *tags("bt2020nc", "bt2020", "smpte2084"), *PCM),
        filters=to_hdr("smpte2084", "yuv422p10le"),
        tolerance=HDR_TOLERANCE,
    ),
    Odd(
        "pq_and_nothing_more.mkv",
        (*FFV1, *tags("unknown", "unknown", "smpte2084"), *PCM),
        filters=to_hdr("smpte2084") + ",setparams=colorspace=unknown:color_primaries=unknown",
        tolerance=HDR_TOLERANCE,
    ),
    # wide gamuts, converted
    Odd(
        "bt2020.mkv",
        (*FFV1, *tags("bt2020nc", "bt2020", "bt2020-10"), *PCM),
        filters=to_wide("bt2020", "2020_10", "bt2020nc"),
    ),
    Odd(
        "display_p3.mov",
        (*PRORES, *tags("bt709", "smpte432"), *PCM),
        filters=to_wide("smpte432", "bt709", "bt709", "yuv422p10le"),
    ),
    # matrices and ranges
    Odd("ntsc601.mp4", (*X264, *tags("smpte170m", "smpte170m", "smpte170m"), *AAC), is_copied=True),
    Odd("pal601.mkv", (*FFV1, *tags("bt470bg", "bt470bg", "gamma28"), *AAC)),
    Odd("small709.mp4", (*X264, *tags("bt709"), *AAC), filters=convert("bt709"), is_copied=True),
    Odd("small709.mkv", ("-c:v", "mpeg4", "-q:v", "2", *tags("bt709"), *AAC), filters=convert("bt709")),
    Odd("untagged_hd.mkv", (*FFV1, *SILENT), count=2, filters=convert("bt709", size="1280:720")),
    Odd("smpte240m.mkv", (*FFV1, *tags("smpte240m"), *AAC), filters=convert("smpte240m")),
    Odd("fcc.mkv", (*FFV1, *tags("fcc"), *AAC), filters=convert("fcc")),
    Odd("full_range.mp4", (*X264, *tags("bt709", is_full=True), *AAC), filters=convert("bt709", is_full=True)),
    Odd("jpeg.avi", ("-c:v", "mjpeg", "-q:v", "2", *PCM), filters=convert(pixels="yuvj420p", is_full=True)),
    # other pixels
    Odd("422_10bit.mov", (*X264[:4], *tags("bt709"), *AAC), filters=convert("bt709", "yuv422p10le"), is_copied=False),
    Odd("420_10bit.mp4", (*X264[:4], *tags("bt709"), *AAC), filters=convert("bt709", "yuv420p10le"), is_copied=False),
    Odd("444.mp4", (*X264[:4], *tags("bt709"), *AAC), filters=convert("bt709", "yuv444p"), is_copied=False),
    Odd("rgb.mp4", ("-c:v", "libx264rgb", "-preset", "ultrafast", *AAC), filters="format=rgb24", is_copied=False),
    Odd("rgb_hevc.mkv", (*x265(), *AAC), filters="format=gbrp"),
    Odd("rgb_16bit.mkv", (*FFV1, *AAC), filters="format=gbrp16le"),
    Odd("grey.mkv", (*FFV1, *AAC), filters="format=gray", colours=GREYS),
    Odd("palette.avi", ("-c:v", "rawvideo", *PCM), filters="split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none"),
    Odd("411.mkv", (*FFV1, *AAC), filters=convert(pixels="yuv411p")),
    Odd("410.mkv", (*FFV1, *AAC), filters=convert(pixels="yuv410p")),
    # see-through
    Odd(
        "alpha.mov",
        (*PRORES, "-profile:v", "4444", "-pix_fmt", "yuva444p10le", *PCM),
        filters=f"{SEE_THROUGH},{convert(pixels='yuva444p10le')}",
    ),
    Odd("alpha.webm", (*VP9[:6], "-pix_fmt", "yuva420p", "-c:a", "libopus"), filters=convert(pixels="yuva420p")),
    Odd("alpha_png.mov", ("-c:v", "png", *PCM), filters="format=rgba"),
)


@pytest.mark.parametrize("odd", ROWS, ids=lambda odd: odd.name)
def test_colours(odd: Odd, workshop: Workshop) -> None:
    judge(odd, workshop.publish(workshop.make(odd)))


def add_dolby_box(profile: int, compatibility: int, entry: bytes) -> Callable[[bytes], bytes]:
    """Writes Dolby's configuration box into the sample entry of an MP4 file whose index comes last."""
    values = bytes([1, 0, profile << 1, 1 << 3 | 0b101, compatibility << 4]) + bytes(19)
    kind = b"dvcC" if profile < 8 else b"dvvC"
    box = (8 + len(values)).to_bytes(4, "big") + kind + values

    def edit(data: bytes) -> bytes:
        """The file with larger boxes around the new one."""
        found, place = b"", 0
        while place < len(data):
            size, name = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
            body = data[place + 8 : place + size]
            if name in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
                body = edit(body)
            elif name == b"stsd":
                body = body[:8] + edit(body[8:])
            elif name == entry:
                body += box
            found += (8 + len(body)).to_bytes(4, "big") + name + body
            place += size
        return found

    return edit


def test_dolby_vision_upon_hlg_is_tone_mapped(workshop: Workshop) -> None:
    dolby = Odd(
        "dolby84.mp4",
        (*x265(**HLG), *AAC),
        filters=to_hdr("arib-std-b67"),
        edit=add_dolby_box(8, 4, b"hvc1"),
        tolerance=HDR_TOLERANCE,
    )
    source = workshop.make(dolby)

    assert b"dvvC" in source.read_bytes()
    judge(dolby, workshop.publish(source))


def test_dolby_vision_without_colours_of_its_own_is_refused(workshop: Workshop) -> None:
    options = (*x265(), "-pix_fmt", "yuv420p10le", "-tag:v", "dvh1", *SILENT)
    source = workshop.make(Odd("dolby5.mp4", options, edit=add_dolby_box(5, 0, b"dvh1")))

    with pytest.raises(UnsupportedMedia, match=r"Dolby Vision .* export it again"):
        workshop.publish(source)


def test_a_copy_of_full_range_serves_only_until_the_rest_is_ready(workshop: Workshop) -> None:
    odd = next(row for row in ROWS if row.name == "full_range.mp4")
    made = workshop.publish(workshop.make(odd))

    assert made.plan.copy is not None
    assert not made.plan.copy.is_kept
