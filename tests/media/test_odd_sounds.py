"""Sound of all kinds comes out as AAC, in step with the picture, and every track by its language and title."""

from pathlib import Path

import pytest

from tests.hls.publication import Publication
from tests.hls.reading import folder_reader
from tests.media.cards import AAC, SILENT, X264, X265, Odd, Workshop
from tests.media.judging import judge
from tests.media.looking import listen
from vod_web.media.filters import CENTRE
from vod_web.media.playlists import MEDIA_NAME

BEEP = "{beep}"
QUIET = 0.06
"""What is left of a beep in one of many channels that FFmpeg mixes."""


def sounding(
    name: str, *options: str, channels: str = "{beep}|{beep}", layout: str = "stereo", loud: float = 0.25
) -> Odd:
    """An ordinary picture with a sound."""
    return Odd(name, (*X264, *options), channels=channels, layout=layout, loud=loud)


def voice(layout: str, count: int, place: int = 2) -> dict[str, str | float]:
    """A beep in the centre alone: 3 dB lower in each ear."""
    channels = "|".join(BEEP if number == place else "0" for number in range(count))
    return {"channels": channels, "layout": layout, "loud": 0.25 * CENTRE}


ROWS = (
    # layouts
    sounding("mono.mp4", *AAC, channels=BEEP, layout="mono"),
    sounding("3.0.mkv", "-c:a", "flac", **voice("3.0", 3)),
    sounding("4.0.mkv", "-c:a", "flac", **voice("4.0", 4)),
    sounding("quad.mkv", "-c:a", "flac", channels="{beep}|{beep}|0|0", layout="quad"),
    sounding("2.1.mkv", "-c:a", "flac", channels="{beep}|{beep}|0", layout="2.1", loud=0.1),
    sounding("5.0.mkv", "-c:a", "flac", **voice("5.0", 5)),
    sounding("5.1.mkv", "-c:a", "ac3", **voice("5.1", 6)),
    sounding("5.1.mp4", *AAC, **voice("5.1", 6)),
    sounding("5.1.mka.mkv", "-c:a", "eac3", **voice("5.1(side)", 6)),
    sounding("6.1.mkv", "-c:a", "flac", **voice("6.1", 7)),
    sounding("7.1.mov", "-c:a", "pcm_s24le", **voice("7.1", 8)),
    sounding("hexagonal.mkv", "-c:a", "pcm_s16le", **voice("hexagonal", 6, 0) | {"loud": QUIET}),
    sounding("octagonal.mov", "-c:a", "pcm_s16le", **voice("octagonal", 8, 0) | {"loud": QUIET}),
    sounding("sixteen.mkv", "-c:a", "pcm_s16le", **voice("hexadecagonal", 16, 0) | {"loud": 0.02}),
    # samples in a second
    sounding("8k.mkv", "-c:a", "pcm_s16le", "-ar", "8000"),
    sounding("11k.mp4", *AAC, "-ar", "11025"),
    sounding("22k.mp4", *AAC, "-ar", "22050"),
    sounding("44k.mp4", *AAC, "-ar", "44100"),
    sounding("96k.mkv", "-c:a", "pcm_s24le", "-ar", "96000"),
    sounding("192k.mov", "-c:a", "pcm_s32le", "-ar", "192000"),
    # codecs
    sounding("opus.mp4", "-c:a", "libopus"),
    sounding("vorbis.mkv", "-c:a", "libvorbis"),
    sounding("mp3.mp4", "-c:a", "mp3"),
    sounding("mp3.mkv", "-c:a", "mp3"),
    sounding("mp2.ts", "-c:a", "mp2"),
    sounding("ac3.ts", "-c:a", "ac3"),
    sounding("latm.ts", *AAC, "-mpegts_flags", "latm"),
    sounding("s302m.ts", "-c:a", "s302m", "-strict", "-2"),
    sounding("eac3.mp4", "-c:a", "eac3"),
    sounding("dts.mkv", "-c:a", "dca", "-strict", "-2"),
    sounding("truehd.mkv", "-c:a", "truehd", "-strict", "-2"),
    sounding("mlp.mkv", "-c:a", "mlp", "-strict", "-2"),
    sounding("alac.mov", "-c:a", "alac"),
    sounding("wavpack.mkv", "-c:a", "wavpack"),
    sounding("tta.mkv", "-c:a", "tta"),
    sounding("wma.mkv", "-c:a", "wmav2"),
    sounding("amr.3gp", "-c:a", "libopencore_amrnb", "-ar", "8000", "-ac", "1"),
    sounding("float.mkv", "-c:a", "pcm_f32le"),
    sounding("alaw.mov", "-c:a", "pcm_alaw", "-ar", "8000"),
    sounding("mulaw.mov", "-c:a", "pcm_mulaw", "-ar", "8000"),
    sounding("adpcm.mov", "-c:a", "adpcm_ima_qt"),
    sounding("bluray.m2ts", "-c:a", "pcm_bluray"),
)


