from collections.abc import Callable
from fractions import Fraction

from vod_web.media.playlists import (
    AudioVariant,
    Bitrate,
    PlaylistSegment,
    Variant,
    format_iframe_playlist,
    format_media_playlist,
    format_multivariant_playlist,
    measure_bitrate,
    order_variants,
    quote,
    target_duration,
)

Golden = Callable[[str, str], None]

SEGMENTS = [
    PlaylistSegment(0, Fraction(2002, 1000), 300_000, 40_000),
    PlaylistSegment(1, Fraction(2002, 1000), 500_000, 41_000),
    PlaylistSegment(2, Fraction(4004, 1000), 2_000_000, 42_000),
    PlaylistSegment(3, Fraction(1001, 30000), 9_000, 9_000),
]


def variant(name: str, size: tuple[int, int], average: int) -> Variant:
    return Variant(name, "avc1.64001f", *size, Fraction(30000, 1001), Bitrate(average * 2, average), Bitrate(90, 80))


def sound(name: str, label: str, language: str | None, peak: int, *, is_default: bool = False) -> AudioVariant:
    return AudioVariant(name, "mp4a.40.2", label, language, is_default, 2, Bitrate(peak, peak - 1000))


def test_a_media_playlist(golden: Golden) -> None:
    golden("media.m3u8", format_media_playlist(SEGMENTS, target_s=4))


def test_a_playlist_of_keyframes(golden: Golden) -> None:
    golden("iframes.m3u8", format_iframe_playlist(SEGMENTS, target_s=4))


def test_a_multivariant_playlist(golden: Golden) -> None:
    variants = [variant("1080p", (1920, 1080), 3_000_000), variant("480p", (854, 480), 900_000)]
    audio = [sound("audio-0", "English", "en", 130_000, is_default=True), sound("audio-1", 'A "b"', None, 140_000)]

    golden("multivariant.m3u8", format_multivariant_playlist(variants, audio))


def test_a_video_without_sound_has_no_audio_group() -> None:
    text = format_multivariant_playlist([variant("480p", (854, 480), 900_000)])

    assert "AUDIO" not in text
    assert 'CODECS="avc1.64001f"' in text


def test_the_loudest_audio_counts_in_the_bandwidth() -> None:
    audio = [sound("audio-0", "a", "en", 130_000), sound("audio-1", "b", "de", 250_000)]

    assert "BANDWIDTH=2050000" in format_multivariant_playlist([variant("480p", (854, 480), 900_000)], audio)


def test_the_peak_is_that_of_any_run_of_about_a_target_duration() -> None:
    bitrate = measure_bitrate(SEGMENTS, 4)

    assert bitrate.peak_bps == -(-2_000_000 * 8 * 1000 // 4004)
    total_s = sum(segment.duration_s for segment in SEGMENTS)
    assert bitrate.average_bps == -(-(2_809_000 * 8) // total_s)


def test_a_video_shorter_than_half_a_target_duration_has_a_peak_too() -> None:
    bitrate = measure_bitrate(SEGMENTS[3:], 4)

    assert bitrate.peak_bps == bitrate.average_bps > 0


def test_the_target_duration_is_rounded_to_the_nearest_second() -> None:
    assert target_duration(SEGMENTS) == 4
    assert target_duration([PlaylistSegment(0, Fraction(45, 10), 1)]) == 5
    assert target_duration([PlaylistSegment(0, Fraction(1, 10), 1)]) == 1


def test_the_first_variant_is_the_best_that_an_ordinary_line_carries() -> None:
    variants = [
        variant("1080p", (1920, 1080), 4_000_000),
        variant("720p", (1280, 720), 1_900_000),
        variant("480p", (854, 480), 900_000),
    ]

    assert [v.name for v in order_variants(variants)] == ["720p", "1080p", "480p"]
    assert [v.name for v in order_variants(variants[:1])] == ["1080p"]


def test_no_title_breaks_out_of_its_quotes() -> None:
    assert quote('a"\n#EXT-X-MEDIA:URI="x') == '"a  #EXT-X-MEDIA:URI= x"'


def test_an_unfinished_playlist_has_no_end() -> None:
    assert "ENDLIST" not in format_media_playlist(SEGMENTS, target_s=4, is_complete=False)
