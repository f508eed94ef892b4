"""Sources of all kinds of containers and codecs, with more in them than a picture and sound, or damaged."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hls.authoring import find_problems
from tests.hls.reading import folder_reader
from tests.media.cards import AAC, FFV1, MPEG2, PCM, SILENT, X264, X265, Odd, Workshop, convert
from tests.media.judging import judge
from tests.media.looking import Pictures
from vod_web.core.errors import UnsupportedMedia
from vod_web.media.playlists import MEDIA_NAME

BEST = ("-q:v", "2")
AV1 = ("-c:v", "libsvtav1", "-preset", "12", "-svtav1-params", "lp=1")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8")
VP8 = ("-c:v", "libvpx", "-deadline", "realtime")
BROADCAST_PCM = (*PCM, "-ar", "48000")

ROWS = (
    Odd("h264.mkv", is_copied=True),
    Odd("h264.3gp", is_copied=True),
    Odd("h264.f4v", (*X264, *AAC, "-f", "f4v"), is_copied=True),
    Odd("h264.m2ts", (*X264, "-c:a", "ac3"), is_copied=True),
    Odd("h264.flv"),
    Odd("hevc.mov", (*X265, "-tag:v", "hvc1", *AAC)),
    Odd("hevc.flv", (*X265, *AAC)),
    Odd("vp8.webm", (*VP8, "-c:a", "libvorbis")),
    Odd("vp9.webm", (*VP9, "-c:a", "libopus")),
    Odd("vp9.mp4", (*VP9, "-c:a", "libopus")),
    Odd("av1.mp4", (*AV1, *AAC)),
    Odd("vvc.mp4", ("-c:v", "libvvenc", "-preset", "faster", *AAC)),
    Odd("mpeg1.mpg", ("-c:v", "mpeg1video", "-b:v", "2M", "-c:a", "mp2")),
    Odd("mpeg2.vob", (*MPEG2, "-c:a", "ac3", "-f", "vob")),
    Odd("mpeg2.mxf", (*MPEG2, *BROADCAST_PCM)),
    Odd("mpeg2.wtv", (*MPEG2, "-c:a", "mp2")),
    Odd("mpeg4.mp4", ("-c:v", "mpeg4", *BEST, *AAC)),
    Odd("xvid.avi", ("-c:v", "mpeg4", "-vtag", "XVID", *BEST, "-c:a", "ac3")),
    Odd("divx3.avi", ("-c:v", "msmpeg4v3", "-vtag", "DIV3", *BEST, *PCM)),
    Odd("msmpeg4v2.avi", ("-c:v", "msmpeg4v2", *BEST, "-c:a", "adpcm_ms")),
    Odd("wmv2.wmv", ("-c:v", "wmv2", *BEST, "-c:a", "wmav2")),
    Odd("wmv1.asf", ("-c:v", "wmv1", *BEST, "-c:a", "wmav1")),
    Odd("sorenson.flv", ("-c:v", "flv", *BEST, "-c:a", "mp3", "-ar", "44100")),
    Odd(
        "h263.3gp",
        ("-c:v", "h263", *BEST, "-c:a", "libopencore_amrnb", "-ar", "8000", "-ac", "1"),
        filters=convert(size="128:96"),
        size=(104, 72),
    ),
    Odd("theora.ogv", ("-c:v", "libtheora", "-q:v", "8", "-c:a", "libvorbis")),
    Odd("prores.mov", ("-c:v", "prores_ks", *PCM), filters=convert(pixels="yuv422p10le")),
    Odd("cineform.mov", ("-c:v", "cfhd", *PCM), filters=convert(pixels="yuv422p10le")),
    Odd("mjpeg.mov", ("-c:v", "mjpeg", *BEST, *PCM), filters=convert(pixels="yuvj422p", is_full=True)),
    Odd("jpeg2000.mxf", ("-c:v", "jpeg2000", *BROADCAST_PCM)),
    Odd("huffyuv.avi", ("-c:v", "huffyuv", "-c:a", "pcm_u8"), filters=convert(pixels="yuv422p")),
    Odd("utvideo.avi", ("-c:v", "utvideo", *PCM)),
    Odd("ffv1.mkv", (*FFV1, "-c:a", "flac")),
    Odd("raw.mov", ("-c:v", "rawvideo", *PCM), filters=convert(pixels="uyvy422")),
    Odd("raw_rgb.avi", ("-c:v", "rawvideo", *PCM), filters="format=bgr24"),
    Odd("animation.mov", ("-c:v", "qtrle", "-c:a", "pcm_s16be"), filters="format=rgb24"),
    Odd("cinepak.mov", ("-c:v", "cinepak", *PCM), filters=""),
    Odd("svq1.mov", ("-c:v", "svq1", *BEST, *PCM), filters=convert(pixels="yuv410p")),
    Odd("fragmented.mp4", (*X264, *AAC, "-movflags", "+frag_keyframe+empty_moov"), is_copied=True),
    Odd("fragmented_hevc.mp4", (*X265, *AAC, "-movflags", "+frag_keyframe+empty_moov+default_base_moof")),
    Odd("index_first.mp4", (*X264, *AAC, "-movflags", "+faststart"), is_copied=True),
    Odd("without_index.webm", (*VP8, "-c:a", "libopus", "-live", "1")),
    Odd("without_length.mkv", (*X265, *AAC, "-live", "1")),
)


@pytest.mark.parametrize("odd", ROWS, ids=lambda odd: odd.name)
def test_containers_and_codecs(odd: Odd, workshop: Workshop) -> None:
    judge(odd, workshop.publish(workshop.make(odd)))


def test_dnxhr(workshop: Workshop) -> None:
    hr = ("-c:v", "dnxhd", "-profile:v", "dnxhr_hq", *PCM)
    odd = Odd("dnxhr.mov", hr, filters=convert(pixels="yuv422p", size="256:144"), tolerance=20)

    judge(odd, workshop.publish(workshop.make(odd)))


@pytest.mark.parametrize(
    "odd",
    [
        Odd("sound.m4a", ("-vn", *AAC)),
        Odd("sound.mka", ("-vn", "-c:a", "flac")),
        Odd("sound.wav", ("-vn", *PCM)),
        Odd("moving.gif", ("-c:v", "gif", *SILENT), filters=""),
        Odd("moving.apng", ("-c:v", "apng", *SILENT), filters=""),
        Odd("rare.mkv", ("-c:v", "snow", "-strict", "-2", *SILENT)),
        Odd("rare.nut", (*X264, *AAC)),
    ],
    ids=lambda odd: odd.name,
)
def test_what_is_no_video_is_refused_with_a_sentence(odd: Odd, workshop: Workshop) -> None:
    with pytest.raises(UnsupportedMedia, match=r"^(This|The picture of this) (file|video) .*\.$"):
        workshop.publish(workshop.make(odd))


@pytest.fixture(scope="module")
def card(workshop: Workshop) -> Odd:
    """An ordinary source, made."""
    odd = Odd("ordinary.mp4")
    workshop.make(odd)
    return odd


def remake(workshop: Workshop, card: Odd, name: str, *options: str, inputs: tuple[str, ...] = ()) -> Path:
    """The ordinary source with more in it."""
    path = workshop.folder / name
    workshop.run("-i", str(workshop.folder / card.name), *inputs, "-c", "copy", *options, str(path))
    return path


def test_covers_data_and_second_pictures_do_not_matter(workshop: Workshop, card: Odd) -> None:
    cover, second = workshop.folder / "cover.png", workshop.folder / "second.mkv"
    workshop.run("-f", "lavfi", "-i", "color=red:size=300x300", "-frames:v", "1", str(cover))
    workshop.run("-f", "lavfi", "-i", "testsrc=size=320x240:duration=1", *X264, str(second))
    as_cover = ("-map", "1", "-map", "0", "-disposition:v:0", "attached_pic")
    sources = (
        remake(workshop, card, "cover.mp4", *as_cover, inputs=("-i", str(cover))),
        remake(workshop, card, "two_pictures.mkv", "-map", "0", "-map", "1:v", inputs=("-i", str(second))),
        remake(workshop, card, "timecode.mov", "-map", "0", "-timecode", "01:00:00:00"),
    )

    for source in sources:
        judge(card, workshop.publish(source))


def test_chapters_do_not_cut_anything(workshop: Workshop, card: Odd) -> None:
    chapters = workshop.folder / "chapters.txt"
    chapters.write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=400\ntitle=One\n")
    made = workshop.publish(
        remake(workshop, card, "chapters.mkv", "-map", "0", "-map_chapters", "1", inputs=("-i", str(chapters)))
    )

    assert [chapter.title for chapter in made.probe.chapters] == ["One"]
    judge(card, made)


PLACE = "+59.9139+010.7522/"
MARKS = (b"59.9139", b"10.7522", b"Somewhere", b"xyz", b"loci", b"XMP_", b"xpacket")


def says_where(data: bytes) -> bool:
    """Whether something in a file tells of a place."""
    return any(mark in data for mark in MARKS)


def in_sei(workshop: Workshop, card: Odd) -> Path:
    """The place in the packets themselves, as some cameras write it."""
    note = "dc45e9bd-e6d9-48b7-962c-d820d923eeef+at+59.9139+10.7522 Somewhere"
    return remake(workshop, card, "sei.mp4", "-bsf:v", f"h264_metadata=sei_user_data={note}")


def in_tags(workshop: Workshop, card: Odd) -> Path:
    """The place in Matroska's tags, of the file and of each track."""
    tags = [option for part in ("", ":s:v", ":s:a") for option in (f"-metadata{part}", f"LOCATION={PLACE} Somewhere")]
    return remake(workshop, card, "tags.mkv", *tags)


