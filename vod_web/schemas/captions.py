"""What is said about a caption track by whoever adds or changes it?"""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from vod_web.media.languages import tidy_tag
from vod_web.models import CaptionKind
from vod_web.schemas.base import Input
from vod_web.schemas.publishing import none_if_empty

LONGEST_LABEL = 100

Language = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=40),
    AfterValidator(tidy_tag),
]
"""A language as BCP 47 writes it, such as "en" or "pt-BR"."""
Label = Annotated[str, Field(max_length=LONGEST_LABEL)]
"""What menus show; made of language and kind where nothing is said."""


class CaptionCreate(Input):
    """A new caption track."""

    language: Language
    label: Label = ""
    kind: CaptionKind = CaptionKind.SUBTITLES
    is_default: bool = False
    """The first to be chosen when somebody turns captions on; no other one is then."""
    is_forced: bool = False
    """Only what everybody must read: signs, and speech in a foreign language."""


class CaptionUpdate(Input):
    """What is to change about a track; what is left out stays."""

    language: Language | None = None
    label: Label | None = None
    """Empty: made of language and kind."""
    kind: CaptionKind | None = None
    is_default: bool | None = None
    is_forced: bool | None = None


class CaptionHints(Input):
    """What is said of several files at once; the rest says the name of each."""

    language: Annotated[Language | None, BeforeValidator(none_if_empty)] = None
    kind: Annotated[CaptionKind | None, BeforeValidator(none_if_empty)] = None


class CaptionOptions(Input):
    """What the API is told of a track in its address, beside the language."""

    label: Label = ""
    kind: CaptionKind = CaptionKind.SUBTITLES
    is_default: bool = False
    is_forced: bool = False


class CaptionChoice(Input):
    """Which of the tracks of a language is meant."""

    kind: CaptionKind = CaptionKind.SUBTITLES
    is_forced: bool = False
