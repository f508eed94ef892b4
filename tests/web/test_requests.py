"""What is logged of a request."""

import pytest
from flask import Flask

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
