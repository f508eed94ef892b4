"""How long does a search take in a large library, and by which plan, on each database?"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import selectinload

from bench.parts.library import Size, fill_library, make_words
from tests.databases import migrate
from tests.servers import find_postgres, postgres_server
from vod_web.cli.console import stop_on_terminate
from vod_web.core.clock import utc_now
from vod_web.db.engine import for_writing, make_engine
from vod_web.db.session import bind_sessions, close_session, current_session
from vod_web.models import User, Video
from vod_web.schemas.video_lists import SearchFilter
from vod_web.services import library
from vod_web.services.caption_files import shown_captions
from vod_web.services.related import find_related
from vod_web.services.search.hits import list_hits

SIZE = Size(videos=100_000, people=10_000)


def main() -> int:
    """Fill a database, search in it, and print times and plans."""
    arguments = _parse()
    stop_on_terminate()
    size = Size(videos=arguments.videos, people=arguments.people)
    with (
        tempfile.TemporaryDirectory(prefix="vod-search-", dir=arguments.dir) as folder,
        _database(arguments.database, Path(folder)) as engine,
    ):
        begun = time.monotonic()
        with for_writing(engine).begin() as connection:
            fill_library(connection, size)
        took_s, load = time.monotonic() - begun, os.getloadavg()[0]
        print(f"{arguments.database}: {size.videos} videos in {took_s:.0f} s, load {load:.1f}", flush=True)
        bind_sessions(engine)
        _measure(size, arguments.rounds)
        if arguments.plans:
            _explain(engine, size)
        close_session()
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--videos", type=int, default=SIZE.videos)
    parser.add_argument("--people", type=int, default=SIZE.people)
    parser.add_argument("--rounds", type=int, default=10, help="how often each search is done")
    parser.add_argument("--plans", action="store_true", help="print the plan of each statement, too")
    parser.add_argument("--dir", help="where the database is kept meanwhile")
    return parser.parse_args()


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[Engine]:
    """An empty database with all tables."""
    if kind == "sqlite":
        url = f"sqlite:///{folder}/vod.sqlite3"
        migrate(url, folder)
        yield make_engine(url)
        return
    programs = find_postgres()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed")
    with postgres_server(programs) as url:
        migrate(url, folder)
        engine = make_engine(url)
        yield engine
        engine.dispose()


def searches(size: Size) -> dict[str, Callable[[], object]]:
    """What people do, by what it is called."""
    words = make_words(size.words)
    member = User(id=1)

    def search(query: str, actor: User | None = None, **more: object) -> Callable[[], object]:
        def run() -> object:
            wanted = SearchFilter.model_validate({"query": query, **more})
            found = library.search_listed(actor, wanted, now=utc_now())
            captions = [one for video in found.page.items for one in shown_captions(video)]
            return list_hits(found.page.items, captions, found.terms)

        return run

    def suggest(typed: str) -> Callable[[], object]:
        return lambda: library.suggest_listed(None, typed)

    def related(number: int) -> Callable[[], object]:
        return lambda: find_related(None, find_seen(number), limit=16)

    mistyped = words[900][1] + words[900][0] + words[900][2:]
    return {
        "the commonest word": search(words[0]),
        "the commonest word, signed in": search(words[0], member),
        "a common word": search(words[30]),
        "a rare word": search(words[5000]),
        "two common words": search(f"{words[3]} {words[30]}"),
        "three words": search(f"{words[40]} {words[90]} {words[200]}"),
        "a beginning of three letters": search(words[20][:3]),
        "a common word, newest": search(words[5], sort="-published_at"),
        "a common word, most viewed": search(words[5], sort="-views"),
        "a common word, this year, short": search(words[5], age="year", length="short"),
        "a mistyped word": search(mistyped),
        "nothing like it": search("qqqxxwwv"),
        "suggestions for two letters": suggest(words[20][:2]),
        "suggestions for a word": suggest(words[300]),
        "suggestions for two words": suggest(f"{words[3]} {words[30][:3]}"),
        "what goes with an early video": related(1),
        "what goes with a video in the middle": related(size.videos // 2),
        "what goes with a late video": related(size.videos - 99),
    }


def find_seen(number: int) -> Video:
    """The first public video from this one on, with its tags."""
    wanted = select(Video).where(Video.id >= number, library.is_listed(None), Video.tags.any())
    return current_session().scalars(wanted.options(selectinload(Video.tags)).order_by(Video.id).limit(1)).one()


def _measure(size: Size, rounds: int) -> None:
    for name, run in searches(size).items():
        times, worked = [], []
        for _ in range(rounds):
            close_session()
            begun, work_begun = time.perf_counter(), time.process_time()
            run()
            times.append(1000 * (time.perf_counter() - begun))
            worked.append(1000 * (time.process_time() - work_begun))
        slowest = sorted(times)[max(0, round(0.95 * rounds) - 1)]
        ours = f"median of our processor time {statistics.median(worked):7.1f} ms"
        print(f"  {name:<34} median {statistics.median(times):7.1f} ms   95 % {slowest:7.1f} ms   {ours}", flush=True)


def _explain(engine: Engine, size: Size) -> None:
    """The plan of every statement that is sent."""
    sent: list[tuple[str, object]] = []
    event.listen(
        engine, "before_cursor_execute", lambda _c, _k, statement, values, *_: sent.append((statement, values))
    )
    for name, run in searches(size).items():
        sent.clear()
        close_session()
        run()
        print(f"\n{name}")
        for statement, values in [one for one in sent if one[0].lstrip("( ").startswith("SELECT")]:
            _print_plan(engine, statement, values)


def _print_plan(engine: Engine, statement: str, values: object) -> None:
    prefix = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) "
    connection = current_session().connection()
    rows = connection.exec_driver_sql(prefix + statement, values).all()  # type: ignore[arg-type] - as it was sent
    print("  - " + " ".join(statement.split())[:110])
    for row in rows:
        print("      " + str(row[-1]))


if __name__ == "__main__":
    sys.exit(main())
