"""What is said of sensitive videos?"""

from typing import Annotated

from pydantic import BeforeValidator

from vod_web.models import SensitiveRule
from vod_web.schemas.base import Input, Output
from vod_web.schemas.publishing import none_if_empty


class SensitiveChoice(Input):
    """How sensitive videos are to be shown to a person."""

    rule: Annotated[SensitiveRule | None, BeforeValidator(none_if_empty)] = None
    """`hide`: in no list; `blur`: with blurred pictures; `show`: as all others; null for what the site has chosen."""


class SensitiveChoiceRead(Output):
    """How sensitive videos are shown to a person."""

    rule: SensitiveRule | None
    """What the person has chosen; null for what the site has."""
    site_rule: SensitiveRule
    """What the site has chosen, for visitors too."""


class SensitivityMark(Input):
    """What a moderator says of a video."""

    is_sensitive: bool
