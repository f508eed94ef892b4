"""How is it shown that the whole site works?

By a short clip that the site makes itself and sends the way of every video: storage, queue, worker, FFmpeg, player.
There is one such clip at a time; it is private, and a new test removes the one before.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, selectinload

from vod_web.core.errors import EncodeFailed, StorageFailed, Unavailable, VodError
from vod_web.core.ids import new_public_id
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.media.runner import Tools
from vod_web.media.test_clip import make_clip
from vod_web.media.tools import find_ffmpeg
from vod_web.models import (
    Encode,
    EncodeStatus,
    Job,
    Role,
    SiteSetting,
    Source,
    User,
    Video,
    VideoStatus,
    Visibility,
    Worker,
)
from vod_web.queue import JobQueue
from vod_web.services import bin, processing
from vod_web.services.chain import Journey, Link, LinkName, LinkState, broken, follow, summarize
from vod_web.services.permissions import require_role
from vod_web.services.search.index import index_video
from vod_web.services.videos import AS_READ
from vod_web.storage import keys
from vod_web.storage.base import Storage

NOTE = "test_clip"
"""The site setting that says which clip is on its way, or why none could be sent."""
TITLE = "Test clip"
DESCRIPTION = "The site made this clip itself, to show that everything works."
WORKER_ALIVE = timedelta(seconds=15)
"""Three beats of a worker."""


@dataclass(frozen=True)
class Proof:
    """How far the test clip has come."""

    links: tuple[Link, ...]
    """All waiting where no clip was sent."""
    video: Video | None = None
    is_moving: bool = False
    """Whether the links change by themselves, so that it is worth asking again."""

    @property
    def is_begun(self) -> bool:
        """Whether a clip was sent, or tried to be."""
        return any(link.state is not LinkState.WAITING for link in self.links)

    @property
    def is_playable(self) -> bool:
        """Whether all is made, and only the browser's part is left to see."""
        return self.video is not None and self.links[-1].state is LinkState.RUNNING

    @property
    def summary(self) -> str:
        """The links in a sentence."""
        return summarize(self.links)


class _Broken(Exception):
    """The clip did not get past this link."""

    def __init__(self, name: LinkName, error: VodError | OSError, mend: str) -> None:
        super().__init__(str(error))
        self.link, self.mend = name, mend
        log = error.log.strip().splitlines() if isinstance(error, EncodeFailed) else []
        self.detail = " ".join([str(error), *log[-1:]])


def start_proof(actor: User | None, *, storage: Storage, queue: JobQueue, settings: Settings, now: datetime) -> None:
    """Make a clip and send it on its way; the one before is removed.

    What does not work on the way to the storage is kept for `get_proof`, not raised.

    Raises:
        NotAllowed: the actor is not an admin.
    """
    person = require_role(actor, Role.ADMIN)
    remove_proof(person, now=now)
    video_id = new_public_id()
    key = keys.source_key(video_id, new_public_id())
    close_session()
    try:
        size_bytes = _store_clip(key, storage=storage, settings=settings)
    except _Broken as broke:
        _note({"link": broke.link.value, "detail": broke.detail, "mend": broke.mend})
        return
    with transaction() as session:
        video, source = _add_rows(session, person, video_id, key, size_bytes)
        processing.begin_encode(video, source, queue=queue, settings=settings, now=now)
        _note({"video": video_id})


def _store_clip(key: str, *, storage: Storage, settings: Settings) -> int:
    """Make the clip, store it and look at it there; how many bytes it has."""
    with tempfile.TemporaryDirectory(prefix="vod-clip-") as directory:
        try:
            path = make_clip(Path(directory) / "clip.mp4", tools=Tools(str(find_ffmpeg(settings.ffmpeg))))
        except (VodError, OSError) as error:
            raise _Broken(LinkName.FFMPEG, error, "Name an FFmpeg that works with VOD_FFMPEG.") from error
        try:
            storage.check()
            storage.put_file(key, path, content_type="video/mp4")
            return storage.stat(key).size_bytes
        except (VodError, OSError) as error:
            raise _Broken(LinkName.STORAGE, error, "Correct VOD_STORAGE and the settings beside it.") from error


