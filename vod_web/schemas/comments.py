"""What do people say about a video, and what are others told of it?"""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from vod_web.schemas.accounts import OwnerRead
from vod_web.schemas.base import Input, Output, PageQuery
from vod_web.schemas.publishing import none_if_empty

LONGEST_COMMENT = 5000


def _tidy(text: Any) -> Any:
    """Lines end as everywhere, and no gap is longer than an empty line."""
    if not isinstance(text, str):
        return text
    return re.sub(r"\n{3,}", "\n\n", text.replace("\r\n", "\n").replace("\r", "\n"))


def _require_words(text: str) -> str:
    if not any(character.isprintable() and not character.isspace() for character in text):
        raise ValueError("Write something first.")
    if len(text) > LONGEST_COMMENT:
        raise ValueError(f"A comment has at most {LONGEST_COMMENT} characters. Yours has {len(text)}.")
    return text


CommentText = Annotated[
    str,
    BeforeValidator(_tidy),
    AfterValidator(_require_words),
    Field(json_schema_extra={"minLength": 1, "maxLength": LONGEST_COMMENT}),
]
Absent = BeforeValidator(none_if_empty)


class CommentCreate(Input):
    """A new comment."""

    text: CommentText
    reply_to: Annotated[str | None, Absent] = None
    """The id of the comment that it answers."""
    send_id: Annotated[Annotated[str, Field(max_length=40)] | None, Absent] = None
    """Anything that you choose: the same sent again makes no second comment."""


class CommentUpdate(Input):
    """What a comment says now."""

    text: CommentText


class CommentMarks(Input):
    """How a comment stands out; what is left out stays as it is."""

    is_pinned: bool | None = None
    """Above all others; one in each video, which takes the place of the one before."""
    is_hearted: bool | None = None


class CommentLikeWrite(Input):
    """Whether the person likes it."""

    is_liked: bool


CommentSort = Literal["top", "newest"]
CommentState = Literal["shown", "held", "deleted", "removed"]


class CommentQuery(PageQuery):
    """Which comments of a video, in which order."""

    limit: int = Field(default=20, ge=1, le=100)
    sort: CommentSort = "top"


class RepliesQuery(PageQuery):
    """Which replies in a thread, the first one first."""

    limit: int = Field(default=20, ge=1, le=100)


class ReceivedState(StrEnum):
    """Which comments on one's videos."""

    HELD = "held"
    SHOWN = "shown"


class ReceivedFilter(PageQuery):
    """Which comments on the person's own videos; held ones come first."""

    limit: int = Field(default=25, ge=1, le=100)
    query: Annotated[str, Field(max_length=200)] = ""
    """Part of the text, or of a user name."""
    state: Annotated[ReceivedState | None, Absent] = None
    video: Annotated[str | None, Absent] = None
    """The id of the only video that is meant."""


class CommentDeed(StrEnum):
    """What is done with many comments at once."""

    APPROVE = "approve"
    DELETE = "delete"
    RESTORE = "restore"


class CommentBulk(Input):
    """The same for many comments."""

    deed: CommentDeed
    ids: Annotated[list[str], Field(min_length=1, max_length=100)]


class CommentRights(Output):
    """What whoever asks may do with a comment."""

    edit: bool = False
    delete: bool = False
    approve: bool = False
    pin: bool = False
    heart: bool = False
    like: bool = False
    reply: bool = False
    report: bool = False
    mute: bool = False
    """Its author."""


class CommentRead(Output):
    """A comment, as the person who asks sees it."""

    id: str
    video_id: str
    thread_id: str | None
    """The comment that begins its thread; null for that one itself."""
    state: CommentState
    """`held` waits for the owner of the video; `removed` was deleted by somebody else than its author."""
    author: OwnerRead | None
    """Null, as is `text`, where it was deleted."""
    is_by_owner: bool
    is_muted: bool
    """Whether you have muted its author: pages fold it."""
    text: str | None
    mentions: list[str]
    """The user names in it, as their people spell them."""
    is_pinned: bool
    is_hearted: bool
    likes: int
    is_liked: bool
    """By whoever asks."""
    replies: int
    created_at: datetime
    edited_at: datetime | None
    may: CommentRights


class ReceivedRead(CommentRead):
    """A comment on a video of one's own."""

    video_title: str


class CommentsRead(Output):
    """What happened to many comments."""

    done: int
