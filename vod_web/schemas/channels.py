"""What does a channel say of itself?"""

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from vod_web.schemas.accounts import DisplayName, UserRead
from vod_web.schemas.base import Input

MOST_LINKS = 8
LONGEST_ABOUT = 2000


def _complete(value: Any) -> Any:
    """People write "example.org"."""
    if isinstance(value, str) and value.strip() and not re.match(r"\s*[a-z][a-z0-9+-]*:", value, re.I):
        return "https://" + value.strip()
    return value


def _check_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_web = bool(parts.hostname) and parts.scheme in ("http", "https") and "@" not in parts.netloc
    except ValueError:
        is_web = False
    if not is_web or re.search(r"[\s<>\"\\]", value):
        raise ValueError("This is not the address of a web page. Example: https://example.org")
    return value


def _check_if_given(value: str) -> str:
    return _check_address(value) if value else value


_Text = Annotated[str, BeforeValidator(_complete), StringConstraints(max_length=500)]
Address = Annotated[_Text, AfterValidator(_check_address)]
AddressOrNothing = Annotated[_Text, AfterValidator(_check_if_given)]
LinkTitle = Annotated[str, StringConstraints(max_length=60)]
About = Annotated[str, StringConstraints(max_length=LONGEST_ABOUT)]


class Link(Input):
    """Another place of a person's; without a title it is called by its address."""

    title: LinkTitle = ""
    url: Address


class ProfileUpdate(Input):
    """What is to change of what you say of yourself; what is left out stays."""

    display_name: DisplayName | None = None
    about: About | None = None
    links: Annotated[list[Link], Field(max_length=MOST_LINKS)] | None = None


class ProfileForm(Input):
    """The same from a form, which sends all of it: links as titles and addresses side by side, some of them empty."""

    display_name: DisplayName
    about: About = ""
    link_titles: Annotated[list[LinkTitle], Field(max_length=MOST_LINKS)] = Field(default_factory=list)
    link_urls: Annotated[list[AddressOrNothing], Field(max_length=MOST_LINKS)] = Field(default_factory=list)

    @property
    def update(self) -> ProfileUpdate:
        """What it asks for; a title without an address is nothing."""
        pairs = zip(self.link_titles, self.link_urls, strict=False)
        links = [Link(title=title, url=url) for title, url in pairs if url]
        return ProfileUpdate(display_name=self.display_name, about=self.about, links=links)


class ChannelRead(UserRead):
    """A channel, as whoever asks may know it."""

    view_count: int = Field(description="How often the videos were watched that you may find there, all together.")
