"""How does text that a person typed come to have links in it, and nothing else?"""

import re

from markupsafe import Markup, escape

_LIVE = re.compile(r"(?P<link>https?://[^\s<>\"]+)|(?<![\w:.])(?P<time>(?:\d{1,2}:)?[0-5]?\d:[0-5]\d)(?![\w:])", re.I)
_AFTER_LINK = ".,;:!?'*_"
_LINK = Markup('<a href="{}" rel="nofollow ugc noopener noreferrer" target="_blank">{}</a>')
_TIME = Markup('<a href="?t={}" data-seek="{}">{}</a>')


def make_live(text: str, duration_s: float | None = None) -> Markup:
    """The text, with addresses as links and times within the video as links that seek (`data-seek`)."""
    parts: list[Markup | str] = []
    end = 0
    for found in _LIVE.finditer(text):
        shown, live = _make_link(found["link"]) if found["link"] else _make_time(found["time"], duration_s)
        parts += [escape(text[end : found.start()]), live]
        end = found.start() + len(shown)
    return Markup("").join([*parts, escape(text[end:])])


def _make_link(address: str) -> tuple[str, Markup]:
    """The link ends before the sentence's own punctuation, and before a bracket that was opened earlier."""
    shown = address.rstrip(_AFTER_LINK)
    while shown.endswith(")") and shown.count("(") < shown.count(")"):
        shown = shown[:-1].rstrip(_AFTER_LINK)
    return shown, _LINK.format(shown, shown)


def _make_time(shown: str, duration_s: float | None) -> tuple[str, Markup]:
    seconds = 0
    for part in shown.split(":"):
        seconds = seconds * 60 + int(part)
    is_within = duration_s is not None and seconds < duration_s
    return shown, _TIME.format(seconds, seconds, shown) if is_within else escape(shown)
