"""What is said about a playlist?"""

from typing import Annotated

from pydantic import Field

from vod_web.models import Visibility
from vod_web.schemas.base import Input, Output


class PlaylistCreate(Input):
    """A new playlist."""

    title: Annotated[str, Field(min_length=1, max_length=150)]
    visibility: Visibility = Visibility.PRIVATE


class PlaylistRead(Output):
    """A playlist, in lists."""

    id: str = Field(validation_alias="public_id")
    title: str
    visibility: Visibility
