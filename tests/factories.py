"""Small makers of rows, for tests that need somebody or something to act on."""

from functools import cache
from itertools import count

from flask.testing import FlaskClient

from vod_web.core.security import hash_password, hash_secret, new_secret
from vod_web.db.session import transaction
from vod_web.models import ApiToken, Role, TokenScope, User, Video, VideoStatus, Visibility
from vod_web.services.sign_ins import Browser, begin_sign_in
from vod_web.web.sign_in import COOKIE

PASSWORD = "correct horse battery"

_numbers = count(1)


@cache
def password_hash() -> str:
    """The hash of PASSWORD, made once: argon2 is slow on purpose."""
    return hash_password(PASSWORD)


def make_user(username: str | None = None, role: Role = Role.UPLOADER, **values: object) -> User:
    """Somebody with the password PASSWORD."""
    username = username or f"person{next(_numbers)}"
    email = f"{username.lower()}@example.org"
    known: dict[str, object] = {
        "username": username,
        "username_key": username.lower(),
        "email": email,
        "email_key": email,
        "password_hash": password_hash(),
        "display_name": username.capitalize(),
        "role": role,
    }
    user = User(**(known | values))
    with transaction() as session:
        session.add(user)
    return user


def make_admin(username: str = "root", **values: object) -> User:
    """Somebody who runs the site."""
    return make_user(username, Role.ADMIN, **values)


def make_token(user: User, *scopes: TokenScope, **values: object) -> str:
    """The secret of a new API token of this person, with these scopes or with all."""
    secret = new_secret()
    token = ApiToken(
        user_id=user.id,
        name="test",
        secret_hash=hash_secret(secret),
        scopes=[scope.value for scope in scopes or TokenScope],
        **values,
    )
    with transaction() as session:
        session.add(token)
    return secret


def bearer(user: User, *scopes: TokenScope) -> dict[str, str]:
    """Request headers that act for this person by a new API token."""
    return {"Authorization": f"Bearer {make_token(user, *scopes)}"}


def sign_in(client: FlaskClient, user: User) -> None:
    """From now on the client is this person's browser."""
    _, secret = begin_sign_in(user, Browser(user_agent="test", address="127.0.0.1"))
    client.set_cookie(COOKIE, secret)


def sign_out(client: FlaskClient) -> None:
    """From now on the client is a visitor's browser."""
    client.delete_cookie(COOKIE)


def make_video(owner: User, title: str = "A video", **values: object) -> Video:
    """A video that is ready, public and listed, without any file."""
    known: dict[str, object] = {
        "owner_id": owner.id,
        "title": title,
        "visibility": Visibility.PUBLIC,
        "status": VideoStatus.READY,
        "is_playable": True,
    }
    video = Video(**(known | values))
    with transaction() as session:
        session.add(video)
    return video
