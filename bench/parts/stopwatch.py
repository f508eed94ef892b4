"""How long does the site take to answer a request, and what does it ask the database meanwhile?"""

import os
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from bench.parts.plans import big_tables, explain
from bench.parts.visits import Visit, is_there, kinds_of, look_at, requests_of
from tests.servers import queue_server
from vod_web.app import create_app
from vod_web.core.settings import load_settings
from vod_web.db.session import close_session, transaction
from vod_web.models import Role, User
from vod_web.services.sign_ins import Browser, begin_sign_in
from vod_web.web.sign_in import COOKIE

MEDIAN_BAR_MS, SLOW_BAR_MS = 50.0, 150.0
"""What a page may take at the median, and at the 95th percentile."""
FULL_SPEED = 1.25
"""Where one waits for the machine: up to so many times its shortest time for a fixed piece of work."""
MOST_WAITS, WAIT_S = 20, 0.1
WARM_UP = 5
"""Requests before those that are counted, others than these."""


@dataclass
class Asked:
    """What was asked of the database: each statement with the values with which it took the longest."""

    count: int = 0
    took_ms: float = 0.0
    slowest: dict[str, tuple[float, Any]] = field(default_factory=dict)


@dataclass
class Times:
    """What the requests of one kind took."""

    total_ms: list[float] = field(default_factory=list)
    own_ms: list[float] = field(default_factory=list)
    """Processor time of this process: without the database, where that is a server."""
    database_ms: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    spin_ms: list[float] = field(default_factory=list)
    """What a fixed piece of Python took just before: how fast the machine was at that moment."""

    def add(self, other: "Times") -> None:
        """As if the requests had been of this kind."""
        for name, figures in vars(other).items():
            vars(self)[name].extend(figures)

    @property
    def slow_ms(self) -> float:
        """The 95th percentile."""
        return sorted(self.total_ms)[max(0, round(0.95 * len(self.total_ms)) - 1)]

    @property
    def is_good(self) -> bool:
        """Whether both bars are kept."""
        return statistics.median(self.total_ms) < MEDIAN_BAR_MS and self.slow_ms < SLOW_BAR_MS


def measure(
    url: str, *, people: int, requests: int, only: str = "", with_plans: bool = False, at_full_speed: bool = False
) -> bool:
    """Ask for pages of every kind and print what they took; whether all were good.

    `at_full_speed`: only at moments at which the machine has its own, as far as it comes to that within some seconds.
    """
    with (
        queue_server() as redis_url,
        tempfile.TemporaryDirectory(prefix="vod-library-") as folder,
        _app(url, redis_url, folder) as (app, engine),
    ):
        library, asked = look_at(engine, people), Asked()
        _listen(engine, asked)
        browsers = Browsers(app)
        is_good = True
        pages: dict[str, Times] = defaultdict(Times)
        columns = ("median", "95 %", "most", "own", "database", "spin")
        print(f"  {'':<32} {' '.join(f'{column:>8}' for column in columns)}  statements   (ms)")
        for name, kind in kinds_of(library).items():
            if not name.startswith(only) or not is_there(app, kind(random.Random(0)).path):
                continue
            asked.slowest.clear()
            for visit in requests_of(kind, 1, WARM_UP):
                browsers.get(visit)
            times = _time(browsers, requests_of(kind, 2, requests), asked, at_full_speed=at_full_speed)
            pages[f"all of {name.partition(',')[0]}"].add(times)
            is_good = _tell(name, times) and is_good
            is_good = _tell_plans(engine, asked, with_all=with_plans) and is_good
        for name, times in pages.items():
            _tell(name, times)
        print(f"load {os.getloadavg()[0]:.1f}")
        close_session()
    return is_good


