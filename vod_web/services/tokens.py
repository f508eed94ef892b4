"""By which secrets may programs act for a person?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload

from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, InvalidInput, NotFound, NotSignedIn
from vod_web.core.security import hash_secret, new_secret
from vod_web.db.session import current_session, transaction
from vod_web.models import ApiToken, TokenScope, User
from vod_web.schemas.accounts import TokenCreate
from vod_web.services.permissions import require_signed_in

PREFIX = "vod_"
"""Tokens begin so that people and secret scanners know them when they see one."""
TOKENS_PER_PERSON = 100
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Bearer:
    """For whom a token acts, and what it may do."""

    person: User
    scopes: frozenset[TokenScope]


def create_token(actor: User | None, wanted: TokenCreate, *, now: datetime | None = None) -> tuple[ApiToken, str]:
    """A new token of this person; the secret is returned this once and kept only as its hash.

    Raises:
        InvalidInput: the scope `admin` for somebody who is not an admin.
        Conflict: the person has too many tokens.
    """
    person, now = require_signed_in(actor), now or utc_now()
    if TokenScope.ADMIN in wanted.scopes and not person.is_admin:
        raise InvalidInput("Only admins can have a token of scope admin.", {"scopes": "Only admins can have `admin`."})
    secret = PREFIX + new_secret()
    token = ApiToken(
        user_id=person.id,
        name=wanted.name,
        secret_hash=hash_secret(secret),
        scopes=[scope.value for scope in TokenScope if scope in wanted.scopes],
        created_at=now,
        expires_at=now + timedelta(seconds=wanted.expires_in_s) if wanted.expires_in_s else None,
    )
    with transaction() as session:
        held = session.scalar(select(func.count()).select_from(ApiToken).where(ApiToken.user_id == person.id)) or 0
        if held >= TOKENS_PER_PERSON:
            raise Conflict(f"You have {held} tokens. Revoke some that you no longer need.")
        session.add(token)
    return token, secret


def list_tokens(actor: User | None) -> list[ApiToken]:
    """The person's tokens, the newest first; expired ones too, so that one sees why a program stopped."""
    person = require_signed_in(actor)
    newest_first = select(ApiToken).where(ApiToken.user_id == person.id).order_by(ApiToken.id.desc())
    return list(current_session().scalars(newest_first))


def revoke_token(actor: User | None, public_id: str) -> None:
    """End one of the person's tokens, at once.

    Raises:
        NotFound: the person has no such token.
    """
    person = require_signed_in(actor)
    with transaction() as session:
        own = select(ApiToken).where(ApiToken.user_id == person.id, ApiToken.public_id == public_id)
        token = session.scalar(own)
        if token is None:
            raise NotFound("You have no such token.")
        session.delete(token)


def authenticate(secret: str, *, now: datetime | None = None) -> Bearer:
    """For whom this token acts; without the scope `admin` the person has no power over what is others'.

    Raises:
        NotSignedIn: it is unknown, revoked or expired, or its person is suspended.
    """
    now = now or utc_now()
    token = current_session().scalar(
        select(ApiToken).options(joinedload(ApiToken.user)).where(ApiToken.secret_hash == hash_secret(secret))
    )
    if token is None or not token.user.is_active:
        raise NotSignedIn("This token is not valid.")
    if token.expires_at is not None and token.expires_at <= now:
        raise NotSignedIn("This token has expired.")
    _note_used(token, now)
    scopes = frozenset(map(TokenScope, token.scopes))
    token.user.has_full_power = TokenScope.ADMIN in scopes
    return Bearer(person=token.user, scopes=scopes)


def _note_used(token: ApiToken, now: datetime) -> None:
    if token.last_used_at is None or now - token.last_used_at >= USED_EVERY:
        with transaction() as session:
            session.execute(update(ApiToken).where(ApiToken.id == token.id).values(last_used_at=now))
