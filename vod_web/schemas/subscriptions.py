"""What programs and people say about following a channel, and what is told to them."""

from datetime import datetime
from enum import StrEnum

from vod_web.schemas.accounts import OwnerRead
from vod_web.schemas.base import Input, Output


class Wish(StrEnum):
    """How a person wants to stand to a channel."""

    OFF = "off"
    ON = "on"
    BELL = "bell"
    """Followed, and told of new videos."""


class SubscriptionForm(Input):
    """What a button under a channel's name says."""

    wish: Wish
    next: str = ""
    """The page to go back to."""


class SubscriptionChange(Input):
    """How to follow a channel; what is left out stays as it is."""

    has_bell: bool | None = None
    """Whether you are told of its new videos."""


class FollowedChannelRead(OwnerRead):
    """A channel that can be followed."""

    follower_count: int


class SubscriptionRead(Output):
    """A channel that you follow."""

    channel: FollowedChannelRead
    has_bell: bool
    """Whether you are told of its new videos."""
    created_at: datetime


class PodcastChoice(Input):
    """Whether the sound of your public videos is offered as a podcast."""

    is_on: bool


class PodcastRead(Output):
    """Your podcast."""

    is_on: bool
    url: str
    """Where podcast programs find it, once it is on."""
