"""Jobs done in this process, one after another, with real FFmpeg."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.factories import make_admin
from tests.workers import Site
from vod_web.core.clock import utc_now
from vod_web.db.session import current_session, transaction
from vod_web.jobs.run import run_job
from vod_web.jobs.workplace import Workplace, take_workplace
from vod_web.media.runner import Tools
from vod_web.media.tools import find_ffmpeg
from vod_web.models import Encode, EncodeStatus, Job, JobKind, JobState, RenditionKind, Video, VideoStatus
from vod_web.services import processing
from vod_web.services.processing.outputs import SOURCE_GONE
from vod_web.services.processing.prepare import OTHER_BYTES
from vod_web.services.videos import get_video

on_sqlite = pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)


@pytest.fixture
def workplace(site: Site) -> Workplace:
    """This process as a worker."""
    place = Workplace(
        name="here",
        queues=("urgent", "normal", "low"),
        scratch=site.settings.data_dir / "scratch" / "here",
        tools=Tools(str(find_ffmpeg())),
    )
    take_workplace(place)
    return place


def run_all(site: Site, video: Video) -> list[tuple[JobKind, int]]:
    """Do the jobs of a video as they are queued, until none is; says which."""
    done = []
    while queued := [job for job in site.jobs(video) if job.state is JobState.QUEUED]:
        run_job(queued[0].id)
        done.append((queued[0].kind, queued[0].number))
    return done


def test_one_job_after_another_makes_a_video(site: Site, workplace: Workplace, clips: dict[str, Path]) -> None:
    video = site.add_video(clips["short"])

    done = run_all(site, video)

    # it can be copied, has no subtitles, and nobody has asked for a picture of it
    expected = set(JobKind) - {JobKind.PIECE, JobKind.SUBTITLES, JobKind.FRAMES, JobKind.THUMBNAIL, JobKind.IMPORT}
    assert set(done) == {(kind, 0) for kind in expected}
    assert len(done) == len(expected)
    found = get_video(site.owner, video.public_id)
    assert (found.status, found.is_playable, found.frame_rate) == (VideoStatus.READY, True, "25")
    encode = found.active_encode
    assert encode is not None
    assert encode.has_poster
    assert encode.has_storyboard
    (picture,) = [made for made in encode.renditions if made.kind is RenditionKind.VIDEO]
    (sound,) = [made for made in encode.renditions if made.kind is RenditionKind.AUDIO]
    assert (picture.name, picture.width_px, picture.height_px) == ("144p", 256, 144)
    assert picture.codecs is not None
    assert picture.codecs.startswith("avc1.")
    assert sound.codecs == "mp4a.40.2"
    for made in (picture, sound):
        folder = f"videos/{video.public_id}/{encode.public_id}/{made.name}/"
        files = [file for file in site.resources.storage.list(folder) if file.key.endswith(("mp4", "m4s"))]
        assert made.size_bytes == sum(file.size_bytes for file in files)
        assert (made.progress, made.is_complete) == (1.0, True)
        assert (made.bitrate_bps or 0) >= (made.average_bitrate_bps or 0) > 0


def test_a_job_that_is_done_is_not_done_again(site: Site, workplace: Workplace, clips: dict[str, Path]) -> None:
    video = site.add_video(clips["short"])
    run_all(site, video)
    stored = list(site.resources.storage.list("videos/"))

    for job in site.jobs(video):
        run_job(job.id)

    assert list(site.resources.storage.list("videos/")) == stored
    assert {job.attempt for job in site.jobs(video)} == {1}


@on_sqlite
def test_a_job_that_is_gone_is_left_alone(site: Site, workplace: Workplace) -> None:
    run_job(12345)

    assert workplace.attempt is None


@on_sqlite
@pytest.mark.parametrize("is_right", [True, False])
def test_the_checksum_that_was_announced_is_compared(
    site: Site, workplace: Workplace, clips: dict[str, Path], is_right: bool
) -> None:
    checksum = hashlib.sha256(clips["short"].read_bytes() if is_right else b"").hexdigest()
    video = site.add_video(clips["short"], checksum_sha256=checksum)

    run_job(site.jobs(video)[0].id)

    assert site.jobs(video)[0].state is (JobState.DONE if is_right else JobState.FAILED)
    assert site.see(video).status_reason == (None if is_right else OTHER_BYTES)


@on_sqlite
def test_a_source_that_is_shorter_than_announced_is_refused(
    site: Site, workplace: Workplace, clips: dict[str, Path]
) -> None:
    video = site.add_video(clips["short"], size_bytes=clips["short"].stat().st_size + 1)

    run_job(site.jobs(video)[0].id)

    assert (site.see(video).status, site.see(video).status_reason) == (VideoStatus.FAILED, OTHER_BYTES)


@on_sqlite
@pytest.mark.parametrize("jobs_before", [0, 1])
def test_a_source_that_is_gone_is_looked_for_several_times_before_the_video_fails(
    site: Site, workplace: Workplace, clips: dict[str, Path], jobs_before: int
) -> None:
    video = site.add_video(clips["short"])
    (site.settings.data_dir / "media" / "videos").mkdir()
    for job in site.jobs(video)[:jobs_before]:
        run_job(job.id)
    source = site.settings.data_dir / "media" / "sources"
    away = source.rename(source.with_name("away"))

    run_first(site, video)

    waiting = first_of(site, video)
    assert (waiting.state, waiting.error, site.see(video).status) == (
        JobState.WAITING,
        SOURCE_GONE,
        VideoStatus.PROCESSING,
    )
    begin_again(site, video, failures=3)
    run_first(site, video)
    assert (site.see(video).status, site.see(video).status_reason) == (VideoStatus.FAILED, SOURCE_GONE)
    away.rename(source)
    processing.retry_job(make_admin(), first_of(site, video).id, queue=site.resources.queue, now=utc_now())
    run_all(site, video)
    assert site.see(video).status is VideoStatus.READY


@on_sqlite
def test_a_disk_that_is_not_mounted_fails_no_video(site: Site, workplace: Workplace, clips: dict[str, Path]) -> None:
    video = site.add_video(clips["silent"])
    media = site.settings.data_dir / "media"
    for _ in range(2):
        away = media.rename(media.with_name("away"))
        run_first(site, video)
        job = first_of(site, video)
        assert (job.state, job.failures) == (JobState.WAITING, 1)
        assert "mounted" in (job.error or "")
        shutil.rmtree(media, ignore_errors=True)
        away.rename(media)
        begin_again(site, video, failures=0)
        run_first(site, video)

    begin_again(site, video, failures=0)
    run_all(site, video)
    assert site.see(video).status is VideoStatus.READY


def first_of(site: Site, video: Video) -> Job:
    """The first job of a video that is not done."""
    return next(job for job in site.jobs(video) if job.state is not JobState.DONE)


def run_first(site: Site, video: Video) -> None:
    run_job(first_of(site, video).id)


def begin_again(site: Site, video: Video, *, failures: int) -> None:
    """Let the job that waits after an error begin, as one that has had so many."""
    waiting = first_of(site, video)
    with transaction() as session:
        job = session.get_one(Job, waiting.id)
        job.failures, job.state, job.not_before = failures, JobState.QUEUED, None


@on_sqlite
def test_an_unexpected_error_is_noted_for_the_admin_and_leaves_no_scratch(
    site: Site, workplace: Workplace, clips: dict[str, Path]
) -> None:
    video = site.add_video(clips["short"])
    run_job(site.jobs(video)[0].id)
    workplace.tools = replace(workplace.tools, ffmpeg="/nowhere/ffmpeg")
    chunk = next(job for job in site.jobs(video) if job.kind is JobKind.CHUNK)

    run_job(chunk.id)

    failed = next(job for job in site.jobs(video) if job.id == chunk.id)
    assert (failed.state, failed.failures) == (JobState.WAITING, 1)
    assert failed.error is not None
    assert failed.error.startswith("FileNotFoundError")
    assert failed.log is not None
    assert "encode_chunk" in failed.log
    assert site.see(video).status is VideoStatus.PROCESSING
    assert site.scratch() == []


@on_sqlite
@pytest.mark.parametrize("jobs_before", [1, 3])
def test_an_encode_planned_by_another_version_begins_anew(
    site: Site, workplace: Workplace, clips: dict[str, Path], jobs_before: int
) -> None:
    video = site.add_video(clips["silent"])
    for _ in range(jobs_before):
        run_job(next(job.id for job in site.jobs(video) if job.state is JobState.QUEUED))
    with transaction() as session:
        session.scalars(select(Encode)).one().plan = {"from": "the past"}

    run_all(site, video)

    assert site.see(video).status is VideoStatus.READY
    encodes = current_session().scalars(select(Encode.status).order_by(Encode.id)).all()
    assert encodes == [EncodeStatus.CANCELLED, EncodeStatus.READY]


@on_sqlite
def test_a_video_without_sound_becomes_ready(site: Site, workplace: Workplace, clips: dict[str, Path]) -> None:
    video = site.add_video(clips["silent"])

    run_all(site, video)

    assert site.see(video).status is VideoStatus.READY
    assert not any("audio" in name for name in site.stored_names(video))


@on_sqlite
def test_a_new_encode_has_files_of_its_own(site: Site, workplace: Workplace, clips: dict[str, Path]) -> None:
    video = site.add_video(clips["short"])
    run_all(site, video)
    former = site.encode_id(video)
    first_published = site.see(video).published_at

    processing.reencode_video(make_admin(), video.public_id, queue=site.resources.queue, settings=site.settings)
    run_all(site, video)

    encodes = current_session().scalars(select(Encode).order_by(Encode.id)).all()
    assert [(encode.public_id == former, encode.is_active) for encode in encodes] == [(True, False), (False, True)]
    assert site.see(video).published_at == first_published
    assert {file.key.split("/")[2] for file in site.resources.storage.list(f"videos/{video.public_id}/")} == {
        encode.public_id for encode in encodes
    }
