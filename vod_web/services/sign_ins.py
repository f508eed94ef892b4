"""In which browsers is a person signed in, and how does each of them stop being so?

The cookie holds a random secret and the row its hash. Deleting the row signs the browser out at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import joinedload

from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound
from vod_web.core.security import hash_secret, new_secret
from vod_web.db.session import current_session, transaction
from vod_web.models import SignIn, User

REMEMBERED_FOR = timedelta(days=14)
"""How long a remembered browser stays signed in without being used."""
OTHERWISE_FOR = timedelta(days=1)
"""The same for a browser that was not asked to remember; its cookie also ends with the browser."""
_LIVING = (
    select(SignIn)
    .options(joinedload(SignIn.user))
    .where(SignIn.secret_hash == bindparam("secret_hash"), SignIn.expires_at > bindparam("now"))
)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when somebody was last here."""


@dataclass(frozen=True)
class Browser:
    """What is told of the browser that signs in."""

    user_agent: str = ""
    address: str = ""


def begin_sign_in(
    user: User, browser: Browser, *, remember: bool = False, now: datetime | None = None
) -> tuple[SignIn, str]:
    """Sign the person in, in this browser; gives the row and the secret for the cookie."""
    now, secret = now or utc_now(), new_secret()
    sign_in = SignIn(
        user=user,
        secret_hash=hash_secret(secret),
        is_remembered=remember,
        user_agent=browser.user_agent[:300],
        address=browser.address[:45],
        created_at=now,
        last_seen_at=now,
        expires_at=now + _lifetime(remember),
    )
    with transaction() as session:
        session.add(sign_in)
    return sign_in, secret


def _lifetime(is_remembered: bool) -> timedelta:
    return REMEMBERED_FOR if is_remembered else OTHERWISE_FOR


def find_sign_in(secret: str, *, now: datetime | None = None) -> SignIn | None:
    """The living sign-in with this secret, with its user; None when it has ended or the person is suspended."""
    found = current_session().scalar(_LIVING, {"secret_hash": hash_secret(secret), "now": now or utc_now()})
    return found if found is not None and found.user.is_active else None


def note_seen(sign_in: SignIn, *, now: datetime | None = None) -> bool:
    """Write down that the person is here, and move the expiry; at most once a minute. Whether it was written."""
    now = now or utc_now()
    if now - sign_in.last_seen_at < SEEN_EVERY:
        return False
    seen = {"last_seen_at": now, "expires_at": now + _lifetime(sign_in.is_remembered)}
    with transaction() as session:
        session.execute(update(SignIn).where(SignIn.id == sign_in.id).values(seen))
        session.execute(update(User).where(User.id == sign_in.user_id).values(last_seen_at=now))
    return True


def list_sign_ins(user: User, *, now: datetime | None = None) -> list[SignIn]:
    """The browsers in which the person is signed in, the one used last first."""
    return list(
        current_session().scalars(
            select(SignIn)
            .where(SignIn.user_id == user.id, SignIn.expires_at > (now or utc_now()))
            .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
        )
    )


def end_sign_in(user: User, public_id: str) -> None:
    """Sign one of the person's browsers out.

    Raises:
        NotFound: the person has no such sign-in.
    """
    with transaction() as session:
        found = session.scalar(select(SignIn).where(SignIn.user_id == user.id, SignIn.public_id == public_id))
        if found is None:
            raise NotFound("That browser is signed out already.")
        session.delete(found)


def forget_sign_in(sign_in: SignIn) -> None:
    """Sign this browser out; harmless where that has happened already."""
    with transaction() as session:
        session.execute(delete(SignIn).where(SignIn.id == sign_in.id))


def end_sign_ins(user: User, *, but: SignIn | None = None) -> None:
    """Sign the person out everywhere, or everywhere but in one browser."""
    with transaction() as session:
        which = delete(SignIn).where(SignIn.user_id == user.id)
        session.execute(which.where(SignIn.id != but.id) if but else which)


def purge_sign_ins(*, now: datetime | None = None) -> None:
    """Forget the sign-ins that have expired; for the sweep."""
    with transaction() as session:
        session.execute(delete(SignIn).where(SignIn.expires_at <= (now or utc_now())))
