"""Who is asking?

Flask-Login gives templates and views their `current_user`; sign-ins themselves are rows of the database, found by
the secret in a cookie, so that any of them can be ended from anywhere at once.
"""

from urllib.parse import urlsplit

from flask import Flask, current_app, g, request, session
from flask_login import AnonymousUserMixin, LoginManager, current_user
from werkzeug.wrappers import Request, Response

from vod_web.models import SignIn, User
from vod_web.services import sign_ins

COOKIE = "vod_sign_in"

login_manager = LoginManager()


class Visitor(AnonymousUserMixin):  # type: ignore[misc] # Flask-Login has no types
    """Whoever is not signed in, as templates see them."""

    can_upload = False
    is_moderator = False
    is_admin = False


def register_sign_in(app: Flask) -> None:
    """Flask-Login, with sign-ins that live in the database."""
    login_manager.init_app(app)
    # Its own remember cookie is not used; looking for it would make every answer vary by cookie.
    app.after_request_funcs[None].remove(login_manager._update_remember_cookie)
    login_manager.anonymous_user = Visitor
    login_manager.session_protection = None  # the sign-in is not in the session that this would protect
    login_manager.request_loader(_load_person)
    app.after_request(_keep_cookie)


def _load_person(request: Request) -> User | None:
    sign_in = current_sign_in()
    return sign_in.user if sign_in else None


def current_sign_in() -> SignIn | None:
    """The sign-in of the browser that asks, or None for a visitor."""
    if "sign_in" not in g:
        secret = request.cookies.get(COOKIE)
        g.sign_in = sign_ins.find_sign_in(secret) if secret else None
        if g.sign_in is not None and sign_ins.note_seen(g.sign_in) and g.sign_in.is_remembered:
            g.new_cookie = secret
    found: SignIn | None = g.sign_in
    return found


def current_person() -> User | None:
    """The person who asks, by browser or by token, or None for a visitor; what services are given as `actor`."""
    if "token_person" in g:
        person: User = g.token_person
        return person
    return current_user._get_current_object() if current_user.is_authenticated else None


def asking_browser() -> sign_ins.Browser:
    """What the request tells of the browser it comes from."""
    return sign_ins.Browser(user_agent=request.user_agent.string, address=request.remote_addr or "")


def sign_in_person(user: User, *, remember: bool = False) -> SignIn:
    """Sign the person in, in the browser that asks.

    The browser's session begins anew, so that nothing that was planted in it survives; whoever was signed in there
    before is signed out.
    """
    sign_out_person()
    g.sign_in, g.new_cookie = sign_ins.begin_sign_in(user, asking_browser(), remember=remember)
    login_manager._update_request_context_with_user(user)
    sign_in: SignIn = g.sign_in
    return sign_in


def sign_out_person() -> None:
    """End the sign-in of the browser that asks; harmless for a visitor."""
    sign_in = current_sign_in()
    if sign_in is not None:
        sign_ins.forget_sign_in(sign_in)
    session.clear()
    g.sign_in, g.new_cookie = None, ""
    login_manager._update_request_context_with_user()


def _keep_cookie(response: Response) -> Response:
    """Give the browser the secret of a new or prolonged sign-in, or take it away."""
    secret: str | None = g.get("new_cookie")
    if secret == "":
        response.delete_cookie(COOKIE, samesite="Lax", httponly=True)
    elif secret is not None:
        remember = g.sign_in is not None and g.sign_in.is_remembered
        response.set_cookie(
            COOKIE,
            secret,
            max_age=int(sign_ins.REMEMBERED_FOR.total_seconds()) if remember else None,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


def safe_next(address: str | None) -> str | None:
    """The address to go on to, when it is a path of this site; None for anything that could lead elsewhere."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    if any(ord(character) < 32 for character in address) or "\\" in address:
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address
