"""Videos that play while most of them is still to be made."""

import re
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.clips import measure
from tests.jobs.test_run import run_all
from tests.workers import Site
from vod_web.app import create_app
from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound, NotMadeYet
from vod_web.db.session import close_session, current_session, transaction
from vod_web.jobs.run import run_job
from vod_web.jobs.workplace import Workplace, take_workplace
from vod_web.media.runner import Tools
from vod_web.media.tools import find_ffmpeg
from vod_web.models import Encode, EncodeStatus, Job, JobKind, JobState, Source, Video, VideoStatus
from vod_web.services import processing
from vod_web.services.processing import waiting
from vod_web.services.processing.encodes import begin_anew
from vod_web.services.processing.waiting import find_file
from vod_web.services.videos import get_video
from vod_web.storage.keys import init_key, segment_key

on_sqlite = pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
PLAYABLE_LIMIT_S = 10.0
"""Generous: a machine that runs tests has other things to do; the benchmark measures."""


@pytest.fixture(autouse=True)
def workplace(site: Site) -> Workplace:
    """This process as a worker."""
    place = Workplace("here", ("urgent",), site.settings.data_dir / "scratch" / "here", Tools(str(find_ffmpeg())))
    take_workplace(place)
    return place


@pytest.fixture
def client(site: Site) -> Iterator[FlaskClient]:
    """A visitor's browser."""
    app = create_app(site.settings)
    with app.test_client() as client:
        yield client
    close_session()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def run_until_playable(site: Site, video: Video) -> list[Job]:
    """Do one job after another until the video plays; gives all its jobs."""
    while not site.see(video).is_playable:
        job = min((job for job in site.jobs(video) if job.state is JobState.QUEUED), key=lambda job: job.place)
        run_job(job.id)
    return site.jobs(video)


def playlists(site: Site, video: Video, folder: Path) -> dict[str, list[str]]:
    """The segments that each playlist of the video names at this moment."""
    multivariant = site.fetch(video, folder)
    names = set(re.findall(r"[\w-]+/media\.m3u8", multivariant.read_text()))
    return {name: re.findall(r"^\d+\.m4s$", (folder / name).read_text(), re.MULTILINE) for name in names}


def key_of(site: Site, video: Video, rendition: str, number: int) -> str:
    """The key of a segment."""
    return segment_key(video.public_id, site.encode_id(video), rendition, number)


def early_rendition(video: Video) -> str:
    """The picture that players are offered first."""
    found = get_video(None, video.public_id)
    assert found.active_encode is not None
    return next(row.name for row in found.active_encode.renditions if row.is_early and row.width_px)


def test_a_source_that_can_be_copied_plays_at_once_and_in_full_length(
    site: Site, clips: dict[str, Path], tmp_path: Path
) -> None:
    began = time.monotonic()
    video = site.add_video(clips["short"])

    jobs = run_until_playable(site, video)

    assert time.monotonic() - began < PLAYABLE_LIMIT_S
    seen = site.see(video)
    assert (seen.status, seen.published_at is not None) == (VideoStatus.PROCESSING, True)
    assert {job.kind for job in jobs if job.state is JobState.DONE} == {JobKind.PREPARE, JobKind.CHUNK, JobKind.AUDIO}
    early = playlists(site, video, tmp_path / "early")
    run_all(site, video)
    assert playlists(site, video, tmp_path / "final") == early
    assert site.see(video).published_at == seen.published_at


def test_any_other_source_plays_after_its_first_low_segments(
    site: Site, clips: dict[str, Path], tmp_path: Path
) -> None:
    video = site.add_video(clips["long"])

    run_until_playable(site, video)

    early = playlists(site, video, tmp_path / "early")
    assert early.keys() == {"quick/media.m3u8", "audio-0/media.m3u8"}
    assert quick_segments(site, video) == [0, 1, 2]
    assert len(early["quick/media.m3u8"]) > 3
    run_all(site, video)
    final = playlists(site, video, tmp_path / "final")
    assert final.keys() == {"540p/media.m3u8", "360p/media.m3u8", "240p/media.m3u8", "audio-0/media.m3u8"}
    assert final["audio-0/media.m3u8"] == early["audio-0/media.m3u8"]
    assert quick_segments(site, video) == [0, 1, 2], "nobody asked for more"


def find(site: Site, key: str, *, client: str = "192.0.2.1", wait_s: float = 8.0, is_finished: bool = False) -> str:
    """Where the file is that a player asks for."""
    held = site.resources
    return find_file(key, is_finished=is_finished, client=client, storage=held.storage, queue=held.queue, wait_s=wait_s)


def wishes(site: Site, video: Video) -> dict[int, JobState]:
    """The pieces that somebody asked for, by the numbers of their first segments."""
    return {job.number: job.state for job in site.jobs(video) if job.wanted_at}


def quick_segments(site: Site, video: Video) -> list[int]:
    """The numbers of those that are stored."""
    names = (Path(name) for name in site.stored_names(video) if name.startswith("quick/") and name.endswith(".m4s"))
    return sorted(int(name.stem) for name in names)


