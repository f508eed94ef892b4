"""The picture that a person chooses for a video: a frame, from the choice to the stored file, on both storages."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.clips import read_number, run
from tests.factories import make_admin
from tests.workers import Site
from vod_web.core.clock import utc_now
from vod_web.core.ids import new_public_id
from vod_web.db.session import close_session, current_session, transaction
from vod_web.jobs.run import run_job
from vod_web.jobs.workplace import Workplace, take_workplace
from vod_web.media.runner import Tools
from vod_web.media.tools import find_ffmpeg
from vod_web.models import Encode, Job, JobState, Source, SourceState, Thumbnail, ThumbnailKind, Video
from vod_web.schemas.videos import VideoRead
from vod_web.services import processing, thumbnails
from vod_web.services.thumbnail_files import DROPPED_KEPT, remove_dropped_thumbnails, reserve
from vod_web.services.video_telling import read_video
from vod_web.services.videos import get_video
from vod_web.storage import keys

pytestmark = pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)

RATE = 25


def work(site: Site) -> None:
    """Do all jobs that are queued, and those that follow from them."""
    take_workplace(Workplace("here", ("urgent",), site.settings.data_dir / "here", Tools(str(find_ffmpeg()))))
    queued = select(Job.id).where(Job.state == JobState.QUEUED).order_by(Job.id).limit(1)
    while (job_id := current_session().scalar(queued)) is not None:
        close_session()
        run_job(job_id)
    close_session()


def choose(site: Site, video: Video, at_s: float) -> None:
    thumbnails.choose_frame(site.owner, video.public_id, at_s, queue=site.resources.queue, now=utc_now())
    close_session()


def tell(site: Site, video: Video) -> VideoRead:
    close_session()
    return read_video(get_video(site.owner, video.public_id), site.owner, settings=site.settings)


def picture_number(site: Site, key: str, folder: Path) -> int:
    """Which frame a stored picture shows."""
    path = folder / "picture.jpg"
    path.write_bytes(site.resources.storage.read_bytes(key))
    grey = "scale=256:144:flags=area,format=gray"
    return read_number(run(str(find_ffmpeg()), "-i", str(path), "-vf", grey, "-f", "rawvideo", "-"))


def shown(site: Site, video: Video) -> Thumbnail:
    close_session()
    found = get_video(site.owner, video.public_id).thumbnail
    assert found is not None
    return found


def shown_number(site: Site, video: Video, folder: Path) -> int:
    key = keys.thumbnail_prefix(video.public_id, shown(site, video).name) + "poster.jpg"
    return picture_number(site, key, folder)


def replace_file(site: Site, video: Video, path: Path) -> None:
    """Another file, that is to take the place of the one in use."""
    key = keys.source_key(video.public_id, new_public_id())
    site.resources.storage.put_file(key, path, content_type="video/mp4")
    with transaction() as session:
        values = {"key": key, "filename": path.name, "size_bytes": path.stat().st_size}
        source = Source(video_id=video.id, state=SourceState.INCOMING, **values)
        session.add(source)
        session.flush()
        video = session.get_one(Video, video.id)
        processing.begin_encode(video, source, queue=site.resources.queue, settings=site.settings)


def check_early_choice(site: Site, clips: dict[str, Path], tmp_path: Path) -> None:
    """What is chosen before the file was read is made, shown, counted, and stays when all else is made anew."""
    video = site.add_video(clips["short"])
    choose(site, video, 1.5)
    assert not tell(site, video).thumbnail.is_made

    work(site)

    told, first = tell(site, video), shown(site, video)
    assert (told.thumbnail.kind, told.thumbnail.at_s, told.thumbnail.is_made) == (ThumbnailKind.FRAME, 1.5, True)
    assert told.urls.poster is not None
    assert told.urls.poster.endswith(f"/thumbnails/{first.name}/poster.jpg")
    assert shown_number(site, video, tmp_path) == int(1.5 * RATE)
    encodes = current_session().scalars(select(Encode.size_bytes).where(Encode.video_id == video.id)).all()
    assert told.size_bytes.renditions == sum(encodes) + first.size_bytes

    processing.reencode_video(make_admin(), video.public_id, queue=site.resources.queue, settings=site.settings)
    work(site)
    assert shown(site, video).name == first.name


def test_a_frame_that_was_chosen_before_the_file_was_read_is_made_and_stays(
    site: Site, clips: dict[str, Path], tmp_path: Path
) -> None:
    check_early_choice(site, clips, tmp_path)


def test_a_chosen_frame_is_stored_in_a_bucket_too(s3_site: Site, clips: dict[str, Path], tmp_path: Path) -> None:
    check_early_choice(s3_site, clips, tmp_path)


def test_another_choice_has_another_name_and_the_former_files_go(
    site: Site, clips: dict[str, Path], tmp_path: Path
) -> None:
    video = site.add_video(clips["silent"])
    work(site)
    ours = tell(site, video).urls.poster
    choose(site, video, 0.5)
    work(site)
    first = shown(site, video)
    choose(site, video, tell(site, video).duration_s or 0)
    assert shown(site, video).name == first.name  # until the new one is made
    work(site)
    second = shown(site, video)
    assert shown_number(site, video, tmp_path) == 2 * RATE - 1  # the last one

    storage, later = site.resources.storage, utc_now() + DROPPED_KEPT + timedelta(minutes=1)
    assert remove_dropped_thumbnails(storage=storage, now=utc_now()) == 0
    left = reserve(video.id, now=utc_now())  # of a worker that died while it stored the files
    storage.put_bytes(keys.thumbnail_prefix(video.public_id, left.name) + "poster.jpg", b"x", content_type="image/jpeg")
    assert remove_dropped_thumbnails(storage=storage, now=later) == 2
    names = {
        stored.key.split("/")[3]
        for stored in storage.list(keys.video_prefix(video.public_id))
        if "thumbnails" in stored.key
    }
    assert names == {second.name}

    thumbnails.choose_automatically(site.owner, video.public_id, now=utc_now())
    assert tell(site, video).urls.poster == ours


def test_frames_are_offered_and_the_one_that_is_taken_is_the_one_that_was_seen(
    site: Site, clips: dict[str, Path], tmp_path: Path
) -> None:
    video = site.add_video(clips["short"])
    queue = site.resources.queue
    assert thumbnails.find_frames(site.owner, video.public_id, queue=queue, now=utc_now()).state == "waiting"
    work(site)
    assert thumbnails.find_frames(site.owner, video.public_id, queue=queue, now=utc_now()).state == "making"
    assert thumbnails.find_frames(site.owner, video.public_id, queue=queue, now=utc_now()).state == "making"
    work(site)

    offer = thumbnails.find_frames(site.owner, video.public_id, queue=queue, now=utc_now())
    assert offer.made is not None
    frames = offer.made.frames
    assert len(frames) == 5
    assert [frame.time_s for frame in frames] == sorted(frame.time_s for frame in frames)
    key = keys.encode_prefix(video.public_id, offer.encode_id) + frames[2].name
    seen = picture_number(site, key, tmp_path)
    choose(site, video, float(frames[2].time_s))
    work(site)
    assert shown_number(site, video, tmp_path) == seen


def test_a_new_file_gives_its_own_frame_where_it_is_long_enough(
    site: Site, clips: dict[str, Path], tmp_path: Path
) -> None:
    video = site.add_video(clips["silent"])
    choose(site, video, 1.0)
    work(site)
    first = shown(site, video)

    replace_file(site, video, clips["short"])
    work(site)
    again = shown(site, video)
    assert (again.name != first.name, again.source_id != first.source_id) == (True, True)
    assert shown_number(site, video, tmp_path) == RATE

    choose(site, video, 2.8)
    work(site)
    replace_file(site, video, clips["silent"])  # of two seconds
    work(site)
    assert tell(site, video).thumbnail.kind is ThumbnailKind.AUTOMATIC
    assert "/thumbnails/" not in (tell(site, video).urls.poster or "")
