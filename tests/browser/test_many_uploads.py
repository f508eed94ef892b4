"""Two hundred uploads at once, as programs send them: none is lost, none mixed up with another."""

import hashlib
import http.client
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.uploading import PART_BYTES, PASSWORD, UPLOADER, UploadSite, add_uploader
from tests.uploading import make_bytes

COUNT = 200
AT_ONCE = 8


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UploadSite]:
    """A site with small parts, on which one person may have many uploads on the way."""
    data_dir = tmp_path_factory.mktemp("site") / "data"
    add_uploader(data_dir)
    settings = {"VOD_UPLOAD_PART_BYTES": str(PART_BYTES), "VOD_USER_OPEN_UPLOADS": str(COUNT)}
    started = UploadSite(data_dir, **settings)
    yield started
    started.stop()


class Client:
    """A program with a token, and with a connection for each of its threads."""

    def __init__(self, url: str) -> None:
        self.host = urlsplit(url).netloc
        self.of_thread = threading.local()
        self.connections: list[http.client.HTTPConnection] = []
        self.headers: dict[str, str] = {}
        asked = {"email": UPLOADER, "password": PASSWORD, "name": "test"}
        token = self.call("POST", "/tokens", asked)["token"]
        self.headers = {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, body: object) -> Any:
        """One call of the API."""
        status, answer = self.send(method, f"/api/v1{path}", json.dumps(body).encode(), "application/json")
        assert status < 300, answer
        return json.loads(answer)

    def send(self, method: str, address: str, body: bytes, content_type: str) -> tuple[int, bytes]:
        """One request."""
        connection = self.connection()
        parts = urlsplit(address)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, body, self.headers | {"Content-Type": content_type})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def connection(self) -> http.client.HTTPConnection:
        """Of this thread; kept open."""
        if not hasattr(self.of_thread, "connection"):
            self.of_thread.connection = http.client.HTTPConnection(self.host, timeout=60)
            self.connections.append(self.of_thread.connection)
        found: http.client.HTTPConnection = self.of_thread.connection
        return found

    def close(self) -> None:
        """End the connections of all threads."""
        for connection in self.connections:
            connection.close()

    def begin(self, number: int) -> tuple[dict[str, Any], bytes]:
        """Announce a file of two parts that no other is like."""
        content = make_bytes(PART_BYTES + number + 1, seed=number)
        wanted = {"filename": f"{number}.mp4", "size_bytes": len(content)}
        return self.call("POST", "/uploads", wanted), content

    def finish(self, begun: tuple[dict[str, Any], bytes]) -> tuple[str, str]:
        """Send its parts, the last one first; gives where it should be stored, and its checksum."""
        upload, content = begun
        numbers = list(range(upload["part_count"], 0, -1))
        for target in self.call("POST", f"/uploads/{upload['id']}/parts", {"numbers": numbers}):
            start = (target["number"] - 1) * PART_BYTES
            part = content[start : start + PART_BYTES]
            status, answer = self.send("PUT", target["url"], part, "application/octet-stream")
            assert status == 204, answer
        self.call("POST", f"/uploads/{upload['id']}/complete", {})
        return f"{upload['video_id']}/{upload['id']}", hashlib.sha256(content).hexdigest()


def test_two_hundred_uploads_at_once_are_neither_lost_nor_mixed_up(site: UploadSite) -> None:
    with closing(Client(site.url)) as client, ThreadPoolExecutor(AT_ONCE) as senders:
        begun = list(senders.map(client.begin, range(COUNT)))  # all are open before the first is finished
        wanted = dict(senders.map(client.finish, begun))
    assert len(wanted) == COUNT
    assert _stored(site.data_dir) == wanted


def _stored(data_dir: Path) -> dict[str, str]:
    """The checksum of each source, by video and upload."""
    sources = (data_dir / "media" / "sources").glob("*/*/source")
    return {"/".join(path.parts[-3:-1]): hashlib.sha256(path.read_bytes()).hexdigest() for path in sources}
