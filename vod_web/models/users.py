"""Who is known to the site, and by what do people and programs prove who they are?"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.core.ids import new_public_id
from vod_web.db.base import Base, enum_column
from vod_web.models.sensitivity import SensitiveRule


class Role(StrEnum):
    """What a person may do; each may also do what those before it may."""

    VIEWER = "viewer"
    UPLOADER = "uploader"
    MODERATOR = "moderator"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Its place in the order of the roles, from 0."""
        return list(Role).index(self)

    def includes(self, other: "Role") -> bool:
        """Whether this role may do what the other may."""
        return self.rank >= other.rank


class User(Base):
    """A person with an account; also the channel at `/@username`."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(30), unique=True)
    """As the person spells it; compared by `username_key`."""
    username_key: Mapped[str] = mapped_column(String(30), unique=True)
    """The user name in lower case, so that Ada and ada are one."""
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    """The address in lower case."""
    password_hash: Mapped[str] = mapped_column(String(200))
    display_name: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(default="")
    links: Mapped[list[Any]] = mapped_column(default=list)
    """Other places of theirs: a title and an address each, as `schemas.channels.Link` has them."""
    avatar_name: Mapped[str | None] = mapped_column(String(11))
    """Of the `ChannelPicture` that is shown."""
    banner_name: Mapped[str | None] = mapped_column(String(11))
    role: Mapped[Role] = mapped_column(enum_column(Role), default=Role.VIEWER, index=True)
    is_suspended: Mapped[bool] = mapped_column(default=False)
    suspended_reason: Mapped[str | None] = mapped_column(String(300))
    quota_bytes: Mapped[int | None] = mapped_column()
    """What this person may store; None for the site's own limit."""
    follower_count: Mapped[int] = mapped_column(default=0)
    """How many people follow the channel; kept by `services.subscriptions`."""
    is_history_paused: Mapped[bool] = mapped_column(default=False)
    """Whether nothing is remembered of what the person watches."""
    sensitive_rule: Mapped[SensitiveRule | None] = mapped_column(enum_column(SensitiveRule))
    """None for what the site has chosen."""
    has_podcast: Mapped[bool] = mapped_column(default=False)
    """Whether the sound of their public videos is offered as a podcast."""
    notifications_seen_at: Mapped[datetime | None] = mapped_column()
    """Up to when the person has seen what there is to tell, in the list of it; the bell counts what came later."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    last_seen_at: Mapped[datetime | None] = mapped_column(index=True)

    # What Flask-Login and the templates ask of whoever is looking at a page; see also `Visitor`.

    is_authenticated = True
    is_anonymous = False

    has_full_power = True
    """False in a request by a token without the scope `admin`: it gives no right to what is others'."""

    @property
    def is_active(self) -> bool:
        """Whether the person may use the account."""
        return not self.is_suspended

    @property
    def avatar_url(self) -> str | None:
        """Where on this site the person's picture is; `?width=` asks for a small one."""
        return f"/pictures/{self.avatar_name}" if self.avatar_name else None

    @property
    def banner_url(self) -> str | None:
        """The same for the picture on top of the channel."""
        return f"/pictures/{self.banner_name}" if self.banner_name else None

    @property
    def acting_role(self) -> Role:
        """The role whose rights the person has in this request."""
        return self.role if self.has_full_power or not self.role.includes(Role.MODERATOR) else Role.UPLOADER

    @property
    def can_upload(self) -> bool:
        """Whether the person may publish videos."""
        return self.acting_role.includes(Role.UPLOADER)

    @property
    def is_moderator(self) -> bool:
        """Whether the person may moderate."""
        return self.acting_role.includes(Role.MODERATOR)

    @property
    def is_admin(self) -> bool:
        """Whether the person runs the site."""
        return self.acting_role is Role.ADMIN


class SignIn(Base):
    """One browser in which a person is signed in; deleting the row signs that browser out."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(11), unique=True, default=new_public_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """The hash of the secret in the cookie."""
    is_remembered: Mapped[bool] = mapped_column(default=False)
    """Whether it outlives the browser being closed."""
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(index=True)

    user: Mapped[User] = relationship(lazy="raise")


class PasswordReset(Base):
    """A link that lets its holder choose a new password, once."""

    __tablename__ = "password_resets"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(index=True)

    user: Mapped[User] = relationship(lazy="raise")


class TokenScope(StrEnum):
    """What a program may do with a token, on behalf of its person."""

    READ = "read"
    UPLOAD = "upload"
    ADMIN = "admin"


class ApiToken(Base):
    """A named secret with which a program acts for a person."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(11), unique=True, default=new_public_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[Any]] = mapped_column()
    """The values of `TokenScope` that it has."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_used_at: Mapped[datetime | None] = mapped_column()
    expires_at: Mapped[datetime | None] = mapped_column()
    """None for a token that lasts until it is revoked."""

    user: Mapped[User] = relationship(lazy="raise")


Index("ix_users_display_name", User.display_name)
Index("ix_users_podcasts", User.id, sqlite_where=text("has_podcast"), postgresql_where=text("has_podcast"))
