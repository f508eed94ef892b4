"""A whole site as `./vod up` runs it, of which a test kills what it likes; what was killed is started again."""

import contextlib
import hashlib
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import select

from tests.databases import migrate
from tests.servers import free_port
from tests.workers import ROOT, Site
from vod_web.cli.queue_server import start_queue_server
from vod_web.cli.supervisor import Child, Supervisor
from vod_web.cli.tools import require_queue_server
from vod_web.core.settings import child_environment, load_settings
from vod_web.db.engine import make_engine
from vod_web.db.session import bind_sessions, close_session, current_session
from vod_web.media.passes import QUICK_NAME
from vod_web.models import Encode, JobState, Source, Video, VideoStatus
from vod_web.resources import open_resources
from vod_web.storage.keys import encode_prefix

WORKERS = ("worker-1", "worker-2", "worker-urgent")
SHORT_WAITS = ("--lease", "10", "--sweep", "1", "--retry", "0.5")
KNOWN = {"logs", "media", "queue", "scratch", "secret_key", "workers"} | {
    f"vod.sqlite3{end}" for end in ("", "-wal", "-shm")
}
"""What is in the data directory of a site."""
LIMIT_S = 240.0
"""Generous: a machine that runs tests may be busy, and what was killed has to come up again each time."""


@dataclass
class WholeSite(Site):
    """Queue server, web server and workers, under the supervisor of `./vod up`."""

    supervisor: Supervisor | None = None

    @property
    def watched(self) -> Supervisor:
        assert self.supervisor is not None
        return self.supervisor

    def start(self) -> None:
        """Start everything, and wait until it answers."""
        start_queue_server(require_queue_server(), self.settings, self.watched)
        env = {name: value for name, value in child_environment().items() if not name.startswith("VOD_")}
        env |= self.environ
        self.watched.start("web", [sys.executable, "-m", "vod_web.cli.web_server"], env)
        for name in WORKERS:
            urgent = ["--urgent"] if name == "worker-urgent" else []
            self.watched.start(name, [sys.executable, str(ROOT / "worker.py"), *SHORT_WAITS, *urgent], env)
        self.wait(self.is_ready, "the site is ready")

    def is_ready(self) -> bool:
        """Whether the web server says that everything works."""
        with contextlib.suppress(URLError, OSError), urlopen(f"{self.settings.base_url}/readyz", timeout=5) as answer:
            return int(answer.status) == 200
        return False

    def wait(self, is_true: Callable[[], bool], what: str, limit_s: float = LIMIT_S) -> None:
        """Keep everything running until it is true; fail with `what`, and what the workers said, when it never is."""
        deadline = time.monotonic() + limit_s
        while not is_true():
            self.watched.watch()
            if time.monotonic() > deadline:
                logs = sorted(self.watched.log_directory.glob("*.log"))
                said = "\n".join(f"{log.name}: {log.read_text()[-2000:]}" for log in logs)
                raise AssertionError(f"after {limit_s} s still not: {what}\n{said}")

    def watch_for(self, duration_s: float) -> None:
        """Keep everything running for a while."""
        until = time.monotonic() + duration_s
        while time.monotonic() < until:
            self.watched.watch()

    def child(self, name: str) -> Child:
        return next(child for child in self.watched.children if child.name == name)

    def kill(self, name: str, process_id: int | None = None) -> None:
        """Kill a child (or a process of it) as soon as it lives; it comes back as one that had long been well."""
        child = self.child(name)
        self.wait(lambda: child.process is not None, f"{name} lives")
        assert child.process is not None
        child.started_at = 0.0
        with contextlib.suppress(ProcessLookupError):
            os.kill(process_id or child.process.pid, signal.SIGKILL)

    def kill_all(self) -> None:
        """Everything at once, as a power cut does."""
        self.wait(lambda: all(child.process is not None for child in self.watched.children), "all live")
        for child in self.watched.children:
            self.kill(child.name)

    def descendants(self, name: str) -> list[int]:
        """The process of a child, and those that it has started."""
        process = self.child(name).process
        found = [process.pid] if process is not None else []
        for process_id in found:
            for task in Path(f"/proc/{process_id}/task").glob("*"):
                with contextlib.suppress(OSError):
                    found += map(int, (task / "children").read_text().split())
        return found

    def ffmpeg_by_job(self) -> dict[int, int]:
        """The processes of FFmpeg that are at work, with the jobs for which they are."""
        found = {}
        for process_id in (pid for name in WORKERS for pid in self.descendants(name)):
            with contextlib.suppress(OSError):
                if b"ffmpeg" in Path(f"/proc/{process_id}/cmdline").read_bytes().split(b"\0")[0]:
                    folder = Path(f"/proc/{process_id}/cwd").readlink()
                    job, _, attempt = folder.name.partition("-")
                    if job.isdigit() and attempt.isdigit():
                        found[process_id] = int(job)
        return found

    def strays(self) -> list[str]:
        """Processes that have to do with this site, and are none of those that run it."""
        ours = {pid for child in self.watched.children for pid in self.descendants(child.name)}
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                known = command + os.fspath((folder / "cwd").readlink()) + (folder / "environ").read_text()
                if str(self.settings.data_dir) in known and int(folder.name) not in ours | {os.getpid()}:
                    found.append(f"{folder.name} {command}")
        return found

    def leftovers(self) -> list[Path]:
        """What the storage holds under names of its own."""
        return [
            path
            for path in (self.settings.data_dir / "media").rglob(".*")
            if path.name != ".tmp" or any(path.iterdir())
        ]

    def unknown_files(self) -> list[str]:
        """Stored files of which no row knows, and files beside the storage that nobody needs."""
        close_session()
        session = current_session()
        sources = set(session.scalars(select(Source.key)))
        encodes = session.execute(select(Video.public_id, Encode.public_id).join(Encode.video).where(Encode.is_active))
        prefixes = tuple(encode_prefix(*ids) for ids in encodes)
        stored = [found.key for found in self.resources.storage.list("")]
        beside = {path.name for path in self.settings.data_dir.iterdir()} - KNOWN
        return [key for key in stored if key not in sources and not key.startswith(prefixes)] + sorted(beside)

    def done_jobs(self, videos: list[Video]) -> int:
        """How many jobs of these videos are done."""
        return sum(job.state is JobState.DONE for video in videos for job in self.jobs(video))

    def are_over(self, videos: list[Video]) -> bool:
        """Whether nothing more will happen to any of them."""
        ended = (VideoStatus.READY, VideoStatus.FAILED)
        return all(self.see(video).status in ended for video in videos) and all(
            job.state.is_over for video in videos for job in self.jobs(video)
        )

    def hashes(self, video: Video) -> dict[str, str]:
        """A digest of every file that was made of a video and is shown to players in the end, by name."""
        prefix = encode_prefix(video.public_id, self.encode_id(video))
        storage = self.resources.storage
        return {
            name: hashlib.sha256(storage.read_bytes(found.key)).hexdigest()
            for found in storage.list(prefix)
            if not (name := found.key.removeprefix(prefix)).startswith(f"{QUICK_NAME}/")
        }


