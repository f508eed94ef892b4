"""Embedded subtitles become captions of the video, and sound is measured, beside the main work."""

from pathlib import Path

import pytest

from tests.clips import run
from tests.factories import make_admin
from tests.jobs.test_run import on_sqlite
from tests.workers import Site
from vod_web.core.clock import utc_now
from vod_web.db.session import close_session
from vod_web.jobs.run import run_job
from vod_web.jobs.workplace import Workplace, take_workplace
from vod_web.media.runner import Tools
from vod_web.media.tools import find_ffmpeg
from vod_web.models import JobKind, JobState, RenditionKind, Video, VideoStatus
from vod_web.schemas.captions import CaptionCreate
from vod_web.services import processing
from vod_web.services.caption_files import shown_captions
from vod_web.services.captions import add_caption
from vod_web.services.chapters import shown_chapters, write_chapters
from vod_web.services.processing.leases import LEASE_S, claim_job
from vod_web.services.processing.publish import publish
from vod_web.services.videos import get_video
from vod_web.storage.base import StoredObject
from vod_web.storage.keys import captions_key, captions_playlist_key, multivariant_key
from vod_web.storage.local import LocalStorage

BEEPS_LUFS, BEEPS_DBFS = -16.3, -9
"""Of a beep of half the full scale, 3 dB lower in each ear, for a tenth of every second."""
CHAPTERS = ";FFMETADATA1\n" + "".join(
    f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={end}\ntitle={title}\n"
    for start, end, title in ((0, 1000, "One"), (1000, 3000, "Two"))
)
SRT = "1\n00:00:00,500 --> 00:00:01,500\n{}\n"


@pytest.fixture
def workplace(site: Site) -> Workplace:
    """This process as a worker."""
    tools = Tools(str(find_ffmpeg()))
    place = Workplace("here", ("urgent",), site.settings.data_dir / "scratch" / "here", tools)
    take_workplace(place)
    return place