@pytest.mark.parametrize("odd", ROWS, ids=lambda odd: odd.name)
def test_sounds(odd: Odd, workshop: Workshop) -> None:
    judge(odd, workshop.publish(workshop.make(odd)))


def test_a_voice_in_the_centre_is_heard_in_both_ears_and_stays_there_in_surround(workshop: Workshop) -> None:
    made = workshop.publish(workshop.make(sounding("voice.mkv", "-c:a", "flac", **voice("5.1", 6))))

    stereo, surround = (
        levels(workshop, made.folder / name / MEDIA_NAME, count) for name, count in (("audio-0", 2), ("surround-0", 6))
    )
    assert stereo == pytest.approx([0.5 * CENTRE] * 2, abs=0.07)  # a beep in AAC rings a little louder
    assert surround == pytest.approx([0, 0, 0.5, 0, 0, 0], abs=0.1)


def levels(workshop: Workshop, playlist: Path, count: int) -> list[float]:
    """How loud each channel is at most."""
    samples = memoryview(workshop.run("-i", str(playlist), "-f", "s16le", "-")).cast("h")
    return [max(samples[channel::count]) / 32768 for channel in range(count)]


def test_every_track_is_kept_with_its_language_and_title(workshop: Workshop) -> None:
    path = workshop.folder / "tracks.mkv"
    tones = [option for pitch in (500, 1000, 2000) for option in ("-f", "lavfi", "-i", f"sine={pitch}:duration=1")]
    maps = [option for number in range(4) for option in ("-map", str(number))]
    named = ("-metadata:s:a:0", "language=ger", "-metadata:s:a:1", "language=eng", "-metadata:s:a:1", "title=Director")
    picture = ("-f", "lavfi", "-i", "color=gray:size=128x72:rate=25:duration=1")
    preferred = ("-disposition:a:0", "0", "-disposition:a:1", "default")
    workshop.run(*picture, *tones, *maps, *X265, "-c:a", "flac", *named, *preferred, str(path))
    made = workshop.publish(path)

    publication = Publication(folder_reader(made.folder))
    tracks = [(m.text("NAME"), m.text("LANGUAGE"), m.attributes["DEFAULT"]) for m in publication.multivariant.media]
    assert tracks == [("German", "de", "NO"), ("Director", "en", "YES"), ("Audio 3", None, "NO")]
    for number in range(3):
        heard = listen(made.folder / f"audio-{number}" / MEDIA_NAME, loud=0.05)
        assert heard.end_s - heard.start_s == pytest.approx(1, abs=0.05)


def test_a_track_that_says_nothing_is_left_out(workshop: Workshop) -> None:
    path = workshop.folder / "empty_track.mkv"
    inputs = ("-f", "lavfi", "-i", "color=gray:size=128x72:rate=25:duration=1", "-f", "lavfi", "-i", "sine=duration=1")
    workshop.run(*inputs, "-map", "0", "-map", "1", *X264, "-c:a", "ac3", "-af", "atrim=end_sample=0", str(path))
    made = workshop.publish(path)

    multivariant = Publication(folder_reader(made.folder)).multivariant
    assert multivariant.media == ()
    assert all(variant.text("AUDIO") is None for variant in multivariant.variants)


def test_no_sound_at_all(workshop: Workshop) -> None:
    silent = Odd("silent.mkv", (*X264, *SILENT))

    judge(silent, workshop.publish(workshop.make(silent)))
