"""A site with real workers: processes that are started, killed, frozen and watched."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import select

from tests.factories import make_user
from tests.servers import free_port, wait_until
from vod_web.cli.tools import require_queue_server
from vod_web.core.ids import new_public_id
from vod_web.core.processes import start_process
from vod_web.core.settings import Settings, child_environment
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import Encode, Job, JobKind, JobState, Source, User, Video, VideoStatus, Worker
from vod_web.resources import Resources
from vod_web.services import processing
from vod_web.services.processing.turns import LADDER_PLACE
from vod_web.storage.keys import encode_prefix, source_key

ROOT = Path(__file__).parents[1]
READY_LIMIT_S = 240.0
Process = subprocess.Popen[bytes]


@dataclass
class Site:
    """Everything of a site but its web server."""

    settings: Settings
    resources: Resources
    environ: dict[str, str]
    log: Path
    """What the workers write."""
    workers: list[Process] = field(default_factory=list)
    _owner: list[User] = field(default_factory=list)

    @property
    def owner(self) -> User:
        """The person whose videos they are."""
        if not self._owner:
            self._owner.append(make_user())
        return self._owner[0]

    def start_worker(self, *options: str, **environ: str) -> Process:
        """A worker process, which sweeps every half second and whose jobs are free after 3 s of silence."""
        env = {name: value for name, value in child_environment().items() if not name.startswith("VOD_")}
        argv = [sys.executable, str(ROOT / "worker.py"), "--lease", "3", "--sweep", "0.5", "--retry", "1", *options]
        with self.log.open("ab") as log:
            worker = start_process(argv, env=env | self.environ | environ, stdout=log, stderr=log)
        self.workers.append(worker)
        return worker

    def add_video(self, path: Path, **values: object) -> Video:
        """A video whose file has just arrived; `values` are those of its source."""
        video_id, owner_id = new_public_id(), self.owner.id
        key = source_key(video_id, new_public_id())
        self.resources.storage.put_file(key, path, content_type="video/mp4")
        with transaction() as session:
            video = Video(public_id=video_id, owner_id=owner_id, title="A video", status=VideoStatus.UPLOADING)
            session.add(video)
            session.flush()
            known = {"video_id": video.id, "key": key, "filename": path.name, "size_bytes": path.stat().st_size}
            source = Source(**known | values)
            session.add(source)
            session.flush()
            processing.begin_encode(video, source, queue=self.resources.queue, settings=self.settings)
        return video

    def see(self, video: Video) -> Video:
        """The video as it stands in the database."""
        close_session()
        return current_session().get_one(Video, video.id)

    def worker_names(self) -> list[str]:
        """The workers that have reported."""
        return [worker.name for worker in self.list_workers()]

    def list_workers(self) -> list[Worker]:
        """The workers as they last reported, by name."""
        close_session()
        return list(current_session().scalars(select(Worker).order_by(Worker.name)))

    def jobs(self, video: Video) -> list[Job]:
        """Its jobs as they stand in the database."""
        close_session()
        wanted = select(Job).join(Job.encode).where(Encode.video_id == video.id).order_by(Job.id)
        return list(current_session().scalars(wanted))

    def wait_for(
        self, video: Video, status: VideoStatus = VideoStatus.READY, *, limit_s: float = READY_LIMIT_S
    ) -> Video:
        """Wait until the video has this status, and all its jobs are over."""

        def is_there() -> bool:
            return self.see(video).status is status and all(job.state.is_over for job in self.jobs(video))

        try:
            wait_until(is_there, what=f"the video is {status.value}", limit_s=limit_s)
        except AssertionError as error:
            states = [(job.kind.value, job.number, job.state.value, job.error) for job in self.jobs(video)]
            raise AssertionError(f"{error}: {states}\n{self.log.read_text()[-4000:]}") from None
        return self.see(video)

    def wait_for_job(self, video: Video, kind: JobKind = JobKind.CHUNK) -> Job:
        """Wait until FFmpeg is at a job of this kind; at a chunk of the ladder, which takes a while."""
        found: list[Job] = []

        def is_wanted(job: Job) -> bool:
            is_long = kind is not JobKind.CHUNK or job.place == LADDER_PLACE
            return job.kind is kind and job.state is JobState.RUNNING and is_long

        def is_running() -> bool:
            found[:] = [job for job in self.jobs(video) if is_wanted(job)]
            return bool(found) and any(self.ffmpeg_of(worker) for worker in self.workers)

        wait_until(is_running, what=f"a {kind.value} is under way")
        return found[0]

    def encode_id(self, video: Video) -> str:
        """The public id of the encode that plays."""
        close_session()
        return current_session().scalars(select(Encode.public_id).where(Encode.video_id == video.id)).one()

    def fetch(self, video: Video, folder: Path) -> Path:
        """Copy what was made of the video from the storage; gives its multivariant playlist."""
        prefix = encode_prefix(video.public_id, self.encode_id(video))
        for found in self.resources.storage.list(prefix):
            path = folder / found.key.removeprefix(prefix)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.resources.storage.read_bytes(found.key))
        return folder / "multivariant.m3u8"

    def stored_names(self, video: Video) -> set[str]:
        """The names of all files that were made of the video."""
        prefix = encode_prefix(video.public_id, self.encode_id(video))
        return {found.key.removeprefix(prefix) for found in self.resources.storage.list(prefix)}

    def processes(self) -> list[int]:
        """The processes that have to do with this site's files, without its workers."""
        return [pid for pid, command in _commands() if str(self.settings.data_dir) in command]

    def ffmpeg_of(self, worker: Process) -> list[int]:
        """The FFmpeg processes that a worker has started."""
        return [pid for pid, command in _commands() if "ffmpeg" in command and _parent(pid) == worker.pid]

    def scratch(self) -> list[Path]:
        """What lies in the scratch directories."""
        return list((self.settings.data_dir / "scratch").glob("*/*"))


@contextmanager
def running(site: Site) -> Iterator[Site]:
    """The site; whatever of its workers is left in the end is killed."""
    try:
        yield site
    finally:
        for worker in site.workers:
            with contextlib.suppress(ProcessLookupError):
                worker.send_signal(signal.SIGCONT)
            worker.kill()
            worker.wait()


def _commands() -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            yield int(folder.name), (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def _parent(pid: int) -> int:
    with contextlib.suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


class QueueServer:
    """A queue server that can be killed and started again at the same address."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: Process | None = None

    def start(self) -> None:
        """Start it, empty."""
        program = str(require_queue_server())
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = start_process([program, *options], stdout=subprocess.DEVNULL)
        wait_until(self.is_up, what="the queue server answers")

    def is_up(self) -> bool:
        """Whether it answers."""
        with contextlib.suppress(RedisError), Redis.from_url(self.url) as client:
            return bool(client.ping())
        return False

    def kill(self) -> None:
        """End it at once, with all that it knows."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
