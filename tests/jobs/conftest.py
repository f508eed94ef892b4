"""Sites with real workers, and clips that take a while."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.clips import AAC, X264, Clip, make_clip_file, make_numbers
from tests.s3_server import S3Server
from tests.workers import QueueServer, Site, running
from vod_web.core.settings import Settings, load_settings
from vod_web.media.tools import find_ffmpeg
from vod_web.resources import open_resources

SHORT = Clip("a short one", "short.mp4", (*X264, *AAC), duration_s=3)
SILENT = Clip("without sound", "silent.mp4", (*X264, "-an"), duration_s=2)
LONG = Clip(
    "of several chunks, none of them copied, and large enough that a person would have to wait for it",
    "long.mp4",
    ("-c:v", "mpeg4", "-q:v", "4", *AAC),
    duration_s=13,
    filters="scale=960:540:flags=neighbor",
)


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The clips of this folder by name: `short`, `silent`, `long`."""
    folder, ffmpeg = tmp_path_factory.mktemp("clips"), str(find_ffmpeg())
    numbers = make_numbers(ffmpeg, folder)
    return {clip.name.split(".")[0]: make_clip_file(ffmpeg, numbers, clip, folder) for clip in (SHORT, SILENT, LONG)}


@pytest.fixture
def queue_process() -> Iterator[QueueServer]:
    """A queue server of this test alone."""
    server = QueueServer()
    server.start()
    yield server
    server.kill()


@pytest.fixture
def environ(
    empty_database: str, queue_process: QueueServer, tmp_path: Path, request: pytest.FixtureRequest
) -> dict[str, str]:
    """The environment of the site."""
    return {
        "VOD_DATA_DIR": str(tmp_path / "data"),
        "VOD_DATABASE_URL": empty_database,
        "VOD_REDIS_URL": queue_process.url,
        "VOD_LADDER": "240,360,1080",
        "VOD_LOG_LEVEL": "INFO",
    }


@pytest.fixture
def settings(environ: dict[str, str]) -> Settings:
    """The settings of the site, as its workers read them."""
    return load_settings(environ)


@pytest.fixture
def site(settings: Settings, environ: dict[str, str], database: Engine, tmp_path: Path) -> Iterator[Site]:
    """A site on local storage, without a worker yet."""
    with running(Site(settings, open_resources(settings), environ, tmp_path / "workers.log")) as site:
        yield site


@pytest.fixture
def s3_site(s3_server: S3Server, environ: dict[str, str], database: Engine, tmp_path: Path) -> Iterator[Site]:
    """A site whose files are in a bucket, without a worker yet."""
    environ |= {
        "VOD_STORAGE": "s3",
        "VOD_S3_ENDPOINT_URL": s3_server.endpoint_url,
        "VOD_S3_BUCKET": "vod",
        "VOD_S3_ACCESS_KEY": s3_server.access_key,
        "VOD_S3_SECRET_KEY": s3_server.secret_key,
    }
    settings = load_settings(environ)
    with running(Site(settings, open_resources(settings), environ, tmp_path / "workers.log")) as site:
        yield site
        for prefix in ("sources/", "videos/"):
            site.resources.storage.delete_prefix(prefix)
