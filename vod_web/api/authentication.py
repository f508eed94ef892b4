"""Who calls the API: a program with a token, or a page in the browser of somebody who is signed in?"""

from flask import current_app, g, request
from flask_wtf import CSRFProtect

from vod_web.core.errors import NotAllowed, NotSignedIn
from vod_web.models import TokenScope
from vod_web.resources import resources
from vod_web.services import tokens
from vod_web.services.throttle import Limit
from vod_web.web.sign_in import current_person


def let_in(*, scope: TokenScope | None, is_open: bool, limit: Limit) -> None:
    """Refuse the request unless its sender may make this call, this often; afterwards `current_person()` knows who.

    Raises:
        NotSignedIn: no token where one is needed, or one that is not valid.
        NotAllowed: the token lacks the scope.
        RateLimited: too many calls by this person, or from this address where nobody is signed in.
        CSRFError: a change from a browser without the header `X-CSRFToken`.
    """
    try:
        scopes = _identify()
    finally:
        _count(limit)
    if scope is not None and scope not in scopes:
        raise NotAllowed(f"This token lacks the scope {scope.value}.")
    if current_person() is None and not is_open:
        raise NotSignedIn("Send a token with the request: Authorization: Bearer vod_...")


def _identify() -> frozenset[TokenScope]:
    """Note for whom the token acts; gives what may be done, which is everything in a browser."""
    secret = _bearer_secret()
    if secret is None:
        _check_csrf()
        return frozenset(TokenScope)
    bearer = tokens.authenticate(secret)
    g.token_person = bearer.person
    return bearer.scopes


def _bearer_secret() -> str | None:
    header = request.headers.get("Authorization")
    if header is None:
        return None
    kind, _, secret = header.partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise NotSignedIn("The header Authorization must be: Bearer, a space, and a token.")
    return secret.strip()


def _check_csrf() -> None:
    """A browser sends its cookies whoever makes it do so: a change must prove that our own page asked for it."""
    if current_app.config["WTF_CSRF_ENABLED"] and current_person() is not None:
        csrf: CSRFProtect = current_app.extensions["csrf"]
        csrf.protect()


def _count(limit: Limit) -> None:
    """One more call of this person; of this address, where nobody is known or the token is not valid."""
    person = None if "Authorization" in request.headers and "token_person" not in g else current_person()
    who = ("person", str(person.id)) if person else ("address", request.remote_addr or "")
    resources().throttle.hit(limit, *who)