def test_a_segment_that_somebody_waits_for_is_made_next(site: Site, clips: dict[str, Path]) -> None:
    video = site.add_video(clips["long"])
    run_until_playable(site, video)
    key = key_of(site, video, "quick", 4)

    with pytest.raises(NotMadeYet) as refusal:
        find(site, key, wait_s=0.2)

    assert refusal.value.retry_after_s in (1, 2)
    assert wishes(site, video) == {4: JobState.QUEUED}
    wanted = next(job for job in site.jobs(video) if job.wanted_at)
    first_hint = site.resources.queue.connection.lindex("rq:queue:urgent", 0).decode()
    assert first_hint.startswith(f"job-{wanted.id}-")
    with ThreadPoolExecutor() as pool:
        waiter = pool.submit(find, site, key)
        run_job(wanted.id)
        assert waiter.result(5) == key
    assert quick_segments(site, video) == [0, 1, 2, 4]
    assert wishes(site, video) == {4: JobState.DONE}


@on_sqlite
def test_sound_is_made_from_the_segment_that_is_wanted(site: Site, clips: dict[str, Path]) -> None:
    video = site.add_video(clips["long"])
    run_job(site.jobs(video)[0].id)
    key = key_of(site, video, "audio-0", 2)

    with pytest.raises(NotMadeYet):
        find(site, key, wait_s=0)
    run_job(next(job.id for job in site.jobs(video) if job.wanted_at))

    assert find(site, key) == key
    assert not site.resources.storage.exists(key_of(site, video, "audio-0", 1))


@on_sqlite
def test_what_the_ladder_has_made_is_not_made_again(site: Site, clips: dict[str, Path]) -> None:
    video = site.add_video(clips["long"])
    run_until_playable(site, video)
    run_job(next(job.id for job in site.jobs(video) if job.kind is JobKind.CHUNK and job.number == 1))
    quick, ladder = (key_of(site, video, name, 3) for name in ("quick", "360p"))
    assert site.resources.storage.exists(ladder)

    assert find(site, quick) == ladder
    assert wishes(site, video) == {}


@on_sqlite
def test_an_open_player_goes_on_when_the_video_is_ready(site: Site, clips: dict[str, Path], tmp_path: Path) -> None:
    video = site.add_video(clips["long"])
    run_until_playable(site, video)
    with pytest.raises(NotMadeYet):
        find(site, key_of(site, video, "quick", 4), wait_s=0)
    run_job(next(job.id for job in site.jobs(video) if job.wanted_at))
    with pytest.raises(NotMadeYet):
        find(site, key_of(site, video, "quick", 3), wait_s=0)
    late = next(job.id for job in site.jobs(video) if job.wanted_at and job.state is JobState.QUEUED)
    count = len(playlists(site, video, tmp_path / "early")["quick/media.m3u8"])

    for kind in (JobKind.CHUNK, JobKind.AUDIO, JobKind.PUBLISH):
        for job in [job for job in site.jobs(video) if job.kind is kind and job.state is not JobState.DONE]:
            run_job(job.id)

    assert site.see(video).status is VideoStatus.READY
    assert next(job.state for job in site.jobs(video) if job.id == late) is JobState.CANCELLED
    inits = [init_key(video.public_id, site.encode_id(video), name) for name in ("quick", "360p")]
    assert site.resources.storage.read_bytes(inits[0]) == site.resources.storage.read_bytes(inits[1])
    found = [find(site, key_of(site, video, "quick", number), is_finished=True) for number in range(count)]
    assert [key.split("/")[3] for key in found[:5]] == ["quick", "quick", "quick", "360p", "quick"]
    site.fetch(video, tmp_path / "final")
    for number, key in enumerate(found):
        (tmp_path / "early" / "quick" / f"{number}.m4s").write_bytes(site.resources.storage.read_bytes(key))
    shutil.copytree(tmp_path / "final" / "audio-0", tmp_path / "early" / "audio-0", dirs_exist_ok=True)
    ffmpeg = str(find_ffmpeg())
    before = measure(ffmpeg, clips["long"], tmp_path)
    assert measure(ffmpeg, tmp_path / "early" / "multivariant.m3u8", tmp_path).numbers == before.numbers


@on_sqlite
@pytest.mark.parametrize(("name", "number"), [("240p", 0), ("nothing", 0), ("quick", 999), ("audio-0", 999)])
def test_what_no_player_is_offered_is_not_waited_for(
    site: Site, clips: dict[str, Path], name: str, number: int
) -> None:
    video = site.add_video(clips["long"])
    run_until_playable(site, video)

    with pytest.raises(NotFound):
        find(site, key_of(site, video, name, number))


@on_sqlite
def test_a_piece_is_left_off_when_somebody_else_waits(site: Site, clips: dict[str, Path]) -> None:
    video = site.add_video(clips["long"])
    run_job(site.jobs(video)[0].id)
    piece = next(job for job in site.jobs(video) if job.kind is JobKind.PIECE)
    with pytest.raises(NotMadeYet):
        find(site, key_of(site, video, "quick", 4), wait_s=0)

    run_job(piece.id)

    assert quick_segments(site, video) == [0]
    assert site.see(video).status is VideoStatus.PROCESSING


