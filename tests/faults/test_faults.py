"""Whatever is killed, at whatever moment: every video becomes ready by itself, as if nothing had been.

The moments are chance. A failing test shows its seed; with `FAULT_SEED=<seed>` in the environment the same come again.
"""

import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.faults.site import WORKERS, Reference, WholeSite
from tests.faults.visitors import Uploader, Watcher
from vod_web.db.session import close_session, current_session
from vod_web.models import JobState, Video, VideoStatus
from vod_web.schemas.accounts import TokenCreate
from vod_web.services.tokens import create_token

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")

References = dict[Path, Reference]

MOMENTS = 10
LONGEST_DELAY_S = 0.3
MOST_ERRORS = 2
"""A job whose FFmpeg fails more often than it is tried again fails its video, and rightly so."""


@pytest.fixture
def chance() -> random.Random:
    """Chance that can be had again."""
    seed = int(os.environ.get("FAULT_SEED") or random.SystemRandom().randrange(10**6))
    sys.stderr.write(f"FAULT_SEED={seed}\n")  # pytest shows it where the test fails
    return random.Random(seed)


def hurt(
    site: WholeSite,
    videos: list[Video],
    references: References,
    chance: random.Random,
    harm: Callable[[], object],
    moments: int = MOMENTS,
) -> None:
    """Do harm at so many moments while these videos are made: each a little after another job was done."""
    job_count = sum(reference.job_count for reference in references.values())
    for done in sorted(chance.sample(range(job_count - 1), moments)):
        site.wait(lambda done=done: site.done_jobs(videos) >= done or site.are_over(videos), f"{done} jobs are done")
        site.watch_for(chance.uniform(0, LONGEST_DELAY_S))
        harm()


def check_whole(site: WholeSite, videos: list[Video], clips: list[Path], references: References) -> None:
    """The videos are what they are where nothing goes wrong, and nothing is left lying anywhere."""
    site.wait(lambda: site.are_over(videos), "the videos are made")
    site.wait(site.is_ready, "the site is well")
    for video, clip in zip(videos, clips, strict=True):
        states = [(job.kind.value, job.number, job.state.value, job.error) for job in site.jobs(video)]
        assert site.see(video).status is VideoStatus.READY, states
        assert {job.state for job in site.jobs(video)} == {JobState.DONE}, states
        assert site.hashes(video) == references[clip].hashes
    site.wait(lambda: site.scratch() == [], "the scratch is gone", limit_s=60)
    site.wait(lambda: site.leftovers() == [], "what was half written is gone", limit_s=60)
    site.wait(lambda: site.strays() == [], "no process is left", limit_s=60)
    assert site.unknown_files() == []


def begin(site: WholeSite, clips: list[Path]) -> list[Video]:
    """Videos whose files have just arrived."""
    return [site.add_video(clip) for clip in clips]


def test_killed_workers(site: WholeSite, clips: list[Path], references: References, chance: random.Random) -> None:
    videos = begin(site, clips)
    hurt(site, videos, references, chance, lambda: site.kill(chance.choice(WORKERS)))

    check_whole(site, videos, clips, references)


def test_killed_ffmpeg(site: WholeSite, clips: list[Path], references: References, chance: random.Random) -> None:
    videos, killed = begin(site, clips), list[int]()

    def find_ffmpeg() -> list[tuple[int, int]]:
        """The processes that may still be killed, with the jobs for which they are."""
        at_work = sorted(site.ffmpeg_by_job().items())
        return [(process_id, job) for process_id, job in at_work if killed.count(job) < MOST_ERRORS]

    def kill_ffmpeg() -> None:
        """One that is at work, or the next that is, for which there may have to be another video."""
        found: list[tuple[int, int]] = []
        while not found:
            site.wait(lambda: bool(find_ffmpeg()) or site.are_over(videos), "FFmpeg is at work")
            found = find_ffmpeg()
            if site.are_over(videos):
                videos.extend(begin(site, clips[:1]))
        process_id, job = chance.choice(found)
        killed.append(job)
        os.kill(process_id, signal.SIGKILL)

    hurt(site, videos, references, chance, kill_ffmpeg)

    check_whole(site, videos, [*clips, *clips[:1] * (len(videos) - len(clips))], references)
    assert len(killed) == MOMENTS


def test_killed_queue_server(site: WholeSite, clips: list[Path], references: References, chance: random.Random) -> None:
    videos = begin(site, clips)
    hurt(site, videos, references, chance, lambda: site.kill("queue"))

    check_whole(site, videos, clips, references)


def test_wiped_queue(site: WholeSite, clips: list[Path], references: References, chance: random.Random) -> None:
    videos = begin(site, clips)
    hurt(site, videos, references, chance, site.resources.queue.connection.flushall)

    check_whole(site, videos, clips, references)


def test_killed_web_server(site: WholeSite, clips: list[Path], references: References, chance: random.Random) -> None:
    _, token = create_token(site.owner, TokenCreate(name="a program"))
    uploader = Uploader(site.settings.base_url, token, clips[1])
    uploader.start()
    for _ in range(MOMENTS // 2):
        site.wait(lambda: uploader.is_half_sent.is_set() or not uploader.is_alive(), "half of the file is sent")
        uploader.is_half_sent.clear()
        site.kill("web")
        uploader.go_on.set()
        uploader.go_on.clear()
    uploader.go_on.set()
    site.wait(lambda: not uploader.is_alive(), "the file has arrived")
    uploader.finish()
    assert uploader.requests.count(0) >= MOMENTS // 2

    video = find_video(uploader.video_id)
    watcher = Watcher(site.settings.base_url, token, uploader.video_id)
    watcher.start()
    for done in sorted(chance.sample(range(references[clips[1]].job_count - 1), MOMENTS // 2)):
        site.wait(lambda done=done: site.done_jobs([video]) >= done, f"{done} jobs are done")
        site.watch_for(chance.uniform(0, LONGEST_DELAY_S))
        site.kill("web", chance.choice(site.descendants("web") or [None]))
    site.wait(lambda: not watcher.is_alive(), "the video was watched to its end")
    watcher.finish()

    check_whole(site, [video], [clips[1]], references)
    expected = references[clips[1]].hashes
    assert watcher.hashes == {name: expected[name] for name in watcher.hashes}
    assert len(watcher.hashes) > len(expected) // 2


def test_power_cut(site: WholeSite, clips: list[Path], references: References, chance: random.Random) -> None:
    videos = begin(site, clips)
    hurt(site, videos, references, chance, site.kill_all, moments=1)

    check_whole(site, videos, clips, references)


def find_video(public_id: str) -> Video:
    close_session()
    return current_session().scalars(select(Video).where(Video.public_id == public_id)).one()
