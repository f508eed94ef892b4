from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

from tests.media.probes import audio_track, copied_track, copied_video, even_video, make_probe
from vod_web.media.copying import plan_copy, reasons_against_audio_copy, reasons_against_copy
from vod_web.media.plan import EncodeOptions, EncodePlan, plan_encode
from vod_web.media.probed import Bitstream, Colour, PacketTimes, Probe

BITSTREAM = Bitstream("avc1.640028", is_closed=True, is_constant=True, is_cut=False, delay_s=0.07)


def test_an_ordinary_h264_video_can_be_copied() -> None:
    assert reasons_against_copy(make_probe(copied_video())) == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"codec": "hevc"}, "it is hevc, not H.264"),
        ({"pixel_format": "yuv420p10le"}, "its pixels are yuv420p10le"),
        ({"pixel_format": "yuv422p"}, "its pixels are yuv422p"),
        ({"profile": "High 4:4:4 Predictive"}, "its profile is High 4:4:4 Predictive"),
        ({"width_px": 7680, "height_px": 4320}, "it is larger than 4K"),
        ({"is_interlaced": True}, "it is interlaced"),
        ({"sample_aspect_ratio": Fraction(4, 3)}, "its pixels are not square"),
        ({"rotation_deg": 90}, "it is rotated or mirrored"),
        ({"is_mirrored": True}, "it is rotated or mirrored"),
        ({"colour": Colour("bt2020nc", "bt2020", "arib-std-b67")}, "it is HDR"),
        ({"frame_rate": Fraction(120)}, "it has more than 60 frames in a second"),
        ({"bitstream": None}, "its packets were not looked at"),
        ({"bitstream": replace(BITSTREAM, is_closed=False)}, "its GOPs are open"),
        ({"bitstream": replace(BITSTREAM, is_constant=False)}, "its parameter sets change"),
        ({"bitstream": replace(BITSTREAM, is_cut=True)}, "its edit list leaves frames out"),
        ({"bitstream": replace(BITSTREAM, delay_s=0.8)}, "its frames are decoded too long before they are shown"),
    ],
)
def test_what_speaks_against_copying(changes: dict[str, object], reason: str) -> None:
    probe = make_probe(copied_video(**changes))  # type: ignore[arg-type]

    assert reasons_against_copy(probe) == (reason,)
    assert plan_copy(probe, (1080,)) is None


def test_keyframes_must_be_known_close_and_first() -> None:
    far = make_probe(copied_video(gop=330))
    late = make_probe(copied_video(keyframes=(30, 90, 150), seconds=6))
    none = copied_video()
    unknown = make_probe(replace(none, frames=replace(none.frames, keyframes=(), keyframe_gap_s=None)))

    assert reasons_against_copy(far) == ("its keyframes are 11 s apart",)
    assert reasons_against_copy(late) == ("it does not begin with a keyframe",)
    assert reasons_against_copy(unknown) == ("the times of its keyframes are not known",)


def test_only_containers_that_tell_the_truth_are_copied() -> None:
    assert reasons_against_copy(make_probe(copied_video(), container="avi")) == ("it comes in avi",)


def test_a_copy_of_sane_bits_takes_the_place_of_the_top_rung() -> None:
    plan = plan_encode(make_probe(copied_video(bitrate_bps=8_000_000)))

    assert plan.copy is not None
    assert (plan.copy.name, plan.copy.is_kept) == ("1080p", True)
    assert [rung.name for rung in plan.rungs] == ["720p", "480p", "360p", "240p"]
    assert plan.rendition_names == ("1080p", "720p", "480p", "360p", "240p")
    assert plan.temporary_renditions == ()


def test_a_copy_of_too_many_bits_serves_only_until_the_rest_is_ready() -> None:
    plan = plan_encode(make_probe(copied_video(bitrate_bps=20_000_000)))

    assert plan.copy is not None
    assert (plan.copy.name, plan.copy.is_kept) == ("source", False)
    assert plan.rungs[0].name == "1080p"
    assert plan.temporary_renditions == ("source",)


def test_a_copy_above_the_ladder_of_the_site_is_not_kept() -> None:
    plan = plan_encode(make_probe(copied_video(bitrate_bps=5_000_000)), EncodeOptions(heights=(360, 720)))

    assert plan.copy is not None
    assert plan.copy.name == "source"
    assert plan.rungs[0].name == "720p"


