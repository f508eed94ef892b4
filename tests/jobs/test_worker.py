"""Real workers, a real queue server, real FFmpeg: whatever dies, the video becomes ready, and nothing is left lying."""

import signal
import time
from pathlib import Path

import pytest

from tests.clips import measure
from tests.factories import make_admin
from tests.servers import wait_until
from tests.workers import QueueServer, Site
from vod_web.core.clock import utc_now
from vod_web.core.processes import DRAIN_SIGNAL, DRAINED
from vod_web.media.passes import QUICK_NAME
from vod_web.media.tools import find_ffmpeg
from vod_web.models import JobKind, JobState, Video, VideoStatus
from vod_web.services import processing

on_sqlite = pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
"""What has nothing to do with the kind of database is tested with one."""
PICTURES = {"poster.jpg", "storyboard.vtt", "storyboard-0.jpg"}


def check_whole(site: Site, video: Video, source: Path, folder: Path) -> None:
    """Every frame of the source is there once, in step; the storage holds what is named and nothing else."""
    ffmpeg = str(find_ffmpeg())
    playlist = site.fetch(video, folder / "fetched")
    before, after = measure(ffmpeg, source, folder), measure(ffmpeg, playlist, folder)
    assert after.numbers == before.numbers
    assert max(abs(a - b) for a, b in zip(after.lags_s, before.lags_s, strict=True)) < 0.02
    names = site.stored_names(video)
    assert {name for name in names if "/" not in name and not name.startswith("poster-")} == {
        "multivariant.m3u8",
        *PICTURES,
    }
    segments = {name for name in names if name.endswith(".m4s") and not name.startswith(f"{QUICK_NAME}/")}
    assert segments == named_segments(folder / "fetched")
    assert site.scratch() == []
    assert site.processes() == []


def named_segments(folder: Path) -> set[str]:
    """The segments that the media playlists name."""
    return {
        f"{playlist.parent.name}/{line}"
        for playlist in folder.glob("*/media.m3u8")
        if playlist.parent.name != QUICK_NAME
        for line in playlist.read_text().splitlines()
        if line.endswith(".m4s")
    }


def test_a_source_becomes_a_video_that_plays(site: Site, clips: dict[str, Path], tmp_path: Path) -> None:
    site.start_worker()
    video = site.wait_for(site.add_video(clips["short"]))

    assert (video.is_playable, video.progress, video.eta_s) == (True, 1.0, None)
    assert (video.duration_s, video.width_px, video.height_px) == (pytest.approx(3, abs=0.05), 256, 144)
    assert video.published_at is not None
    stored = site.resources.storage.list(f"videos/{video.public_id}/")
    assert video.rendition_bytes == sum(found.size_bytes for found in stored)
    check_whole(site, video, clips["short"], tmp_path)


@on_sqlite
def test_a_source_in_a_bucket_becomes_a_video_that_plays(s3_site: Site, clips: dict[str, Path], tmp_path: Path) -> None:
    s3_site.start_worker()
    video = s3_site.wait_for(s3_site.add_video(clips["short"]))

    check_whole(s3_site, video, clips["short"], tmp_path)


