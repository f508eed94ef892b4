"""Which pages are asked for in a large library? Each kind is many different requests, as different people make them."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.exceptions import MethodNotAllowed, NotFound

from bench.parts.library import make_words

WORDS = 60_000
HEAVY_PEOPLE = 40
"""The first in the table of people own, watch and follow the most."""


@dataclass(frozen=True)
class Visit:
    """One request: a path, and the row id of who asks, or 0 for a visitor."""

    path: str
    person_id: int = 0


@dataclass(frozen=True)
class Library:
    """What is in the database that requests can be made of."""

    people: int
    video_ids: list[str]
    """Of public videos: the ones that everybody knows, then any."""
    usernames: list[str]
    playlist_ids: list[str]
    tags: list[str]
    words: list[str]


Kinds = dict[str, Callable[[random.Random], Visit]]


def look_at(engine: Engine, people: int) -> Library:
    """What requests can be made of."""
    listed = "visibility = 'public' AND is_playable AND status = 'ready'"
    with engine.connect() as connection:
        last = connection.scalar(text("SELECT max(id) FROM videos")) or 0
        chance = random.Random(3)
        any_ids = ", ".join(str(chance.randint(1, last)) for _ in range(600))

        def column(statement: str) -> list[str]:
            return list(connection.scalars(text(statement)))

        return Library(
            people=people,
            video_ids=column(f"SELECT public_id FROM videos WHERE id < 300 AND {listed}")
            + column(f"SELECT public_id FROM videos WHERE id IN ({any_ids}) AND {listed}"),
            usernames=column("SELECT username FROM users ORDER BY id LIMIT 3000"),
            playlist_ids=column("SELECT public_id FROM playlists WHERE visibility = 'public' ORDER BY id LIMIT 200"),
            tags=column("SELECT name FROM tags ORDER BY id LIMIT 200"),
            words=make_words(WORDS),
        )


def kinds_of(library: Library) -> Kinds:
    """The requests, by what they are called."""
    return _home(library) | _search(library) | _channels(library) | _watch(library) | _own(library) | _staff(library)


def is_there(app: Flask, path: str) -> bool:
    """Whether the site has such an address at all."""
    try:
        app.url_map.bind("localhost").match(path.partition("?")[0])
    except (NotFound, MethodNotAllowed):
        return False
    return True


def _anybody(chance: random.Random, library: Library) -> int:
    """Half of the requests are made by those who do the most."""
    return chance.randint(1, HEAVY_PEOPLE if chance.random() < 0.5 else library.people)


def _home(library: Library) -> Kinds:
    return {
        "home, visitor": lambda chance: Visit(f"/?limit={chance.randint(20, 30)}"),
        "home, person": lambda chance: Visit("/", _anybody(chance, library)),
    }


def _search(library: Library) -> Kinds:
    words = library.words

    def search(person: bool = False, **more: object) -> Callable[[random.Random], Visit]:
        def make(chance: random.Random) -> Visit:
            wanted = {name: value(chance) if callable(value) else value for name, value in more.items()}
            return Visit(f"/search?{urlencode(wanted)}", _anybody(chance, library) if person else 0)

        return make

    def among(first: int, last: int) -> Callable[[random.Random], str]:
        return lambda chance: words[chance.randrange(first, last)]

    def mistyped(chance: random.Random) -> str:
        word = chance.choice([word for word in words[50:3000] if len(word) > 5])
        place = chance.randrange(1, len(word) - 1)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]

    common, usual = among(0, 30), among(30, 1000)
    return {
        "search, commonest words": search(query=among(0, 5), limit=lambda c: c.randint(20, 30)),
        "search, common words": search(query=common),
        "search, common words, person": search(person=True, query=common),
        "search, usual words": search(query=usual),
        "search, rare words": search(query=among(5000, 50_000)),
        "search, two words": search(query=lambda c: f"{common(c)} {usual(c)}"),
        "search, three words": search(query=lambda c: f"{usual(c)} {usual(c)} {common(c)}"),
        "search, beginnings": search(query=lambda c: usual(c)[:3]),
        "search, mistyped": search(query=mistyped),
        "search, nothing like it": search(query=lambda c: "xq" + usual(c)[::-1] + "qx"),
        "search, newest": search(query=common, sort="-published_at"),
        "search, oldest": search(query=common, sort="published_at"),
        "search, most viewed": search(query=common, sort="-views"),
        "search, longest": search(query=usual, sort="-duration_s"),
        "search, filters": search(query=common, age="year", length="short"),
        "search, narrow filters": search(query=common, age="week", has_captions="true"),
        "search, tag alone": search(tag=lambda c: c.choice(library.tags)),
        "search, tag and word": search(query=usual, tag=lambda c: c.choice(library.tags)),
        "search, filters alone": search(age="month", length="long"),
        "search, no words, most viewed": search(sort="-views", length=lambda c: c.choice(["short", "medium", "long"])),
        "search, in a channel": lambda c: Visit(f"/@p{c.randint(1, 20)}?query={quote(usual(c))}"),
        "suggestions": lambda c: Visit(f"/search/suggestions?query={quote(usual(c)[: c.randint(2, 5)])}"),
    }


def _channels(library: Library) -> Kinds:
    def channel(first: int, last: int, part: str = "", **more: str) -> Callable[[random.Random], Visit]:
        query = f"?{urlencode(more)}" if more else ""
        return lambda chance: Visit(f"/@{library.usernames[chance.randrange(first, last)]}{part}{query}")

    return {
        "channel, huge": channel(0, 5),
        "channel, huge, most viewed": channel(0, 5, sort="-views"),
        "channel, huge, oldest": channel(0, 5, sort="published_at"),
        "channel, huge, about": channel(0, 5, "/about"),
        "channel, huge, playlists": channel(0, 5, "/playlists"),
        "channel, small": channel(500, 3000),
        "channel, small, most viewed": channel(500, 3000, sort="-views"),
        "channel, one's own": lambda chance: _own_channel(chance, library),
    }


def _own_channel(chance: random.Random, library: Library) -> Visit:
    person_id = chance.randint(1, HEAVY_PEOPLE)
    return Visit(f"/@p{person_id}", person_id)


def _watch(library: Library) -> Kinds:
    known = library.video_ids[:200]
    return {
        "watch, what all watch": lambda c: Visit(f"/watch/{c.choice(known)}"),
        "watch, any": lambda c: Visit(f"/watch/{c.choice(library.video_ids)}"),
        "watch, person": lambda c: Visit(f"/watch/{c.choice(library.video_ids)}", _anybody(c, library)),
        "comments": lambda c: Visit(f"/watch/{c.choice(known)}/comments", _anybody(c, library)),
        "status of a video": lambda c: Visit(f"/watch/{c.choice(library.video_ids)}/status"),
        "embedded player": lambda c: Visit(f"/embed/{c.choice(library.video_ids)}"),
        "popular": lambda c: Visit(f"/popular?limit={c.randint(20, 30)}"),
        "playlist": lambda c: Visit(f"/playlists/{c.choice(library.playlist_ids)}"),
        "video, by the API": lambda c: Visit(f"/api/v1/videos/{c.choice(library.video_ids)}", _anybody(c, library)),
    }


def _own(library: Library) -> Kinds:
    def page(path: str, first: int = 1) -> Callable[[random.Random], Visit]:
        return lambda chance: Visit(path, _anybody(chance, library))

    def owner(path: str) -> Callable[[random.Random], Visit]:
        return lambda chance: Visit(path, chance.randint(1, HEAVY_PEOPLE))

    return {
        "history": page("/history"),
        "history, searched": lambda c: Visit(f"/history?query={library.words[c.randrange(300)]}", _anybody(c, library)),
        "liked videos": page("/liked"),
        "subscriptions": page("/subscriptions"),
        "followed channels": page("/subscriptions/channels"),
        "notifications": page("/notifications"),
        "own playlists": page("/playlists"),
        "watch later": page("/watch-later"),
        "studio": owner("/studio"),
        "studio, most viewed": owner("/studio?sort=-views"),
        "studio, by title": owner("/studio?sort=title"),
        "studio, by size": owner("/studio?sort=-size_bytes"),
        "studio, searched": lambda c: Visit(
            f"/studio?query={library.words[c.randrange(1000)]}", c.randint(1, HEAVY_PEOPLE)
        ),
        "studio, private ones": owner("/studio?visibility=private"),
        "studio, comments": owner("/studio/comments"),
        "studio, analytics": owner("/studio/analytics"),
        "upload page": owner("/upload"),
        "account": page("/account"),
        "videos, by the API": page("/api/v1/videos"),
        "feed of the site": lambda c: Visit(f"/feeds/videos.rss?limit={c.randint(10, 30)}"),
    }


def _staff(library: Library) -> Kinds:
    def admin(path: str) -> Callable[[random.Random], Visit]:
        return lambda _chance: Visit(path, -1)

    return {
        "admin, overview": admin("/admin/"),
        "admin, videos": admin("/admin/videos"),
        "admin, videos, by size": admin("/admin/videos?sort=-size_bytes"),
        "admin, videos, by title": admin("/admin/videos?sort=title"),
        "admin, people": admin("/admin/users"),
        "admin, people, searched": lambda c: Visit(f"/admin/users?query=p{c.randint(1, 9999)}", -1),
        "admin, jobs": admin("/admin/jobs"),
        "admin, audit": admin("/admin/audit"),
    }


def requests_of(kind: Callable[[random.Random], Visit], seed: int, count: int) -> Iterator[Visit]:
    """So many requests of a kind; the same seed gives the same ones."""
    chance = random.Random(seed)
    return (kind(chance) for _ in range(count))
