import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import wait_until
from vod_web.core.processes import AUTOGROUP, start_process, stop_process

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


def _is_running(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_stop_ends_a_program_and_what_it_started() -> None:
    family = "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    process = start_process(
        [sys.executable, "-c", f"{family}; print(p.pid, flush=True); time.sleep(60)"], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    grandchild = int(process.stdout.readline())
    stop_process(process)
    assert process.returncode == -signal.SIGTERM
    wait_until(lambda: not _is_running(grandchild), what="the grandchild has ended", limit_s=5)
    process.stdout.close()


def test_stop_forces_a_program_that_does_not_listen() -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    process = start_process([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    assert stop_process(process, grace_s=0.2) == -signal.SIGKILL
    process.stdout.close()


def test_a_program_dies_with_a_parent_that_was_killed() -> None:
    parent_code = (
        "import subprocess, sys, time\n"
        "from vod_web.core.processes import start_process\n"
        f"child = start_process({SLEEPER!r}, stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    root = Path(__file__).parents[2]
    parent = subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE, cwd=root)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert _is_running(child)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    wait_until(lambda: not _is_running(child), what="the child has died with its parent", limit_s=5)
    parent.stdout.close()


@pytest.mark.skipif(not AUTOGROUP.exists(), reason="this system shares the processors out by process, not by session")
def test_a_program_of_low_priority_is_low_as_a_session_too() -> None:
    process = start_process(["cat", str(AUTOGROUP)], stdout=subprocess.PIPE, nice=7)
    said = process.communicate()[0].decode()

    assert said.split()[-2:] == ["nice", "7"]
