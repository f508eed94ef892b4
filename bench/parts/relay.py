"""A door that counts: how many bytes go through it, in and out?"""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

BUFFER_BYTES = 256 * 1024


@dataclass
class Relay:
    """A port before another one."""

    port: int
    inward_bytes: int = 0
    """From those who connect to the one behind it."""
    outward_bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def count(self, size_bytes: int, *, is_inward: bool) -> None:
        """So many more went through."""
        with self._lock:
            if is_inward:
                self.inward_bytes += size_bytes
            else:
                self.outward_bytes += size_bytes


@contextlib.contextmanager
def counting(port: int) -> Iterator[Relay]:
    """A relay to a port of this machine, while the block lasts."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        relay = Relay(server.getsockname()[1])
        threading.Thread(target=_accept, args=(server, relay, port), daemon=True).start()
        yield relay


def _accept(server: socket.socket, relay: Relay, port: int) -> None:
    with contextlib.suppress(OSError):  # closed: the block has ended
        while True:
            visitor, _ = server.accept()
            behind = socket.create_connection(("127.0.0.1", port))
            for source, sink, is_inward in ((visitor, behind, True), (behind, visitor, False)):
                threading.Thread(target=_pass_on, args=(source, sink, relay, is_inward), daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket, relay: Relay, is_inward: bool) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(BUFFER_BYTES):
            relay.count(len(data), is_inward=is_inward)
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
