"""What all tests share: the site on each database, real servers, and people to act.

Which database? Tests of services, jobs and what is below them run on SQLite and on PostgreSQL. Tests of pages, of the
API and of what stands in front of them run on SQLite, as they ask the database through services alone; those that ask
what no test of a service asks are marked `on_both` (see `tests/databases.py`).

In which order? What takes longest first, so that no process is left waiting for another one at the end; tests of
one file stay in one process, and those with a browser, which measure time, in one after another.

Which are tried twice? Those where a browser or dying processes meet a busy machine: the summary names each that passed
only then (`R`, docs/decisions/0051-second-tries.md).
"""

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from io import BufferedRandom
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from tests.databases import Databases, kinds_for, let_go
from tests.s3_server import S3Server, require_s3_server, run_s3_server
from tests.servers import find_postgres, postgres_server, queue_server
from tests.templates import CompiledTemplates
from vod_web.app import create_app
from vod_web.core.security import set_password_cost
from vod_web.core.settings import Settings, load_settings
from vod_web.db.session import bind_sessions, close_session
from vod_web.resources import open_resources

Flask.jinja_options = {"bytecode_cache": CompiledTemplates()}  # compiling takes most of the time of making a site

CHEAP = {"passes": 1, "memory_kib": 8, "lanes": 1}
TRIED_TWICE = ("browser", "faults")
SLOWEST_FIRST = ("browser", "faults", "jobs", "media", "cli", "services", "blueprints", "api", "storage")


class TestBrowser(FlaskClient):
    """Closes what it sent: the bodies of large forms lie in temporary files that Werkzeug's client leaves open."""

    __test__ = False

    def open(self, *arguments: Any, **how: Any) -> TestResponse:
        """One request."""
        response = super().open(*arguments, **how)
        sent = response.request.environ["wsgi.input"]
        if isinstance(sent, BufferedRandom):
            sent.close()
        return response


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first; each file stays in one process."""
    for item in items:
        if item.path.parent.name in TRIED_TWICE:
            item.add_marker(pytest.mark.flaky(reruns=1))
    places = {folder: place for place, folder in enumerate(SLOWEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path.parent.name, len(places)))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what uses a database on the kinds that are due to its folder, where the test itself does not say on which."""
    marked = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "empty_database" in metafunc.fixturenames and "empty_database" not in marked:
        metafunc.parametrize("empty_database", kinds_for(metafunc.definition.path), indirect=True)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """Passwords cost next to nothing, but in `dear_passwords`."""
    set_password_cost(**CHEAP)


@pytest.fixture
def dear_passwords() -> Iterator[None]:
    """Passwords cost in this test what they cost on a site."""
    set_password_cost()
    yield
    set_password_cost(**CHEAP)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A queue server of this test process."""
    with queue_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test process; skips, and says so, where PostgreSQL is not installed."""
    programs = find_postgres()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres_server(programs) as url:
        yield url


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """An S3 server of this test process, with one bucket `vod`; skips, and says so, where there is none."""
    with run_s3_server(require_s3_server()) as server:
        yield server


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The databases of this test process."""
    databases = Databases(lambda: request.getfixturevalue("postgres_url"), tmp_path_factory.mktemp)
    yield databases
    databases.let_go()


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, databases: Databases) -> str:
    """The URL of a database with all tables and no rows: of the kinds of this folder or of this test, in turn."""
    return databases.get(request.param).url


@pytest.fixture
def settings(empty_database: str, redis_url: str, tmp_path: Path) -> Settings:
    """Settings of a site of this test alone; `with_settings` changes some."""
    return load_settings(
        {
            "VOD_DATA_DIR": str(tmp_path / "data"),
            "VOD_DATABASE_URL": empty_database,
            "VOD_REDIS_URL": redis_url,
            "VOD_LOG_LEVEL": "WARNING",
        }
    )


@pytest.fixture
def database(settings: Settings, databases: Databases) -> Iterator[Engine]:
    """The database, bound to the sessions of this process, and emptied afterwards."""
    used = databases.at(settings.database_url)
    bind_sessions(used.engine)
    yield used.engine
    close_session()
    used.empty()


@pytest.fixture(scope="session")
def web_app_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Settings], Flask]]:
    """`web_app_on(settings)`: the web app on their database, made once: that takes longer than most tests."""
    known: dict[str, Flask] = {}

    def find(settings: Settings) -> Flask:
        if settings.database_url not in known:
            known[settings.database_url] = create_app(settings)
        return known[settings.database_url]

    yield find
    for app in known.values():
        let_go(app)


@pytest.fixture
def app(settings: Settings, database: Engine, web_app_on: Callable[[Settings], Flask]) -> Iterator[Flask]:
    """The web app on this test's database, storage and queue; pytest-flask makes `client` of it.

    It is another test's, too: what a test adds to it stays. One whose settings are for other headers makes its own.
    """
    app = web_app_on(settings)
    kept = [(known, dict(known)) for known in (app.config, app.extensions)]
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True, SECRET_KEY=settings.secret_key)
    open_resources(settings)
    bind_sessions(database)
    yield app
    close_session()
    for known, before in kept:
        known.clear()
        known.update(before)
    shutil.rmtree(settings.data_dir, ignore_errors=True)


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """In place of pytest-flask's, which pushes one context for a whole test: its requests would share `g`."""


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies; like pytest-flask's, but keeping no context open between its requests."""
    app.test_client_class = TestBrowser
    return app.test_client()


def with_settings(settings: Settings, **changes: object) -> Settings:
    """The same settings with some of them changed."""
    return dataclasses.replace(settings, **changes)  # type: ignore[arg-type]