@on_sqlite
def test_a_text_file_is_refused_within_seconds(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("file other.mp4\n" * 100)
    site.start_worker()
    wait_until(lambda: bool(site.worker_names()), what="the worker reports")
    began = time.monotonic()
    video = site.wait_for(site.add_video(path), VideoStatus.FAILED)

    assert time.monotonic() - began < 5
    assert video.status_reason == "This file is not a video: it is a text file."
    assert site.jobs(video)[0].attempt == 1


def test_two_workers_share_a_video(site: Site, clips: dict[str, Path], tmp_path: Path) -> None:
    for name in ("left", "right"):
        site.start_worker("--name", name)
    video = site.wait_for(site.add_video(clips["long"]))

    makers = {job.worker for job in site.jobs(video) if job.kind in (JobKind.CHUNK, JobKind.AUDIO)}
    assert makers == {"left", "right"}
    check_whole(site, video, clips["long"], tmp_path)


def test_a_killed_worker_is_replaced_by_another(site: Site, clips: dict[str, Path], tmp_path: Path) -> None:
    first = site.start_worker("--name", "first")
    video = site.add_video(clips["long"])
    job = site.wait_for_job(video)
    (ffmpeg,) = site.ffmpeg_of(first)
    first.kill()
    wait_until(lambda: not Path(f"/proc/{ffmpeg}").exists(), what="FFmpeg has died with its worker", limit_s=2)
    site.start_worker("--name", "second")

    video = site.wait_for(video)

    redone = next(found for found in site.jobs(video) if found.id == job.id)
    assert (redone.worker, redone.attempt) == ("second", 2)
    check_whole(site, video, clips["long"], tmp_path)


@on_sqlite
def test_a_worker_that_starts_again_takes_up_its_job_at_once(
    site: Site, clips: dict[str, Path], tmp_path: Path
) -> None:
    first = site.start_worker("--lease", "600")
    video = site.add_video(clips["long"])
    site.wait_for_job(video)
    first.kill()
    first.wait()
    assert site.scratch()
    site.start_worker("--lease", "600")

    check_whole(site, site.wait_for(video), clips["long"], tmp_path)


@on_sqlite
def test_a_worker_waits_for_a_queue_server_that_is_not_there_yet(
    site: Site, queue_process: QueueServer, clips: dict[str, Path]
) -> None:
    queue_process.kill()
    video = site.add_video(clips["short"])
    site.start_worker()
    wait_until(lambda: "queue_away" in site.log.read_text(), what="the worker says that the queue is away")
    queue_process.start()

    assert site.wait_for(video).is_playable
    assert [site.log.read_text().count(said) for said in ("queue_away", "queue_back")] == [1, 1]


def test_a_worker_that_was_silent_too_long_changes_nothing_any_more(
    site: Site, clips: dict[str, Path], tmp_path: Path
) -> None:
    frozen = site.start_worker("--name", "frozen")
    video = site.add_video(clips["long"])
    job = site.wait_for_job(video)
    frozen.send_signal(signal.SIGSTOP)
    site.start_worker("--name", "lively")
    wait_until(
        lambda: job.id in {found.id for found in site.jobs(video) if found.worker == "lively"},
        what="taken",
        limit_s=240,
    )
    frozen.send_signal(signal.SIGCONT)
    wait_until(lambda: "job_no_longer_ours" in site.log.read_text(), what="the frozen worker notices")

    video = site.wait_for(video)

    assert next(found for found in site.jobs(video) if found.id == job.id).worker == "lively"
    check_whole(site, video, clips["long"], tmp_path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@on_sqlite
def test_a_worker_told_to_end_gives_its_job_back(site: Site, clips: dict[str, Path], number: signal.Signals) -> None:
    worker = site.start_worker()
    video = site.add_video(clips["long"])
    job = site.wait_for_job(video)
    began = time.monotonic()
    worker.send_signal(number)

    assert worker.wait(10) == 0
    assert time.monotonic() - began < 3
    given_back = next(found for found in site.jobs(video) if found.id == job.id)
    assert (given_back.state, given_back.attempt, given_back.worker) == (JobState.QUEUED, 0, None)
    assert site.processes() == []
    assert site.scratch() == []
    assert site.worker_names() == []


@on_sqlite
def test_a_drained_worker_finishes_its_job_and_takes_no_other(site: Site, clips: dict[str, Path]) -> None:
    worker = site.start_worker("--name", "only")
    video = site.add_video(clips["long"])
    job = site.wait_for_job(video)
    processing.drain_worker(make_admin(), "only", now=utc_now())

    assert worker.wait(60) == DRAINED
    jobs = {found.id: found.state for found in site.jobs(video)}
    assert jobs[job.id] is JobState.DONE
    assert JobState.QUEUED in jobs.values()
    assert site.worker_names() == []


@on_sqlite
@pytest.mark.parametrize("is_queue_there", [True, False])
def test_an_idle_worker_that_is_drained_ends_at_once(
    site: Site, queue_process: QueueServer, is_queue_there: bool
) -> None:
    worker = site.start_worker("--name", "only")
    wait_until(lambda: bool(site.worker_names()), what="the worker reports")
    if not is_queue_there:
        queue_process.kill()
        wait_until(lambda: "queue_away" in site.log.read_text(), what="the worker waits for the queue")
    worker.send_signal(DRAIN_SIGNAL)

    assert worker.wait(10) == DRAINED


@on_sqlite
def test_a_worker_says_how_many_processors_it_keeps_busy(site: Site, clips: dict[str, Path]) -> None:
    site.start_worker("--lease", "2")
    site.wait_for_job(site.add_video(clips["long"]))

    wait_until(lambda: any((worker.cpu_cores or 0) > 0.1 for worker in site.list_workers()), what="FFmpeg counts")


@on_sqlite
def test_an_idle_worker_ends_at_once(site: Site) -> None:
    worker = site.start_worker()
    wait_until(lambda: bool(site.worker_names()), what="the worker reports")
    worker.terminate()

    assert worker.wait(3) == 0
    assert site.worker_names() == []


@on_sqlite
def test_a_cancelled_video_stops_its_ffmpeg(site: Site, clips: dict[str, Path]) -> None:
    worker = site.start_worker()
    video = site.add_video(clips["long"])
    site.wait_for_job(video)
    processing.cancel_video(site.owner, video.public_id)

    wait_until(lambda: site.ffmpeg_of(worker) == [], what="FFmpeg is gone", limit_s=5)
    wait_until(lambda: site.scratch() == [], what="the scratch is gone", limit_s=5)
    assert worker.poll() is None


@on_sqlite
@pytest.mark.parametrize(
    ("options", "environ_changes", "sentence"),
    [
        (["--name", "a b"], {}, "letters, digits"),
        ([], {"VOD_WORKERS": "many"}, "VOD_WORKERS"),
        ([], {"VOD_FFMPEG": "/nowhere/ffmpeg"}, "VOD_FFMPEG"),
        (["--queues", "fast"], {}, "--queues"),
    ],
)
def test_a_worker_that_cannot_begin_says_why(
    site: Site, options: list[str], environ_changes: dict[str, str], sentence: str
) -> None:
    worker = site.start_worker(*options, **environ_changes)

    assert worker.wait(20) == 2
    assert sentence in site.log.read_text()
    assert "Traceback" not in site.log.read_text()


@on_sqlite
def test_a_name_is_for_one_worker_at_a_time(site: Site) -> None:
    site.start_worker("--name", "only")
    wait_until(lambda: bool(site.worker_names()), what="the worker reports")

    assert site.start_worker("--name", "only").wait(20) == 2
    assert "Another worker is called only" in site.log.read_text()


@on_sqlite
def test_an_urgent_worker_takes_nothing_else(site: Site, clips: dict[str, Path]) -> None:
    site.start_worker("--urgent")
    video = site.add_video(clips["silent"])
    wait_until(lambda: site.see(video).is_playable, what="the video plays")

    poster = next(job for job in site.jobs(video) if job.kind is JobKind.POSTER)
    assert (poster.state, poster.attempt) == (JobState.QUEUED, 0)
    assert site.worker_names()[0].endswith("-urgent-1")