def test_full_range_is_copied_but_not_kept() -> None:
    plan = plan_copy(make_probe(copied_video(colour=Colour(is_full_range=True))), (1080,))

    assert plan is not None
    assert not plan.is_kept


def test_a_small_source_may_need_no_encode_at_all() -> None:
    plan = plan_encode(make_probe(copied_video(width_px=320, height_px=180, bitrate_bps=200_000)))

    assert plan.rungs == ()
    assert {chunk.purpose for chunk in plan.chunks} == {"copy"}
    assert EncodePlan.from_json(plan.to_json()) == plan


def test_copying_can_be_forbidden() -> None:
    plan = plan_encode(make_probe(copied_video(), copied_track(1)), EncodeOptions(may_copy=False))

    assert plan.copy is None
    assert not plan.audio[0].is_copied
    assert plan.quick_twin == "360p"


def test_a_copied_video_is_cut_at_its_keyframes() -> None:
    video = copied_video(gop=75, seconds=61)
    timeline = plan_encode(make_probe(video)).timeline

    assert set(timeline.starts) <= {round(pts * video.time_base / timeline.time_base) for pts in video.frames.keyframes}
    lengths = [timeline.segment_s(number) for number in range(timeline.segment_count)]
    assert lengths[:2] == [Fraction(5, 2)] * 2
    assert set(lengths[2:-1]) == {Fraction(5)}
    assert all(length >= 3 for length in lengths[2:-1])
    assert timeline.frame_counts is not None
    assert sum(timeline.frame_counts) == 61 * 30
    assert timeline.is_exact


def test_keyframes_far_apart_are_not_joined() -> None:
    timeline = plan_encode(make_probe(copied_video(keyframes=(0, 60, 360, 440, 740), seconds=33))).timeline

    assert [float(timeline.start_s(n)) for n in range(timeline.segment_count)] == [
        pytest.approx(frame / 30) for frame in (0, 60, 360, 440, 740)
    ]


def test_rungs_of_half_rate_have_a_frame_at_every_boundary() -> None:
    rate = Fraction(60)
    even = plan_encode(make_probe(copied_video(rate=rate, keyframes=(0, 61, 120, 240, 361, 480), seconds=10)))
    odd = plan_encode(make_probe(copied_video(rate=rate, keyframes=(0, 601, 1201), seconds=30)))

    assert even.rungs[-1].frame_step == 2
    assert all(count % 2 == 0 for count in even.timeline.frame_counts or (1,))
    assert {rung.frame_step for rung in odd.rungs} == {1}
    assert odd.timeline.segment_count == 3


def test_plain_aac_is_copied() -> None:
    plan = plan_encode(make_probe(copied_video(), copied_track(1)))

    track = plan.audio[0]
    assert track.is_copied
    assert track.timeline.first_sample == -1024
    assert track.timeline.frame_count == 2813


def test_sound_is_copied_beside_an_encoded_picture_too() -> None:
    assert plan_encode(make_probe(even_video(), copied_track(1))).audio[0].is_copied


def packets(start: int = -1024, count: int = 2813, *, is_even: bool = True) -> PacketTimes:
    return PacketTimes(Fraction(1, 48000), start, count, is_even)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"codec": "opus", "profile": None}, "it is opus"),
        ({"profile": "HE-AAC"}, "it is aac HE-AAC"),
        ({"channels": 6}, "it has 6 channels"),
        ({"sample_rate_hz": 22050}, "it has 22050 samples in a second"),
        ({"packets": packets(is_even=False)}, "its packets do not follow each other without a gap"),
        ({"packets": packets(48000)}, "it begins after the picture"),
        ({"packets": packets(-48000)}, "it begins before the picture"),
        ({"packets": packets(count=2000)}, "it ends before the picture"),
        ({"packets": None}, "its packets do not follow each other without a gap"),
    ],
)
def test_what_speaks_against_copying_sound(changes: dict[str, object], reason: str) -> None:
    track = replace(copied_track(1), **changes)  # type: ignore[arg-type]

    assert reason in reasons_against_audio_copy(track, make_probe(copied_video(), track))


def chunks_of(plan: EncodePlan, purpose: str) -> list[range]:
    return [chunk.segments for chunk in plan.chunks if chunk.purpose == purpose]


