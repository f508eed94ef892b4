"""What people have done in a large library: watched, followed, kept, said. Made inside the database.

The same sizes give the same rows. As in life, few videos and channels have most of it; the first in their tables are
the ones that everybody knows. A table that has rows already is left as it is.
"""

import time
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from bench.parts.bulk import insert_select, quickly
from vod_web.db.engine import for_writing
from vod_web.models import PopularIn
from vod_web.services.popular import MOST_RANKED

TODAY = "2026-11-20 12:00:00"
PRIMES = (1000003, 999983, 999979, 999961)
STEPS = (7919, 104729, 15485863, 32452843)
RENDITIONS = (
    ("video", "1080p", 1920, 1080),
    ("video", "720p", 1280, 720),
    ("video", "360p", 640, 360),
    ("audio", "audio", None, None),
)
CHAPTERS = 5
WATCHED_DAYS = 30
REPLIES = 3
"""So many comments in a row are one thread: its beginning and the answers."""


@dataclass(frozen=True)
class Crowd:
    """How much has been done."""

    videos: int
    people: int
    positions: int
    subscriptions: int
    playlists: int
    playlist_items: int
    reactions: int
    comments: int
    notifications: int


def crowd_of(videos: int, people: int, positions: int) -> Crowd:
    """What goes with so many positions."""
    return Crowd(
        videos, people, positions,
        subscriptions=positions // 10, playlists=2 * people, playlist_items=positions // 5,
        reactions=positions // 5, comments=positions // 10, notifications=positions // 10,
    )  # fmt: skip


def fill_audience(engine: Engine, crowd: Crowd) -> list[str]:
    """Fill the tables that are empty, each for itself, so that a run that was broken off goes on; gives their names."""
    steps = {
        "sources": _sources, "encodes": _encodes, "renditions": _renditions, "chapters": _chapters, "jobs": _jobs,
        "subscriptions": _subscriptions, "viewing_positions": _positions, "playlists": _playlists,
        "playlist_items": _items, "reactions": _reactions, "comments": _comments, "notifications": _notifications,
        "video_days": _days, "popular_videos": _popular, "sign_ins": _sign_ins,
    }  # fmt: skip
    filled = []
    for name, fill in steps.items():
        begun = time.monotonic()
        with for_writing(engine).begin() as connection:
            if not _is_empty(connection, name):
                continue
            with quickly(connection, name):
                fill(connection, crowd)
        print(f"  {name:<20} {time.monotonic() - begun:6.0f} s", flush=True)
        filled.append(name)
    return filled


def _is_empty(connection: Connection, name: str) -> bool:
    return connection.scalar(text(f"SELECT 1 FROM {name} LIMIT 1")) is None


def _is_postgres(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _numbers(connection: Connection, count: int) -> str:
    """A source of rows with the numbers `i` from 0."""
    if _is_postgres(connection):
        return f"(SELECT generate_series(0, {count - 1})::bigint AS i) AS numbers"
    counted = f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1})"
    return f"({counted} SELECT i FROM n) AS numbers"


def _share(which: int, number: str = "i") -> str:
    """Something between 0 and 1 that looks random; each `which` is independent of the others."""
    return f"((({number}) * {STEPS[which]} + {which * 7}) % {PRIMES[which]} / {PRIMES[which]}.0)"


def _pick(which: int, count: int, *, power: int = 1, number: str = "i") -> str:
    """A row id; with a power, the first ones far more often."""
    share = "*".join([_share(which, number)] * power)
    return f"CAST(1 + {count - 1} * {share} AS INTEGER)"


def _ago(connection: Connection, seconds: str) -> str:
    """So many seconds before today."""
    if _is_postgres(connection):
        return f"timestamptz '{TODAY}+00' - ({seconds}) * interval '1 second'"
    return f"strftime('%Y-%m-%d %H:%M:%f000', julianday('{TODAY}') - ({seconds}) / 86400.0)"


def _yes(connection: Connection, *, is_true: bool = True) -> str:
    return str(is_true).lower() if _is_postgres(connection) else str(int(is_true))


def _sources(connection: Connection, crowd: Crowd) -> None:
    values = {
        "id": "id", "video_id": "id", "key": "'sources/' || public_id", "filename": "public_id || '.mp4'",
        "size_bytes": "50000000", "duration_s": "duration_s", "width_px": "1920", "height_px": "1080",
        "created_at": "created_at",
    }  # fmt: skip
    insert_select(connection, "sources", values, "videos ORDER BY id")


def _encodes(connection: Connection, crowd: Crowd) -> None:
    yes = _yes(connection)
    values = {
        "id": "id", "public_id": "'e' || (1000000000 + id)", "video_id": "id", "source_id": "id", "status": "'ready'",
        "is_active": "is_playable", "has_poster": yes, "has_storyboard": yes, "created_at": "created_at",
    }  # fmt: skip
    insert_select(connection, "encodes", values, "videos ORDER BY id")


