import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from vod_web.core.errors import EncodeFailed, SourceDamaged
from vod_web.media.progress import Progress, ProgressReader
from vod_web.media.runner import FfmpegKilled, Tools, hide_secrets, limit_threads, run_ffmpeg

ENDLESS = ["-v", "error", "-nostdin", "-progress", "pipe:1", "-stats_period", "0.1"]
ENDLESS += ["-f", "lavfi", "-i", "testsrc2=size=64x64", "-f", "null", "-"]


class Cancelled(Exception):
    """What a caller's lost lease would raise."""


def children() -> set[str]:
    """Ids of the processes that this one started and that still run."""
    tasks = Path(f"/proc/{os.getpid()}/task")
    return {child for task in tasks.iterdir() for child in (task / "children").read_text().split()}


def test_progress_is_reported_while_it_runs(tools: Tools, tmp_path: Path) -> None:
    reports: list[tuple[float, float | None]] = []
    arguments = [*ENDLESS[:-3], "-t", "60", *ENDLESS[-3:]]

    run_ffmpeg(arguments, tools=tools, work_dir=tmp_path, on_progress=lambda *report: reports.append(report))

    times = [time for time, _ in reports]
    assert times == sorted(times)
    assert times[-1] == pytest.approx(60, abs=0.1)


def test_an_exception_of_the_caller_ends_ffmpeg(tools: Tools, tmp_path: Path) -> None:
    before = children()

    def cancel(out_time_s: float, speed: float | None) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        run_ffmpeg(ENDLESS, tools=tools, work_dir=tmp_path, on_progress=cancel)
    assert children() == before


def test_failure_carries_the_end_of_the_log(tools: Tools, tmp_path: Path) -> None:
    with pytest.raises(EncodeFailed) as failed:
        run_ffmpeg(["-i", "missing.mp4", "out.mp4"], tools=tools, work_dir=tmp_path)

    assert "missing.mp4" in failed.value.log
    assert "status" in failed.value.message


def test_time_is_limited(tools: Tools, tmp_path: Path) -> None:
    started = time.monotonic()

    with pytest.raises(EncodeFailed, match="longer than"):
        run_ffmpeg(ENDLESS, tools=replace(tools, timeout_s=0.5), work_dir=tmp_path)
    assert time.monotonic() - started < 5


def test_memory_is_limited(tools: Tools, tmp_path: Path) -> None:
    with pytest.raises(EncodeFailed, match="too much memory"):
        run_ffmpeg(ENDLESS, tools=replace(tools, memory_bytes=1024**2), work_dir=tmp_path)


def test_an_end_from_outside_is_told_from_a_failure(tools: Tools, tmp_path: Path) -> None:
    before = children()

    def kill() -> None:
        for child in children() - before:
            os.kill(int(child), signal.SIGKILL)

    with pytest.raises(FfmpegKilled, match="signal 9"):
        run_ffmpeg(ENDLESS, tools=tools, work_dir=tmp_path, on_tick=kill)


def test_a_source_of_which_most_is_broken_is_told_from_other_failures(tools: Tools, tmp_path: Path) -> None:
    path = tmp_path / "broken.mp4"
    made = ["-f", "lavfi", "-i", "testsrc2=size=64x64:duration=8", "-c:v", "mpeg4", "-movflags", "+faststart"]
    run_ffmpeg([*made, str(path)], tools=tools, work_dir=tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 8] + bytes(len(data) * 3 // 4) + data[len(data) * 7 // 8 :])

    with pytest.raises(SourceDamaged, match="most of it cannot be decoded") as failed:
        run_ffmpeg(["-i", str(path), "-f", "null", "-"], tools=tools, work_dir=tmp_path)
    assert "broken.mp4" in failed.value.log


def test_standing_still_is_noticed(tools: Tools, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    waiting = os.open(pipe, os.O_RDWR)  # somebody who could write, and does not
    try:
        with pytest.raises(EncodeFailed, match="stood still"):
            run_ffmpeg(
                ["-f", "mpegts", "-i", str(pipe), "-f", "null", "-"],
                tools=replace(tools, stall_s=0.5),
                work_dir=tmp_path,
            )
    finally:
        os.close(waiting)


def test_reports_are_read_whatever_pieces_they_come_in() -> None:
    text = b"frame=10\nout_time_us=400000\nout_time_ms=400000\nspeed= 2.5x\nprogress=continue\n"
    text += b"frame=20\nout_time_us=N/A\nspeed=N/A\nprogress=end\n"
    reader = ProgressReader()

    reports = [report for byte in text for report in reader.feed(bytes([byte]))]

    assert reports == [Progress(0.4, 2.5, 10, False), Progress(None, None, 20, True)]


def test_the_log_does_not_hold_the_key_to_a_file() -> None:
    command = "ffmpeg -i 'https://store.example.org/vod/source?X-Signature=abc&Expires=1' -f null -"

    assert hide_secrets(command) == "ffmpeg -i 'https://store.example.org/vod/source?...' -f null -"


def test_threads_are_limited_for_every_file() -> None:
    command = ["-y", "-i", "a", "-filter_complex", "split[x][y]", "-map", "[x]", "b.mp4", "-map", "[y]", "c.mp4"]

    assert limit_threads(command, None) == command
    assert " ".join(limit_threads(command, 3)) == (
        "-filter_complex_threads 3 -y -threads 3 -i a -filter_complex split[x][y]"
        " -threads 3 -map [x] b.mp4 -threads 3 -map [y] c.mp4"
    )


@pytest.mark.parametrize("threads", [1, 2])
def test_encoders_keep_to_their_threads(tools: Tools, tmp_path: Path, threads: int) -> None:
    graph = "testsrc2=size=640x360:duration=0.2,split[a][b]"
    outputs = ["-map", "[a]", "-c:v", "libx264", "a.mp4", "-map", "[b]", "-c:v", "libx264", "b.mp4"]

    run_ffmpeg(["-filter_complex", graph, *outputs], tools=replace(tools, threads=threads), work_dir=tmp_path)

    for name in ("a.mp4", "b.mp4"):  # x264 writes its settings into the stream
        assert f" threads={threads} ".encode() in (tmp_path / name).read_bytes()
