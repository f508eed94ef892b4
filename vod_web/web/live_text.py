"""How does text that a person typed come to have links in it, and nothing else?"""

import re
from collections.abc import Collection
from urllib.parse import quote

from markupsafe import Markup, escape

from vod_web.services.mentions import MENTION

_LIVE = re.compile(
    r"(?P<link>https?://[^\s<>\"]+)|(?<![\w:.])(?P<time>(?:\d{1,2}:)?[0-5]?\d:[0-5]\d)(?![\w:])|" + MENTION.pattern,
    re.I,
)
_AFTER_LINK = ".,;:!?'*_"
_LINK = Markup('<a href="{}" rel="nofollow ugc noopener noreferrer" target="_blank">{}</a>')
_TIME = Markup('<a href="{}?t={}" data-seek="{}">{}</a>')
_PERSON = Markup('<a href="/@{}">{}</a>')


def make_live(
    text: str, duration_s: float | None = None, *, address: str = "", mentions: Collection[str] = ()
) -> Markup:
    """The text, with addresses as links and times within the video as links that seek (`data-seek`).

    `address` is that of the video, where it is not the page's own; `mentions` are the user names that become links.
    """
    people = {name.lower(): name for name in mentions}
    parts: list[Markup | str] = []
    end = 0
    for found in _LIVE.finditer(text):
        if found["link"]:
            shown, live = _make_link(found["link"])
        elif found["time"]:
            shown, live = _make_time(found["time"], duration_s, address)
        else:
            shown, live = _make_person(found[0], people.get(found["name"].lower()))
        parts += [escape(text[end : found.start()]), live]
        end = found.start() + len(shown)
    return Markup("").join([*parts, escape(text[end:])])


def _make_link(address: str) -> tuple[str, Markup]:
    """The link ends before the sentence's own punctuation, and before a bracket that was opened earlier."""
    shown = address.rstrip(_AFTER_LINK)
    while shown.endswith(")") and shown.count("(") < shown.count(")"):
        shown = shown[:-1].rstrip(_AFTER_LINK)
    return shown, _LINK.format(shown, shown)


def _make_person(shown: str, username: str | None) -> tuple[str, Markup]:
    return shown, _PERSON.format(quote(username), shown) if username else escape(shown)


def _make_time(shown: str, duration_s: float | None, address: str) -> tuple[str, Markup]:
    seconds = 0
    for part in shown.split(":"):
        seconds = seconds * 60 + int(part)
    is_within = duration_s is not None and seconds < duration_s
    return shown, _TIME.format(address, seconds, seconds, shown) if is_within else escape(shown)
