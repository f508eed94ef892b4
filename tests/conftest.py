"""What all tests share: the site on each database, real servers, and people to act."""

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Engine

from tests.s3_server import S3Server, require_s3_server, run_s3_server
from tests.servers import find_postgres, postgres_server, queue_server
from tests.templates import CompiledTemplates
from vod_web.app import create_app
from vod_web.core.settings import Settings, load_settings
from vod_web.db.base import Base
from vod_web.db.engine import make_engine
from vod_web.db.session import bind_sessions, close_session

Flask.jinja_options = {"bytecode_cache": CompiledTemplates()}  # compiling takes most of the time of making a site

DATABASES = ("sqlite", "postgresql")


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


@pytest.fixture(scope="session", params=DATABASES)
def empty_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with all tables and no rows, once per kind and test process."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("database") / "vod.sqlite3"
        url = f"sqlite:///{path}"
    else:
        server = request.getfixturevalue("postgres_url")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS vod WITH (FORCE)")
            connection.execute("CREATE DATABASE vod")
        url = server.rsplit("/", 1)[0] + "/vod"
    migrate(url, tmp_path_factory.mktemp("migrate"))
    return url


def migrate(database_url: str, data_dir: Path) -> None:
    """Bring an empty database to the newest schema, by the migrations."""
    environ = {"VOD_DATABASE_URL": database_url, "VOD_DATA_DIR": str(data_dir), "VOD_REDIS_URL": "redis://127.0.0.1:1"}
    site = create_app(load_settings(environ))
    with site.app_context():
        upgrade()
        site.extensions["sqlalchemy"].engine.dispose()


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
def database(settings: Settings) -> Iterator[Engine]:
    """The database, bound to the sessions of this process, and emptied afterwards."""
    engine = make_engine(settings.database_url)
    bind_sessions(engine)
    yield engine
    close_session()
    _empty(engine)
    engine.dispose()


def _empty(engine: Engine) -> None:
    """Remove all rows; with the few that a test makes this is much quicker than TRUNCATE, which makes files anew."""
    with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture
def app(settings: Settings, database: Engine, redis_url: str) -> Iterator[Flask]:
    """The web app on this test's database, storage and queue; pytest-flask makes `client` of it."""
    app = create_app(settings)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True)
    yield app
    close_session()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
    shutil.rmtree(settings.data_dir, ignore_errors=True)


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """In place of pytest-flask's, which pushes one context for a whole test: its requests would share `g`."""


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies; like pytest-flask's, but keeping no context open between its requests."""
    return app.test_client()


def with_settings(settings: Settings, **changes: object) -> Settings:
    """The same settings with some of them changed."""
    return dataclasses.replace(settings, **changes)  # type: ignore[arg-type]
