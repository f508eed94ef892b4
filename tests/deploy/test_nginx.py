"""The nginx configuration that we hand out, with a real nginx in front of the real web server."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import Engine

from tests.factories import make_encode, make_user, make_video
from tests.servers import free_port, wait_until
from vod_web.core.settings import Settings
from vod_web.models import Visibility
from vod_web.storage.local import LocalStorage

ROOT = Path(__file__).parents[2]


@pytest.fixture
def nginx() -> str:
    """The program; skips, and says so, where it is not installed."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed")
    return program


@pytest.fixture
def address(nginx: str, settings: Settings, database: Engine, tmp_path: Path) -> Iterator[str]:
    """The site behind nginx."""
    site_port, nginx_port = free_port(), free_port()
    (tmp_path / "nginx.conf").write_text(_configuration(tmp_path, settings, site_port, nginx_port))
    tmp_path.chmod(0o755)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VOD_")} | {
        "VOD_DATA_DIR": str(settings.data_dir),
        "VOD_DATABASE_URL": settings.database_url,
        "VOD_REDIS_URL": settings.redis_url,
        "VOD_PORT": str(site_port),
        "VOD_SENDFILE": "nginx",
        "VOD_TRUSTED_PROXIES": "1",
    }
    server = subprocess.Popen([sys.executable, "-m", "vod_web.cli.web_server"], cwd=ROOT, env=environ)
    proxy = subprocess.Popen(
        [nginx, "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path), "-e", str(tmp_path / "start.log")]
    )
    url = f"http://127.0.0.1:{nginx_port}"
    try:
        wait_until(lambda: _status(f"{url}/healthz") == 200, what="the site answers through nginx")
        yield url
    finally:
        for process in (proxy, server):
            process.terminate()
            process.wait(15)


def _configuration(directory: Path, settings: Settings, site_port: int, nginx_port: int) -> str:
    """Our configuration as it is handed out, with the lines changed that it says are to be changed."""
    ours = (ROOT / "deploy" / "nginx.conf").read_text()
    for old, new in (
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{site_port};"),
        ("listen 80;", f"listen 127.0.0.1:{nginx_port};"),
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
        f"http {{ access_log off; {temporary}\n{ours} }}"
    )


def _status(url: str) -> int:
    try:
        with urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_nginx_sends_media_that_the_site_allows_and_no_other(address: str, settings: Settings) -> None:
    storage = LocalStorage(settings.data_dir / "media")
    shown = make_video(make_user(), visibility=Visibility.PUBLIC)
    encode = make_encode(shown, storage)
    path = f"{shown.public_id}/{encode.public_id}/720p/0.m4s"
    with urlopen(Request(f"{address}/media/public/{path}", headers={"Range": "bytes=0-3"}), timeout=5) as answer:
        assert answer.status == 206
        assert len(answer.read()) == 4
        assert answer.headers["Content-Type"] == "video/iso.segment"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    hidden = make_video(make_user(), visibility=Visibility.PRIVATE)
    encode = make_encode(hidden, storage)
    assert _status(f"{address}/media/public/{hidden.public_id}/{encode.public_id}/720p/0.m4s") == 404
    assert _status(f"{address}/stored-media/videos/{path}") == 404


def test_nginx_hands_on_who_asks_and_how(address: str) -> None:
    request = Request(f"{address}/healthz", headers={"X-Request-ID": "mine"})
    with urlopen(request, timeout=5) as answer:
        assert len(answer.headers["X-Request-ID"]) == 32
