"""What is said about a caption track by whoever adds it?"""

from typing import Annotated

from pydantic import Field, StringConstraints

from vod_web.models import CaptionKind
from vod_web.schemas.base import Input

Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=40)]
"""A language as BCP 47 writes it, such as "en" or "pt-BR"."""


class CaptionCreate(Input):
    """A new caption track."""

    language: Language
    label: Annotated[str, Field(max_length=200)] = ""
    """What menus show; the name of the language where nothing is said."""
    kind: CaptionKind = CaptionKind.SUBTITLES
