"""How long does `./vod up` take, the first time on a clean checkout and the second time?"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.parts.site import ROOT, STOP_LIMIT_S, wait_for_address


def main() -> None:
    """Clone the project, start it twice, and time how long it takes to be ready and to stop."""
    with tempfile.TemporaryDirectory(prefix="vod-bench-start-") as directory:
        clone = Path(directory) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        for name in ("first", "second", "third"):
            ready_s, stopped_s = _start(clone)
            print(f"{name:<8} ready after {ready_s:5.1f} s, stopped in {stopped_s:4.1f} s", flush=True)
        shutil.rmtree(clone)


def _start(clone: Path) -> tuple[float, float]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VOD_")}
    environ["VOD_PORT"] = "18473"
    begun = time.monotonic()
    process = subprocess.Popen(
        [str(Path(sys.base_prefix) / "bin" / "python3"), str(clone / "vod"), "up"],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_for_address(process)
    ready_s = time.monotonic() - begun
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=STOP_LIMIT_S)
    return ready_s, time.monotonic() - begun


if __name__ == "__main__":
    main()
