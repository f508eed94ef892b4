"""How built files are sent, and which tags a page has for them."""

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

from vod_web.web.assets import DIST, asset, script


@pytest.fixture
def address(app: Flask) -> str:
    """Of a script."""
    with app.test_request_context():
        return asset("app.js")


def test_texts_are_sent_compressed_to_who_takes_that(client: FlaskClient, address: str) -> None:
    plain = client.get(address, headers={"Accept-Encoding": "identity"}, buffered=True)
    packed = client.get(address, headers={"Accept-Encoding": "gzip, deflate, br, zstd"}, buffered=True)

    assert gzip.decompress(packed.data) == plain.data == (DIST / address.rpartition("/")[2]).read_bytes()
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.mimetype == plain.mimetype == "text/javascript"
    for answer in (packed, plain):
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    again = client.get(
        address, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}, buffered=True
    )
    assert again.status_code == 304
    other = client.get(
        address, headers={"Accept-Encoding": "identity", "If-None-Match": packed.headers["ETag"]}, buffered=True
    )
    assert (other.status_code, other.data) == (200, plain.data)


@pytest.mark.parametrize("name", ["nothing-here.js", "../build.mjs", "..%2fbuild.mjs", "%00"])
def test_nothing_else_is_sent(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_what_scripts_share_is_announced_once(app: Flask) -> None:
    with app.test_request_context():
        first, second = script("app.js"), script("upload.js")
        assert first.count("modulepreload") == 1
        assert "modulepreload" not in second
        assert second == f'<script type="module" src="{asset("upload.js")}"></script>'
