"""What does somebody think of a video?"""

from typing import Annotated

from pydantic import BeforeValidator

from vod_web.models import ReactionKind
from vod_web.schemas.base import Input, Output
from vod_web.schemas.publishing import none_if_empty


class ReactionWrite(Input):
    """What the person thinks now."""

    kind: Annotated[ReactionKind | None, BeforeValidator(none_if_empty)]
    """`like` or `dislike`; null for neither."""


class ReactionRead(Output):
    """What the person thinks, and how many think so."""

    kind: ReactionKind | None
    likes: int
    dislikes: int
