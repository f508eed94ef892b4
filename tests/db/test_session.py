import signal
import subprocess
import sys
import threading

import psycopg
import pytest
from sqlalchemy import Engine, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from vod_web.db.session import after_commit, close_session, current_session, transaction
from vod_web.models import SiteSetting, Tag

REFUSED = "read-?only"
"""In the words of either database."""


def _tags() -> int:
    close_session()
    return current_session().scalar(select(func.count()).select_from(Tag)) or 0


def test_a_transaction_is_all_or_nothing(database: Engine) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as session:
        session.add(Tag(name="one"))
        session.flush()
        raise ZeroDivisionError
    assert _tags() == 0


def test_an_inner_transaction_joins_the_outer_one(database: Engine) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as outer:
        with transaction() as inner:
            assert inner is outer
            inner.add(Tag(name="one"))
        raise ZeroDivisionError
    assert _tags() == 0


def test_what_was_promised_after_commit_happens_only_after_commit(database: Engine) -> None:
    seen: list[int] = []
    with transaction() as session:
        session.add(Tag(name="one"))
        after_commit(lambda: seen.append(_tags()))
        assert seen == []
    assert seen == [1]


def test_what_was_promised_never_happens_after_rollback(database: Engine) -> None:
    seen: list[int] = []
    with pytest.raises(ZeroDivisionError), transaction():
        after_commit(lambda: seen.append(1))
        raise ZeroDivisionError
    with transaction():
        pass
    assert seen == []


def test_objects_can_be_read_after_commit_without_a_query(database: Engine) -> None:
    with transaction() as session:
        tag = Tag(name="one")
        session.add(tag)
    close_session()
    assert tag.name == "one"


def test_nothing_is_changed_outside_of_a_transaction(database: Engine) -> None:
    with transaction() as session:
        session.add(Tag(name="one"))
    tag = current_session().scalars(select(Tag)).one()
    tag.name = "two"
    with pytest.raises(DBAPIError, match=REFUSED):
        current_session().scalars(select(Tag)).all()
    close_session()
    current_session().add(Tag(name="three"))
    with pytest.raises(DBAPIError, match=REFUSED):
        current_session().flush()
    changes = [insert(Tag).values(name="three"), update(Tag).values(name="two"), delete(Tag)]
    for change in (*changes, text("UPDATE tags SET name = 'two'")):
        close_session()
        with pytest.raises(DBAPIError, match=REFUSED):
            current_session().execute(change)
        close_session()
        with pytest.raises(DBAPIError, match=REFUSED):
            current_session().connection().execute(change)
    close_session()
    assert current_session().scalars(select(Tag.name)).all() == ["one"]


def test_a_session_is_not_closed_inside_of_a_transaction(database: Engine) -> None:
    """What came after that would be written by itself, or refused."""
    with pytest.raises(RuntimeError, match="inside of a transaction"), transaction() as session:
        session.add(Tag(name="one"))
        close_session()
    assert _tags() == 0


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
def test_a_type_that_changed_fails_once(database: Engine) -> None:
    """As while a migration runs: what was prepared before does not hold any more."""
    _prepare_tags_by_name()
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("ALTER TABLE tags ALTER name TYPE varchar(50)")
        try:
            _expect_one_failure("cached plan")
        finally:
            database.dispose()
            other.execute("ALTER TABLE tags ALTER name TYPE varchar(40)")


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
def test_another_server_behind_a_pooler_fails_once(database: Engine) -> None:
    """It knows nothing of what was prepared."""
    _prepare_tags_by_name()
    current_session().execute(
        text("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$")
    )  # so that the driver does not hear of it
    close_session()
    _expect_one_failure("does not exist")


def _prepare_tags_by_name() -> None:
    for _ in range(4):
        assert _tags_by_name("one") == []


def _expect_one_failure(said: str) -> None:
    with pytest.raises(DBAPIError, match=said):
        _tags_by_name("one")
    for _ in range(4):
        assert _tags_by_name("one") == []


def _tags_by_name(name: str) -> list[Tag]:
    """Asked by a connection that is given back afterwards, whatever comes."""
    try:
        return list(current_session().scalars(select(Tag).where(Tag.name == name)))
    finally:
        close_session()


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
def test_statements_stay_prepared_from_request_to_request(database: Engine) -> None:
    """The driver forgets them with every ROLLBACK, as which sessions end that have only read."""
    for number in range(12):
        with transaction() as session:
            session.add(Tag(name=f"t{number * 10**9}"))
        current_session().scalars(select(Tag).where(Tag.id == number * 10**9)).all()  # of one size, however large
        close_session()
    prepared = text("SELECT statement FROM pg_prepared_statements")
    known = current_session().scalars(prepared).all()
    assert [one for one in known if "FROM tags" in one and "WHERE tags.id" in one]


def test_writers_that_read_first_wait_for_each_other(database: Engine) -> None:
    """On SQLite a deferred transaction would fail here with "database is locked"."""
    with transaction() as session:
        session.add(SiteSetting(name="count", value={"value": 0}))

    def add_many() -> None:
        for _ in range(25):
            with transaction() as session:
                row = session.scalars(select(SiteSetting).with_for_update()).one()
                session.refresh(row)
                row.value = {"value": row.value["value"] + 1}
        close_session()

    threads = [threading.Thread(target=add_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_session()
    assert current_session().scalars(select(SiteSetting)).one().value == {"value": 100}


STOPPED_WRITER = """
import sys
from sqlalchemy import select
from vod_web.db import engine, session
from vod_web.models import SiteSetting

engine.STOPPED_WRITER_S = 1
session.bind_sessions(engine.make_engine(sys.argv[1]))
with session.transaction() as opened:
    opened.scalars(select(SiteSetting).with_for_update()).one()
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
def test_a_writer_that_was_stopped_does_not_keep_others_waiting(database: Engine) -> None:
    with transaction() as session:
        session.add(SiteSetting(name="count", value={"value": 0}))
    url = database.url.render_as_string(hide_password=False)
    writer = subprocess.Popen(
        [sys.executable, "-c", STOPPED_WRITER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "locked\n"
        writer.send_signal(signal.SIGSTOP)
        try:
            with transaction() as session:
                session.execute(text("SET LOCAL lock_timeout = '60s'"))
                session.scalars(select(SiteSetting).with_for_update()).one().value = {"value": 1}
        finally:
            writer.kill()
    close_session()
    assert current_session().scalars(select(SiteSetting)).one().value == {"value": 1}
