"""Addresses that are made from patterns are those that Flask makes."""

from typing import Any

import pytest
from flask import Flask, url_for

from vod_web.web.addresses import address_of

WANTED: list[tuple[str, dict[str, Any]]] = [
    ("library.home", {}),
    ("watch.show", {"video_id": "a-B_3456789"}),
    ("watch.show", {"video_id": "abcdefghijk", "list": "ABCDEFGHIJK"}),
    ("watch.show", {"list": "ABCDEFGHIJK", "video_id": "abcdefghijk"}),
    ("watch.show", {"video_id": "abcdefghijk", "t": 12}),
    ("watch.show", {"video_id": "abcdefghijk", "list": None}),
    ("playlists.save", {"video": ["one", "two"]}),
    ("library.search", {"query": "a b & 100 % ü"}),
    ("library.search", {"tag": "plain"}),
    ("library.channel", {"username": "ada"}),
    ("playlists.show", {"playlist_id": "abcdefghijk", "_anchor": "item"}),
    ("library.home", {"_external": True}),
]


@pytest.mark.parametrize("prefix", ["", "/vi%deos"])
@pytest.mark.parametrize(("endpoint", "values"), WANTED)
def test_an_address_is_the_one_of_flask(app: Flask, endpoint: str, values: dict[str, Any], prefix: str) -> None:
    with app.test_request_context("/", base_url=f"http://localhost{prefix}"):
        for _ in range(2):
            assert address_of(endpoint, **values) == url_for(endpoint, **values)
