"""What do a person and the site say to each other about a file on another server?"""

import re
from datetime import datetime
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import BeforeValidator, Field, StringConstraints

from vod_web.models.imports import ImportState
from vod_web.models.videos import Visibility
from vod_web.schemas.base import Input, Output
from vod_web.schemas.publishing import Publishing
from vod_web.schemas.uploads import clean_filename
from vod_web.schemas.videos import Description, Tags

MOST_AT_ONCE = 20
"""Addresses in one paste."""

Url = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


def name_in(url: str) -> str:
    """The name of the file that an address ends with; of its server where it ends with none."""
    parts = urlsplit(url)
    name = clean_filename(unquote(parts.path.rstrip("/").rpartition("/")[2]))
    return str(name or parts.hostname or "video")


class ImportCreate(Publishing):
    """A file that the site is to fetch; what is not said of its video comes from your upload defaults."""

    url: Url
    """Of the file itself, not of a page that plays it: http or https, without a password in it."""
    title: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    """Made from the file's name when absent."""
    description: Description | None = None
    tags: Tags | None = None
    visibility: Visibility | None = None
    allow_duplicate: bool = True
    """Whether it may be a file that a video of yours was made of; known when all of it is here."""


class ImportRetry(Input):
    """Another try, from the beginning."""

    allow_duplicate: bool | None = None
    """As before when absent."""


class ImportRead(Output):
    """An import as its owner sees it."""

    id: str
    video_id: str
    url: str
    host: str
    """The server that is asked first."""
    filename: str
    state: ImportState
    size_bytes: int | None
    """Null as long as the server does not say."""
    received_bytes: int
    speed_bps: float | None = Field(description="Bytes in a second, while it is fetched.")
    eta_s: float | None
    """Seconds until all is here, where that can be known."""
    error: str | None
    """What went wrong the last time, in a sentence."""
    error_code: str | None
    created_at: datetime
    expires_at: datetime
    """When it is forgotten; one that failed with its draft."""


_BETWEEN_ADDRESSES = re.compile(r"[\r\n]+|\s+(?=https?://)")
"""An address may hold spaces, as people copy them from a list of files."""


def _split(text: object) -> object:
    if not isinstance(text, str):
        return text
    found = [part.strip() for part in _BETWEEN_ADDRESSES.split(text) if part.strip()]
    if not found:
        raise ValueError("Paste an address.")
    return [address.replace(" ", "%20") for address in found]


class Addresses(Input):
    """What somebody pastes: an address a line."""

    addresses: Annotated[list[Url], BeforeValidator(_split), Field(max_length=MOST_AT_ONCE)]
