"""What do forms offer for a video's category, language, licence, playlists and time?"""

from dataclasses import dataclass
from functools import cache

from vod_web.media.languages import list_languages
from vod_web.models import Category, Licence, Playlist, User
from vod_web.schemas.publishing import latest_day, time_zones
from vod_web.services import playlists

_TECHNICAL_ZONES = ("Etc/", "SystemV/", "posix/", "right/")


@dataclass(frozen=True)
class PublishingChoices:
    """Each a list of values with the words for them."""

    categories: list[tuple[str, str]]
    languages: list[tuple[str, str]]
    licences: list[tuple[str, str]]
    playlists: list[tuple[str, str]]
    time_zones: list[str]
    latest_day: str
    """The last on which something can have been recorded."""


def publishing_choices(person: User | None, *, kept_language: str | None = None) -> PublishingChoices:
    """For this person; a language that is not in our list stays on offer where it is chosen already."""
    languages = [("", "Not said"), *list_languages()]
    if kept_language and kept_language not in dict(languages):
        languages.append((kept_language, kept_language))
    return PublishingChoices(
        categories=[("", "None"), *_categories()],
        languages=languages,
        licences=[("", "Not said"), *((one.value, f"{one.label}: {one.meaning}") for one in Licence)],
        playlists=[_of_playlist(playlist) for playlist in (playlists.list_own_playlists(person) if person else [])],
        time_zones=_place_zones(),
        latest_day=latest_day().isoformat(),
    )


@cache
def _categories() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(((category.value, category.label) for category in Category), key=lambda entry: entry[1]))


@cache
def _place_zones() -> list[str]:
    """The zones that are called after places, and UTC."""
    return sorted(name for name in time_zones() if name == "UTC" or _is_place(name))


def _is_place(name: str) -> bool:
    return "/" in name and not name.startswith(_TECHNICAL_ZONES)


def _of_playlist(playlist: Playlist) -> tuple[str, str]:
    return playlist.public_id, playlist.title
