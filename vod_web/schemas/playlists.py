"""What is said about a playlist?"""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from vod_web.models import PlaylistKind, PlaylistOrder, Visibility
from vod_web.schemas.accounts import OwnerRead
from vod_web.schemas.base import Input, Output
from vod_web.schemas.videos import VideoCard, VideoRead

MOST_AT_ONCE = 100
"""Videos that are added by one call."""

MOST_CHECKED = 1000
"""Items that are taken out or moved by one call, unless it is all of them."""

PlaylistTitle = Annotated[str, Field(min_length=1, max_length=150)]
PlaylistText = Annotated[str, Field(max_length=5000)]
Ids = Annotated[list[str], Field(min_length=1, max_length=MOST_AT_ONCE)]


def _absent_if_empty(value: Any) -> Any:
    return None if value == "" else value


def _as_seconds(value: Any) -> Any:
    """Seconds, also where they are typed as on a clock: "1:30", "1:02:03"."""
    if not isinstance(value, str):
        return value
    parts = value.split(":")
    if not value.strip():
        return None
    if not 1 <= len(parts) <= 3 or not all(part.strip().replace(".", "", 1).isdecimal() for part in parts):
        raise ValueError("Write a time as 90, 1:30 or 1:02:03.")
    seconds = 0.0
    for part in parts:
        seconds = seconds * 60 + float(part)
    return seconds


Moment = Annotated[float | None, BeforeValidator(_as_seconds), Field(ge=0, le=10**7, allow_inf_nan=False)]


class PlaylistCreate(Input):
    """A new playlist."""

    title: PlaylistTitle
    description: PlaylistText = ""
    visibility: Visibility = Visibility.PRIVATE
    order: PlaylistOrder = PlaylistOrder.HAND


class PlaylistUpdate(Input):
    """What is to change about a playlist; what is left out (or null) stays."""

    title: PlaylistTitle | None = None
    description: PlaylistText | None = None
    visibility: Visibility | None = None
    order: PlaylistOrder | None = None
    cover: Annotated[
        str | None, Field(max_length=20, description="The id of the video whose picture is shown; empty for the first.")
    ] = None


class ItemAdd(Input):
    """A video for a playlist, at the place `position` counted from 1, or at its end."""

    video_id: Annotated[str, Field(min_length=1, max_length=20)]
    position: Annotated[int | None, Field(ge=0, le=10**9)] = None
    start_s: Moment = None
    stop_s: Moment = None


class ItemsAdd(Input):
    """Several videos for the end of a playlist."""

    video_ids: Ids


class ItemsChosen(Input):
    """Several items of a playlist, or `all` of them, however many there are."""

    items: Annotated[list[str], Field(max_length=MOST_CHECKED)] = Field(default_factory=list)
    all: bool = False

    @model_validator(mode="after")
    def choose_something(self) -> Self:
        """At least one."""
        if not self.items and not self.all:
            raise ValueError("Choose at least one video.")
        return self

    @property
    def ids(self) -> list[str] | None:
        """Those of the items; None for all of them."""
        return None if self.all else self.items


class ItemsTake(ItemsChosen):
    """What is taken out; `to` is another playlist that gets these videos."""

    to: Annotated[str | None, BeforeValidator(_absent_if_empty), Field(max_length=20)] = None


class ItemMove(Input):
    """Where an item goes: to a place counted from 1, beside another item, or by a step."""

    position: Annotated[int | None, BeforeValidator(_absent_if_empty), Field(ge=0, le=10**9)] = None
    before: str | None = None
    after: str | None = None
    to: Literal["top", "up", "down", "bottom"] | None = None

    @model_validator(mode="after")
    def say_one_place(self) -> "ItemMove":
        """Exactly one of them."""
        if sum(value is not None for value in (self.position, self.before, self.after, self.to)) != 1:
            raise ValueError("Say one place: position, before, after or to.")
        return self


class ItemUpdate(Input):
    """What is to change about an item; what is left out stays. Times are null for the whole video."""

    position: Annotated[int | None, Field(ge=0, le=10**9)] = None
    start_s: Moment = None
    stop_s: Moment = None


class PlaylistAddressesRead(Output):
    """Where things are found; None for what does not exist."""

    page: str
    embed: str
    cover: str | None


class PlaylistRead(Output):
    """A playlist, in lists."""

    id: str
    kind: PlaylistKind
    title: str
    description: str
    owner: OwnerRead
    visibility: Visibility
    order: PlaylistOrder
    item_count: int
    """Also of videos that not everybody may see."""
    created_at: datetime
    updated_at: datetime
    is_cover_portrait: bool
    """Whether its cover is higher than wide."""
    urls: PlaylistAddressesRead


class _Item(Output):
    """An item of a playlist, without its video."""

    id: str
    position: int
    """Its place, counted from 1, among those that you may see."""
    start_s: float | None
    stop_s: float | None
    added_at: datetime
    is_available: bool
    """Whether you may watch it; the owner of a playlist is also told of what is not there any more."""


class ItemCard(_Item):
    """An item of a playlist, as pages show it."""

    video: VideoCard | None


class ItemRead(_Item):
    """An item of a playlist."""

    video: VideoRead | None


class PlaylistDetailRead(PlaylistRead):
    """A playlist with its first items; `next` leads to more of them."""

    items: list[ItemRead]
    next: str | None


class ChangeRead(Output):
    """What was done; it can be undone for a day."""

    added: int
    removed: int
    present: int
    """Videos that were there before."""
    undo: str | None
    """For `POST /playlists/undo/<undo>`."""
