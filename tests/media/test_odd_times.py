"""Every frame of a source is shown once, at its time, and the sound with it, whatever its clock does."""

from fractions import Fraction
from math import sin

import pytest

from tests.media.cards import AAC, FFV1, MPEG2, PCM, SILENT, X264, X265, Odd, Workshop, convert
from tests.media.judging import judge
from tests.media.looking import listen
from vod_web.media.plan import EncodeOptions

SD = convert()
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus")
TS = (*MPEG2, "-c:a", "mp2")
UNEVEN = ("-fps_mode", "passthrough", "-enc_time_base", "1/90000")
OPEN_GOPS = "open-gop=1:keyint=8:min-keyint=8:bframes=3"
X264_OPEN = (*X264[:4], "-x264-params", OPEN_GOPS)
X265_OPEN = (*X265[:4], "-x265-params", f"log-level=none:{OPEN_GOPS}")


def phone_s(number: int) -> float:
    """When a telephone that films at about 25 fps takes a frame."""
    return (number + 0.3 * sin(number * 2.1)) / 25


def still_s(number: int) -> float:
    """A recording of a screen on which nothing moves for two seconds."""
    return (number + (50 if number > 14 else 0)) / 25


def burst_s(number: int) -> float:
    """A camera that takes more frames when something happens."""
    return number / 25 if number < 10 else (100 + number - 10) / 250


PHONE = f"{SD},settb=1/90000,setpts='(N+0.3*sin(N*2.1))/25/TB'"
STILL = f"{SD},settb=1/90000,setpts='(N+if(gt(N,14),50,0))/25/TB'"
BURST = f"{SD},settb=1/90000,setpts='if(lt(N,10),N/25,(100+N-10)/250)/TB'"

RATES = ("2", "10", "12.5", "15", "24000/1001", "24", "30000/1001", "30", "50", "60000/1001", "60")
COUNTS = {"2": 4, "50": 30, "60000/1001": 36, "60": 36}

ROWS = (
    *(Odd(f"rate{float(Fraction(rate)):.2f}.mp4", rate=rate, count=COUNTS.get(rate, 20)) for rate in RATES),
    *(
        Odd(f"rate{float(Fraction(rate)):.2f}.mkv", (*X265, *AAC), rate=rate, count=COUNTS.get(rate, 20))
        for rate in RATES[::3]
    ),
    Odd("one_in_a_second.mp4", (*X264, *SILENT), rate="1", count=3),
    Odd("rate120.mp4", rate="120", count=80, numbers=range(0, 80, 2)),
    Odd("rate240.mkv", (*X265, *AAC), rate="240", count=160, numbers=range(0, 160, 4)),
    # frames that are not evenly spaced
    Odd("telephone.mp4", (*X264, *AAC, *UNEVEN), filters=PHONE, times_s=phone_s, late_s=-0.01, is_copied=True),
    Odd("telephone_hevc.mp4", (*X265, *AAC, *UNEVEN), filters=PHONE, times_s=phone_s, late_s=-0.01),
    Odd("screen.webm", (*VP8, *UNEVEN), filters=STILL, times_s=still_s),
    Odd("screen.mp4", (*X264, *AAC, *UNEVEN), filters=STILL, times_s=still_s, is_copied=True),
    Odd("burst.mkv", (*FFV1, *PCM, *UNEVEN), filters=BURST, times_s=burst_s),
    Odd("gap.ts", (*TS, *UNEVEN[:2]), filters=STILL, times_s=still_s),
    # clocks that do not begin at zero
    Odd("from5s.mp4", (*X264, *AAC, "-output_ts_offset", "5")),
    Odd("from5s.mkv", (*X265, *AAC, "-output_ts_offset", "5")),
    Odd("below_zero.mkv", (*FFV1, *PCM, "-output_ts_offset", "-0.2", "-avoid_negative_ts", "disabled")),
    Odd("wrap.ts", (*TS, "-output_ts_offset", "95443.2")),
    Odd("wrap_copied.ts", (*X264, *AAC, "-output_ts_offset", "95443.2", "-muxpreload", "0", "-muxdelay", "0")),
    Odd("wrap_hevc.ts", (*X265, *AAC, "-output_ts_offset", "95443.2")),
    Odd("ten_hours.ts", (*X264, *AAC, "-output_ts_offset", "36000"), is_copied=True),
    # frames that are decoded in another order
    Odd("pyramid.mp4", (*X264[:4], "-bf", "7", "-b-pyramid", "normal", "-g", "12", *AAC), is_copied=True),
    Odd("open.mp4", (*X264_OPEN, *AAC), is_copied=False),
    Odd("open.ts", (*X264_OPEN, *AAC), is_copied=False),
    Odd("open_hevc.mp4", (*X265_OPEN, *AAC)),
    Odd("open_hevc.ts", (*X265_OPEN, *AAC)),
    Odd("open_mpeg2.ts", (*MPEG2, "-bf", "2", "-g", "8", "-c:a", "mp2")),
    # edit lists
    Odd("trimmed.mov", (*X264, *AAC), remade=("-ss", "0.28"), numbers=range(7, 25), is_copied=False),
    Odd("trimmed_hevc.mp4", (*X265, *AAC), remade=("-ss", "0.28"), numbers=range(7, 25)),
    Odd("sound_first.mp4", before_sound=("-itsoffset", "-0.3"), late_s=-0.3),
    Odd("sound_first.mkv", (*X265, *AAC), before_sound=("-itsoffset", "-0.3"), late_s=-0.3),
    Odd("picture_first.mp4", before_sound=("-itsoffset", "0.3"), late_s=0.3),
    Odd("picture_first.mkv", (*X265, "-c:a", "ac3"), before_sound=("-itsoffset", "0.3"), late_s=0.3),
    Odd("picture_first.ts", (*X264, "-c:a", "ac3"), before_sound=("-itsoffset", "0.3"), late_s=0.3),
    # very short ones
    Odd("single.mp4", (*X264, *SILENT), count=1),
    Odd("single.mkv", (*X265, *SILENT), count=1),
    Odd("double.mp4", (*X264, *SILENT), count=2),
)


