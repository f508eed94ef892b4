"""A sender of parts that costs as little as it can: the kernel sends them from a file, the same to every receiver."""

import http.client
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

AT_ONCE = 4
LIMIT_S = 300


@dataclass(frozen=True)
class Target:
    """Where a part goes."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)


def send_parts(targets: Sequence[Target], part: Path) -> None:
    """Send the same file to each target, several at a time.

    Raises:
        RuntimeError: one was refused.
    """
    lanes = [lane for lane in (targets[first::AT_ONCE] for first in range(AT_ONCE)) if lane]
    with ThreadPoolExecutor(AT_ONCE) as senders:
        for outcome in [senders.submit(_send_lane, lane, part) for lane in lanes]:
            outcome.result()


def _send_lane(targets: Sequence[Target], part: Path) -> None:
    """One connection, one part after another."""
    connection = http.client.HTTPConnection(urlsplit(targets[0].url).netloc, timeout=LIMIT_S)
    connection.connect()
    with part.open("rb") as file:
        for target in targets:
            parts = urlsplit(target.url)
            connection.putrequest("PUT", f"{parts.path}?{parts.query}" if parts.query else parts.path)
            for name, value in ({"Content-Length": str(part.stat().st_size)} | target.headers).items():
                connection.putheader(name, value)
            connection.endheaders()
            connection.sock.sendfile(file)
            answer = connection.getresponse()
            answer.read()
            if answer.status >= 300:
                raise RuntimeError(f"{target.url}: {answer.status}")
    connection.close()
