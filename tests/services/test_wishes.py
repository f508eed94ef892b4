"""What players may ask for before its turn has come: how soon it is made, and how much of it."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import Engine, select

from tests.factories import make_user, make_video
from tests.media.probes import audio_track, even_video, make_probe
from tests.services.test_processing import LEASE_S, NOW, begin, claim, fresh, prepare
from vod_web.core.errors import EncodeFailed, NotFound, NotMadeYet, StorageFailed
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.media.pieces import number_segment
from vod_web.media.plan import plan_encode
from vod_web.models import Encode, Job, JobKind, JobState, Video, VideoStatus
from vod_web.queue import JobQueue, hint_name
from vod_web.services import processing
from vod_web.services.processing import wishes
from vod_web.services.processing.leases import report_progress
from vod_web.services.processing.outcomes import fail_job
from vod_web.services.processing.seats import Seats
from vod_web.services.processing.sweep import sweep_jobs
from vod_web.services.processing.wishes import JobSeen, is_coming, want_piece

PLAN = plan_encode(make_probe(even_video(seconds=600), audio_track(1, codec="opus", duration_s=Fraction(600))))
SOUND = number_segment(PLAN, "audio-0", 0) or 0


@pytest.fixture
def video(database: Engine) -> Video:
    """A video whose file has just arrived."""
    return make_video(make_user(), status=VideoStatus.UPLOADING, is_playable=False, published_at=None)


@pytest.fixture
def encode(video: Video, queue: JobQueue, settings: Settings) -> Encode:
    """An encode that was planned, of nine chunks."""
    encode = begin(video, queue, settings)
    prepare(encode, queue, chunks=9)
    return encode


def want(encode: Encode, queue: JobQueue, number: int, after_s: int = 0) -> None:
    """A player asks for a segment."""
    now = NOW + timedelta(seconds=after_s)
    want_piece(encode.public_id, PLAN, number, None, queue=queue, now=now)
    close_session()


def pieces(*encodes: Encode) -> dict[int, str]:
    """The state of each piece by its first segment."""
    close_session()
    found = current_session().scalars(
        select(Job).where(Job.kind == JobKind.PIECE, Job.encode_id.in_([encode.id for encode in encodes]))
    )
    return {job.number: job.state.value for job in found}


def piece(encode: Encode, number: int) -> Job:
    """The row of a piece."""
    close_session()
    wanted = select(Job).where(Job.kind == JobKind.PIECE, Job.number == number, Job.encode_id == encode.id)
    return current_session().scalars(wanted).one()


def test_what_somebody_waits_for_goes_before_all_others(encode: Encode, queue: JobQueue) -> None:
    before = queue.depths()["urgent"]

    for after_s in (0, 1):
        want(encode, queue, 30, after_s)

    assert queue.connection.lindex("rq:queue:urgent", 0).decode() == hint_name(piece(encode, 30).id, NOW)
    assert queue.depths()["urgent"] == before + 1
    want(encode, queue, 60, 2)
    newest = hint_name(piece(encode, 60).id, NOW + timedelta(seconds=2))
    assert queue.connection.lindex("rq:queue:urgent", 0).decode() == newest


def test_a_wish_that_the_queue_forgot_comes_first_again(encode: Encode, queue: JobQueue) -> None:
    want(encode, queue, 30)
    queue.connection.flushdb()
    later = NOW + timedelta(seconds=6)

    sweep_jobs(queue=queue, now=later)

    assert queue.connection.lindex("rq:queue:urgent", 0).decode() == hint_name(piece(encode, 30).id, later)


def test_of_too_many_wishes_for_a_video_the_oldest_lapse(encode: Encode, queue: JobQueue) -> None:
    for number in range(10, 70, 10):
        want(encode, queue, number, after_s=number)

    assert pieces(encode) == {
        10: "cancelled",
        20: "cancelled",
        30: "queued",
        40: "queued",
        50: "queued",
        60: "queued",
    }
    want(encode, queue, 10, after_s=70)
    assert (pieces(encode)[10], pieces(encode)[30]) == ("queued", "cancelled")


def test_of_too_many_wishes_of_all_viewers_the_oldest_lapse(
    encode: Encode, queue: JobQueue, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wishes, "MOST_OF_SITE", 3)
    other = begin(make_video(make_user(), status=VideoStatus.UPLOADING), queue, settings)
    prepare(other, queue)
    for number, made in enumerate((encode, encode, other, other)):
        want(made, queue, 10 * (number + 1), after_s=number)

    assert pieces(encode, other) == {10: "cancelled", 20: "queued", 30: "queued", 40: "queued"}


def test_a_piece_that_fails_fails_nothing_else_and_is_not_tried_for_ever(
    video: Video, encode: Encode, queue: JobQueue
) -> None:
    want(encode, queue, 30)
    now = NOW
    for _ in range(4):
        fail_job(claim(piece(encode, 30), now=now), EncodeFailed("damaged"), queue=queue, now=now)
        now += timedelta(seconds=200)
        sweep_jobs(queue=queue, now=now)

    with pytest.raises(NotMadeYet):
        want(encode, queue, 30, after_s=2000)
    assert pieces(encode) == {30: "failed"}
    assert fresh(video).status is VideoStatus.PROCESSING


def test_what_is_wanted_keeps_its_pause_after_an_error(encode: Encode, queue: JobQueue) -> None:
    want(encode, queue, 30)
    fail_job(claim(piece(encode, 30)), StorageFailed("away"), queue=queue, now=NOW)

    want(encode, queue, 30, after_s=1)

    assert pieces(encode) == {30: "waiting"}


def test_nothing_more_is_made_of_an_encode_that_was_given_up(video: Video, encode: Encode, queue: JobQueue) -> None:
    with transaction():
        owner = video.owner_id
    processing.cancel_video(current_session().get_one(type(make_user()), owner), video.public_id)

    with pytest.raises(NotMadeYet):
        want(encode, queue, 30)
    with pytest.raises(NotFound):
        want_piece("nothing", PLAN, 30, None, queue=queue, now=NOW)
    assert pieces(encode) == {}


def test_pieces_count_neither_as_progress_nor_for_the_end(video: Video, encode: Encode, queue: JobQueue) -> None:
    want(encode, queue, 30)

    report_progress(claim(piece(encode, 30)), 0.5, None, lease_s=LEASE_S, now=NOW)

    assert fresh(video).progress == 0.0


def seen(number: int, state: JobState, progress: float = 0.0, *, is_wanted: bool = True) -> JobSeen:
    """A piece."""
    return JobSeen(JobKind.PIECE, number, state, progress, is_wanted)


@pytest.mark.parametrize(
    ("number", "job", "expected"),
    [
        (30, seen(30, JobState.QUEUED), True),
        (31, seen(30, JobState.QUEUED), True),
        (32, seen(30, JobState.QUEUED), False),
        (29, seen(30, JobState.QUEUED), False),
        (0, seen(0, JobState.QUEUED, is_wanted=False), False),
        (32, seen(30, JobState.RUNNING), True),
        (33, seen(30, JobState.RUNNING), False),
        (34, seen(30, JobState.RUNNING, 0.4), True),
        (36, seen(30, JobState.RUNNING, 0.9), False),
        (30, JobSeen(JobKind.AUDIO, 0, JobState.RUNNING, 0.0, is_wanted=False), True),
        (30, JobSeen(JobKind.AUDIO, 0, JobState.QUEUED, 0.0, is_wanted=False), False),
    ],
)
def test_what_is_about_to_be_made_need_not_be_asked_for(number: int, job: JobSeen, expected: bool) -> None:
    assert is_coming(PLAN, number, [job]) is expected


def test_a_client_takes_its_share_of_the_seats_and_gives_them_back() -> None:
    seats = Seats(most=3, most_of_client=2)
    with seats.take("a") as first, seats.take("a") as second, seats.take("a") as third:
        assert (first, second, third) == (True, True, False)
        with seats.take("b") as fourth, seats.take("c") as fifth:
            assert (fourth, fifth) == (True, False)
    with seats.take("a") as again:
        assert again