@pytest.mark.parametrize("odd", ROWS, ids=lambda odd: odd.name)
def test_times(odd: Odd, workshop: Workshop) -> None:
    judge(odd, workshop.publish(workshop.make(odd)))


LONG = EncodeOptions(
    heights=(36, 72),
    segment_s=Fraction(1),
    first_segment_s=Fraction(1, 2),
    chunk_s=Fraction(2),
    preset="ultrafast",
    workers=16,
)
"""Several chunks of five seconds, as for many workers."""


@pytest.mark.parametrize(
    "odd",
    [
        Odd("bare.h264", (*X264, *SILENT), rate="30000/1001", count=150),
        Odd("bare.hevc", (*X265, *SILENT), count=125),
        Odd("bare.m2v", (*MPEG2, "-bf", "2", *SILENT), count=125),
        Odd("bare.m4v", ("-c:v", "mpeg4", *SILENT), count=125),
        Odd("h264.avi", (*X264[:4], "-bf", "0", "-c:a", "pcm_u8"), count=125),
        Odd("h264.asf", (*X264, "-c:a", "wmav2"), count=125),
        Odd("xvid.avi", ("-c:v", "mpeg4", "-bf", "2", "-q:v", "2", *PCM), count=125, late_s=-0.04),
    ],
    ids=lambda odd: odd.name,
)
def test_frames_without_times(odd: Odd, workshop: Workshop) -> None:
    made = workshop.publish(workshop.make(odd), LONG)

    assert len(made.plan.chunks) >= 2
    judge(odd, made)


@pytest.mark.parametrize("length_s", [0.5, 1.5])
def test_sound_of_another_length_than_the_picture(length_s: float, workshop: Workshop) -> None:
    path = workshop.folder / f"sound{length_s}.mp4"
    card = ("-f", "lavfi", "-i", "color=gray:size=128x72:rate=25:duration=1")
    sound = ("-f", "lavfi", "-i", f"sine=duration={length_s}:sample_rate=48000")
    workshop.run(*card, *sound, *X264, *AAC, str(path))
    made = workshop.publish(path)

    heard = listen(made.folder / "audio-0" / "media.m3u8")
    assert made.plan.duration_s == 1
    assert heard.end_s - 1 == pytest.approx(max(1, length_s), abs=0.03)
