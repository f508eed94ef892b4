"""Of whom does somebody want to hear no more?"""

from datetime import datetime

from vod_web.schemas.accounts import OwnerRead
from vod_web.schemas.base import Input, Output


class MuteForm(Input):
    """What a button says."""

    is_muted: bool


class MuteRead(Output):
    """Somebody whom you have muted."""

    person: OwnerRead
    created_at: datetime
