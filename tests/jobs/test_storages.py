"""Videos whose files are in a bucket or behind nginx: made early, waited for, and while the storage is away."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.conftest import with_settings
from tests.jobs.test_early import key_of, run_until_playable, wishes
from tests.jobs.test_worker import check_whole
from tests.s3_server import S3Server
from tests.servers import wait_until
from tests.workers import Site
from vod_web.app import create_app
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session
from vod_web.jobs.run import run_job
from vod_web.jobs.workplace import Workplace, take_workplace
from vod_web.media.runner import Tools
from vod_web.media.tools import find_ffmpeg
from vod_web.models import Encode, JobState, Video

pytestmark = pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)


@contextmanager
def visiting(settings: Settings) -> Iterator[FlaskClient]:
    """A visitor's browser at a site with these settings."""
    app = create_app(settings)
    yield app.test_client()
    close_session()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def wait_for_segment(site: Site, settings: Settings, video: Video, look: Callable[[TestResponse], None]) -> None:
    """Ask for a segment that is not made; `look` at the answer, which must not come before the segment is stored."""
    take_workplace(Workplace("here", ("urgent",), site.settings.data_dir / "here", Tools(str(find_ffmpeg()))))
    run_until_playable(site, video)
    key = key_of(site, video, "quick", 4)
    with visiting(settings) as client, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(client.get, key.replace("videos/", "/media/public/", 1), buffered=True)
        wait_until(lambda: JobState.QUEUED in wishes(site, video).values(), what="the segment is wished for")
        assert not asked.done()
        assert not site.resources.storage.exists(key)
        run_job(next(job.id for job in site.jobs(video) if job.wanted_at))
        look(asked.result(20))
    assert site.resources.storage.exists(key)


def test_a_browser_is_sent_to_a_bucket_only_for_what_is_there(s3_site: Site, clips: dict[str, Path]) -> None:
    video = s3_site.add_video(clips["long"])

    def look(answer: TestResponse) -> None:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "no-store")
        with urlopen(answer.location, timeout=5) as found:
            assert found.read() == s3_site.resources.storage.read_bytes(key_of(s3_site, video, "quick", 4))

    wait_for_segment(s3_site, s3_site.settings, video, look)


def test_nginx_is_told_of_a_file_only_when_it_is_there(site: Site, clips: dict[str, Path]) -> None:
    video = site.add_video(clips["long"])

    def look(answer: TestResponse) -> None:
        key = key_of(site, video, "quick", 4)
        assert (answer.status_code, answer.headers["X-Accel-Redirect"]) == (200, f"/stored-media/{key}")
        assert site.resources.storage.exists(key)

    wait_for_segment(site, with_settings(site.settings, sendfile="nginx"), video, look)


def test_a_bucket_that_is_away_for_a_while_fails_no_video(
    s3_site: Site, s3_server: S3Server, clips: dict[str, Path], tmp_path: Path
) -> None:
    video = s3_site.add_video(clips["short"])
    s3_site.start_worker()
    wait_until(lambda: s3_site.see(video).is_playable, what="the video plays")
    s3_server.stop()
    try:
        wait_until(lambda: any(job.failures for job in s3_site.jobs(video)), what="a job has failed", limit_s=60)
        failed = next(job for job in s3_site.jobs(video) if job.failures)
        assert "file storage" in (failed.error or ""), (failed.kind, failed.error)
        assert_players_are_asked_to_come_back(s3_site, video)
    finally:
        s3_server.start()

    check_whole(s3_site, s3_site.wait_for(video), clips["short"], tmp_path)
    close_session()
    assert current_session().scalars(select(Encode.may_copy)).all() == [True]


def assert_players_are_asked_to_come_back(site: Site, video: Video) -> None:
    with visiting(site.settings) as client:
        answer = client.get(f"/media/public/{video.public_id}/{site.encode_id(video)}/multivariant.m3u8")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
