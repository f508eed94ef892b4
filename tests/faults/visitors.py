"""People who use the site while its web server is killed: one uploads, one watches. Both try again, as our pages do."""

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PATIENCE_S = 120.0
"""How long one thing is tried."""
PAUSE_S = 0.1
ONE_REQUEST_S = 30.0


class Visitor(threading.Thread):
    """Somebody who does something in a thread; `finish` waits for the end, and raises what went wrong."""

    def __init__(self, address: str, token: str) -> None:
        super().__init__(daemon=True)
        self.address = address
        self.token = token
        self.error: Exception | None = None
        self.requests: list[int] = []
        """The statuses of all answers, 0 where there was none."""

    def run(self) -> None:
        try:
            self.act()
        except Exception as error:
            self.error = error

    def act(self) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        """Wait for the end."""
        self.join(PATIENCE_S)
        if self.error is not None:
            raise self.error
        assert not self.is_alive()

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        """What the site answers, after as many tries as it takes.

        It may be away, and may ask to come back; any other refusal is an error.
        """
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            status, answer = self.try_once(method, path, json.dumps(body).encode() if body is not None else None)
            if status in (0, 503):
                threading.Event().wait(PAUSE_S)
            elif status < 400:
                return answer
            else:
                raise AssertionError(f"{method} {path}: {status} {answer[:300]!r}")
        raise AssertionError(f"{method} {path}: no answer in {PATIENCE_S} s")

    def try_once(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """One request; status 0 where it broke off."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return self.talk(lambda connection: connection.request(method, path, body, headers))

    def talk(self, send: Callable[[HTTPConnection], None]) -> tuple[int, bytes]:
        """The whole answer to what is sent; status 0 where it broke off."""
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=ONE_REQUEST_S)
        try:
            send(connection)
            response: HTTPResponse = connection.getresponse()
            found = response.status, response.read()
        except (OSError, HTTPException):
            found = 0, b""
        finally:
            connection.close()
        self.requests.append(found[0])
        return found


class Uploader(Visitor):
    """Sends a file in one part, of which the second half is held back until `go_on` is set."""

    def __init__(self, address: str, token: str, path: Path) -> None:
        super().__init__(address, token)
        self.path = path
        self.is_half_sent = threading.Event()
        self.go_on = threading.Event()
        self.video_id = ""

    def act(self) -> None:
        data = self.path.read_bytes()
        upload = json.loads(self.ask("POST", "/api/v1/uploads", {"filename": "a.mp4", "size_bytes": len(data)}))
        address = f"/api/v1/uploads/{upload['id']}"
        while 1 not in json.loads(self.ask("GET", address))["received"]:
            [target] = json.loads(self.ask("POST", f"{address}/parts", {"numbers": [1]}))
            self._send(urlsplit(target["url"]), data)
        self.video_id = json.loads(self.ask("POST", f"{address}/complete", {}))["id"]

    def _send(self, target: Any, data: bytes) -> None:
        """The part, from now on or from the next try on without a halt where `go_on` stays set."""

        def send(connection: HTTPConnection) -> None:
            connection.putrequest("PUT", f"{target.path}?{target.query}")
            connection.putheader("Content-Length", str(len(data)))
            connection.endheaders(data[: len(data) // 2])
            self.is_half_sent.set()
            self.go_on.wait(PATIENCE_S)
            connection.send(data[len(data) // 2 :])

        self.talk(send)


class Watcher(Visitor):
    """Asks how a video is doing, and fetches all that its playlists lead to, again and again until it is ready."""

    def __init__(self, address: str, token: str, video_id: str) -> None:
        super().__init__(address, token)
        self.video_id = video_id
        self.hashes: dict[str, str] = {}
        """What was fetched when the video was ready, by name."""

    def act(self) -> None:
        is_ready = False
        while not is_ready:
            video = json.loads(self.ask("GET", f"/api/v1/videos/{self.video_id}"))
            is_ready = video["status"] == "ready"
            if video["is_playable"]:
                self._fetch_all(urlsplit(video["urls"]["hls"]).path)

    def _fetch_all(self, multivariant: str) -> None:
        folder = multivariant.rpartition("/")[0]
        self.hashes, waiting = {}, ["multivariant.m3u8"]
        while waiting:
            name = waiting.pop()
            data = self.ask("GET", f"{folder}/{name}")
            self.hashes[name] = hashlib.sha256(data).hexdigest()
            if name.endswith(".m3u8"):
                found = re.findall(r"[\w/-]+\.(?:m3u8|m4s|mp4)", data.decode())
                paths = {(Path(name).parent / word).as_posix() for word in found}
                waiting += sorted(paths - self.hashes.keys() - set(waiting))