def _add_rows(session: Session, person: User, video_id: str, key: str, size_bytes: int) -> tuple[Video, Source]:
    video = Video(
        public_id=video_id,
        owner_id=person.id,
        title=TITLE,
        description=DESCRIPTION,
        visibility=Visibility.PRIVATE,
        status=VideoStatus.QUEUED,
        source_bytes=size_bytes,
        tags=[],
    )
    session.add(video)
    session.flush()
    index_video(session, video)
    source = Source(video_id=video.id, key=key, filename="test-clip.mp4", size_bytes=size_bytes)
    session.add(source)
    session.flush()
    return video, source


def _note(value: dict[str, str]) -> None:
    with transaction() as session:
        session.merge(SiteSetting(name=NOTE, value={"value": value}))


def remove_proof(actor: User | None, *, now: datetime) -> bool:
    """Forget the test, and let the sweep remove its clip for good; whether there was one.

    Raises:
        NotAllowed: the actor is not an admin.
    """
    person = require_role(actor, Role.ADMIN)
    with transaction() as session:
        noted = session.get(SiteSetting, NOTE)
        if noted is None:
            return False
        video = _find_clip(noted)
        if video is not None:
            bin.delete_video(person, video.public_id, now=now - bin.KEPT)
        session.delete(noted)
    return True


def _find_clip(noted: SiteSetting) -> Video | None:
    """The clip with what `read_video` needs; None where somebody has deleted it."""
    public_id = noted.value["value"].get("video")
    wanted = select(Video).where(Video.public_id == public_id, Video.status != VideoStatus.DELETED)
    return current_session().scalar(wanted.options(*AS_READ).execution_options(populate_existing=True))


def get_proof(actor: User | None, *, storage: Storage, queue: JobQueue, now: datetime) -> Proof:
    """How far the test clip has come, as far as the site can tell; the player is for the browser to prove.

    Raises:
        NotAllowed: the actor is not an admin.
    """
    require_role(actor, Role.ADMIN)
    noted = current_session().get(SiteSetting, NOTE, populate_existing=True)
    said = noted.value["value"] if noted is not None else {}
    if "link" in said:
        return Proof(broken(LinkName(said["link"]), said["detail"], said["mend"]))
    video = _find_clip(noted) if noted is not None else None
    if video is None:
        return Proof(tuple(Link(name) for name in LinkName))
    journey = _look_at(video, storage=storage, queue=queue, now=now)
    is_moving = journey.status in (EncodeStatus.QUEUED, EncodeStatus.PROCESSING)
    return Proof(follow(journey), video, is_moving)


def _look_at(video: Video, *, storage: Storage, queue: JobQueue, now: datetime) -> Journey:
    session = current_session()
    newest = select(Encode).where(Encode.video_id == video.id).order_by(Encode.id.desc()).limit(1)
    newest = newest.options(selectinload(Encode.renditions)).execution_options(populate_existing=True)
    encode = session.scalars(newest).one()
    jobs = _list_jobs(session, encode)
    alive = select(Worker).where(Worker.seen_at > now - WORKER_ALIVE).order_by(Worker.name)
    return Journey(
        status=encode.status,
        failure=encode.failure,
        progress=video.progress,
        jobs=jobs,
        workers=session.scalars(alive).all(),
        waited_s=(now - max((job.queued_at or encode.created_at for job in jobs), default=now)).total_seconds(),
        took_s=_seconds_between(encode.started_at, encode.finished_at),
        rendition_count=len(encode.renditions),
        queue_error=_ask_queue(queue) if encode.status is not EncodeStatus.READY else None,
        storage_error=_ask_storage(storage) if any(job.error for job in jobs) else None,
    )


def _list_jobs(session: Session, encode: Encode) -> Sequence[Job]:
    wanted = select(Job).where(Job.encode_id == encode.id).order_by(Job.id).options(defer(Job.result), defer(Job.log))
    return session.scalars(wanted.execution_options(populate_existing=True)).all()


def _seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start and end else None


def _ask_queue(queue: JobQueue) -> str | None:
    """What is wrong with the queue server now."""
    try:
        queue.depths()
    except Unavailable as error:
        return error.message
    return None


def _ask_storage(storage: Storage) -> str | None:
    """What is wrong with the storage now."""
    try:
        storage.check()
    except StorageFailed as error:
        return error.message
    return None
