"""One video's way through a running site, watched as a program watches it: through the API."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bench.parts.processes import Meter
from bench.parts.site import Site
from vod_web.media.plan import EncodePlan
from vod_web.models import Encode, Job, JobKind, Video

LIMIT_S = 4 * 3600
ASK_S = 0.25


@dataclass(frozen=True)
class Moment:
    """What the API said at a time."""

    at_s: float
    """Since the end of the upload."""
    progress: float
    eta_s: float | None


@dataclass(frozen=True)
class JobTime:
    """How long one job took."""

    kind: str
    number: int
    makes: tuple[str, ...]
    weight_s: float
    duration_s: float | None
    """Of the piece of the video that it made."""
    elapsed_s: float
    started_s: float
    """Since the first job of the encode began."""


@dataclass
class Run:
    """What was seen of a video, from the last byte of its upload on."""

    video_id: str
    began: float
    """The end of the upload, by time.monotonic()."""
    playable_s: float | None = None
    """Until the first segment of picture and sound was fetched, by the addresses that the API gives."""
    complete_s: float | None = None
    idle_s: float | None = None
    """Until nothing was left to do, side jobs included."""
    trace: list[Moment] = field(default_factory=list)
    renditions: list[str] = field(default_factory=list)
    """Names of the pictures, the largest first."""
    folder: Path = Path()
    """Where the site keeps what it made."""
    jobs: list[JobTime] = field(default_factory=list)

    def look(self, site: Site, say: Callable[[str], None]) -> bool:
        """Ask once; True when the video is complete."""
        video = site.call("GET", f"/videos/{self.video_id}")
        now_s = time.monotonic() - self.began
        if video["is_playable"] and self.playable_s is None and _fetch_first(site, video["urls"]["hls"]):
            self.playable_s = time.monotonic() - self.began
        if video["status"] == "failed":
            raise RuntimeError(video["status_reason"])
        if video["status"] != "ready":
            self.trace.append(Moment(now_s, video["progress"], video["eta_s"]))
            say(f"{video['progress']:.0%}")
            return False
        self.complete_s = now_s
        self.renditions = [one["name"] for one in video["renditions"] if one["width_px"]]
        return True


def process_film(site: Site, path: Path, say: Callable[[str], None]) -> tuple[Run, Meter]:
    """Upload a film, and watch until nothing is left to do for it."""
    with Meter(site.process_id, site.directory / "scratch") as meter:
        run = Run(site.upload(path), time.monotonic())
        watch([run], site, say)
        wait_until_idle([run], site)
    return run, meter


def watch(runs: list[Run], site: Site, say: Callable[[str], None]) -> None:
    """Look at all of them until all are complete."""
    while unfinished := [run for run in runs if run.complete_s is None]:
        begun = time.monotonic()
        for run in unfinished:
            run.look(site, say)
            if time.monotonic() - run.began > LIMIT_S:
                raise RuntimeError(f"not ready after {LIMIT_S} s")
        time.sleep(max(0.02, ASK_S - (time.monotonic() - begun)))


def wait_until_idle(runs: list[Run], site: Site) -> None:
    """Wait for the side jobs, and read what all jobs took from the site's database."""
    engine = create_engine(f"sqlite:///file:{site.directory / 'vod.sqlite3'}?mode=ro&uri=true")
    for run in runs:
        while True:
            with Session(engine) as session:
                encode = session.scalars(select(Encode).join(Video).where(Video.public_id == run.video_id)).one()
                jobs = session.scalars(select(Job).where(Job.encode_id == encode.id).order_by(Job.id)).all()
            if all(job.state.is_over for job in jobs):
                break
            time.sleep(ASK_S)
        run.idle_s = time.monotonic() - run.began
        run.folder = site.directory / "media" / "videos" / run.video_id / encode.public_id
        plan = EncodePlan.from_json(encode.plan or {})
        run.jobs = [_time_of(job, jobs[0], plan) for job in jobs if job.started_at and job.finished_at]
    engine.dispose()


def _time_of(job: Job, first: Job, plan: EncodePlan) -> JobTime:
    assert job.started_at is not None
    assert job.finished_at is not None
    assert first.started_at is not None
    lengths = {JobKind.CHUNK: plan.chunk_duration_s, JobKind.AUDIO: plan.audio_chunk_duration_s}
    return JobTime(
        kind=job.kind.value,
        number=job.number,
        makes=tuple(job.makes),
        weight_s=job.weight_s,
        duration_s=float(lengths[job.kind](job.number)) if job.kind in lengths else None,
        elapsed_s=(job.finished_at - job.started_at).total_seconds(),
        started_s=(job.started_at - first.started_at).total_seconds(),
    )


def _fetch_first(site: Site, playlist: str) -> bool:
    """Fetch what a player does before its first picture; False while any of it is not there."""
    text = _fetch(site, playlist)
    if text is None:
        return False
    uris = re.findall(rb'URI="([^"]+)"', text) + re.findall(rb"^[^#\s]\S*", text, re.MULTILINE)
    wanted = {uri.decode() for uri in uris if b"iframe" not in uri}
    return all(_fetch_first_segment(site, urljoin(playlist, uri)) for uri in wanted)


def _fetch_first_segment(site: Site, playlist: str) -> bool:
    text = _fetch(site, playlist)
    if text is None:
        return False
    init = re.search(rb'#EXT-X-MAP:URI="([^"]+)"', text)
    first = re.search(rb"^[^#\s]\S*", text, re.MULTILINE)
    if init is None or first is None:
        raise RuntimeError(f"{playlist} names no segment")
    names = (init[1].decode(), first[0].decode())
    return all(_fetch(site, urljoin(playlist, name)) is not None for name in names)


def _fetch(site: Site, address: str) -> bytes | None:
    status, answer = site.send("GET", address, b"")
    return answer if status == 200 else None


def read_file_size(folder: Path) -> int:
    """The bytes of all files of a rendition."""
    return sum(path.stat().st_size for path in folder.iterdir())


def as_json(run: Run) -> dict[str, Any]:
    """What is worth keeping of a run."""
    return {
        "playable_s": run.playable_s,
        "complete_s": run.complete_s,
        "idle_s": run.idle_s,
        "trace": [[moment.at_s, moment.progress, moment.eta_s] for moment in run.trace],
        "jobs": [vars(job) for job in run.jobs],
    }
