"""The migrations lead from nothing to the models and back again, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect

from tests.databases import KINDS, let_go
from tests.factories import make_user, make_video
from vod_web.app import create_app
from vod_web.core.clock import utc_now
from vod_web.core.settings import load_settings
from vod_web.db.base import Base
from vod_web.db.engine import for_writing
from vod_web.schemas.video_lists import SearchFilter
from vod_web.services import library
from vod_web.services.health import check_search
from vod_web.services.search.rebuild import rebuild
from vod_web.storage.local import LocalStorage


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


ROWS = """
INSERT INTO users (id, username, username_key, email, email_key, password_hash, display_name, about, role, is_suspended,
                   created_at)
VALUES (1, 'ada', 'ada', 'a@example.org', 'a@example.org', '-', 'Ada Lovelace', '', 'uploader', {no}, '2026-01-01');
INSERT INTO videos (id, public_id, owner_id, title, description, visibility, status, is_playable, progress,
                    access_epoch, source_bytes, rendition_bytes, search_text, view_count, created_at, updated_at,
                    published_at, publish_rule, version_bytes, chapter_set, thumbnail_kind)
VALUES (1, 'abcdefghijk', 1, 'Zebras: 100%', 'of the plains', 'public', 'ready', {yes}, 1, 0, 0, 0, '', 0, '2026-01-01',
        '2026-01-01', '2026-01-01', 'now', 0, 'source', 'automatic');
INSERT INTO tags (id, name) VALUES (1, 'wild life');
INSERT INTO video_tags (video_id, tag_id) VALUES (1, 1)
"""


def test_videos_that_are_there_already_are_found_after_the_upgrade(site: Flask) -> None:
    with site.app_context():
        upgrade(revision="0009")
        engine = site.extensions["sqlalchemy"].engine
        words = {"yes": "1", "no": "0"} if engine.dialect.name == "sqlite" else {"yes": "true", "no": "false"}
        with for_writing(engine).begin() as connection:
            for statement in ROWS.format(**words).split(";\n"):
                connection.exec_driver_sql(statement.replace("%", "%%") if words["yes"] == "true" else statement)
        upgrade()
        for query in ("zebra", "plains", "wild", "lovelace", "zebars"):
            found = library.search_listed(None, SearchFilter(query=query), now=utc_now())
            assert [video.title for video in found.page.items] == ["Zebras: 100%"], query
        assert library.suggest_listed(None, "life").tags
        assert library.suggest_listed(None, "ada").channels


def test_without_the_right_to_extensions_postgres_is_upgraded_too(
    postgres_url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE plain LOGIN")
        connection.execute("CREATE DATABASE plain")
    url = postgres_url.rsplit("/", 1)[0] + "/plain"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("GRANT ALL ON SCHEMA public TO plain")
    mine = url.replace("vod@", "plain@")
    environ = {"VOD_DATABASE_URL": mine, "VOD_DATA_DIR": str(tmp_path), "VOD_REDIS_URL": "redis://127.0.0.1:1"}
    site = create_app(load_settings(environ))
    with site.app_context():
        upgrade()
        assert "CREATE EXTENSION pg_trgm" in "".join(capfd.readouterr())
        check = check_search()
        assert (check.is_ok, "CREATE EXTENSION pg_trgm" in check.mend) == (False, True)
        make_video(make_user("ada"), "Zebra")
        assert library.search_listed(None, SearchFilter(query="zebar"), now=utc_now()).count == 1
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION pg_trgm")
        rebuild(storage=LocalStorage(tmp_path / "media"), report=lambda what, done: None)
        assert check_search().is_ok
        assert library.search_listed(None, SearchFilter(query="ebra"), now=utc_now()).count == 1
    let_go(site)