class Browsers:
    """A client for each person who asks, signed in; -1 is an admin."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._clients: dict[int, FlaskClient] = {}

    def get(self, visit: Visit) -> None:
        """Ask for a page; anything but 200 is a mistake of the benchmark, or of the site."""
        answer = self._client(visit.person_id).get(visit.path, headers={"Accept-Encoding": "gzip"})
        if answer.status_code != 200:
            raise SystemExit(f"{visit} answers {answer.status}: {answer.text[:300]}")

    def prepare(self, visit: Visit) -> None:
        """Sign the person in, outside of what is measured."""
        self._client(visit.person_id)

    def _client(self, person_id: int) -> FlaskClient:
        if person_id not in self._clients:
            client = self._app.test_client()
            if person_id:
                with self._app.app_context():
                    person = self._person(person_id)
                    _, secret = begin_sign_in(person, Browser(user_agent="bench", address="127.0.0.1"))
                client.set_cookie(COOKIE, secret)
            self._clients[person_id] = client
        return self._clients[person_id]

    def _person(self, person_id: int) -> User:
        """Everybody may upload; the admin is somebody who does nothing else."""
        with transaction() as session:
            person = session.get_one(
                User, person_id if person_id > 0 else session.query(User.id).order_by(User.id.desc()).limit(1).scalar()
            )
            person.role = Role.UPLOADER if person_id > 0 else Role.ADMIN
        return person


@contextmanager
def _app(url: str, redis_url: str, folder: str) -> Iterator[tuple[Flask, Engine]]:
    environ = {
        "VOD_DATABASE_URL": url,
        "VOD_REDIS_URL": redis_url,
        "VOD_DATA_DIR": str(Path(folder)),
        "VOD_LOG_LEVEL": "ERROR",
    }
    app = create_app(load_settings(environ))
    app.config["PROPAGATE_EXCEPTIONS"] = True
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    yield app, engine
    engine.dispose()


def _listen(engine: Engine, asked: Asked) -> None:
    def begin(_c: Any, _k: Any, _s: str, _v: Any, context: Any, _m: bool) -> None:
        context.begun = time.perf_counter()

    def end(_c: Any, _k: Any, statement: str, values: Any, context: Any, _m: bool) -> None:
        took_ms = 1000 * (time.perf_counter() - context.begun)
        asked.count += 1
        asked.took_ms += took_ms
        if took_ms >= asked.slowest.get(statement, (0.0, None))[0]:
            asked.slowest[statement] = (took_ms, values)

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)


def _time(browsers: Browsers, visits: Iterable[Visit], asked: Asked, *, at_full_speed: bool) -> Times:
    times = Times()
    for visit in visits:
        browsers.prepare(visit)
        close_session()
        times.spin_ms.append(_wait_for_speed() if at_full_speed else _spin())
        asked.count, asked.took_ms = 0, 0.0
        begun, work_begun = time.perf_counter(), time.process_time()
        browsers.get(visit)
        times.total_ms.append(1000 * (time.perf_counter() - begun))
        times.own_ms.append(1000 * (time.process_time() - work_begun))
        times.database_ms.append(asked.took_ms)
        times.statements.append(asked.count)
    return times


_shortest_spin: list[float] = []


def _wait_for_speed() -> float:
    """Until a fixed piece of work takes nearly as little as it ever did; gives how long it took."""
    _shortest_spin[:] = _shortest_spin or [min(_spin() for _ in range(200))]
    for _ in range(MOST_WAITS):
        took_ms = _spin()
        _shortest_spin[0] = min(_shortest_spin[0], took_ms)
        if took_ms <= FULL_SPEED * _shortest_spin[0]:
            break
        time.sleep(WAIT_S)
    return took_ms


def _spin() -> float:
    """A fixed piece of work in Python, in ms of processor time."""
    begun = time.process_time()
    squares = {str(number): number * number for number in range(60_000)}
    sorted(squares)
    return 1000 * (time.process_time() - begun)


def _tell(name: str, times: Times) -> bool:
    middle: Callable[[list[float]], float] = statistics.median
    figures = (
        middle(times.total_ms),
        times.slow_ms,
        max(times.total_ms),
        middle(times.own_ms),
        middle(times.database_ms),
        middle(times.spin_ms),
    )
    told = " ".join(f"{figure:8.1f}" for figure in figures)
    print(f"  {name:<32} {told}  {max(times.statements):6}       {'' if times.is_good else 'SLOW'}", flush=True)
    return times.is_good


def _tell_plans(engine: Engine, asked: Asked, *, with_all: bool) -> bool:
    """Print the plans that read too much, or all."""
    is_good = True
    with engine.connect() as connection:
        big = big_tables(connection)
        selects = {one: asked.slowest[one] for one in asked.slowest if one.lstrip("( ").startswith(("SELECT", "WITH"))}
        for statement, (took_ms, values) in sorted(selects.items(), key=lambda one: -one[1][0]):
            plan = explain(connection, statement, values, big)
            if plan.faults or with_all:
                is_good = is_good and not plan.faults
                print(f"      {took_ms:.1f} ms: {' '.join(statement.split())[: 3000 if with_all else 160]}")
                for line in plan.lines if with_all else []:
                    print(f"        | {line}")
                for fault in plan.faults:
                    print(f"        TOO MUCH: {fault}")
    return is_good
