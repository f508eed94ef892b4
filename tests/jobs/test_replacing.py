"""The file of a video is replaced with real FFmpeg, on files of this machine and in a bucket."""

import json
from pathlib import Path

import pytest

from tests.jobs.test_run import run_all, workplace
from tests.workers import Site
from vod_web.core.clock import utc_now
from vod_web.core.ids import new_public_id
from vod_web.db.session import close_session, transaction
from vod_web.jobs.workplace import Workplace
from vod_web.models import Source, SourceState, Video, VideoStatus
from vod_web.schemas.versions import VersionRead
from vod_web.services import processing, versions
from vod_web.services.processing.rows import lock_video
from vod_web.services.videos import get_video
from vod_web.storage.keys import encode_prefix, multivariant_key, source_key

__all__ = ["workplace"]

pytestmark = pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)


def offer(site: Site, video: Video, path: Path) -> None:
    """Another file for the video has just arrived."""
    key = source_key(video.public_id, new_public_id())
    site.resources.storage.put_file(key, path, content_type="video/mp4")
    size_bytes = path.stat().st_size
    with transaction() as session:
        lock_video(session, video.id)
        found = session.get_one(Video, video.id, populate_existing=True)
        found.source_bytes += size_bytes
        source = Source(video_id=video.id, key=key, filename=path.name, size_bytes=size_bytes)
        held = {"queue": site.resources.queue, "settings": site.settings}
        processing.offer_file(session, found, source, now=utc_now(), **held)  # type: ignore[arg-type]


def see(site: Site, video: Video) -> Video:
    """The video, with what plays."""
    close_session()
    return get_video(site.owner, video.public_id)


def versions_of(site: Site, video: Video) -> list[VersionRead]:
    close_session()
    return versions.list_versions(site.owner, video.public_id, settings=site.settings)


def playing(site: Site, video: Video) -> str:
    """The public id of the encode that plays."""
    active = see(site, video).active_encode
    assert active is not None
    return active.public_id


@pytest.mark.parametrize("kind", ["site", "s3_site"])
def test_a_file_takes_the_place_of_another_and_gives_it_back(
    request: pytest.FixtureRequest, kind: str, workplace: Workplace, clips: dict[str, Path]
) -> None:
    site: Site = request.getfixturevalue(kind)
    storage = site.resources.storage
    video = site.add_video(clips["short"])
    with transaction() as session:
        session.get_one(Video, video.id).source_bytes = clips["short"].stat().st_size
    run_all(site, video)
    first = playing(site, video)

    offer(site, video, clips["silent"])
    prepare = site.jobs(video)[-1]
    assert (prepare.attempt, playing(site, video), see(site, video).duration_s) == (0, first, 3.0)
    run_all(site, video)

    second, seen = playing(site, video), see(site, video)
    assert second != first
    assert (seen.status, seen.duration_s) == (VideoStatus.READY, 2.0)
    assert seen.active_encode is not None
    assert seen.active_encode.has_storyboard
    assert storage.exists(multivariant_key(video.public_id, first))  # of who watches it still
    held = {"storage": storage, "queue": site.resources.queue, "settings": site.settings}
    former = versions_of(site, video)[1]
    assert (former.duration_s, former.width_px, former.height_px, former.is_instant) == (3.0, 256, 144, True)
    versions.restore_version(site.owner, video.public_id, former.id, **held)  # type: ignore[arg-type]
    assert (playing(site, video), see(site, video).duration_s) == (first, 3.0)
    assert run_all(site, video) == []

    longer = versions_of(site, video)[1]
    versions.delete_version(site.owner, video.public_id, longer.id, storage=storage, settings=site.settings)
    assert list(storage.list(encode_prefix(video.public_id, second))) == []
    seen = see(site, video)
    assert sum(found.size_bytes for found in storage.list("")) == seen.source_bytes + seen.rendition_bytes


def test_what_is_no_video_leaves_the_one_that_plays(
    site: Site, workplace: Workplace, clips: dict[str, Path], tmp_path: Path
) -> None:
    video = site.add_video(clips["silent"])
    run_all(site, video)
    first = playing(site, video)
    text = tmp_path / "text.mp4"
    text.write_text(json.dumps({"no": "video"}) * 100)

    offer(site, video, text)
    run_all(site, video)

    seen = see(site, video)
    assert (seen.status, seen.status_reason, playing(site, video)) == (VideoStatus.READY, None, first)
    incoming = seen.incoming_source
    assert incoming is not None
    assert (incoming.state, incoming.status) == (SourceState.INCOMING, VideoStatus.FAILED)
    assert incoming.status_reason
