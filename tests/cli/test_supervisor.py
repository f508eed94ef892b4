import sys
import time
from pathlib import Path

import pytest

from tests.servers import wait_until
from vod_web.cli.logs import is_worth_showing
from vod_web.cli.supervisor import Supervisor, restart_pause_s
from vod_web.core.processes import DRAIN_SIGNAL, DRAINED
from vod_web.core.settings import child_environment

STUBBORN = "trap '' TERM; echo begun; while true; do sleep 1; done"

LEAVES_A_PROCESS = """
import os, sys, time
child = os.fork()
if child == 0:
    time.sleep(60)
open(sys.argv[1], "w").write(str(child))
"""


class Terminal:
    """What a supervisor said, and a supervisor that says it."""

    def __init__(self, directory: Path) -> None:
        self.lines: list[str] = []
        self.supervisor = Supervisor(directory, self.lines.append)

    def start(self, name: str, *argv: str) -> None:
        self.supervisor.start(name, argv, child_environment())

    def watch_until(self, line: str, times: int = 1) -> None:
        """Let the supervisor work until it has said this so many times."""
        deadline = time.monotonic() + 20
        while sum(line in said for said in self.lines) < times:
            assert time.monotonic() < deadline, self.lines
            self.supervisor.watch()


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "logs")


def test_what_a_child_writes_is_shown_with_its_name_and_kept(terminal: Terminal, tmp_path: Path) -> None:
    terminal.start("web", "sh", "-c", "echo '2026 [info     ] routine'; echo trouble; sleep 60")
    terminal.watch_until("web | trouble")
    terminal.supervisor.stop(last="queue")

    assert terminal.lines == ["web | trouble"]
    assert (tmp_path / "logs" / "web.log").read_text() == "2026 [info     ] routine\ntrouble\n"


def test_a_child_that_ends_is_started_again_and_said_so(terminal: Terminal) -> None:
    terminal.start("worker-1", "sh", "-c", "echo begun; exit 4")
    terminal.watch_until("begun", times=2)
    terminal.supervisor.stop(last="queue")

    assert "worker-1 has ended (exit status 4); it is started again in 0.5 s" in terminal.lines


def test_the_last_words_without_an_end_of_line_are_shown(terminal: Terminal) -> None:
    terminal.start("web", "sh", "-c", "printf 'no such port'; exit 1")
    terminal.watch_until("web has ended")
    terminal.supervisor.stop(last="queue")

    assert terminal.lines[0] == "web | no such port"


def test_a_child_that_does_not_want_to_end_is_ended_by_force(terminal: Terminal) -> None:
    terminal.start("worker-1", "sh", "-c", STUBBORN)
    terminal.start("queue", "sleep", "60")
    terminal.watch_until("begun")
    processes = [child.process for child in terminal.supervisor.children]

    begun = time.monotonic()
    terminal.supervisor.stop(last="queue", grace_s=0.5)

    assert time.monotonic() - begun < 3
    assert [process.poll() for process in processes if process] == [-9, -15]


def test_a_child_that_is_dismissed_ends_in_its_own_time_and_stays_away(terminal: Terminal) -> None:
    terminal.start("worker-1", "sh", "-c", "trap 'echo enough; exit 0' USR1; echo begun; while :; do sleep 0.1; done")
    terminal.start("worker-2", "sh", "-c", "echo ready; exit 1")
    terminal.watch_until("begun")
    terminal.watch_until("worker-2 has ended (exit status 1)")
    for child in tuple(terminal.supervisor.children):
        terminal.supervisor.dismiss(child, DRAIN_SIGNAL)
    terminal.watch_until("worker-1 has ended, as it was told to")

    assert "worker-1 | enough" in terminal.lines
    assert terminal.supervisor.children == []
    terminal.supervisor.stop(last="queue")


def test_a_worker_that_was_drained_is_not_started_again(terminal: Terminal) -> None:
    terminal.start("worker-1", "sh", "-c", f"exit {DRAINED}")
    terminal.watch_until("worker-1 has ended, as it was told to")

    assert terminal.supervisor.children == []
    terminal.supervisor.stop(last="queue")


def test_what_a_child_leaves_behind_is_ended_with_it(terminal: Terminal, tmp_path: Path) -> None:
    left = tmp_path / "left"
    terminal.start("web", sys.executable, "-c", LEAVES_A_PROCESS, str(left))
    terminal.watch_until("web has ended")
    terminal.supervisor.stop(last="queue")

    wait_until(lambda: not is_alive(int(left.read_text())), what="what was left behind ends")


def is_alive(process_id: int) -> bool:
    """Whether there is such a process, other than one that has ended and waits to be noticed."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_pause_before_a_restart_doubles_up_to_a_limit() -> None:
    assert [restart_pause_s(deaths) for deaths in (1, 2, 3, 4)] == [0.5, 1, 2, 4]
    assert restart_pause_s(1000) == 30


@pytest.mark.parametrize(
    ("line", "is_shown"),
    [
        ("2026-11-22T20:51:48Z [info     ] request  path=/", False),
        ('{"level": "info", "event": "request"}', False),
        ("2026-11-22T20:51:48Z [warning  ] queue_unreachable", True),
        ('{"level": "error", "event": "failed"}', True),
        ("Traceback (most recent call last):", True),
        ("24331:M 22 Nov 2026 20:51:48.647 # Redis is now ready to exit, bye bye...", False),
        ("24331:M 22 Nov 2026 20:51:48.647 # Error writing to AOF: No space left on device", True),
        ("", False),
    ],
)
def test_the_terminal_shows_what_a_person_should_see(line: str, is_shown: bool) -> None:
    assert is_worth_showing(line) == is_shown
