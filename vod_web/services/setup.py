"""How does a new site get its first account, and how is it shown that everything works?

The proof is a short clip that the site makes itself and sends the way of every video: storage, queue, worker,
FFmpeg, player. `get_proof` says how far it has come.
"""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from vod_web.core.errors import Conflict, NotFound, Unavailable, VodError
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
    JobKind,
    JobState,
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
from vod_web.schemas.setup import SetupCreate
from vod_web.services import accounts, processing, site
from vod_web.services.permissions import require_role
from vod_web.storage import keys
from vod_web.storage.base import Storage

PROOF = "setup_proof"
CLIP_TITLE = "Test clip"
WORKER_PATIENCE_S = 15.0
"""After this long without a worker, the page says that none is running."""


class LinkState(StrEnum):
    """How one link of the chain is doing."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Link:
    """One link of the chain from a file to a picture."""

    name: str
    state: LinkState
    detail: str


@dataclass(frozen=True)
class Proof:
    """How far the test clip has come; `video` is None where it could not even be stored."""

    links: tuple[Link, ...]
    video: Video | None

    @property
    def is_over(self) -> bool:
        """Whether nothing changes any more: the clip plays, or a link is broken."""
        return self.is_playable or any(link.state is LinkState.FAILED for link in self.links)

    @property
    def is_playable(self) -> bool:
        """Whether the clip can be played."""
        return self.video is not None and self.video.is_playable


def set_up(form: SetupCreate) -> User:
    """Make the first account, which is an admin's, and take the first decisions about the site.

    Raises:
        Conflict: the site has an account already.
    """
    with transaction():
        if site.is_set_up():
            raise Conflict("This site is set up already. Sign in instead.")
        site.change_site(site.Site(name=form.site_name, registration=form.registration))
        return accounts.create_admin(form.email, form.username, form.password)


def start_proof(actor: User | None, *, storage: Storage, queue: JobQueue, settings: Settings) -> None:
    """Make a clip and send it on its way; a second call sends a new one.

    What fails on the way to the storage is kept for `get_proof`, not raised.
    """
    person = require_role(actor, Role.ADMIN)
    video_id, upload_id = new_public_id(), new_public_id()
    key = keys.source_key(video_id, upload_id)
    close_session()
    try:
        size_bytes = _store_clip(key, storage=storage, settings=settings)
    except VodError as error:
        _note({"video": None, "failure": error.message})
        return
    with transaction() as session:
        video = Video(
            public_id=video_id,
            owner_id=person.id,
            title=CLIP_TITLE,
            description="Made by the site itself to show that everything works. You may delete it.",
            visibility=Visibility.PRIVATE,
            status=VideoStatus.QUEUED,
            source_bytes=size_bytes,
        )
        session.add(video)
        session.flush()
        source = Source(video_id=video.id, key=key, filename="test-clip.mp4", size_bytes=size_bytes)
        session.add(source)
        session.flush()
        processing.begin_encode(video, source, queue=queue, settings=settings)
        _note({"video": video_id, "failure": None})


def _store_clip(key: str, *, storage: Storage, settings: Settings) -> int:
    """Make the clip, store it and read it back; how many bytes it has."""
    with tempfile.TemporaryDirectory(prefix="vod-clip-") as directory:
        path = Path(directory) / "clip.mp4"
        make_clip(path, tools=Tools(str(find_ffmpeg(settings.ffmpeg))))
        storage.check()
        storage.put_file(key, path, content_type="video/mp4")
        return storage.stat(key).size_bytes


def _note(value: dict[str, str | None]) -> None:
    with transaction() as session:
        session.merge(SiteSetting(name=PROOF, value=value))


def get_proof(actor: User | None, *, queue: JobQueue, now: datetime) -> Proof:
    """How far the test clip has come.

    Raises:
        NotFound: no clip was sent.
    """
    require_role(actor, Role.ADMIN)
    session = current_session()
    noted = session.get(SiteSetting, PROOF)
    if noted is None:
        raise NotFound("No test clip was made yet.")
    database = Link("Database", LinkState.DONE, "Rows are written and read.")
    if noted.value["failure"]:
        return Proof((database, Link("Storage", LinkState.FAILED, noted.value["failure"]), *_waiting(4)), None)
    video = session.scalars(
        select(Video)
        .where(Video.public_id == noted.value["video"])
        .options(selectinload(Video.active_encode).selectinload(Encode.renditions), selectinload(Video.owner))
    ).one_or_none()
    if video is None:
        raise NotFound("The test clip was deleted.")
    storage = Link("Storage", LinkState.DONE, "A file was written, read back and deleted.")
    return Proof((database, storage, *_links_of(video, queue=queue, now=now)), video)


CHAIN = ("Queue", "Worker", "FFmpeg", "Player")


def _waiting(count: int) -> list[Link]:
    return [Link(name, LinkState.WAITING, "") for name in CHAIN[-count:]]


def _links_of(video: Video, *, queue: JobQueue, now: datetime) -> list[Link]:
    """The links behind the storage, as the rows of the newest encode tell."""
    session = current_session()
    encode = session.scalars(
        select(Encode).where(Encode.video_id == video.id).order_by(Encode.id.desc()).limit(1)
    ).one()
    prepare = session.scalars(select(Job).where(Job.encode_id == encode.id, Job.kind == JobKind.PREPARE)).one()
    if prepare.attempt == 0:
        return _links_before_worker(prepare, queue=queue, now=now)
    reached = [
        Link("Queue", LinkState.DONE, "It carried the job to a worker."),
        Link("Worker", LinkState.DONE, f"{prepare.worker or 'A worker'} took the job."),
    ]
    if encode.status is EncodeStatus.FAILED:
        return [*reached, Link("FFmpeg", LinkState.FAILED, encode.failure or "It failed."), *_waiting(1)]
    if not video.is_playable:
        return [*reached, Link("FFmpeg", LinkState.RUNNING, f"{round(video.progress * 100)} % done."), *_waiting(1)]
    return [
        *reached,
        Link("FFmpeg", LinkState.DONE, "It made all renditions."),
        Link("Player", LinkState.RUNNING, "Starting the clip."),
    ]


def _links_before_worker(prepare: Job, *, queue: JobQueue, now: datetime) -> list[Link]:
    try:
        queue.depths()
    except Unavailable as error:
        return [Link("Queue", LinkState.FAILED, error.message), *_waiting(3)]
    newest = current_session().scalar(select(Worker.seen_at).order_by(Worker.seen_at.desc()).limit(1))
    is_alive = newest is not None and (now - newest).total_seconds() < WORKER_PATIENCE_S
    waited_s = (now - prepare.created_at).total_seconds()
    detail = "Waiting for a worker."
    if waited_s > WORKER_PATIENCE_S and not is_alive:
        detail = "No worker is running. Start one with: python worker.py"
    return [
        Link("Queue", LinkState.DONE if prepare.state is not JobState.WAITING else LinkState.RUNNING, "It answers."),
        Link("Worker", LinkState.RUNNING, detail),
        *_waiting(2),
    ]
