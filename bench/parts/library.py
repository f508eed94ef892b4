"""A library of any size in a database: people, videos, tags, captions and their index, made in one go.

The same size gives the same library. What is in it is as uneven as in life: a few words, tags and people are
everywhere, most are rare.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, Table, insert, text

from vod_web.db.base import Base
from vod_web.models import CaptionOrigin, NameKind, VideoStatus, Visibility
from vod_web.services.search.index import beginnings
from vod_web.services.search.labels import label_of_owner, label_of_range, label_of_tag
from vod_web.services.search.words import is_stem, join_once, kept_words

BATCH = 2000
FIRST_DAY = datetime(2012, 1, 1, tzinfo=UTC)
LAST_DAY = datetime(2026, 11, 1, tzinfo=UTC)
"""Videos come one after another, as their row ids do; when they are published differs by a few days."""
JITTER_S = 3 * 86_400
VISIBILITIES = [
    *[Visibility.PUBLIC] * 16,
    Visibility.UNLISTED,
    Visibility.INTERNAL,
    Visibility.PRIVATE,
    Visibility.PRIVATE,
]
STATUSES = [*[VideoStatus.READY] * 30, VideoStatus.BLOCKED, VideoStatus.DELETED]
SYLLABLES = [first + second for first in "bdfghklmnprstvz" for second in "aeio"]
LANGUAGES = ("de", "en", "es", "fr", "ja", "pt", "ru", "zh")
"""All texts are in English; that there are others makes searching try the endings of all."""
ENDINGS = ("", "", "", "s", "ing", "ed", "er")


@dataclass(frozen=True)
class Size:
    """How large the library is."""

    videos: int
    people: int
    words: int = 60_000
    tags: int = 5_000
    captioned: float = 0.05
    """Which share of the videos has captions."""
    cues: int = 120


Write = Callable[[str, Iterable[dict[str, Any]]], None]
"""Puts rows into a table."""
OF_VIDEOS = ("videos", "video_tags", "search_documents", "captions", "search_tracks")


def fill_library(connection: Connection, size: Size) -> None:
    """Write the library into empty tables, and tell the database to look at them."""
    write_library(size, partial(_insert, connection), BATCH)
    connection.execute(text("ANALYZE"))


def write_library(size: Size, write: Write, at_once: int) -> None:
    """Make the library and hand it over, `at_once` videos at a time."""
    words = make_words(size.words)
    write("users", _people(size, words))
    write("tags", ({"id": place, "name": _tag(words, place)} for place in range(1, size.tags + 1)))
    write("search_names", _names(size, words))
    write("search_languages", ({"language": language} for language in LANGUAGES))
    write("search_words", ({"word": word} for word in sorted(_worth_knowing(words))))
    for first in range(1, size.videos + 1, at_once):
        made = [_video(number, size, words) for number in range(first, min(first + at_once, size.videos + 1))]
        for table in OF_VIDEOS:
            write(table, (row for one in made for row in one.get(table, [])))


def make_words(count: int) -> list[str]:
    """Words that can be spoken, the commonest first."""
    chance = random.Random(1)
    words: dict[str, None] = {}
    while len(words) < count:
        stem = "".join(chance.choice(SYLLABLES) for _ in range(chance.choice((2, 2, 3, 3, 4))))
        words[stem + chance.choice(ENDINGS)] = None
    return list(words)


@cache
def _kept(word: str) -> tuple[str, ...]:
    return tuple(kept_words(word, None))


def _worth_knowing(words: Sequence[str]) -> set[str]:
    return {kept for word in words for kept in _kept(word) if not is_stem(kept)}


def _pick(chance: random.Random, words: Sequence[str], count: int) -> list[str]:
    """Words as uneven as in a language: of rank r about one in r."""
    return [words[int(len(words) ** chance.random()) - 1] for _ in range(count)]


def _tag(words: Sequence[str], place: int) -> str:
    return words[place * 7 % len(words)] if place % 3 else f"{words[place * 7 % len(words)]} {words[place]}"


def _people(size: Size, words: Sequence[str]) -> Iterator[dict[str, Any]]:
    for place in range(1, size.people + 1):
        name = f"p{place}"
        yield {
            "id": place, "username": name, "username_key": name, "email": f"{name}@example.org",
            "email_key": f"{name}@example.org", "password_hash": "-", "display_name": _display_name(words, place),
        }  # fmt: skip


def _display_name(words: Sequence[str], place: int) -> str:
    return f"{words[place * 11 % len(words)]} {words[place * 17 % len(words)]}".title()


def _names(size: Size, words: Sequence[str]) -> Iterator[dict[str, Any]]:
    for place in range(1, size.tags + 1):
        for name in beginnings(_tag(words, place)):
            yield {"kind": NameKind.TAG, "tag_id": place, "user_id": None, "folded": name}
    for place in range(1, size.people + 1):
        for name in beginnings(_display_name(words, place), f"p{place}"):
            yield {"kind": NameKind.CHANNEL, "tag_id": None, "user_id": place, "folded": name}


def _video(number: int, size: Size, words: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The rows of one video, by their tables."""
    chance = random.Random(number)
    owner = int(size.people ** chance.random())
    title, description = _pick(chance, words, chance.randint(2, 8)), _pick(chance, words, chance.randint(0, 60))
    tags = sorted({int(size.tags ** chance.random()) for _ in range(chance.randint(0, 5))})
    rows = {"video_tags": [{"video_id": number, "tag_id": tag} for tag in tags]}
    has_captions = chance.random() < size.captioned
    lines = [_pick(chance, words, 7) for _ in range(size.cues)] if has_captions else []
    published = (
        FIRST_DAY + (LAST_DAY - FIRST_DAY) * (number / size.videos) + timedelta(seconds=chance.randrange(JITTER_S))
    )
    is_ready = chance.random() < 0.95
    rows["videos"] = [{
        "id": number, "public_id": f"v{number:010}", "owner_id": owner, "title": " ".join(title).capitalize(),
        "description": " ".join(description), "visibility": chance.choice(VISIBILITIES),
        "status": chance.choice(STATUSES), "width_px": 1920, "height_px": 1080,
        "is_playable": is_ready, "published_at": published if is_ready else None, "created_at": published,
        "updated_at": published, "duration_s": float(chance.randint(5, 7200)),
        "view_count": int(10 ** (6 * chance.random())),
    }]  # fmt: skip
    kept = [
        [one for word in part for one in _kept(word)]
        for part in (title, " ".join(_tag(words, tag) for tag in tags).split())
    ]
    labels = [label_of_owner(owner), label_of_range(number), *(label_of_tag(tag) for tag in tags)]
    rows["search_documents"] = [{
        "video_id": number, "title": " ".join(kept[0]), "tags": " ".join(kept[1]),
        "channel": join_once(f"{_display_name(words, owner)} p{owner}".lower().split()),
        "text_words": join_once(*kept, *(_kept(word) for word in description), labels),
        "caption_words": join_once(*(_kept(word) for line in lines for word in line)),
    }]  # fmt: skip
    if has_captions:
        rows |= _captions(number, lines)
    return rows


def _captions(number: int, lines: Sequence[Sequence[str]]) -> dict[str, list[dict[str, Any]]]:
    name = f"c{number}"
    caption = {
        "id": number, "public_id": f"c{number:010}", "video_id": number, "origin": CaptionOrigin.UPLOADED,
        "language": "en", "label": "English", "name": name,
    }  # fmt: skip
    spoken = "\n".join(f"{5 * place}.000\t{' '.join(line)}" for place, line in enumerate(lines))
    folded = "\n".join(" ".join(line) for line in lines)
    track = {
        "caption_id": number,
        "video_id": number,
        "name": name,
        "language": "en",
        "spoken": spoken,
        "folded": folded,
    }
    return {"captions": [caption], "search_tracks": [track]}


def _insert(connection: Connection, name: str, rows: Iterable[dict[str, Any]]) -> None:
    table: Table = Base.metadata.tables[name]
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            connection.execute(insert(table), batch)
            batch = []
    if batch:
        connection.execute(insert(table), batch)