def _renditions(connection: Connection, crowd: Crowd) -> None:
    kinds = " UNION ALL ".join(
        f"SELECT {place} AS place, '{kind}' AS kind, '{name}' AS name, "
        f"CAST({width or 'NULL'} AS INTEGER) AS width_px, CAST({height or 'NULL'} AS INTEGER) AS height_px"
        for place, (kind, name, width, height) in enumerate(RENDITIONS)
    )
    values = {
        "id": f"{len(RENDITIONS)} * encodes.id + place", "encode_id": "encodes.id", "kind": "kind", "name": "name",
        "width_px": "width_px", "height_px": "height_px", "codecs": "'avc1.64001f'", "bitrate_bps": "3000000",
        "is_complete": _yes(connection), "progress": "1.0",
    }  # fmt: skip
    insert_select(connection, "renditions", values, f"encodes, ({kinds}) AS kinds ORDER BY encodes.id, place")


def _chapters(connection: Connection, crowd: Crowd) -> None:
    values = {
        "id": "i + 1", "video_id": f"(i / {CHAPTERS}) * 10 + 1", "of_set": "'source'",
        "start_s": f"(i % {CHAPTERS}) * 30.0", "title": f"'Part ' || (i % {CHAPTERS} + 1)",
    }  # fmt: skip
    insert_select(connection, "chapters", values, _numbers(connection, crowd.videos // 10 * CHAPTERS))


def _jobs(connection: Connection, crowd: Crowd) -> None:
    values = {
        "id": "id", "encode_id": "id", "kind": "'publish'", "state": "'done'", "created_at": "created_at",
        "finished_at": "created_at",
    }  # fmt: skip
    insert_select(connection, "jobs", values, "encodes ORDER BY id")


def _pairs(connection: Connection, count: int, first: str, second: str, extra: str) -> str:
    """Rows with two ids, `a` and `b`, each pair once, and a number `x` of it."""
    found = f"SELECT {first} AS a, {second} AS b, {extra} AS x FROM {_numbers(connection, count)}"
    return f"(SELECT a, b, min(x) AS x FROM ({found}) AS found GROUP BY a, b) AS pairs ORDER BY a, b"


def _subscriptions(connection: Connection, crowd: Crowd) -> None:
    pairs = _pairs(
        connection, crowd.subscriptions, _pick(0, crowd.people, power=2), _pick(1, crowd.people, power=3), _share(2)
    )
    values = {
        "subscriber_id": "a", "channel_id": "b", "has_bell": "x < 0.2", "created_at": _ago(connection, "x * 3e7"),
    }  # fmt: skip
    insert_select(connection, "subscriptions", values, pairs)
    _count(
        connection, "users", "follower_count", "SELECT channel_id AS id, count(*) AS n FROM subscriptions GROUP BY 1"
    )


def _positions(connection: Connection, crowd: Crowd) -> None:
    pairs = _pairs(
        connection, crowd.positions, _pick(0, crowd.people, power=2), _pick(1, crowd.videos, power=3), _share(2)
    )
    values = {
        "user_id": "a", "video_id": "b", "position_s": "x * 3000", "watched_at": _ago(connection, "x * 3e7"),
        "goes_on": "x < 0.3",
    }  # fmt: skip
    insert_select(connection, "viewing_positions", values, pairs)


def _playlists(connection: Connection, crowd: Crowd) -> None:
    values = {
        "id": "i + 1", "public_id": "'l' || (1000000000 + i)", "owner_id": "i / 2 + 1",
        "kind": "CASE WHEN i % 2 = 0 THEN 'watch_later' ELSE 'ordinary' END", "title": "'Playlist ' || i",
        "visibility": "CASE WHEN i % 2 = 0 THEN 'private' ELSE 'public' END",
        "updated_at": _ago(connection, f"{_share(2)} * 3e7"),
    }  # fmt: skip
    insert_select(connection, "playlists", values, _numbers(connection, crowd.playlists))


def _items(connection: Connection, crowd: Crowd) -> None:
    pairs = _pairs(
        connection, crowd.playlist_items, _pick(0, crowd.playlists, power=3), _pick(1, crowd.videos, power=2), _share(2)
    )
    values = {
        "public_id": "'i' || (1000000000 + row_number() OVER ())", "playlist_id": "a", "video_id": "b",
        "position": "x * 1000000",
    }  # fmt: skip
    insert_select(connection, "playlist_items", values, pairs)
    _count(
        connection, "playlists", "item_count", "SELECT playlist_id AS id, count(*) AS n FROM playlist_items GROUP BY 1"
    )


def _reactions(connection: Connection, crowd: Crowd) -> None:
    pairs = _pairs(
        connection, crowd.reactions, _pick(0, crowd.people, power=2), _pick(1, crowd.videos, power=3), _share(2)
    )
    kind = "CASE WHEN x < 0.1 THEN 'dislike' ELSE 'like' END"
    values = {"user_id": "a", "video_id": "b", "kind": kind, "created_at": _ago(connection, "x * 3e7")}
    insert_select(connection, "reactions", values, pairs)


def _comments(connection: Connection, crowd: Crowd) -> None:
    video = _pick(1, crowd.videos, power=3, number=f"i / {REPLIES}")
    thread = f"CASE WHEN i % {REPLIES} = 0 THEN NULL ELSE i - i % {REPLIES} + 1 END"
    values = {
        "id": "i + 1", "public_id": "'c' || (1000000000 + i)", "video_id": "videos.id", "channel_id": "owner_id",
        "author_id": _pick(0, crowd.people, power=2), "thread_id": thread, "text": "'This is comment ' || i",
        "like_count": f"CAST(100 * {'*'.join([_share(2)] * 4)} AS INTEGER)",
        "reply_count": f"CASE WHEN i % {REPLIES} = 0 THEN {REPLIES - 1} ELSE 0 END",
        "created_at": _ago(connection, f"{crowd.comments} - i"),
    }  # fmt: skip
    insert_select(
        connection, "comments", values, f"{_numbers(connection, crowd.comments)} JOIN videos ON videos.id = {video}"
    )
    _count(connection, "videos", "comment_count", "SELECT video_id AS id, count(*) AS n FROM comments GROUP BY 1")


def _notifications(connection: Connection, crowd: Crowd) -> None:
    values = {
        "id": "i + 1", "user_id": _pick(0, crowd.people, power=2), "kind": "'new_video'",
        "subject": "videos.public_id || '-' || i", "video_id": "videos.id", "person_id": "owner_id",
        "created_at": _ago(connection, f"{crowd.notifications} - i"),
        "read_at": f"CASE WHEN {_share(2)} < 0.9 THEN {_ago(connection, '0')} END",
    }  # fmt: skip
    numbers = _numbers(connection, crowd.notifications)
    insert_select(connection, "notifications", values, f"{numbers} JOIN videos ON videos.id = {_pick(1, crowd.videos)}")


def _days(connection: Connection, crowd: Crowd) -> None:
    """The last weeks of what is watched: some thousands of videos each day."""
    day = f"({_pick(0, WATCHED_DAYS)} - 1)"
    pairs = _pairs(connection, crowd.positions // 10, _pick(1, crowd.videos, power=3), day, _share(2))
    values = {
        "video_id": "a", "day": _day(connection, "b"), "views": "CAST(1 + 20 * x * 1000 / (1 + a) AS INTEGER)",
        "watched_s": "x * 6000",
    }  # fmt: skip
    insert_select(connection, "video_days", values, pairs)


def _day(connection: Connection, days: str) -> str:
    """So many days before today."""
    if _is_postgres(connection):
        return f"date '{TODAY[:10]}' - CAST({days} AS INTEGER)"
    return f"date('{TODAY[:10]}', '-' || ({days}) || ' days')"


def _popular(connection: Connection, crowd: Crowd) -> None:
    """The rankings, which the site would make itself within five minutes."""
    values = {"popular_in": "kind", "video_id": "video_id", "score": "score"}
    kinds = " UNION ALL ".join(f"SELECT '{kind}' AS kind" for kind in PopularIn)
    ranking = f"SELECT video_id, sum(views) AS score FROM video_days GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_RANKED}"
    insert_select(connection, "popular_videos", values, f"({ranking}) AS ranking, ({kinds}) AS kinds")


def _sign_ins(connection: Connection, crowd: Crowd) -> None:
    """A browser for each person: how the planner finds one of them depends on how many there are."""
    values = {
        "public_id": "'s' || (1000000000 + id)", "user_id": "id", "secret_hash": "'hash' || id",
        "last_seen_at": _ago(connection, f"{_share(2, 'id')} * 3e6"),
        "created_at": _ago(connection, f"{_share(2, 'id')} * 3e6"), "expires_at": _ago(connection, "-3e7"),
    }  # fmt: skip
    insert_select(connection, "sign_ins", values, "users ORDER BY id")


def _count(connection: Connection, table: str, column: str, counts: str) -> None:
    """Write counts beside what is counted, as the site does."""
    connection.execute(text(f"UPDATE {table} SET {column} = n FROM ({counts}) AS counts WHERE counts.id = {table}.id"))