@pytest.mark.parametrize(
    "probe",
    [
        make_probe(copied_video(seconds=1500), copied_track(1, seconds=1500)),
        make_probe(even_video(seconds=1500), audio_track(1, codec="opus", duration_s=Fraction(1500))),
        make_probe(even_video(seconds=3)),
    ],
)
def test_every_pass_makes_every_segment_once(probe: Probe) -> None:
    plan = plan_encode(probe)

    whole = list(range(plan.timeline.segment_count))
    for purpose in {chunk.purpose for chunk in plan.chunks}:
        assert [number for run in chunks_of(plan, purpose) for number in run] == whole
    made = [name for purpose in ("copy", "ladder") for name in names_made_by(plan, purpose)]
    assert sorted(made) == sorted(plan.rendition_names)
    assert [chunk.index for chunk in plan.chunks] == list(range(len(plan.chunks)))
    for number, track in enumerate(plan.audio):
        runs = [chunk.segments for chunk in plan.audio_chunks if chunk.track == number]
        assert [n for run in runs for n in run] == list(range(track.timeline.segment_count))


def names_made_by(plan: EncodePlan, purpose: str) -> tuple[str, ...]:
    return next((plan.chunk_names(chunk) for chunk in plan.chunks if chunk.purpose == purpose), ())


def test_what_cannot_be_copied_plays_early_in_a_low_quality_that_is_left_out_later() -> None:
    plan = plan_encode(make_probe(even_video(seconds=300)))

    assert plan.quick_twin == "360p"
    assert plan.quick == replace(next(rung for rung in plan.rungs if rung.name == "360p"), name="quick")
    assert plan.early_renditions == plan.temporary_renditions == ("quick",)
    assert plan.rendition_names == names_made_by(plan, "ladder") == ("1080p", "720p", "480p", "360p", "240p")
    assert list(plan.sizes) == [*plan.rendition_names, "quick"]
    assert EncodePlan.from_json(plan.to_json()) == plan


def test_the_first_chunk_of_a_copy_is_short_and_no_chunk_is_huge() -> None:
    plan = plan_encode(make_probe(copied_video(seconds=1500, bitrate_bps=8_000_000)))

    lengths = [float(plan.chunk_duration_s(chunk.index)) for chunk in plan.chunks if chunk.purpose == "copy"]
    assert 60 <= lengths[0] <= 64
    assert all(260 <= length <= 280 for length in lengths[1:-1])


def test_the_first_sound_of_every_track_comes_before_any_second_part() -> None:
    tracks = [audio_track(number, codec="opus", duration_s=Fraction(1500)) for number in (1, 2)]
    plan = plan_encode(make_probe(even_video(seconds=1500), *tracks))

    assert [chunk.track for chunk in plan.audio_chunks[:4]] == [0, 1, 0, 1]
    assert [chunk.first_segment for chunk in plan.audio_chunks[:2]] == [0, 0]


def test_no_chunk_of_sound_lies_where_the_source_is_silent() -> None:
    plan = plan_encode(make_probe(even_video(seconds=1500), audio_track(1, codec="opus", duration_s=Fraction(400))))

    timeline = plan.audio[0].timeline
    assert all(timeline.start_s(chunk.first_segment) < 400 for chunk in plan.audio_chunks)
    assert timeline.start_s(timeline.segment_count) >= 1500


def test_audio_segments_are_whole_frames_and_chunks_begin_on_samples_of_44100_hz() -> None:
    plan = plan_encode(make_probe(even_video(seconds=1500), audio_track(1, codec="opus", duration_s=Fraction(1500))))

    timeline = plan.audio[0].timeline
    starts = [timeline.sample(number) for number in range(timeline.segment_count + 1)]
    assert all((later - earlier) % 1024 == 0 for earlier, later in pairwise(starts))
    assert all((timeline.sample(chunk.first_segment) + 1024) * 44100 % 48000 == 0 for chunk in plan.audio_chunks)


def test_a_timeline_that_nobody_can_know_does_not_play_early() -> None:
    video = even_video()
    frames = replace(video.frames, is_variable=True, is_measured=False)
    plan = plan_encode(make_probe(replace(video, frames=frames)))

    assert not plan.can_play_early
    assert plan.early_renditions == ()
    assert {chunk.purpose for chunk in plan.chunks} == {"ladder"}
