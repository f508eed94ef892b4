from fractions import Fraction

from tests.media.probes import audio_track, copied_video, even_video, make_probe, uneven_video
from vod_web.media.plan import EncodePlan, plan_encode, plan_seek_margin
from vod_web.media.probed import Probe


def test_a_plan_survives_json() -> None:
    plan = plan_encode(make_probe(even_video(rate=Fraction(30000, 1001)), audio_track(1, language="eng")))

    assert EncodePlan.from_json(plan.to_json()) == plan


def test_a_probe_survives_json() -> None:
    probe = make_probe(uneven_video([0, 40, 1500, 3100]), audio_track(1), audio_track(2, title="Comments"))

    assert Probe.from_json(probe.to_json()) == probe


def test_the_same_probe_gives_the_same_plan() -> None:
    probe = make_probe(even_video(), audio_track(1))

    assert plan_encode(probe) == plan_encode(Probe.from_json(probe.to_json()))


def test_every_track_with_sound_becomes_a_rendition() -> None:
    tracks = (
        audio_track(1, language="eng"),
        audio_track(2, language="ger", is_default=True),
        audio_track(3, language="deu"),
        audio_track(4, title='The "director"'),
        audio_track(5, channels=0),
    )

    audio = plan_encode(make_probe(even_video(), *tracks)).audio

    assert [track.name for track in audio] == ["audio-0", "audio-1", "audio-2", "audio-3"]
    assert [track.label for track in audio] == ["English", "German", "German (3)", 'The "director"']
    assert [track.is_default for track in audio] == [False, True, False, False]


def test_without_sound_there_is_no_audio() -> None:
    assert plan_encode(make_probe(even_video())).audio == ()


def test_frames_shown_long_are_not_reordered() -> None:
    assert plan_encode(make_probe(even_video(rate=Fraction(24)))).has_b_frames
    assert not plan_encode(make_probe(even_video(rate=Fraction(5)))).has_b_frames
    assert not plan_encode(make_probe(uneven_video([0, 40, 2000, 2040]))).has_b_frames


def test_the_picture_begins_at_one_second_whatever_the_clock_of_the_source() -> None:
    plan = plan_encode(make_probe(uneven_video([7200_000, 7200_040, 7201_500])))

    assert plan.timeline.starts[0] * plan.timeline.time_base + plan.offset_s == 1


def test_containers_without_an_index_are_read_from_further_before() -> None:
    video = even_video(rate=Fraction(25))

    assert plan_seek_margin(make_probe(video)) < 1
    assert plan_seek_margin(make_probe(video, container="mpegts")) > 60  # one keyframe in a minute


def test_pictures_lie_inside_the_video_and_are_no_larger() -> None:
    plan = plan_encode(make_probe(even_video(size=(854, 480), seconds=5)))

    assert [width for width, _ in plan.poster.sizes] == [854, 640, 320]
    assert all(0 <= time < 5 for time in plan.poster.times_s)
    assert plan.storyboard.tile_count * plan.storyboard.interval_s >= 5
    assert (plan.storyboard.tile_width_px, plan.storyboard.tile_height_px) == (256, 144)


def test_posters_are_taken_soon_after_keyframes() -> None:
    video = copied_video(gop=250, seconds=100)

    times_s = plan_encode(make_probe(video)).poster.times_s

    keyframes_s = {Fraction(250 * number, 30) for number in range(13)}
    assert times_s[0] == Fraction(250, 30) + 1
    assert all(keyframes_s & {time_s, time_s - 1} or time_s == 2 for time_s in times_s)


def test_a_long_video_has_a_few_hundred_tiles() -> None:
    board = plan_encode(make_probe(even_video(rate=Fraction(10), seconds=7200))).storyboard

    assert 100 <= board.tile_count <= 720
    assert board.sheet_count == -(-board.tile_count // 25)