def in_udta(workshop: Workshop, card: Odd) -> Path:
    """The place as telephones write it into MP4, and as 3GPP does."""
    return remake(workshop, card, "udta.mp4", "-metadata", f"location={PLACE}", "-metadata", f"location-eng={PLACE}")


def in_quicktime_keys(workshop: Workshop, card: Odd) -> Path:
    """The place under Apple's key."""
    key = f"com.apple.quicktime.location.ISO6709={PLACE}"
    return remake(workshop, card, "keys.mov", "-movflags", "use_metadata_tags", "-metadata", key)


def in_xmp(workshop: Workshop, card: Odd) -> Path:
    """The place in an XMP packet beside the index."""
    text = b'<?xpacket begin?><x exif:GPSLatitude="59.9139" exif:GPSLongitude="10.7522"/><?xpacket end?>'
    box = (8 + 16 + len(text)).to_bytes(4, "big") + b"uuid" + bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC") + text
    path = remake(workshop, card, "xmp.mp4")
    path.write_bytes(path.read_bytes() + box)
    return path


def in_hevc_sei(workshop: Workshop, card: Odd) -> Path:
    """The place in a note of another codec, which is encoded and not copied."""
    del card
    note = "Somewhere at 59.9139 10.7522"
    return workshop.make(Odd("noted.mkv", ("-c:v", "mpeg2video", "-metadata:s:v", f"comment={note}", "-c:a", "mp2")))


