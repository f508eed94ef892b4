"""The plainest receivers of parts: what any site must pay for bytes that come over a socket and go to the disk.

Run as a program it is one of them: `python receivers.py PORT FILE PART_BYTES` takes PUTs of numbered parts, a thread
for each connection, and writes each to its place; nothing is checked but its length.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path

BUFFER_BYTES = 256 * 1024
START_LIMIT_S = 20
ANSWER = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
NGINX = """
daemon off; {user} worker_processes {workers}; pid {directory}/pid; error_log {directory}/log; events {{}}
http {{
  access_log off; client_max_body_size 0; client_body_buffer_size 1m; client_body_temp_path {directory}/temporary;
  server {{
    listen 127.0.0.1:{port}; root {directory}/files;
    location / {{ dav_methods PUT; create_full_put_path on; }}
  }}
}}
"""


@dataclass(frozen=True)
class Receiver:
    """A receiver that runs."""

    url: str
    process_id: int
    files: Path | None = None
    """Where it leaves what it does not sync itself."""

    def flush(self) -> None:
        """What it received is on the disk when this returns, as with the others."""
        for path in self.files.iterdir() if self.files else ():
            with path.open("rb") as file:
                os.fsync(file.fileno())


@contextmanager
def plain_receiver(directory: Path, part_bytes: int, size_bytes: int) -> Iterator[Receiver]:
    """A bare socket to a file of its whole size."""
    path = directory / "plain"
    with path.open("wb") as file:
        file.truncate(size_bytes)
    port = _free_port()
    argv = [sys.executable, __file__, str(port), str(path), str(part_bytes)]
    with _running(argv, port) as receiver:
        yield receiver
    path.unlink()


@contextmanager
def nginx_receiver(directory: Path) -> Iterator[Receiver | None]:
    """nginx with its module for PUT, which keeps each part as a file; None where it is not installed."""
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        yield None
        return
    home, port = directory / "nginx", _free_port()
    (home / "files").mkdir(parents=True)
    configuration = home / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""  # it would be somebody else, who may not write here
    configuration.write_text(NGINX.format(user=user, workers=os.cpu_count() or 1, directory=home, port=port))
    with _running([program, "-c", str(configuration), "-p", str(home), "-e", str(home / "start")], port) as receiver:
        yield replace(receiver, files=home / "files")
    shutil.rmtree(home)


@contextmanager
def _running(argv: list[str], port: int) -> Iterator[Receiver]:
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield Receiver(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(START_LIMIT_S)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(port: int, path: str, part_bytes: int) -> None:
    file = os.open(path, os.O_WRONLY)
    with socket.create_server(("127.0.0.1", port), backlog=64) as server:
        while True:
            connection, _ = server.accept()
            threading.Thread(target=_answer, args=(connection, file, part_bytes), daemon=True).start()


def _answer(connection: socket.socket, file: int, part_bytes: int) -> None:
    """One part after another, until the connection ends."""
    with connection, BufferedReader(connection.makefile("rb", buffering=0), BUFFER_BYTES) as stream:
        while request := stream.readline():
            number = int(request.split()[1].rpartition(b"/")[2])
            left = _read_length(stream)
            offset = (number - 1) * part_bytes
            while left:
                data = stream.read1(min(left, BUFFER_BYTES))
                os.pwrite(file, data, offset)
                offset, left = offset + len(data), left - len(data)
            os.fsync(file)
            connection.sendall(ANSWER)


def _read_length(stream: "BufferedReader[socket.SocketIO]") -> int:
    length = 0
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return length


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
