"""How long do the pages of a site with a million videos take to make, and which of them read too much?"""

import argparse
import os
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg
from sqlalchemy import Engine, text

from bench.parts.audience import crowd_of, fill_audience
from bench.parts.bulk import copy_rows, without_indexes
from bench.parts.kept_databases import kept_postgres, kept_sqlite
from bench.parts.library import Size, fill_library, write_library
from bench.parts.stopwatch import measure
from tests.databases import migrate
from vod_web.cli.console import stop_on_terminate
from vod_web.db.engine import for_writing, make_engine

SIZES = {"postgresql": (1_000_000, 100_000, 10_000_000), "sqlite": (100_000, 10_000, 1_000_000)}
AT_ONCE = 20_000


def main() -> int:
    """Fill a database unless it is kept from before, measure, and print."""
    arguments = _parse()
    stop_on_terminate()
    usual = SIZES[arguments.database]
    videos = arguments.videos or usual[0]
    people = arguments.people or usual[1]
    positions = arguments.positions or usual[2]
    folder = Path(arguments.dir).resolve() / f"{arguments.database}-{videos}"
    keep = kept_sqlite if arguments.database == "sqlite" else kept_postgres
    with keep(folder) as url:
        migrate(url, folder)
        engine = make_engine(url)
        _fill(engine, url, videos, people, positions)
        _warm(engine)
        engine.dispose()
        is_good = True
        if not arguments.fill_only:
            is_good = measure(
                url,
                people=people,
                requests=arguments.requests,
                only=arguments.only,
                with_plans=arguments.plans,
                at_full_speed=arguments.full_speed,
            )
    return 0 if is_good else 1


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="postgresql")
    parser.add_argument("--dir", required=True, help="where the filled database is kept, for the next time")
    parser.add_argument("--videos", type=int, help="1,000,000 in PostgreSQL, 100,000 in SQLite")
    parser.add_argument("--people", type=int, help="a tenth of the videos")
    parser.add_argument("--positions", type=int, help="ten times the videos")
    parser.add_argument("--requests", type=int, default=40, help="how many different requests of each kind")
    parser.add_argument("--only", default="", help="the beginning of the names of what is measured")
    parser.add_argument("--plans", action="store_true", help="print all plans, not only those that read too much")
    parser.add_argument("--full-speed", action="store_true", help="ask only while nobody else slows the machine down")
    parser.add_argument("--fill-only", action="store_true")
    return parser.parse_args()


def _fill(engine: Engine, url: str, videos: int, people: int, positions: int) -> None:
    begun = time.monotonic()
    with engine.connect() as connection:
        is_empty = connection.scalar(text("SELECT 1 FROM videos LIMIT 1")) is None
    size = Size(videos=videos, people=people)
    if is_empty and engine.dialect.name == "sqlite":
        with for_writing(engine).begin() as connection:
            fill_library(connection, size)
    elif is_empty:
        _copy_library(url, size)
    filled = fill_audience(engine, crowd_of(videos, people, positions))
    if is_empty or filled:
        _tidy(engine)
    took_s, load = time.monotonic() - begun, os.getloadavg()[0]
    print(
        f"{engine.dialect.name}: {videos} videos, filled {', '.join(filled) or 'nothing'} in {took_s:.0f} s",
        f"at load {load:.1f}",
        flush=True,
    )


def _warm(engine: Engine) -> None:
    """Have the tables in memory, as a server has them that has run for a while; the system's, not PostgreSQL's own."""
    if engine.dialect.name == "postgresql":
        with for_writing(engine).begin() as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_prewarm"))
            connection.execute(text("SELECT pg_prewarm(oid, 'read') FROM pg_class WHERE relkind IN ('r', 'i', 't')"))


def _copy_library(url: str, size: Size) -> None:
    with psycopg.connect(url) as connection, without_indexes(connection):
        write_library(size, partial(copy_rows, connection), AT_ONCE)


def _tidy(engine: Engine) -> None:
    """What a server does by itself in quiet hours: it notes which pages need no second look."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


if __name__ == "__main__":
    sys.exit(main())