@pytest.mark.parametrize("make", [in_sei, in_tags, in_udta, in_quicktime_keys, in_xmp, in_hevc_sei])
def test_the_place_of_recording_reaches_nothing_that_is_published(
    make: Callable[[Workshop, Odd], Path], workshop: Workshop, card: Odd
) -> None:
    source = make(workshop, card)
    assert says_where(source.read_bytes())

    made = workshop.publish(source, with_pictures=True)

    files = [path for path in made.folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".m3u8", ".mp4", ".m4s", ".jpg", ".vtt"}
    assert [path.name for path in files if says_where(path.read_bytes())] == []


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("cut.mkv", (*X264, *AAC)),
        ("cut.webm", (*VP8, "-c:a", "libopus")),
        ("cut.ts", (*MPEG2, "-c:a", "mp2")),
        ("cut.avi", ("-c:v", "mjpeg", *BEST, *PCM)),
    ],
)
def test_what_is_left_of_a_file_that_lost_its_end_is_published(
    name: str, arguments: tuple[str, ...], workshop: Workshop
) -> None:
    made = workshop.publish(workshop.make(Odd(name, arguments, edit=lambda data: data[: len(data) * 2 // 3])))

    shown = Pictures.of(made.folder / made.plan.rendition_names[0] / MEDIA_NAME).numbers
    assert find_problems(folder_reader(made.folder)) == []
    assert shown == list(range(len(shown)))
    assert 8 <= len(shown) < 25


@pytest.mark.parametrize("options", [(), ("-movflags", "+faststart")])
def test_mp4_that_lost_its_end_is_refused_with_a_sentence(options: tuple[str, ...], workshop: Workshop) -> None:
    cut = Odd(f"cut{len(options)}.mp4", (*X264, *AAC, *options), edit=lambda data: data[: len(data) * 2 // 3])

    with pytest.raises(UnsupportedMedia, match="incomplete"):
        workshop.publish(workshop.make(cut))
