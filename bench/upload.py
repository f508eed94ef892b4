"""How fast, at what cost, does the site receive a large file in parts, beside the plainest receivers there are?"""

import argparse
import hashlib
import http.client
import os
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.parts.processes import list_processes, tree_of
from bench.parts.receivers import nginx_receiver, plain_receiver
from bench.parts.site import Site, running_site

MIB = 1024**2
PART_BYTES = 16 * MIB
AT_ONCE = 4
SAMPLE_S = 0.05
MOST_ASKED = 100


@dataclass(frozen=True)
class Target:
    """Where a part goes."""

    url: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Result:
    """What one transfer took."""

    elapsed_s: float
    cpu_s: float
    """Of the receiver, without the sender."""
    peak_bytes: int
    """Memory of the receiver's processes together, at the worst moment."""
    before_bytes: int


class Watch:
    """The processor time and the memory of some processes and their children, during the block."""

    def __init__(self, *roots: int) -> None:
        self._roots = roots
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> "Watch":
        self._cpu_s, self.before_bytes = self._read()
        self.peak_bytes = self.before_bytes
        self._begun = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        elapsed_s = time.monotonic() - self._begun
        self._stopped.set()
        self._thread.join()
        self.result = Result(elapsed_s, self._read()[0] - self._cpu_s, self.peak_bytes, self.before_bytes)

    def _read(self) -> tuple[float, int]:
        processes = list_processes()
        mine = {process.pid: process for root in self._roots for process in tree_of(root, processes)}.values()
        return sum(process.cpu_s for process in mine), sum(process.memory_bytes for process in mine)

    def _sample(self) -> None:
        while not self._stopped.wait(SAMPLE_S):
            self.peak_bytes = max(self.peak_bytes, self._read()[1])


def main() -> None:
    """Send the same bytes to the site and to the plain receivers, several times by turns; print the medians."""
    parser = argparse.ArgumentParser(prog="./vod bench upload", description=__doc__)
    parser.add_argument("--mib", type=int, default=1024, help="the size of the file (1024)")
    parser.add_argument("--runs", type=int, default=3, help="how often each receives it (3)")
    arguments = parser.parse_args()
    count = max(1, arguments.mib * MIB // PART_BYTES)
    part = os.urandom(PART_BYTES)
    with tempfile.TemporaryDirectory(prefix="vod-bench-upload-") as directory:
        with running_site(VOD_WORKERS="1") as site:
            results = _by_turns(site, Path(directory), part, count, arguments.runs)
            small = _to_site(site, part, max(1, count // 8))
        _print(results, count)
        _print_memory(small, results["the site"])


def _by_turns(site: Site, directory: Path, part: bytes, count: int, runs: int) -> dict[str, Result]:
    found: dict[str, list[Result]] = {}
    _to_site(site, part, 2 * AT_ONCE)  # every process has answered once
    for _ in range(runs):
        found.setdefault("the site", []).append(_to_site(site, part, count))
        with plain_receiver(directory, PART_BYTES, count * PART_BYTES) as plain:
            found.setdefault("a bare socket", []).append(_to_plain(plain.url, plain.process_id, part, count))
        with nginx_receiver(directory) as nginx:
            if nginx is not None:
                found.setdefault("nginx", []).append(_to_plain(nginx.url, nginx.process_id, part, count))
    return {name: sorted(results, key=lambda one: one.elapsed_s)[len(results) // 2] for name, results in found.items()}


def _to_plain(url: str, process_id: int, part: bytes, count: int) -> Result:
    targets = [Target(f"{url}/{number}", {}) for number in range(1, count + 1)]
    with Watch(process_id) as watch:
        _send(targets, part)
    return watch.result


def _to_site(site: Site, part: bytes, count: int) -> Result:
    """As a browser does: announced with checksums, sent in parts, completed; then thrown away."""
    wanted = {"filename": "bench.mp4", "size_bytes": count * PART_BYTES, "part_checksums": True}
    checksum = hashlib.sha256(part).hexdigest()
    with Watch(*_web_processes(site)) as watch:
        upload = site.call("POST", "/uploads", wanted)
        _send(_ask_targets(site, upload["id"], count, checksum), part)
        site.call("POST", f"/uploads/{upload['id']}/complete", {})
    site.call("DELETE", f"/videos/{upload['video_id']}")
    return watch.result


def _ask_targets(site: Site, upload_id: str, count: int, checksum: str) -> list[Target]:
    targets = []
    for first in range(1, count + 1, MOST_ASKED):
        numbers = list(range(first, min(first + MOST_ASKED, count + 1)))
        asked = {"numbers": numbers, "checksums_sha256": dict.fromkeys(map(str, numbers), checksum)}
        told = site.call("POST", f"/uploads/{upload_id}/parts", asked)
        targets += [Target(target["url"], target["headers"]) for target in told]
    return targets


def _web_processes(site: Site) -> list[int]:
    """The web server's own process; those that answer are its children."""
    found = []
    for process in tree_of(site.process_id, list_processes()):
        command = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        if b"web_server" in command and process.parent == site.process_id:
            found.append(process.pid)
    if not found:
        raise RuntimeError("the web server is not among the processes of the site")
    return found


def _send(targets: Sequence[Target], part: bytes) -> None:
    with ThreadPoolExecutor(AT_ONCE) as senders:
        lanes = [targets[lane::AT_ONCE] for lane in range(AT_ONCE)]
        for outcome in [senders.submit(_send_lane, lane, part) for lane in lanes if lane]:
            outcome.result()


def _send_lane(targets: Sequence[Target], part: bytes) -> None:
    """One connection, one part after another."""
    connection = http.client.HTTPConnection(urlsplit(targets[0].url).netloc, timeout=120)
    for target in targets:
        parts = urlsplit(target.url)
        address = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request("PUT", address, part, target.headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{target.url}: {answer.status}")
    connection.close()


def _print(results: dict[str, Result], count: int) -> None:
    size_bytes = count * PART_BYTES
    ours = results["the site"].elapsed_s
    print(f"{size_bytes / MIB:.0f} MiB in {count} parts, {AT_ONCE} at a time")
    for name, result in results.items():
        speed = size_bytes / result.elapsed_s / 1e6
        beside = "" if name == "the site" else f", the site is {result.elapsed_s / ours:.2f} as fast"
        cpu = result.cpu_s / (size_bytes / 1024**3)
        print(f"  {name:<14} {speed:6.0f} MB/s, {cpu:5.2f} s of processor time a GiB{beside}", flush=True)


def _print_memory(small: Result, large: Result) -> None:
    for name, result in (("an eighth of it", small), ("all of it", large)):
        before, peak = result.before_bytes / MIB, result.peak_bytes / MIB
        print(f"  memory of the web server for {name}: {before:.0f} MiB before, {peak:.0f} at most")


if __name__ == "__main__":
    main()
