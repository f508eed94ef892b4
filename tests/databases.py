"""The databases of a test process: one of each kind, made by the migrations at its first use, empty for every test."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Engine

from vod_web.app import create_app
from vod_web.core.settings import load_settings
from vod_web.db.base import Base
from vod_web.db.engine import make_engine

KINDS = ("sqlite", "postgresql")

on_sqlite = pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
"""For tests whose subject is something else than the database, and that take long."""
on_both = pytest.mark.parametrize("empty_database", KINDS, indirect=True)
"""For tests of pages and API that ask the database what no test of a service asks it."""

ON_ONE = ("api", "blueprints", "deploy", "rights", "web")
"""Folders of tests that run on SQLite alone where they do not say `on_both`."""


def kinds_for(path: Path) -> tuple[str, ...]:
    """The databases that the tests of this file run on."""
    return KINDS[:1] if path.parent.name in ON_ONE else KINDS


def migrate(database_url: str, data_dir: Path) -> None:
    """Bring an empty database to the newest schema, by the migrations."""
    environ = {"VOD_DATABASE_URL": database_url, "VOD_DATA_DIR": str(data_dir), "VOD_REDIS_URL": "redis://127.0.0.1:1"}
    site = create_app(load_settings(environ))
    with site.app_context():
        upgrade()
    let_go(site)


def let_go(site: Flask) -> None:
    """Close the connections of a web app that is not needed any more."""
    with site.app_context():
        site.extensions["sqlalchemy"].engine.dispose()


class Database:
    """One database with all tables, and the connections that a test process keeps to it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        migrate(url, folder)

    @cached_property
    def engine(self) -> Engine:
        """The connections of this process, kept from test to test."""
        return make_engine(self.url)

    def empty(self) -> None:
        """Remove all rows: of the few that a test makes that is much quicker than TRUNCATE, which makes files anew."""
        tables = reversed(Base.metadata.sorted_tables)
        statements = "; ".join(f'DELETE FROM "{table.name}"' for table in tables)
        connection = self.engine.raw_connection()
        try:
            if self.engine.dialect.name == "sqlite":
                connection.cursor().executescript(f"PRAGMA query_only=OFF; BEGIN IMMEDIATE; {statements}; COMMIT")
            else:
                connection.cursor().execute(f"SET TRANSACTION READ WRITE; {statements}")
                connection.commit()
        finally:
            connection.close()


class Databases:
    """One of each kind, made when it is asked for."""

    def __init__(self, find_server: Callable[[], str], make_folder: Callable[[str], Path]) -> None:
        """`find_server` gives the URL of a PostgreSQL server, `make_folder` a new folder."""
        self._find_server = find_server
        self._make_folder = make_folder
        self._by_kind: dict[str, Database] = {}

    def get(self, kind: str) -> Database:
        """The database of this kind."""
        if kind not in self._by_kind:
            folder = self._make_folder(kind)
            url = f"sqlite:///{folder}/vod.sqlite3" if kind == "sqlite" else self._make_on_server()
            self._by_kind[kind] = Database(url, folder)
        return self._by_kind[kind]

    def _make_on_server(self) -> str:
        server_url = self._find_server()
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE vod")
        return server_url.rsplit("/", 1)[0] + "/vod"

    def at(self, url: str) -> Database:
        """The database that settings name, with whatever driver."""
        kind = url.partition("://")[0].partition("+")[0]
        return self._by_kind[kind]

    def let_go(self) -> None:
        """Close all connections."""
        for database in self._by_kind.values():
            database.engine.dispose()
