"""What commands say, also to nobody."""

import os
import subprocess
import sys

from vod_web.cli.packages import ROOT

TALKING = "from vod_web.cli.console import complain, say\nfor n in range(9): say(f'line {n}'); complain('oh')\n"


def test_a_reader_that_goes_away_breaks_nothing() -> None:
    both = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", "input()\n" + TALKING], cwd=ROOT, stdin=both, stdout=both) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.close()
        process.stdin.write(b"\n")
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def test_what_is_wrong_may_be_said_to_nobody_too() -> None:
    nobody, end = os.pipe()
    os.close(nobody)
    done = subprocess.run([sys.executable, "-c", TALKING], cwd=ROOT, stdout=subprocess.PIPE, stderr=end, timeout=30)
    os.close(end)
    assert (done.returncode, done.stdout.count(b"line")) == (0, 9)