@on_sqlite
def test_too_many_who_wait_are_asked_to_come_back(site: Site, clips: dict[str, Path], client: FlaskClient) -> None:
    video = site.add_video(clips["long"])
    run_until_playable(site, video)
    folder = f"/media/public/{video.public_id}/{site.encode_id(video)}/"
    with ExitStack() as taken:
        for number in range(waiting.seats.most):
            assert taken.enter_context(waiting.seats.take(f"192.0.2.{number}"))
        answer = client.get(f"{folder}quick/4.m4s")

    assert (answer.status_code, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (
        503,
        "2",
        "no-store",
    )
    for there, status in (("quick/0.m4s", 200), ("multivariant.m3u8", 200), ("quick/999.m4s", 404)):
        with client.get(folder + there) as other:
            assert other.status_code == status
    assert wishes(site, video) == {4: JobState.QUEUED}


@on_sqlite
def test_a_client_has_its_share_of_the_places_and_no_more(site: Site, clips: dict[str, Path]) -> None:
    video = site.add_video(clips["long"])
    run_until_playable(site, video)
    key = key_of(site, video, "quick", 4)
    with ExitStack() as taken:
        for _ in range(waiting.seats.most_of_client):
            assert taken.enter_context(waiting.seats.take("192.0.2.1"))

        with pytest.raises(NotMadeYet):
            find(site, key, client="192.0.2.1")
        assert wishes(site, video) == {}
        with pytest.raises(NotMadeYet):
            find(site, key, client="192.0.2.2", wait_s=0)
        assert wishes(site, video) == {4: JobState.QUEUED}


@on_sqlite
def test_what_cannot_be_copied_as_planned_is_encoded(site: Site, clips: dict[str, Path]) -> None:
    video = site.add_video(clips["short"])
    run_job(site.jobs(video)[0].id)
    with transaction() as session:
        source = session.scalars(select(Source)).one()
        other = clips["long"]
        site.resources.storage.put_file(source.key, other, content_type="video/mp4")
        source.size_bytes = other.stat().st_size

    run_all(site, video)

    encodes = current_encodes()
    assert [(encode.status, encode.may_copy, encode.is_active) for encode in encodes] == [
        (EncodeStatus.CANCELLED, True, False),
        (EncodeStatus.READY, False, True),
    ]
    assert site.see(video).status is VideoStatus.READY


def current_encodes() -> Sequence[Encode]:
    """All encodes, as they stand in the database."""
    close_session()
    return current_session().scalars(select(Encode).order_by(Encode.id)).all()


@on_sqlite
def test_a_copy_that_turns_out_wrong_plays_until_the_next_encode_does(
    site: Site, clips: dict[str, Path], client: FlaskClient
) -> None:
    video = site.add_video(clips["short"])
    run_until_playable(site, video)
    first = current_encodes()[0]
    folder = f"/media/public/{video.public_id}/{first.public_id}/"
    missing = key_of(site, video, early_rendition(video), 0)
    with transaction() as session:
        chunk = session.scalars(select(Job).where(Job.kind == JobKind.CHUNK)).one()
        chunk.state = JobState.WAITING
    site.resources.storage.delete(missing)

    begin_anew(first.id, queue=site.resources.queue, settings=site.settings, now=utc_now(), may_copy=False)

    assert (site.see(video).status, site.see(video).is_playable) == (VideoStatus.QUEUED, True)
    assert [encode.is_active for encode in current_encodes()] == [True, False]
    with client.get(folder + "multivariant.m3u8") as there:
        assert there.status_code == 200
    lacking = client.get(folder + missing.split("/", 3)[3])
    assert (lacking.status_code, "Retry-After" in lacking.headers) == (503, True)
    while not current_encodes()[1].is_active:
        assert site.see(video).is_playable
        run_job(next(job.id for job in site.jobs(video) if job.state is JobState.QUEUED))
    assert site.see(video).status is VideoStatus.PROCESSING
    assert [encode.is_active for encode in current_encodes()] == [False, True]


@on_sqlite
def test_a_copy_whose_successor_fails_plays_no_more(site: Site, clips: dict[str, Path]) -> None:
    video = site.add_video(clips["short"])
    run_until_playable(site, video)
    with transaction() as session:
        session.scalars(select(Job).where(Job.kind == JobKind.CHUNK)).one().state = JobState.WAITING
    begin_anew(
        current_encodes()[0].id, queue=site.resources.queue, settings=site.settings, now=utc_now(), may_copy=False
    )

    processing.cancel_video(site.owner, video.public_id)

    assert (site.see(video).status, site.see(video).is_playable) == (VideoStatus.FAILED, False)
    assert not any(encode.is_active for encode in current_encodes())


@on_sqlite
def test_a_video_that_is_cancelled_half_made_does_not_play(site: Site, clips: dict[str, Path]) -> None:
    video = site.add_video(clips["long"])
    run_until_playable(site, video)

    processing.cancel_video(site.owner, video.public_id)

    seen = site.see(video)
    assert (seen.status, seen.is_playable) == (VideoStatus.FAILED, False)
