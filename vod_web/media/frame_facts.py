"""What do the first decoded pictures say of themselves? Headers often leave it out, or say something else."""

from collections.abc import Sequence
from fractions import Fraction
from math import atan2, degrees
from struct import unpack

from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame
from av.video.stream import VideoStream as AvVideoStream

from vod_web.core.errors import UnsupportedMedia

from .probed import Colour

MATRICES = {1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020c"}
PRIMARIES = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020"} | {
    11: "smpte431",
    12: "smpte432",
}
TRANSFERS = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 13: "iec61966-2-1", 14: "bt2020-10"} | {
    15: "bt2020-12",
    16: "smpte2084",
    18: "arib-std-b67",
}
"""ITU-T H.273 code points to FFmpeg's names; the others are rare enough to count as unknown."""
FULL_RANGE = 2
INTERLACED_ORDERS = (2, 3, 4, 5)

DOLBY_TAGS = ("dvh1", "dvhe", "dva1", "dvav", "dav1")
"""What MP4 calls Dolby Vision that other players cannot show (Dolby Vision Streams Within ISO Base Media)."""

SIDE_RANGE_PX = range(2, 16385)
MOST_PIXELS = 8192 * 8192


def check_sizes(frame: VideoFrame) -> None:
    """Refuse sizes that no encoder takes or that no machine can hold."""
    width, height = frame.width, frame.height
    if width not in SIDE_RANGE_PX or height not in SIDE_RANGE_PX or width * height > MOST_PIXELS:
        raise UnsupportedMedia(f"This video's picture size, {width} x {height}, is not one that can be processed.")


def check_colours(stream: AvVideoStream, frame: VideoFrame) -> None:
    """Refuse Dolby Vision whose base means no colours by itself (profile 5): shown as it is, it is green and purple.

    It comes under Dolby's own name or with Dolby's metadata, and says nothing of its colours. The base of the other
    profiles does: it is HDR10, HLG or SDR.
    """
    is_dolby = (
        stream.codec_context.codec_tag in DOLBY_TAGS
        or find_side_data(frame, "DOVI_METADATA") is not None
        or find_side_data(frame, "DOVI_RPU_BUFFER") is not None
    )
    if is_dolby and read_colour(frame).transfer == "unknown":
        raise UnsupportedMedia(
            "This video is in Dolby Vision of a kind (profile 5) whose colours only Dolby's own devices can show; "
            "export it again as HDR10, HLG or SDR."
        )


def find_side_data(frame: VideoFrame, name: str) -> bytes | None:
    """What comes with a picture, by FFmpeg's name of its kind."""
    found = frame.side_data.get(name)
    return bytes(found) if isinstance(found, SideData) else None


def read_colour(frame: VideoFrame) -> Colour:
    """The colour description of a picture."""
    return Colour(
        matrix=MATRICES.get(int(frame.colorspace), "unknown"),
        primaries=PRIMARIES.get(int(frame.color_primaries), "unknown"),
        transfer=TRANSFERS.get(int(frame.color_trc), "unknown"),
        is_full_range=int(frame.color_range) == FULL_RANGE or frame.format.name.startswith("yuvj"),
    )


def read_orientation(frame: VideoFrame) -> tuple[int, bool]:
    """How a picture is to be turned, clockwise in quarters, and whether it is mirrored then.

    By its display matrix (ISO/IEC 14496-12 section 8.3.2); of a skewed one, what is nearest.
    """
    matrix = find_side_data(frame, "DISPLAYMATRIX")
    if matrix is None:
        return 0, False
    a, b, _, c, d = unpack("=5i", matrix[:20])
    is_mirrored = a * d < b * c
    turn_deg = degrees(atan2(b, -a if is_mirrored else a))
    return round(turn_deg / 90) * 90 % 360, is_mirrored


def read_aspect(stream: AvVideoStream) -> Fraction:
    """The shape of a pixel; 1 where the file says nothing or nonsense."""
    ratio = stream.sample_aspect_ratio or Fraction(1)
    return ratio if Fraction(1, 8) <= ratio <= 8 else Fraction(1)


def is_interlaced(field_order: int, first: Sequence[VideoFrame]) -> bool:
    """What the pictures say; the header only when most of them agree with it."""
    flagged = sum(frame.interlaced_frame for frame in first)
    return flagged * 2 > len(first) or (field_order in INTERLACED_ORDERS and flagged > 0)