@pytest.fixture(scope="module")
def film(clips: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short clip with two chapters, and subtitles in two languages; the second track is for those who do not hear."""
    folder = tmp_path_factory.mktemp("film")
    (folder / "chapters.txt").write_text(CHAPTERS)
    for name in ("Hello", "Bonjour"):
        (folder / name).write_text(SRT.format(name))
    path = folder / "film.mkv"
    inputs = [clips["short"], folder / "Hello", folder / "Bonjour", folder / "chapters.txt"]
    arguments = [part for one in inputs for part in (*(("-f", "srt") if one.suffix == "" else ()), "-i", str(one))]
    arguments += [
        "-map",
        "0",
        "-map",
        "1",
        "-map",
        "2",
        "-map_chapters",
        "3",
        "-c",
        "copy",
        "-disposition:s:1",
        "hearing_impaired",
    ]
    languages = ["-metadata:s:s:0", "language=eng", "-metadata:s:s:1", "language=fre"]
    run(str(find_ffmpeg()), *arguments, *languages, str(path))
    return path


def run_but(site: Site, video: Video, *left: JobKind) -> None:
    """Do the jobs of a video as they are queued, but not those of some kinds."""
    while wanted := [job for job in site.jobs(video) if job.state is JobState.QUEUED and job.kind not in left]:
        run_job(wanted[0].id)


def playlist_of(site: Site, video: Video) -> str:
    """The multivariant playlist of the encode that plays."""
    close_session()
    encode = get_video(site.owner, video.public_id).active_encode
    assert encode is not None
    return site.resources.storage.read_bytes(multivariant_key(video.public_id, encode.public_id)).decode()


def chapters(site: Site, video: Video) -> list[tuple[float, str]]:
    """The chapters that visitors are told."""
    close_session()
    return [(one.start_s, one.title) for one in shown_chapters(get_video(site.owner, video.public_id))]


def labels(site: Site, video: Video) -> list[tuple[str, str, str]]:
    """The tracks that visitors are offered."""
    close_session()
    return [(c.language, c.label, c.kind.value) for c in shown_captions(get_video(site.owner, video.public_id))]


BOTH = [("en", "English", "subtitles"), ("fr", "French", "captions")]


def test_subtitles_become_captions_and_sound_is_measured(site: Site, workplace: Workplace, film: Path) -> None:
    video = site.add_video(film)

    run_but(site, video)

    assert labels(site, video) == BOTH
    assert chapters(site, video) == [(0.0, "One"), (1.0, "Two")]
    found = get_video(site.owner, video.public_id)
    for caption, text in zip(found.captions, ("Hello", "Bonjour"), strict=True):
        stored = site.resources.storage.read_bytes(captions_key(video.public_id, caption.name)).decode()
        assert stored == f"WEBVTT\n\n00:00:00.500 --> 00:00:01.500\n{text}\n"
        assert f"../captions/{caption.name}/media.m3u8" in playlist_of(site, video)
    assert found.active_encode is not None
    (sound,) = [one for one in found.active_encode.renditions if one.kind is RenditionKind.AUDIO]
    assert sound.loudness_lufs == pytest.approx(BEEPS_LUFS, abs=1)
    assert sound.peak_dbfs == pytest.approx(BEEPS_DBFS, abs=2)


@on_sqlite
def test_captions_may_come_last_and_are_not_doubled_by_another_encode(
    site: Site, workplace: Workplace, film: Path
) -> None:
    video, storage = site.add_video(film), site.resources.storage
    folder = f"videos/{video.public_id}/captions/"
    run_but(site, video, JobKind.SUBTITLES)
    assert site.see(video).status is VideoStatus.READY
    assert "SUBTITLES" not in playlist_of(site, video)

    run_but(site, video)
    assert playlist_of(site, video).count("TYPE=SUBTITLES") == 2
    assert 'SUBTITLES="captions"' in playlist_of(site, video)

    added = CaptionCreate(language="de")
    add_caption(site.owner, video.public_id, added, SRT.format("Hallo").encode(), storage=storage)
    write_chapters(site.owner, video.public_id, "0:00 Mine")
    stored = {file.key for file in storage.list(folder)}
    processing.reencode_video(make_admin(), video.public_id, queue=site.resources.queue, settings=site.settings)
    run_but(site, video)

    assert labels(site, video) == [*BOTH, ("de", "German", "subtitles")]
    assert {file.key for file in storage.list(folder)} == stored
    assert playlist_of(site, video).count("TYPE=SUBTITLES") == 3
    assert chapters(site, video) == [(0.0, "Mine")]


@on_sqlite
def test_captions_that_were_there_before_the_file_are_as_long_as_the_video_in_the_end(
    site: Site, workplace: Workplace, film: Path
) -> None:
    video, storage = site.add_video(film), site.resources.storage
    added = CaptionCreate(language="de")
    early = add_caption(site.owner, video.public_id, added, SRT.format("Hallo").encode(), storage=storage)
    key = captions_playlist_key(video.public_id, early.name)
    assert "#EXTINF:1.5" in storage.read_bytes(key).decode()

    run_but(site, video)

    assert labels(site, video) == [*BOTH, ("de", "German", "subtitles")]
    assert f"../captions/{early.name}/media.m3u8" in playlist_of(site, video)
    assert "#EXTINF:3.0" in storage.read_bytes(key).decode()


class Meddling(LocalStorage):
    """A storage where captions come just as the playlist is written."""

    def __init__(self, folder: Path, job_id: int) -> None:
        super().__init__(folder)
        self.job_id: int | None = job_id

    def put_bytes(self, key: str, data: bytes, *, content_type: str, cache_control: str | None = None) -> StoredObject:
        job_id, self.job_id = self.job_id, None
        if job_id is not None:
            run_job(job_id)
        return super().put_bytes(key, data, content_type=content_type, cache_control=cache_control)


@on_sqlite
def test_captions_that_come_while_the_playlist_is_written_are_named(
    site: Site, workplace: Workplace, film: Path
) -> None:
    video = site.add_video(film)
    run_but(site, video, JobKind.PUBLISH, JobKind.SUBTITLES)
    jobs = {job.kind: job.id for job in site.jobs(video)}
    lease = claim_job(jobs[JobKind.PUBLISH], worker="here", lease_s=LEASE_S, now=utc_now())
    assert lease is not None

    with workplace.at_work(lease) as attempt:
        attempt.storage = Meddling(site.settings.data_dir / "media", jobs[JobKind.SUBTITLES])
        publish(attempt)

    assert site.see(video).status is VideoStatus.READY
    assert playlist_of(site, video).count("TYPE=SUBTITLES") == 2
