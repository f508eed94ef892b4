"""What people and programs tell of an account, and what is told to them."""

import re
from datetime import datetime
from typing import Annotated, Any

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints

from vod_web.models import Role, TokenScope
from vod_web.schemas.base import Input, Output

USERNAME_PATTERN = r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?"
_RESERVED = """
    about account admin administrator anonymous api channel contact embed everyone feeds help home login logout me
    media moderator nobody notifications null oembed owner password playlists register root search security settings
    setup site static studio subscriptions support system undefined upload user users video videos visitor watch www
"""
RESERVED_USERNAMES = frozenset(_RESERVED.split())
SPECIAL_USE_DOMAIN_NAMES.clear()  # a site in a local network has addresses like ada@office.local
YEAR_S = 365 * 24 * 3600


def _check_spelling(value: str) -> str:
    if not re.fullmatch(USERNAME_PATTERN, value):
        raise ValueError("Use letters, digits, dots, dashes and underscores; begin and end with a letter or digit.")
    return value


def _check_not_reserved(value: str) -> str:
    if value.lower() in RESERVED_USERNAMES:
        raise ValueError("That name is kept for the site itself. Choose another.")
    return value


def _check_email(value: str) -> str:
    try:
        return validate_email(value, check_deliverability=False, globally_deliverable=False).normalized
    except EmailNotValidError:
        raise ValueError("This is not an e-mail address. Example: ada@example.org") from None


def _absent_if_empty(value: Any) -> Any:
    """Forms send an empty text where nothing was chosen."""
    return None if value == "" else value


AnyUsername = Annotated[str, StringConstraints(min_length=2, max_length=30), AfterValidator(_check_spelling)]
"""For those who run the site, who may well be called admin."""
Username = Annotated[AnyUsername, AfterValidator(_check_not_reserved)]
Email = Annotated[str, StringConstraints(min_length=1, max_length=254), AfterValidator(_check_email)]
NewPassword = Annotated[str, StringConstraints(strip_whitespace=False, min_length=8, max_length=200)]
Password = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=200)]
DisplayName = Annotated[str, StringConstraints(min_length=1, max_length=60)]
TokenName = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Registration(Input):
    """A new account."""

    username: Username
    email: Email
    password: NewPassword


class AdminRegistration(Registration):
    """A new account of somebody who runs the site."""

    username: AnyUsername


class Credentials(Input):
    """Who somebody says to be; a user name will do instead of the e-mail address."""

    email: Annotated[str, StringConstraints(min_length=1, max_length=254)]
    password: Password
    remember: bool = False


class ResetRequest(Input):
    """Whose password was forgotten."""

    email: Annotated[str, StringConstraints(min_length=1, max_length=254)]


class PasswordChoice(Input):
    """A new password, by a reset link."""

    password: NewPassword


class PasswordChange(Input):
    """A new password, by somebody who knows the old one."""

    old_password: Password
    password: NewPassword


class EmailChange(Input):
    """A new address, by somebody who knows the password."""

    email: Email
    password: Password


class TokenCreate(Input):
    """A new API token; without `expires_in_s` it lasts until it is revoked."""

    name: TokenName
    scopes: list[TokenScope] = Field(
        default=[TokenScope.READ, TokenScope.UPLOAD],
        min_length=1,
        max_length=len(TokenScope),
        description="What the token may do: `read` is to see, `upload` to publish and change, `admin` to run the site.",
    )
    expires_in_s: Annotated[int | None, BeforeValidator(_absent_if_empty)] = Field(default=None, ge=60, le=10 * YEAR_S)


class TokenRequest(TokenCreate):
    """A new API token for whoever has this password."""

    email: Annotated[str, StringConstraints(min_length=1, max_length=254)] = Field(
        description="The e-mail address or the user name of the account."
    )
    password: Password


class TokenRead(Output):
    """An API token, without its secret."""

    model_config = ConfigDict(from_attributes=True, validate_by_name=True)

    id: str = Field(validation_alias="public_id")
    name: str
    scopes: list[TokenScope]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


class TokenCreated(TokenRead):
    """An API token with its secret, which is shown this once."""

    token: str


class LinkRead(Output):
    """Another place of a person's."""

    title: str
    url: str


class OwnerRead(Output):
    """The person behind a video, in short."""

    username: str
    display_name: str
    avatar_url: str | None = None
    """Their picture, 512 pixels wide at most; with `?width=80` in the smallest size that is at least so wide."""


class UserRead(OwnerRead):
    """A person, as everybody may know them."""

    about: str
    banner_url: str | None
    """The picture on top of their channel, five times as wide as high; it takes `?width=` as well."""
    links: list[LinkRead]
    follower_count: int
    """How many people follow the channel."""
    created_at: datetime


class MeRead(UserRead):
    """A person, as they know themselves."""

    email: str
    role: Role
    quota_bytes: int | None = Field(description="What this person may store, in bytes; null for the site's own limit.")
    is_history_paused: bool = Field(description="Whether nothing is remembered of what this person watches.")
