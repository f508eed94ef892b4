"""The nginx configuration that we hand out, with a real nginx in front of the real web server."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import Engine

from tests.databases import Databases
from tests.factories import make_encode, make_user, make_video
from tests.servers import free_port, wait_until
from vod_web.cli.tools import find_nginx
from vod_web.core.settings import Settings, load_settings
from vod_web.models import Visibility
from vod_web.storage.local import LocalStorage

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def nginx() -> str:
    """The program; skips, and says so, where it is not installed."""
    program = find_nginx()
    if program is None:
        pytest.skip("nginx is not installed")
    return str(program)


@pytest.fixture(scope="module")
def settings(databases: Databases, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the one site of this module."""
    return load_settings(
        {
            "VOD_DATA_DIR": str(tmp_path_factory.mktemp("data")),
            "VOD_DATABASE_URL": databases.get("sqlite").url,
            "VOD_REDIS_URL": redis_url,
            "VOD_PORT": str(free_port()),
        }
    )


@dataclass(frozen=True)
class Front:
    """nginx in front of the site."""

    address: str
    access_log: Path


@pytest.fixture(scope="module")
def front(nginx: str, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """The site behind nginx."""
    directory, port = tmp_path_factory.mktemp("nginx"), free_port()
    (directory / "nginx.conf").write_text(_configuration(directory, settings, port))
    for path in (directory, settings.data_dir):
        path.chmod(0o755)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VOD_")} | {
        "VOD_DATA_DIR": str(settings.data_dir),
        "VOD_DATABASE_URL": settings.database_url,
        "VOD_REDIS_URL": settings.redis_url,
        "VOD_PORT": str(settings.port),
        "VOD_SENDFILE": "nginx",
        "VOD_TRUSTED_PROXIES": "1",
    }
    server = subprocess.Popen([sys.executable, "-m", "vod_web.cli.web_server"], cwd=ROOT, env=environ)
    proxy = subprocess.Popen(
        [nginx, "-c", str(directory / "nginx.conf"), "-p", str(directory), "-e", str(directory / "start.log")]
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _status(f"{url}/healthz") == 200, what="the site answers through nginx")
        yield Front(url, directory / "access.log")
    finally:
        for process in (proxy, server):
            process.terminate()
            process.wait(15)


def _configuration(directory: Path, settings: Settings, port: int) -> str:
    """Our configuration as it is handed out, with the lines changed that it says are to be changed."""
    ours = (ROOT / "deploy" / "nginx.conf").read_text()
    for old, new in (
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{settings.port};"),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("access_log /var/log/nginx/vod-web.log vod;", f"access_log {directory}/access.log vod;"),
        ("alias /srv/vod/media/;", f"alias {settings.data_dir}/media/;"),
        ("alias /opt/vod-web/static/dist/;", f"alias {ROOT}/static/dist/;"),
    ):
        assert old in ours
        ours = ours.replace(old, new)
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = "".join(
        f"{kind}_temp_path {directory}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"{user} daemon off; pid {directory}/nginx.pid; error_log {directory}/error.log; events {{}}\n"
        f"http {{ {temporary}\n{ours} }}"
    )


def _status(url: str) -> int:
    try:
        with urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_nginx_sends_media_that_the_site_allows_and_no_other(
    front: Front, settings: Settings, database: Engine
) -> None:
    storage = LocalStorage(settings.data_dir / "media")
    shown = make_video(make_user(), visibility=Visibility.PUBLIC)
    encode = make_encode(shown, storage)
    path = f"{shown.public_id}/{encode.public_id}/720p/0.m4s"
    with urlopen(Request(f"{front.address}/media/public/{path}", headers={"Range": "bytes=0-3"}), timeout=5) as answer:
        assert answer.status == 206
        assert len(answer.read()) == 4
        assert answer.headers["Content-Type"] == "video/iso.segment"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    hidden = make_video(make_user(), visibility=Visibility.PRIVATE)
    encode = make_encode(hidden, storage)
    assert _status(f"{front.address}/media/public/{hidden.public_id}/{encode.public_id}/720p/0.m4s") == 404
    assert _status(f"{front.address}/stored-media/videos/{path}") == 404


def test_nginx_hands_on_who_asks_and_how(front: Front) -> None:
    request = Request(f"{front.address}/healthz", headers={"X-Request-ID": "mine"})
    with urlopen(request, timeout=5) as answer:
        assert len(answer.headers["X-Request-ID"]) == 32


def test_nginx_logs_neither_playback_tokens_nor_reset_secrets(front: Front) -> None:
    for path in (
        "media/eyJhb/abc/def/0.m4s",
        "media/public/abc/def/0.m4s",
        "password/O9ndW2?next=/x",
        "search?query=y",
    ):
        _status(f"{front.address}/{path}")

    wait_until(lambda: "/search " in front.access_log.read_text(), what="all requests are logged")
    logged = re.findall(r'"GET (\S+) HTTP/1.1" \d+ \d+ [\d.]+ "Python-urllib', front.access_log.read_text())
    logged = [path for path in logged if path not in ("/healthz", "/setup")]  # what a site without an admin shows
    assert logged[-4:] == ["/media/.../abc/def/0.m4s", "/media/public/abc/def/0.m4s", "/password/...", "/search"]
    assert not re.search("eyJhb|O9ndW2|query", front.access_log.read_text())
