"""The migrations lead from nothing to the models and back again, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect

from tests.databases import KINDS, let_go
from vod_web.app import create_app
from vod_web.core.settings import load_settings
from vod_web.db.base import Base


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A site on a database without any table."""
    url = f"sqlite:///{tmp_path}/vod.sqlite3"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_url")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS migrations WITH (FORCE)")
            connection.execute("CREATE DATABASE migrations")
        url = server.rsplit("/", 1)[0] + "/migrations"
    environ = {"VOD_DATABASE_URL": url, "VOD_DATA_DIR": str(tmp_path), "VOD_REDIS_URL": "redis://127.0.0.1:1"}
    site = create_app(load_settings(environ))
    yield site
    let_go(site)


def _tables(site: Flask) -> set[str]:
    names = inspect(site.extensions["sqlalchemy"].engine).get_table_names()
    return {name for name in names if not name.startswith("fts_")}  # what full-text search keeps


def test_up_gives_the_models_down_gives_nothing_and_up_again(site: Flask) -> None:
    with site.app_context():
        upgrade()
        check()  # exits with an error when the models and the migrations differ
        assert _tables(site) == {*Base.metadata.tables, "alembic_version"}
        downgrade(revision="base")
        assert _tables(site) == {"alembic_version"}
        upgrade()
        assert _tables(site) == {*Base.metadata.tables, "alembic_version"}


def test_foreign_keys_of_sqlite_are_checked_after_a_migration(site: Flask) -> None:
    with site.app_context():
        engine = site.extensions["sqlalchemy"].engine
        upgrade()
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
