"""The API's description of itself, for programs and for people."""

import json
from functools import lru_cache
from typing import Any

from flask import current_app
from werkzeug.wrappers import Response

from vod_web import __version__
from vod_web.api.calls import CALLS, api
from vod_web.api.openapi import make_document
from vod_web.resources import resources
from vod_web.services import site
from vod_web.web.rendering import render


@api.get("/openapi.json")
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    return current_app.response_class(json.dumps(_document()), mimetype="application/json")


@api.get("/docs")
def docs() -> str:
    """The same for people."""
    return render("api/docs.html", document=_document())


def _document() -> dict[str, Any]:
    return _made_document(site.get_site().name, f"{resources().settings.base_url}/api/v1")


@lru_cache(maxsize=8)
def _made_document(title: str, server: str) -> dict[str, Any]:
    """Made once: the calls do not change while a process runs."""
    return make_document(CALLS, title=title, server=server, version=__version__)
