from fractions import Fraction

import pytest

from tests.media.probes import audio_track, copied_track, copied_video, even_video, make_probe
from vod_web.media.passes import AudioChunk, Chunk
from vod_web.media.pieces import cut_piece, find_segment, number_segment
from vod_web.media.plan import plan_encode

ENCODED = plan_encode(make_probe(even_video(seconds=60), audio_track(1, codec="opus"), audio_track(2, codec="opus")))
COPIED = plan_encode(make_probe(copied_video(seconds=60), copied_track(1)))


def test_all_that_plays_early_is_counted_through() -> None:
    names = ["quick", "audio-0", "audio-1"]
    segments = [(name, number) for name in names for number in range(100) if number_segment(ENCODED, name, number)]

    assert [find_segment(ENCODED, number_segment(ENCODED, *segment) or 0) for segment in segments] == segments
    assert [number_segment(ENCODED, *segment) for segment in segments] == list(range(1, len(segments) + 1))
    assert find_segment(ENCODED, 0) == ("quick", 0)
    assert find_segment(COPIED, 0) == ("1080p", 0)


@pytest.mark.parametrize(("name", "number"), [("360p", 0), ("quick", 16), ("audio-0", 99), ("nothing", 0)])
def test_what_does_not_play_early_has_no_number(name: str, number: int) -> None:
    assert number_segment(ENCODED, name, number) is None


def test_surround_sound_does_not_play_early() -> None:
    plan = plan_encode(make_probe(even_video(seconds=60), audio_track(1, codec="ac3", channels=6, layout="5.1")))

    assert [track.name for track in plan.audio] == ["audio-0", "surround-0"]
    assert number_segment(plan, "surround-0", 0) is None


def test_the_first_piece_is_short_and_others_are_what_players_load_ahead() -> None:
    first, later, last = (cut_piece(ENCODED, number) for number in (0, 5, 14))

    assert (first, later) == (Chunk(0, 0, 3, "quick"), Chunk(0, 5, 6, "quick"))
    assert ENCODED.run_duration_s(first.segments) == 8
    assert ENCODED.run_duration_s(later.segments) == 24
    assert last.segments.stop == ENCODED.timeline.segment_count
    assert cut_piece(ENCODED, 5, 2) == Chunk(0, 5, 2, "quick")


def test_a_piece_of_a_copy_is_copied() -> None:
    piece = cut_piece(COPIED, 3)

    assert isinstance(piece, Chunk)
    assert piece.purpose == "copy"


def test_a_piece_of_sound_is_of_its_track() -> None:
    piece = cut_piece(ENCODED, number_segment(ENCODED, "audio-1", 4) or 0)

    assert isinstance(piece, AudioChunk)
    assert (piece.track, piece.first_segment, piece.segment_count) == (1, 4, 6)


def test_a_piece_of_sound_begins_where_the_source_still_has_some() -> None:
    track = audio_track(1, codec="opus", duration_s=Fraction(20))
    plan = plan_encode(make_probe(even_video(seconds=60), track))

    piece = cut_piece(plan, number_segment(plan, "audio-0", 10) or 0)

    assert piece.first_segment == 4
    assert 10 in piece.segments
