"""Pictures come out upright, square, progressive, even and whole, whatever shape their source has."""

import pytest

from tests.media.cards import AAC, FFV1, MPEG2, PCM, SILENT, X264, X265, Odd, Workshop, convert
from tests.media.judging import judge
from tests.media.looking import Pictures
from vod_web.core.errors import UnsupportedMedia

SD = convert()
INTERLACED = (*MPEG2, "-flags", "+ildct+ilme", "-c:a", "mp2")


def turned(degrees: int, *flags: str) -> tuple[str, ...]:
    """A note for players that the picture is to be turned, against the clock, and mirrored."""
    return ("-display_rotation:v:0", str(degrees), *flags)


MIRRORED, FLIPPED = "-display_hflip:v:0", "-display_vflip:v:0"

ROWS = (
    # turned and mirrored by a note in the file, so that the viewer sees the card upright
    Odd("turned90.mp4", filters=f"{SD},transpose=cclock", remade=turned(-90), is_copied=False),
    Odd("turned270.mp4", filters=f"{SD},transpose=clock", remade=turned(90)),
    Odd("turned180.mov", filters=f"{SD},hflip,vflip", remade=turned(180)),
    Odd("turned90.mkv", filters=f"{SD},transpose=cclock", remade=turned(-90)),
    Odd("turned_hevc.mp4", (*X265, *AAC), filters=f"{SD},transpose=cclock", remade=turned(-90)),
    Odd("mirrored.mp4", filters=f"{SD},hflip", remade=turned(0, MIRRORED), is_copied=False),
    Odd("upside_down.mp4", filters=f"{SD},vflip", remade=turned(0, FLIPPED), is_copied=False),
    Odd("turned_and_mirrored.mp4", filters=f"{SD},transpose=clock_flip", remade=turned(90, MIRRORED)),
    Odd("skewed.mp4", remade=turned(-44)),  # no player turns by such an angle
    Odd("portrait.mp4", filters=convert(size="72:128"), size=(72, 128), is_copied=True),
    # pixels that are not square
    Odd("pal_dv.mp4", filters=convert(size="118:72") + ",setsar=12/11", is_copied=False),
    Odd("ntsc_wide.ts", (*MPEG2, "-c:a", "mp2"), filters=convert(size="96:72") + ",setsar=4/3"),
    Odd("narrow.mp4", filters=convert(size="256:72") + ",setsar=1/2"),
    Odd("turned_wide.mp4", filters=convert(size="96:72") + ",setsar=4/3,transpose=cclock", remade=turned(-90)),
    Odd("nearly_square.mp4", filters=f"setsar=1281/1280,{SD}", is_copied=True),
    Odd("nonsense_shape.mkv", filters=f"setsar=100/1,{SD}"),
    Odd("dv.dv", ("-c:v", "dvvideo", *PCM), filters=convert(size="720:576") + ",setsar=16/15", size=(96, 72)),
    # odd and extreme sizes
    Odd("odd.mkv", (*FFV1, *AAC), filters=convert(size="131:73"), size=(130, 72)),
    Odd("odd444.mkv", (*X264[:4], *AAC), filters=convert(pixels="yuv444p", size="131:73"), size=(130, 72)),
    Odd("odd641.mkv", (*FFV1, *SILENT), count=5, filters=convert(size="641:359")),
    Odd("tall.mkv", (*FFV1, *SILENT), count=2, filters=convert("bt709", size="64:8192"), size=(64, 8192)),
    Odd("wide.mkv", (*FFV1, *SILENT), count=2, filters=convert("bt709", size="7680:64"), size=(7680, 64)),
    # two fields in a frame
    Odd("top_first.ts", INTERLACED, filters=f"{SD},setfield=tff"),
    Odd("bottom_first.vob", (*INTERLACED, "-f", "vob"), filters=f"{SD},setfield=bff"),
    Odd("mbaff.mp4", (*X264[:4], "-x264-params", "tff=1", *AAC), filters=f"{SD},setfield=tff", is_copied=False),
    Odd("mbaff_bottom.mkv", (*X264[:4], "-x264-params", "bff=1", *AAC), filters=f"{SD},setfield=bff", is_copied=False),
    Odd(
        "prores_fields.mov",
        ("-c:v", "prores_ks", "-flags", "+ildct", *PCM),
        filters=convert(pixels="yuv422p10le") + ",setfield=tff",
    ),
    Odd("said_to_have_fields.mp4", (*X264, "-x264-params", "fake-interlaced=1", *AAC), is_copied=True),
)


@pytest.mark.parametrize("odd", ROWS, ids=lambda odd: odd.name)
def test_shapes(odd: Odd, workshop: Workshop) -> None:
    judge(odd, workshop.publish(workshop.make(odd)))


@pytest.mark.parametrize(
    ("scale", "size"), [("16:16", (16, 16)), ("2:1000", (2, 1000)), ("1000:2", (1000, 2)), ("3:5", (2, 4))]
)
def test_tiny_pictures(scale: str, size: tuple[int, int], workshop: Workshop) -> None:
    name = f"tiny{scale.replace(':', 'x')}.mkv"
    made = workshop.publish(
        workshop.make(Odd(name, (*FFV1, *SILENT), count=5, filters=convert(pixels="yuv444p", size=scale)))
    )

    pictures = Pictures.of(made.folder / made.plan.rungs[0].name / "media.m3u8")
    assert (pictures.size, len(pictures.frames)) == (size, 5)


def test_a_single_pixel_is_no_picture(workshop: Workshop) -> None:
    source = workshop.make(Odd("pixel.mkv", (*FFV1, *SILENT), count=5, filters=convert(pixels="gray", size="1:1")))

    with pytest.raises(UnsupportedMedia, match="picture size, 1 x 1,"):
        workshop.publish(source)


def test_film_that_was_made_for_television_has_all_its_frames(workshop: Workshop) -> None:
    film = Odd("telecine.ts", INTERLACED, rate="24000/1001", count=24, filters=f"{SD},telecine")
    made = workshop.publish(workshop.make(film))

    pictures = Pictures.of(made.folder / made.plan.rungs[0].name / "media.m3u8")
    assert list(dict.fromkeys(pictures.numbers)) == list(range(24))
    assert len(pictures.frames) == 30


def test_pictures_of_two_moments_in_a_frame_are_told_apart(workshop: Workshop) -> None:
    fields = f"{SD},interlace=scan=tff:lowpass=off"
    made = workshop.publish(workshop.make(Odd("moments.ts", INTERLACED, rate="50", count=50, filters=fields)))

    pictures = Pictures.of(made.folder / made.plan.rungs[0].name / "media.m3u8")
    assert made.probe.video.is_interlaced
    assert [number // 2 for number in pictures.numbers] == list(range(25))
    assert pictures.kinds == {("yuv420p", False, 0)}
