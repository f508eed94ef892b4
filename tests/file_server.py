"""Strangers' servers, for tests: real ones on loopback, with all that can be wrong with them."""

import contextlib
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer

import pytest

PIECE = 16 * 1024


@dataclass
class Served:
    """What stands at an address, and how it is sent."""

    content: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None
    takes_ranges: bool = True
    says_length: bool = True
    announced_bytes: int | None = None
    """What the server claims, where that is a lie."""
    cuts: list[int] = field(default_factory=list)
    """After so many bytes of its body the next answer breaks off; one entry for each answer."""
    holds_after: int | None = None
    """After so many bytes it sends nothing until the server is told to `go_on`."""
    drips: bool = False
    """A byte of its body now and then."""
    crawls: bool = False
    """A piece of its body now and then."""
    drips_head: bool = False
    """A line of its head now and then, without end."""
    raw: bytes | None = None
    """The whole answer as it is, in place of all else."""


@dataclass
class Request:
    """What a client asked."""

    path: str
    headers: dict[str, str]


class FileServer:
    """One server; `served` may change while it runs."""

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.served: dict[str, Served] = {}
        self.requests: list[Request] = []
        self._released = threading.Event()
        self._server = _Server((host, 0), self)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._host = f"[{host}]" if ":" in host else host
        self._scheme = "https" if tls else "http"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def url(self, path: str = "/film.mp4", host: str | None = None) -> str:
        """The address of what it serves, under its own name or another one."""
        return f"{self._scheme}://{host or self._host}:{self.port}{path}"

    def serve(self, content: bytes = b"", path: str = "/film.mp4", **how: object) -> str:
        """From now on this stands at the path; gives its address."""
        self.served[path] = Served(content, **how)  # type: ignore[arg-type] # the fields by name
        return self.url(path)

    def go_on(self) -> None:
        """Send what was held back."""
        self._released.set()

    def wait_held(self, limit_s: float) -> bool:
        """Until it may go on; False where nobody says so."""
        return self._released.wait(limit_s)

    def __enter__(self) -> "FileServer":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], site: FileServer) -> None:
        self.site = site
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Without asking for a name of this machine, which takes a while."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "files.test", self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients hang up; that is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        site = self.server.site
        path = self.path.partition("?")[0]
        site.requests.append(Request(self.path, dict(self.headers.items())))
        found = site.served.get(path, Served(status=404))
        if found.raw is not None:
            self.wfile.write(found.raw)
            return
        if found.drips_head:
            self._drip(b"HTTP/1.1 200 OK\r\n", b"X-Line: 1\r\n")
        start = self._start(found)
        body = found.content[start:]
        self._send_head(found, start, len(body))
        if found.drips:
            self._drip(b"", b"x")
        self._send_body(found, body)

    def _drip(self, first: bytes, each: bytes) -> None:
        self.wfile.write(first)
        while not self.server.site.wait_held(0.05):
            self.wfile.write(each)

    def _start(self, found: Served) -> int:
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        is_same = self.headers.get("If-Range", found.etag) == found.etag
        return int(wanted[1]) if wanted and found.takes_ranges and is_same else 0

    def _send_head(self, found: Served, start: int, length: int) -> None:
        self.send_response(206 if start and found.status == 200 else found.status)
        total = found.announced_bytes or len(found.content)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        if found.says_length:
            self.send_header("Content-Length", str((found.announced_bytes or length + start) - start))
        if found.etag is not None:
            self.send_header("ETag", found.etag)
        for name, value in found.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _send_body(self, found: Served, body: bytes) -> None:
        limit = found.cuts.pop(0) if found.cuts else len(body)
        body = body[:limit]
        held = found.holds_after
        for at in range(0, len(body), PIECE):
            if held is not None and at >= held and not self.server.site.wait_held(30):
                return
            if found.crawls and self.server.site.wait_held(0.05):
                return
            self.wfile.write(body[at : at + PIECE])

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""


@contextlib.contextmanager
def serving_files(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[FileServer]:
    """A server that runs while the block does."""
    with FileServer(host, tls) as server:
        yield server


def make_tls(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The contexts of a server of this name, and of a client that trusts it; skips where there is no openssl."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    key, path = str(folder / "server.key"), str(folder / "server.pem")
    kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    named = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run([openssl, *kind, *named, "-keyout", key, "-out", path], check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path, key)
    return server, ssl.create_default_context(cafile=path)
