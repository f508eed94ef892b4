"""Surround sound: mixed to stereo with the voices audible, and kept as 5.1 beside it."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.clips import run
from tests.media.probes import audio_track, copied_track, even_video, make_probe
from vod_web.media.audio_plan import SURROUND_LAYOUTS, AudioPlan, early_names
from vod_web.media.filters import downmix_filters, surround_filters
from vod_web.media.plan import EncodePlan, plan_encode
from vod_web.media.playlists import Bitrate, PlaylistSegment, Variant, format_multivariant_playlist
from vod_web.media.publish import FinishedRendition, list_audio

Golden = Callable[[str, str], None]

CHANNELS = {
    "5.1": "FL FR FC LFE BL BR",
    "5.1(side)": "FL FR FC LFE SL SR",
    "6.1": "FL FR FC LFE BC SL SR",
    "7.1": "FL FR FC LFE BL BR SL SR",
}
VOICE, RUMBLE, AMBIENCE = 0.25, 0.8, 0.1
REAR = {"5.1": 1, "5.1(side)": 1, "6.1": 1.5, "7.1": 2 * 0.707}
"""How much louder the rear of 5.1 is where each rear channel says the same."""


def levels(ffmpeg: str, layout: str, filters: list[str], count: int) -> list[float]:
    """The loudest sample of each channel, of a voice in the centre, a rumble below, and ambience behind."""
    loudness = {"FL": 0.0, "FR": 0.0, "FC": VOICE, "LFE": RUMBLE}
    waves = "|".join(f"{loudness.get(name, AMBIENCE)}*sin(2*PI*500*t)" for name in CHANNELS[layout].split())
    sound = ("-f", "lavfi", "-i", f"aevalsrc='{waves}':c={layout}:s=48000:d=0.2")
    data = memoryview(run(ffmpeg, *sound, "-af", ",".join(filters), "-f", "s16le", "-")).cast("h")
    return [max(data[channel::count]) / 32768 for channel in range(count)]


@pytest.mark.parametrize("layout", SURROUND_LAYOUTS)
def test_stereo_has_the_voice_3_db_lower_in_each_ear_and_no_rumble(layout: str, ffmpeg: str) -> None:
    left, right = levels(ffmpeg, layout, downmix_filters(layout, len(CHANNELS[layout].split())), 2)

    assert left == pytest.approx(right, abs=0.01)
    assert 0.707 * VOICE < left < 0.707 * VOICE + 3 * AMBIENCE


@pytest.mark.parametrize("layout", SURROUND_LAYOUTS)
def test_surround_keeps_every_loudspeaker(layout: str, ffmpeg: str) -> None:
    behind = AMBIENCE * REAR[layout]

    assert levels(ffmpeg, layout, surround_filters(layout), 6) == pytest.approx(
        [0, 0, VOICE, RUMBLE, behind, behind], abs=0.01
    )


@pytest.fixture
def plan() -> EncodePlan:
    """A film with 5.1 in two languages and a commentary in stereo."""
    film = audio_track(1, codec="ac3", channels=6, layout="5.1(side)", language="eng")
    dubbed = replace(film, index=2, language="fra", layout="7.1", channels=8)
    return plan_encode(make_probe(even_video(), film, dubbed, audio_track(3, language="eng", title="Commentary")))


def test_a_surround_track_is_made_in_stereo_and_as_5_1(plan: EncodePlan) -> None:
    assert [(t.name, t.stream_index, t.made_channels, t.label) for t in plan.audio] == [
        ("audio-0", 1, 2, "English"),
        ("audio-1", 2, 2, "French"),
        ("audio-2", 3, 2, "Commentary"),
        ("surround-0", 1, 6, "English"),
        ("surround-1", 2, 6, "French"),
    ]
    assert EncodePlan.from_json(plan.to_json()) == plan


def test_a_video_plays_before_its_surround_sound_is_there(plan: EncodePlan) -> None:
    assert early_names(plan.audio) == ("audio-0", "audio-1", "audio-2")


def test_the_packets_of_aac_5_1_are_copied() -> None:
    def made(**changes: object) -> tuple[AudioPlan, ...]:
        return plan_encode(make_probe(even_video(), copied_track(1, **changes))).audio

    assert [t.is_copied for t in made()] == [True]
    assert [t.is_copied for t in made(channels=6, layout="5.1")] == [False, True]
    assert [t.is_copied for t in made(channels=8, layout="7.1")] == [False, False]


def test_sound_of_unusual_channels_is_made_in_stereo_alone() -> None:
    tracks = (audio_track(1, channels=6, layout="hexagonal"), audio_track(2, channels=4, layout="quad"))

    assert not any(t.is_surround for t in plan_encode(make_probe(even_video(), *tracks)).audio)


def finished(name: str, size_bytes: int) -> FinishedRendition:
    return FinishedRendition(name, "mp4a.40.2", 0, 0, "", 0, (PlaylistSegment(0, Fraction(4), size_bytes),))


def test_each_picture_is_listed_with_each_group_of_sound(plan: EncodePlan, golden: Golden) -> None:
    sizes = {"audio-0": 64_000, "audio-1": 65_000, "audio-2": 60_000, "surround-0": 190_000, "surround-1": 192_000}
    audio = list_audio(plan, {name: finished(name, size) for name, size in sizes.items()}, 4)
    picture = Variant("360p", "avc1.64001e", 640, 360, Fraction(25), Bitrate(900_000, 700_000))

    golden("multivariant_surround.m3u8", format_multivariant_playlist([picture], audio))


def test_without_5_1_there_is_one_group(plan: EncodePlan) -> None:
    audio = list_audio(plan, {"audio-0": finished("audio-0", 64_000)}, 4)

    assert [(a.group, a.name) for a in audio] == [("audio", "audio-0")]
