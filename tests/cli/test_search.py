"""`./vod search rebuild`, and what is said where a database cannot search."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.databases import migrate
from tests.factories import make_user, make_video
from vod_web.cli import search
from vod_web.cli.console import CannotRun
from vod_web.cli.database import upgrade_database
from vod_web.core.settings import load_settings
from vod_web.db.engine import make_engine
from vod_web.db.session import bind_sessions, close_session, current_session, transaction
from vod_web.services.health import check_search


def test_the_index_is_made_anew_and_the_doctor_sees_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/vod.sqlite3"
    migrate(url, tmp_path)
    engine = make_engine(url)
    bind_sessions(engine)
    make_video(make_user("ada"), "Zebra", tags=["wombat"])
    assert check_search().is_ok
    with transaction() as session:
        session.execute(text("DELETE FROM search_documents"))
    check = check_search()
    assert (check.is_ok, check.mend) == (False, "./vod search rebuild puts them there.")
    monkeypatch.setenv("VOD_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("VOD_DATABASE_URL", url)
    assert search.main(["rebuild"]) == 0
    assert "The index is new: 1 tags, 1 people, 1 videos" in capsys.readouterr().out
    assert check_search().is_ok
    assert current_session().scalar(text("SELECT count(*) FROM fts_documents WHERE fts_documents MATCH 'zebra'")) == 1
    close_session()
    engine.dispose()


def test_a_sqlite_that_cannot_search_is_told_at_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 1))
    settings = load_settings({"VOD_DATA_DIR": str(tmp_path)})
    with pytest.raises(CannotRun, match=r"too old to search, which needs 3\.34: use a Python with a newer SQLite"):
        upgrade_database(settings, {})
