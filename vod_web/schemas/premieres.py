"""What is said of a video whose time is still to come?"""

from datetime import datetime

from vod_web.schemas.accounts import OwnerRead
from vod_web.schemas.base import Input, Output


class ReminderForm(Input):
    """What the button says."""

    is_wanted: bool


class PremiereRead(Output):
    """A scheduled video, for those who wait for it."""

    id: str
    title: str
    owner: OwnerRead
    publish_at: datetime
    """When it is published, if it is ready by then."""
    poster_url: str | None
    has_reminder: bool
    """Whether you are told when it is published."""
