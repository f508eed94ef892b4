"""What is logged of a request, and what is none."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_user, sign_in
from vod_web.web.requests import logged_path


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/password/O9ndW2ykrNkp", "/password/..."),
        ("/media/eyJhbGciOi/abc/def/720p/0.m4s", "/media/.../abc/def/720p/0.m4s"),
        ("/media/public/abc/def/720p/0.m4s", "/media/public/abc/def/720p/0.m4s"),
        ("/account/password", "/account/password"),
        ("/watch/abc", "/watch/abc"),
    ],
)
def test_secrets_in_addresses_are_not_logged(path: str, logged: str) -> None:
    with Flask("test").test_request_context(path):
        assert logged_path() == logged


@pytest.mark.parametrize("path", ["/@a%00", "/api/v1/uploads/%00", "/account/%00"])
def test_nothing_is_found_at_an_address_that_no_database_takes(client: FlaskClient, path: str) -> None:
    sign_in(client, make_user())

    assert client.get(path).status_code == 404
