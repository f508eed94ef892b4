"""How does somebody who forgot the password get a new one? By a link that works once, for an hour.

The link goes to the address of the account, by mail; on a site without mail an admin makes it and hands it over.
Whoever asks learns nothing about whether the account exists: not by the answer, and not by how long it takes.
"""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from vod_web.core.clock import utc_now
from vod_web.core.errors import Gone
from vod_web.core.security import hash_secret, new_secret
from vod_web.core.settings import Settings
from vod_web.db.session import current_session, transaction
from vod_web.models import PasswordReset, Role, User
from vod_web.schemas.accounts import PasswordChoice
from vod_web.services import accounts, audit, site
from vod_web.services.mail import Mailer
from vod_web.services.permissions import require_role
from vod_web.services.throttle import Limit, Throttle

LINK_LIVES = timedelta(hours=1)
ASKED_BY_ADDRESS = Limit("reset_address", 20, 60 * 60, "Too many reset mails were asked for from your address.")
ASKED_FOR_ACCOUNT = Limit("reset_account", 3, 60 * 60, "Too many reset mails were asked for this account.")
USED_UP = "This link has been used or is more than an hour old. Ask for a new one."

MAIL = """\
Hello {name},

somebody, probably you, asked for a new password for your account at {site}.
Choose one here within an hour:

{link}

If it was not you, do nothing: your password stays as it is.
"""


def request_reset(email: str, *, address: str, throttle: Throttle, mailer: Mailer, settings: Settings) -> None:
    """Mail a reset link to this address if somebody has an account with it; either way the answer is the same.

    Raises:
        RateLimited: asked too often, for this account or from this address.
    """
    throttle.hit(ASKED_BY_ADDRESS, address)
    throttle.hit(ASKED_FOR_ACCOUNT, email.strip().lower())
    if mailer.is_on:
        mailer.in_background(partial(_mail_link, email, mailer=mailer, settings=settings))


def _mail_link(email: str, *, mailer: Mailer, settings: Settings) -> None:
    user = accounts.find_user(email)
    if user is None or user.is_suspended:
        return
    site_name = site.get_site().name
    text = MAIL.format(name=user.display_name, site=site_name, link=_new_link(user, settings))
    mailer.send(user.email, f"A new password for {site_name}", text)


def make_reset_link(actor: User | None, username: str, *, settings: Settings) -> str:
    """The address at which this person can choose a new password; for an admin to hand over.

    Raises:
        NotAllowed: the actor is not an admin.
        NotFound: there is nobody of this name.
    """
    admin = require_role(actor, Role.ADMIN)
    user = accounts.get_user(username)
    with transaction():
        audit.note(admin, "user.make_reset_link", user.username)
        return _new_link(user, settings)


def _new_link(user: User, settings: Settings, *, now: datetime | None = None) -> str:
    now, secret = now or utc_now(), new_secret()
    with transaction() as session:
        session.execute(delete(PasswordReset).where(PasswordReset.expires_at <= now))
        session.add(
            PasswordReset(user_id=user.id, secret_hash=hash_secret(secret), created_at=now, expires_at=now + LINK_LIVES)
        )
    return f"{settings.base_url}/password/{secret}"


def get_reset(secret: str, *, now: datetime | None = None) -> PasswordReset:
    """The living reset with this secret, with its user.

    Raises:
        Gone: it was used, or its hour is over.
    """
    found = current_session().scalar(
        select(PasswordReset)
        .options(joinedload(PasswordReset.user))
        .where(PasswordReset.secret_hash == hash_secret(secret), PasswordReset.expires_at > (now or utc_now()))
    )
    if found is None:
        raise Gone(USED_UP)
    return found


def reset_password(secret: str, form: PasswordChoice, *, now: datetime | None = None) -> User:
    """Choose a new password by a reset link; ends every sign-in of the person, and every other reset link.

    Raises:
        Gone: the link was used, or its hour is over.
        InvalidInput: the password is too easy to guess.
    """
    user = get_reset(secret, now=now).user
    new_hash = accounts.hash_new_password(user, form.password)
    with transaction() as session:
        this = delete(PasswordReset).where(PasswordReset.secret_hash == hash_secret(secret))
        if session.scalar(this.returning(PasswordReset.id)) is None:  # somebody else was quicker
            raise Gone(USED_UP)
        accounts.replace_password(user, new_hash)
    return user
