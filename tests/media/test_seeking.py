from dataclasses import replace
from fractions import Fraction

from tests.media.probes import copied_video, even_video, make_probe
from vod_web.media.plan import EncodeOptions, plan_encode
from vod_web.media.probed import VideoStream
from vod_web.media.seeking import choose_seek, find_lead, plan_seek_margin

MP4, MKV, TS = "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "mpegts"
FRAME_S = Fraction(1, 30)


def seek_and_lead(video: VideoStream, container: str, time_s: Fraction) -> tuple[Fraction, Fraction | None]:
    """Where reading aims, and how much is decoded before the time."""
    margin_s = plan_seek_margin(make_probe(video, container=container))
    return choose_seek(video, container, margin_s, time_s), find_lead(video, container, margin_s, time_s)


def test_reading_begins_with_the_keyframe_itself_where_all_after_it_can_be_decoded() -> None:
    video = copied_video(gop=250)

    for frame in (250, 255):
        time_s = frame * FRAME_S
        assert seek_and_lead(video, MP4, time_s) == (250 * FRAME_S + FRAME_S / 2, time_s - 250 * FRAME_S)
    aim_s, lead_s = seek_and_lead(video, MKV, 250 * FRAME_S)
    assert (aim_s > 250 * FRAME_S + FRAME_S / 2, lead_s) == (True, 0)


def test_elsewhere_reading_begins_so_early_that_no_frame_is_missing() -> None:
    open_gops = replace(copied_video(gop=250), bitstream=None)
    close_keyframes = copied_video(gop=15)
    time_s = 250 * FRAME_S

    for video in (open_gops, close_keyframes):
        margin_s = plan_seek_margin(make_probe(video))
        assert seek_and_lead(video, MP4, time_s)[0] == time_s - margin_s
    assert seek_and_lead(open_gops, MP4, time_s)[1] == time_s
    assert seek_and_lead(copied_video(gop=250), TS, time_s) == (
        time_s - plan_seek_margin(make_probe(copied_video(gop=250), container=TS)),
        None,
    )


def test_ladder_chunks_begin_where_little_is_decoded_twice() -> None:
    even = even_video(seconds=300)
    ticks = int(FRAME_S / even.time_base)
    keyframes = tuple(number * 250 * ticks for number in range(36))
    video = replace(even, frames=replace(even.frames, keyframes=keyframes, keyframe_gap_s=250 / 30))
    plan = plan_encode(make_probe(video), EncodeOptions(workers=2))

    starts_s = [plan.timeline.start_s(chunk.first_segment) for chunk in plan.chunks]
    leads_s = [start_s % (250 * FRAME_S) for start_s in starts_s]
    assert len(plan.chunks) > 5
    assert max(leads_s) < 5
    assert sum(leads_s) < 3 * len(leads_s)
