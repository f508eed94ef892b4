"""Which request does a log line belong to, and how long did it take?"""

import re
import time

from flask import Flask, g, request
from werkzeug.wrappers import Response

from vod_web.core.errors import NotFound
from vod_web.core.ids import new_public_id
from vod_web.core.logging import bind_context, clear_context, get_logger

log = get_logger(__name__)
_SAFE_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_SECRET_IN_PATH = re.compile(r"^(/password/|/media/|/notifications/mail/)(?!public/)[^/]+")
_QUIET_PATHS = ("/static/", "/media/", "/healthz", "/readyz")


def register_request_log(app: Flask) -> None:
    """Give each request an id, put it on its log lines and its answer, and write one line at its end."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _SAFE_ID.fullmatch(given) else new_public_id()
    g.started_at = time.perf_counter()
    clear_context()
    bind_context(request=g.request_id)
    if "\0" in request.path:  # nothing is called so, and PostgreSQL refuses even to look for it
        raise NotFound("There is nothing at this address.")


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    took_ms = round((time.perf_counter() - g.get("started_at", time.perf_counter())) * 1000, 1)
    write = log.debug if request.path.startswith(_QUIET_PATHS) and response.status_code < 400 else log.info
    write("request", method=request.method, path=logged_path(), status=response.status_code, took_ms=took_ms)
    return response


def logged_path() -> str:
    """The path that was asked for, without reset secrets and playback tokens: logs are read by others."""
    return _SECRET_IN_PATH.sub(r"\1...", request.path)
