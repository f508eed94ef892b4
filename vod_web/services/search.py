"""Which videos hold the words that somebody typed?

The one place that knows how: `text_of` is what is kept with a video, `matches` the condition on it.
"""

import unicodedata

from sqlalchemy import ColumnElement, true

from vod_web.models import Video

MOST_WORDS = 10


def fold(text: str) -> str:
    """Lower case without accents, so that "Zürich" and "zurich" are the same."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def text_of(title: str, description: str, tags: list[str]) -> str:
    """What a video is found by."""
    return fold("\n".join((title, " ".join(tags), description)))


def words_of(query: str) -> list[str]:
    """The words that must all be found; what comes after the first few is left out."""
    return list(dict.fromkeys(fold(query).split()))[:MOST_WORDS]


def matches(query: str) -> ColumnElement[bool]:
    """Whether a video holds every word of the query, in its title, its description or its tags."""
    condition: ColumnElement[bool] = true()
    for word in words_of(query):
        condition &= Video.search_text.contains(word, autoescape=True)
    return condition
