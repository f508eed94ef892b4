"""A site of its own for a benchmark, driven as a program drives it: `./vod up` and the JSON API."""

import http.client
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
STOP_LIMIT_S = 15


@dataclass
class Site:
    """A running site and a token for its admin."""

    url: str
    token: str
    started_in_s: float
    directory: Path
    """Its data directory."""
    process_id: int
    """Of `./vod up`."""

    def call(self, method: str, path: str, body: object = None) -> Any:
        """One call of the API; the answer as JSON."""
        status, answer = self.send(method, f"/api/v1{path}", json.dumps(body).encode() if body is not None else b"")
        if status >= 400:
            raise RuntimeError(f"{method} {path}: {status} {answer[:300]!r}")
        return json.loads(answer) if answer else None

    def send(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        """One request to the site; target is a path or an address of the site."""
        parts = urlsplit(target)
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=120)
        headers = {"Content-Type": "application/json"} if parts.path.startswith("/api/") and not parts.query else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        return response.status, answer

    def upload(self, path: Path) -> str:
        """Upload a file; gives the video's id as soon as the site has said that it is complete."""
        upload = self.call("POST", "/uploads", {"filename": path.name, "size_bytes": path.stat().st_size})
        numbers = list(range(1, upload["part_count"] + 1))
        targets = self.call("POST", f"/uploads/{upload['id']}/parts", {"numbers": numbers})
        with path.open("rb") as file:
            for target in targets:
                status, answer = self.send("PUT", target["url"], file.read(upload["part_size_bytes"]))
                if status >= 300:
                    raise RuntimeError(f"part {target['number']}: {status} {answer[:300]!r}")
        self.call("POST", f"/uploads/{upload['id']}/complete", {})
        return str(upload["video_id"])


@contextmanager
def running_site(**settings: str) -> Iterator[Site]:
    """Start a site in a new directory, with an admin; stop it and remove the directory afterwards."""
    with tempfile.TemporaryDirectory(prefix="vod-bench-", ignore_cleanup_errors=True) as directory:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("VOD_")}
        environ |= {"VOD_DATA_DIR": directory, "VOD_PORT": str(_free_port()), **settings}
        password = secrets.token_urlsafe(16)
        admin = ["create-admin", "--email", "bench@example.org", "--username", "bench", "--password-stdin"]
        subprocess.run(_vod(*admin), env=environ, input=password, text=True, check=True, stdout=subprocess.DEVNULL)
        begun = time.monotonic()
        process = subprocess.Popen(_vod("up"), env=environ, stdout=subprocess.PIPE, text=True)
        try:
            url = wait_for_address(process)
            site = Site(url, "", time.monotonic() - begun, Path(directory), process.pid)
            asked = {"email": "bench", "password": password, "name": "bench"}
            site.token = site.call("POST", "/tokens", asked)["token"]
            yield site
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=STOP_LIMIT_S)


def _vod(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "vod"), *arguments]


def wait_for_address(process: "subprocess.Popen[str]") -> str:
    """The address that `./vod up` prints when it is ready."""
    assert process.stdout is not None
    for line in process.stdout:
        ready = re.match(r"Ready: (\S+)", line)
        if ready:
            return ready[1]
    raise RuntimeError("./vod up ended before it was ready")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
