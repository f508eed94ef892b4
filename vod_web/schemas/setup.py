"""What the set-up page asks for."""

from typing import Annotated

from pydantic import StringConstraints

from vod_web.models import RegistrationPolicy
from vod_web.schemas.accounts import AnyUsername, Email, NewPassword
from vod_web.schemas.base import Input

SiteName = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class SetupCreate(Input):
    """The first account and the first decisions about the site."""

    site_name: SiteName
    registration: RegistrationPolicy
    email: Email
    username: AnyUsername
    password: NewPassword
