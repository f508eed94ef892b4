"""Videos that play while most of them is still to be made."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.jobs.test_run import run_all
from tests.jobs.test_worker import check_whole, named_segments
from tests.servers import wait_until
from tests.workers import QueueServer, Site
from vod_web.app import create_app
from vod_web.core.errors import NotFound, NotMadeYet
from vod_web.db.session import close_session, current_session, transaction
from vod_web.jobs.run import run_job
from vod_web.jobs.workplace import Workplace, take_workplace
from vod_web.media.runner import Tools
from vod_web.media.tools import find_ffmpeg
from vod_web.models import Encode, EncodeStatus, Job, JobKind, JobState, Source, Video, VideoStatus
from vod_web.services import processing
from vod_web.services.processing import waiting
from vod_web.services.processing.waiting import await_segment
from vod_web.services.videos import get_video
from vod_web.storage.keys import segment_key

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
    names: dict[str, list[str]] = {name: [] for name in multivariant.read_text().splitlines() if "media.m3u8" in name}
    for name in sorted(named_segments(folder)):
        names.setdefault(name.split("/")[0] + "/media.m3u8", []).append(name)
    return names


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


def test_any_other_source_plays_after_its_first_low_segment(site: Site, clips: dict[str, Path], tmp_path: Path) -> None:
    video = site.add_video(clips["long"])

    run_until_playable(site, video)

    name = early_rendition(video)
    early = playlists(site, video, tmp_path / "early")
    stored = [found for found in site.stored_names(video) if found.startswith(f"{name}/") and found.endswith(".m4s")]
    assert stored == [f"{name}/0.m4s"]
    assert len(early[f"{name}/media.m3u8"]) > 3
    run_all(site, video)
    final = playlists(site, video, tmp_path / "final")
    assert {list_name: final[list_name] for list_name in early} == early
    assert len(final) > len(early)


def test_a_segment_that_somebody_waits_for_is_made_next(site: Site, clips: dict[str, Path]) -> None:
    video = site.add_video(clips["long"])
    run_until_playable(site, video)
    name = early_rendition(video)
    last = next(job for job in reversed(site.jobs(video)) if job.makes == [name])
    key = key_of(site, video, name, 4)

    with pytest.raises(NotMadeYet) as refusal:
        await_segment(key, storage=site.resources.storage, queue=site.resources.queue, wait_s=0.2)

    assert refusal.value.retry_after_s in (1, 2)
    wanted = next(job for job in site.jobs(video) if job.wanted_at is not None)
    assert (wanted.id, wanted.state) == (last.id, JobState.QUEUED)
    first_hint = site.resources.queue.connection.lindex("rq:queue:urgent", 0).decode()
    assert first_hint.startswith(f"job-{wanted.id}-")
    waiter = threading.Thread(
        target=await_segment, args=(key,), kwargs={"storage": site.resources.storage, "queue": site.resources.queue}
    )
    waiter.start()
    run_job(wanted.id)
    waiter.join(5)
    assert not waiter.is_alive()
    assert site.resources.storage.exists(key)


@on_sqlite
@pytest.mark.parametrize(("name", "number"), [("240p", 0), ("nothing", 0), (None, 999), ("audio-0", 999)])
def test_what_no_player_is_offered_is_not_waited_for(
    site: Site, clips: dict[str, Path], name: str | None, number: int
) -> None:
    video = site.add_video(clips["long"])
    run_until_playable(site, video)

    key = key_of(site, video, name or early_rendition(video), number)

    with pytest.raises(NotFound):
        await_segment(key, storage=site.resources.storage, queue=site.resources.queue)


def test_too_many_who_wait_are_asked_to_come_back(site: Site, clips: dict[str, Path], client: FlaskClient) -> None:
    video = site.add_video(clips["long"])
    run_until_playable(site, video)
    name, encode_id = early_rendition(video), site.encode_id(video)
    folder = f"/media/public/{video.public_id}/{encode_id}/"
    with ExitStack() as seats:
        for _ in range(waiting.MOST_WAITING):
            seats.enter_context(waiting._seats)
        answer = client.get(f"{folder}{name}/4.m4s")

    assert (answer.status_code, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (
        503,
        "2",
        "no-store",
    )
    for there, status in ((f"{name}/0.m4s", 200), ("multivariant.m3u8", 200), (f"{name}/999.m4s", 404)):
        with client.get(folder + there) as other:
            assert other.status_code == status
    assert any(job.wanted_at for job in site.jobs(video))


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

    close_session()
    encodes = current_session().scalars(select(Encode).order_by(Encode.id)).all()
    assert [(encode.status, encode.may_copy, encode.is_active) for encode in encodes] == [
        (EncodeStatus.CANCELLED, True, False),
        (EncodeStatus.READY, False, True),
    ]
    assert site.see(video).status is VideoStatus.READY


@on_sqlite
def test_a_video_that_is_cancelled_half_made_does_not_play(site: Site, clips: dict[str, Path]) -> None:
    video = site.add_video(clips["long"])
    run_until_playable(site, video)

    processing.cancel_video(site.owner, video.public_id)

    seen = site.see(video)
    assert (seen.status, seen.is_playable) == (VideoStatus.FAILED, False)


def test_a_worker_and_the_queue_may_die_between_early_and_final(
    site: Site, queue_process: QueueServer, clips: dict[str, Path], tmp_path: Path
) -> None:
    first = site.start_worker("--name", "first")
    video = site.add_video(clips["long"])
    wait_until(lambda: site.see(video).is_playable, what="the video plays", limit_s=60)
    first.kill()
    queue_process.kill()
    queue_process.start()
    assert site.see(video).status is VideoStatus.PROCESSING
    site.start_worker("--name", "second")

    check_whole(site, site.wait_for(video), clips["long"], tmp_path)