@contextmanager
def whole_site(folder: Path, database_url: str = "") -> Iterator[WholeSite]:
    """A site that is ready; everything of it has ended afterwards."""
    port = free_port()
    environ = {
        "VOD_DATA_DIR": str(folder / "data"),
        "VOD_PORT": str(port),
        "VOD_LADDER": "240,360",
        "VOD_DATABASE_URL": database_url or f"sqlite:///{folder / 'data' / 'vod.sqlite3'}",
    }
    settings = load_settings(environ)
    migrate(settings.database_url, folder / "migrate")
    engine = make_engine(settings.database_url)
    bind_sessions(engine)
    supervisor = Supervisor(settings.data_dir / "logs", lambda line: None)
    site = WholeSite(settings, open_resources(settings), environ, folder / "unused.log", supervisor=supervisor)
    try:
        site.start()
        yield site
    finally:
        supervisor.stop(last="queue")
        close_session()
        engine.dispose()


@dataclass(frozen=True)
class Reference:
    """What is made of a source where nothing goes wrong."""

    hashes: dict[str, str]
    job_count: int


def make_references(site: WholeSite, clips: list[Path]) -> dict[Path, Reference]:
    """Make every clip once, undisturbed; nothing is stored that no playlist names."""
    videos = [site.add_video(clip) for clip in clips]
    site.wait(lambda: site.are_over(videos), "the videos are made without a fault")
    for video in videos:
        assert set(site.hashes(video)) == named_files(site, video)
    made = [Reference(site.hashes(video), len(site.jobs(video))) for video in videos]
    return dict(zip(clips, made, strict=True))


def named_files(site: WholeSite, video: Video) -> set[str]:
    """The files to which the multivariant playlist leads, and the pictures."""
    prefix = encode_prefix(video.public_id, site.encode_id(video))
    named = {"multivariant.m3u8", "poster.jpg", "poster-320.jpg", "poster-640.jpg", "storyboard.vtt"}
    waiting = ["multivariant.m3u8", "storyboard.vtt"]
    while waiting:
        name = waiting.pop()
        text = site.resources.storage.read_bytes(prefix + name).decode()
        for word in re.findall(r"[\w/-]+\.(?:m3u8|m4s|mp4|jpg)", text):
            path = (Path(name).parent / word).as_posix()
            if path.endswith(".m3u8") and path not in named:
                waiting.append(path)
            named.add(path)
    return named
