"""How fast, at what cost, does the site receive a large file in parts, beside the plainest receivers there are?"""

import argparse
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.parts.processes import list_processes, tree_of
from bench.parts.receivers import Receiver, nginx_receiver, plain_receiver
from bench.parts.relay import Relay, counting
from bench.parts.sending import AT_ONCE, Target, send_parts
from bench.parts.site import Site, running_site
from bench.parts.watching import Taken, Watch

MIB, GIB = 1024**2, 1024**3
PART_BYTES = 16 * MIB
MOST_ASKED = 100
OURS = "the site"


def main() -> None:
    """Send the same bytes to the site and to the plain receivers, several times by turns; print the medians."""
    parser = argparse.ArgumentParser(prog="./vod bench upload", description=__doc__)
    parser.add_argument("--mib", type=int, default=1024, help="the size of the file (1024)")
    parser.add_argument("--runs", type=int, default=5, help="how often each receives it (5)")
    parser.add_argument("--s3-mib", type=int, default=256, help="the size of a file that goes to S3, 0 for none (256)")
    arguments = parser.parse_args()
    count = max(1, arguments.mib * MIB // PART_BYTES)
    with tempfile.TemporaryDirectory(prefix="vod-bench-upload-") as name:
        directory = Path(name)
        part = directory / "part"
        part.write_bytes(os.urandom(PART_BYTES))
        with running_site(VOD_WORKERS="1", VOD_UPLOAD_PART_BYTES=str(PART_BYTES)) as site:
            _to_site(site, part, 2 * AT_ONCE)  # every process has answered once
            small = _to_site(site, part, max(1, count // 4))
            results = _by_turns(site, directory, part, count, arguments.runs)
        _print(results, count)
        _print_memory({max(1, count // 4): [small], count: results[OURS]})
        if arguments.s3_mib:
            _to_s3(part, max(1, arguments.s3_mib * MIB // PART_BYTES))


def _by_turns(site: Site, directory: Path, part: Path, count: int, runs: int) -> dict[str, list[Taken]]:
    found: dict[str, list[Taken]] = {}
    for _ in range(runs):
        found.setdefault(OURS, []).append(_to_site(site, part, count))
        with plain_receiver(directory, PART_BYTES, count * PART_BYTES) as plain:
            found.setdefault("a bare socket", []).append(_to_plain(plain, part, count))
        with nginx_receiver(directory) as nginx:
            if nginx is not None:
                found.setdefault("nginx", []).append(_to_plain(nginx, part, count))
    return found


def _to_plain(receiver: Receiver, part: Path, count: int) -> Taken:
    targets = [Target(f"{receiver.url}/{number}") for number in range(1, count + 1)]
    with Watch(receiver.process_id) as watch:
        send_parts(targets, part)
        receiver.flush()
    return watch.taken


def _to_site(site: Site, part: Path, count: int) -> Taken:
    with Watch(*_web_processes(site)) as watch:
        video_id = _upload(site, part, count)
    site.call("DELETE", f"/videos/{video_id}")
    return watch.taken


def _upload(site: Site, part: Path, count: int) -> str:
    """As a browser does: announced with checksums, sent in parts, completed."""
    wanted = {"filename": "bench.mp4", "size_bytes": count * PART_BYTES, "part_checksums": True}
    upload = site.call("POST", "/uploads", wanted)
    send_parts(_ask_targets(site, upload["id"], count, hashlib.sha256(part.read_bytes()).hexdigest()), part)
    site.call("POST", f"/uploads/{upload['id']}/complete", {})
    return str(upload["video_id"])


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


def _to_s3(part: Path, count: int) -> None:
    """The same upload where the storage is S3, with everything counted that goes into the site and out to S3."""
    from tests.s3_server import find_s3_server, run_s3_server  # only where the packages for tests are installed

    program = find_s3_server()
    if program is None:
        print("  no S3 server here: SeaweedFS's `weed` comes with requirements-dev.txt on Linux")
        return
    with run_s3_server(program) as server, counting(server.port) as behind:
        settings = {
            "VOD_STORAGE": "s3",
            "VOD_S3_ENDPOINT_URL": behind.url,
            "VOD_S3_PUBLIC_ENDPOINT_URL": server.endpoint_url,
            "VOD_S3_BUCKET": "vod",
            "VOD_S3_ACCESS_KEY": server.access_key,
            "VOD_S3_SECRET_KEY": server.secret_key,
        }
        with (
            running_site(VOD_WORKERS="1", VOD_UPLOAD_PART_BYTES=str(PART_BYTES), **settings) as site,
            counting(urlsplit(site.url).port or 0) as before,
        ):
            site.url = before.url
            _count_s3(site, part, count, before, behind)


def _count_s3(site: Site, part: Path, count: int, before: Relay, behind: Relay) -> None:
    received, sent = before.inward_bytes, behind.inward_bytes
    with Watch(*_web_processes(site)) as watch:
        _upload(site, part, count)
    received, sent = before.inward_bytes - received, behind.inward_bytes - sent
    speed = count * PART_BYTES / watch.taken.elapsed_s / 1e6
    print(f"{count * PART_BYTES / MIB:.0f} MiB to S3: {speed:.0f} MB/s, {watch.taken.cpu_s:.2f} s of processor time")
    print(
        f"  the site received {received / 1000:.0f} kB of requests from the sender, and sent {sent / 1000:.0f} kB to S3"
    )


def _print(results: dict[str, list[Taken]], count: int) -> None:
    def middle(name: str, of: Callable[[Taken], float]) -> float:
        return median(of(taken) for taken in results[name])

    size_bytes = count * PART_BYTES
    ours_s = middle(OURS, lambda taken: taken.elapsed_s)
    print(f"{size_bytes / MIB:.0f} MiB in {count} parts, {AT_ONCE} at a time, medians of {len(results[OURS])}")
    for name, all_taken in results.items():
        elapsed_s = middle(name, lambda taken: taken.elapsed_s)
        cpu_s = middle(name, lambda taken: taken.cpu_s) / (size_bytes / GIB)
        speeds = sorted(size_bytes / taken.elapsed_s / 1e6 for taken in all_taken)
        beside = "" if name == OURS else f"; the site is {elapsed_s / ours_s:.2f} as fast"
        speed = f"{size_bytes / elapsed_s / 1e6:5.0f} MB/s ({speeds[0]:.0f} to {speeds[-1]:.0f})"
        print(f"  {name:<14}{speed}, {cpu_s:.2f} s of processor time a GiB{beside}")


def _print_memory(by_count: dict[int, list[Taken]]) -> None:
    for count, taken in by_count.items():
        before = median(one.before_bytes for one in taken) / MIB
        peak = median(one.peak_bytes for one in taken) / MIB
        size = count * PART_BYTES / MIB
        print(f"  memory of the web server for {size:.0f} MiB: {before:.0f} MiB before, {peak:.0f} MiB at most")


if __name__ == "__main__":
    main()
