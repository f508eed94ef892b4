"""On which sites a player may stand, and what is told to those that ask for one (oEmbed)."""

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field

from vod_web.schemas.base import Input, Output

MOST_SITES = 50
LONGEST_SITE = 300
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_SITE = re.compile(rf"(https?://)?(\*\.)?{_LABEL}(\.{_LABEL})*(:\d{{1,5}})?")


def _as_site(text: str) -> str:
    """A host as a Content-Security-Policy writes it; of a whole address its host is taken.

    Raises:
        ValueError: it is none.
    """
    typed = text.strip().lower()
    scheme, separator, rest = typed.rpartition("://")
    try:
        host = urlsplit(f"//{rest}").netloc.encode("idna").decode()
    except ValueError:  # also UnicodeError: a label that is empty or too long
        host = ""
    site = f"{scheme}{separator}{host}"
    if len(site) > LONGEST_SITE or not _SITE.fullmatch(site):
        raise ValueError(f"{text.strip()[:60]} is not a site. Write it as example.org or *.example.org.")
    return site


def _split_sites(value: Any) -> Any:
    """Sites from a text or a list, each once, in the order given."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        return value
    return list(dict.fromkeys(_as_site(part) for text in texts for part in re.split(r"[,;\s]+", text) if part))


Sites = Annotated[list[str], BeforeValidator(_split_sites), Field(max_length=MOST_SITES)]


class OEmbedQuery(Input):
    """Which address somebody wants to embed, and how much room there is, in pixels."""

    url: Annotated[str, Field(min_length=1, max_length=2000)]
    maxwidth: Annotated[int | None, Field(ge=1)] = None
    maxheight: Annotated[int | None, Field(ge=1)] = None
    format: Literal["json", "xml"] = "json"


class OEmbedRead(Output):
    """The answer of https://oembed.com, version 1.0; what is None is left out."""

    version: Literal["1.0"] = "1.0"
    type: Literal["video", "link"]
    provider_name: str
    provider_url: str
    title: str
    author_name: str
    author_url: str
    thumbnail_url: str | None = None
    thumbnail_width: int | None = None
    thumbnail_height: int | None = None
    html: str | None = None
    width: int | None = None
    height: int | None = None
