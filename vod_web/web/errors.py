"""How is an error told: as JSON to a program, as a toast to a fragment request, as a page otherwise?"""

import json
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from vod_web.core.errors import (
    Conflict,
    EncodeFailed,
    Gone,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotMadeYet,
    NotSignedIn,
    RateLimited,
    StorageFull,
    TooLarge,
    Unavailable,
    UnsupportedMedia,
    VodError,
    WrongPassword,
)
from vod_web.core.logging import get_logger
from vod_web.services.health import recover_from
from vod_web.web.forms import blank_form
from vod_web.web.kept import Kept, keep_form
from vod_web.web.rendering import go_to, is_fragment_request
from vod_web.web.requests import logged_path
from vod_web.web.sign_in import current_person
from vod_web.web.sign_in_reasons import reason_here

log = get_logger(__name__)

STATUS_OF: dict[type[VodError], int] = {
    InvalidInput: 422,
    WrongPassword: 401,
    TooLarge: 413,
    UnsupportedMedia: 415,
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    Gone: 410,
    Conflict: 409,
    RateLimited: 429,
    Unavailable: 503,
    StorageFull: 507,
    EncodeFailed: 500,
    VodError: 500,
}
"""The one place where errors become statuses; a class without an entry takes its base's."""

TITLES = {
    400: "That request was not understood",
    401: "Please sign in",
    403: "You may not do this",
    404: "Not found",
    405: "That does not work here",
    409: "That is not possible now",
    410: "No longer there",
    413: "Too large",
    415: "Not a kind of content we can read",
    422: "Something needs another look",
    429: "Too many tries",
    500: "Something went wrong on our side",
    503: "Not available right now",
    507: "No room left",
}
SENTENCES = {
    404: "There is nothing at this address, or you may not see it.",
    405: "This address does not take that kind of request.",
    500: "The error has been written to the log. Trying again may help.",
    503: "The site's database does not answer at this moment. Try again soon.",
}


AWAY_S = 5
"""After which it is worth asking a database again that did not answer."""


def register_error_handlers(app: Flask) -> None:
    """Every error of this app goes through here."""
    app.register_error_handler(VodError, _on_vod_error)
    app.register_error_handler(CSRFError, _on_csrf_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(Exception, _on_bug)


def status_of(error: VodError) -> int:
    """The status of the nearest class that the table knows."""
    return next(STATUS_OF[cls] for cls in type(error).__mro__ if cls in STATUS_OF)


def _on_vod_error(error: VodError) -> Response:
    if isinstance(error, NotSignedIn) and _wants_page():
        return _lead_to_sign_in()
    status = status_of(error)
    if status >= 500 and not isinstance(error, NotMadeYet):
        log.error("request_failed", code=error.code, message=error.message)
    retry_after_s = getattr(error, "retry_after_s", None)
    more = {"errors": getattr(error, "fields", None), "about": getattr(error, "about", None)}
    response = _tell(status, error.code, error.message, **more)
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(retry_after_s)
    return response


def _on_csrf_error(error: CSRFError) -> Response:
    kept = keep_form() if _wants_page() and not is_fragment_request() else None
    if kept is not None:
        return _offer_again(kept, 400) if current_person() else _keep_and_sign_in(kept)
    told = "This page is too old to send that: somebody signed in or out here meanwhile."
    return _tell(400, "csrf", f"{told} Copy what you typed, reload the page, and send it again.")


def _on_http_error(error: HTTPException) -> Response:
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        return _on_bug(error.original_exception)  # what happened while another error was told
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    sentence = SENTENCES.get(error.code) or error.description or error.name
    response = _tell(error.code, error.name.lower().replace(" ", "_"), sentence)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _on_bug(error: Exception) -> Response:
    if current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    log.exception("unexpected_error", path=logged_path())
    is_database_away = recover_from(error)
    if not is_database_away:
        return _tell_somehow(500, "internal_error")
    response = _tell_somehow(503, Unavailable.code)
    response.headers["Retry-After"] = str(AWAY_S)
    return response


def _lead_to_sign_in() -> Response:
    """A page that needs somebody signed in leads there, and from there back to where the person was."""
    if request.method in ("GET", "HEAD") and not is_fragment_request():
        return go_to("auth.login", next=request.full_path.rstrip("?"), reason=reason_here())
    kept = keep_form() if not is_fragment_request() else None
    if kept is not None:
        return _keep_and_sign_in(kept)
    came_from = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    return go_to("auth.login", next=came_from._replace(scheme="", netloc="").geturl() or None, reason=reason_here())


def _keep_and_sign_in(kept: Kept) -> Response:
    """The sign-in form, which carries along what was typed."""
    context = blank_form() | {"next": None, "reason": None, "wish": None, "kept": kept}
    return current_app.response_class(render_template("auth/login.html", **context), 401)


def _offer_again(kept: Kept, status: int) -> Response:
    return current_app.response_class(render_template("errors/again.html", kept=kept), status)


def _wants_page() -> bool:
    return not request.path.startswith(("/api/", "/media/"))


def _tell(status: int, code: str, message: str, **more: dict[str, str] | None) -> Response:
    """`more` is what only a program is told."""
    if request.path.startswith("/api/"):
        return _as_problem(status, code, message, more)
    if is_fragment_request():
        return _as_toast(status, message)
    if request.path.startswith("/media/"):
        return current_app.response_class(message, status, mimetype="text/plain")
    told = {"status": status, "title": TITLES.get(status, "Error"), "message": message, "actions": _ways_on(status)}
    return current_app.response_class(render_template("errors/error.html", **told), status)


def _tell_somehow(status: int, code: str) -> Response:
    """By a page without the frame of others where that cannot be made: it asks the database for the site's name."""
    try:
        return _tell(status, code, SENTENCES[status])
    except Exception as error:
        recover_from(error)
        page = current_app.jinja_env.get_template("errors/bare.html")
        return current_app.response_class(page.render(title=TITLES[status], message=SENTENCES[status]), status)


def _ways_on(status: int) -> list[tuple[str, str]]:
    """Where nothing is for a visitor, there may be something for who signs in: nobody is told whether."""
    if status != 404 or request.method != "GET" or current_person() is not None:
        return []
    sign_in = url_for("auth.login", next=request.full_path.rstrip("?"))
    return [("Sign in", sign_in), ("Go to the home page", url_for("library.home"))]


def _as_problem(status: int, code: str, message: str, more: dict[str, dict[str, str] | None]) -> Response:
    """RFC 9457."""
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": message,
        "code": code,
        "instance": request.path,
    }
    problem |= {name: value for name, value in more.items() if value}
    response = current_app.response_class(json.dumps(problem), status, mimetype="application/problem+json")
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _as_toast(status: int, message: str) -> Response:
    """Nothing on the page is replaced; the toast says what went wrong."""
    trigger = json.dumps({"toast": {"message": message, "kind": "error"}}, ensure_ascii=True)
    return current_app.response_class(status=status, headers={"HX-Reswap": "none", "HX-Trigger": trigger})
