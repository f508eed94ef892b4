"""What people are told of, as programs read it, and how they want to be told."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from vod_web.models import MailChoice, NotificationKind
from vod_web.schemas.base import Input, Output


class NotificationRead(Output):
    """Something that you were told."""

    id: str
    """Its kind and its subject, such as `new_video/AAAAAAAAAAA`; also the end of its address."""
    kind: NotificationKind
    sentence: str
    excerpt: str
    """What somebody wrote, or why a video failed; else empty."""
    url: str
    """Where it leads."""
    is_read: bool
    created_at: datetime


class UnreadRead(Output):
    """How many notifications you have not read."""

    unread: int
    """100 stands for all that are more than 99."""


class NotificationChoice(Input):
    """How you want to be told of one kind of thing."""

    kind: NotificationKind
    on_site: bool
    mail: MailChoice


class NotificationChoices(Input):
    """The same of several kinds; those that are left out stay as they are."""

    choices: Annotated[list[NotificationChoice], Field(max_length=len(NotificationKind))]


class NotificationChoicesRead(Output):
    """How you are told of each kind of thing."""

    has_mail: bool
    """Whether this site sends mail at all."""
    choices: list[NotificationChoice]
