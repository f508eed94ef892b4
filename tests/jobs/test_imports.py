"""Workers that die while they fetch a file: another one goes on where it was, on files and on S3."""

import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.file_server import FileServer, serving_files
from tests.servers import wait_until
from tests.workers import READY_LIMIT_S, Site
from vod_web.db.session import close_session, current_session
from vod_web.models import Import, ImportState, VideoStatus
from vod_web.schemas.imports import ImportCreate
from vod_web.services import imports

PART_BYTES = 5 * 1024**2  # S3 takes no smaller ones but the last
PADDING_BYTES = 2 * PART_BYTES


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """The environment of a site that may ask this machine."""
    return environ | {"VOD_IMPORT_NETWORKS": "127.0.0.0/8", "VOD_UPLOAD_PART_BYTES": str(PART_BYTES)}


@pytest.fixture
def server() -> Iterator[FileServer]:
    """A stranger's server."""
    with serving_files() as server:
        yield server


@pytest.fixture(scope="module")
def film(clips: dict[str, Path]) -> bytes:
    """A short clip with room for more in it, which makes it three parts long."""
    return clips["silent"].read_bytes() + struct.pack(">I4s", PADDING_BYTES, b"free") + bytes(PADDING_BYTES - 8)


def begin(site: Site, url: str) -> Import:
    """An import that waits."""
    held = site.resources
    return imports.create_import(
        site.owner, ImportCreate(url=url), storage=held.storage, settings=site.settings, throttle=held.throttle
    )


def see(found: Import) -> Import:
    """As it stands in the database."""
    close_session()
    return current_session().get_one(Import, found.id)


on_sqlite = pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)


@on_sqlite
def test_another_worker_goes_on_behind_the_last_part(site: Site, server: FileServer, film: bytes) -> None:
    check_handing_over(site, server, film)


@on_sqlite
def test_another_worker_goes_on_behind_the_last_part_in_a_bucket(
    s3_site: Site, server: FileServer, film: bytes
) -> None:
    check_handing_over(s3_site, server, film)


def check_handing_over(site: Site, server: FileServer, film: bytes) -> None:
    """The first worker is killed in the middle; the second fetches the rest, and the processing begins."""
    found = begin(site, server.serve(film, etag='"one"', holds_after=PART_BYTES + 1_000_000))
    first = site.start_worker("--name", "first")
    wait_until(lambda: see(found).stored_bytes == PART_BYTES, what="a part is stored", limit_s=READY_LIMIT_S)
    first.kill()
    server.served["/film.mp4"].holds_after = None
    site.start_worker("--name", "second")

    wait_until(lambda: see(found).state is ImportState.DONE, what="all of it is here", limit_s=READY_LIMIT_S)

    assert server.requests[-1].headers["Range"] == f"bytes={PART_BYTES}-"
    stored = site.resources.storage.read_bytes(found.key)
    assert hashlib.sha256(stored).digest() == hashlib.sha256(film).digest()
    assert list(site.resources.storage.list_unfinished("sources/")) == []
    assert site.see(found.video).status is not VideoStatus.UPLOADING


@on_sqlite
def test_a_worker_that_is_told_to_end_hands_over_at_once(site: Site, server: FileServer, film: bytes) -> None:
    """Long before its lease runs out."""
    found = begin(site, server.serve(film, etag='"one"', crawls=True))
    worker = site.start_worker("--lease", "600")
    wait_until(lambda: see(found).state is ImportState.FETCHING, what="it is being fetched", limit_s=READY_LIMIT_S)
    worker.terminate()
    worker.wait(10)

    assert see(found).state is ImportState.WAITING
