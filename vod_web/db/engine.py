"""How is the database opened, and what must be said to SQLite that PostgreSQL does by itself?"""

from typing import Any

from psycopg.types.numeric import Int8Dumper
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError

WRITES_OPTION = "transaction_writes"
"""The execution option of a transaction that will write; see `db.session.transaction`."""

BUSY_TIMEOUT_S = 15
STOPPED_WRITER_S = 30
"""How long a writer may do nothing in a transaction before PostgreSQL ends it: a process that was stopped, or whose
machine was, would keep what it has locked from all others until it goes on."""
POOL_SIZE = 10
PREPARED_MAX = 200
"""Statements whose plans a connection to PostgreSQL keeps, those that were used last."""
PREPARE_AT = 1
"""How often a statement was asked before: those that are asked once, as most searches are, are not worth keeping."""
PLANS_ARE_STALE = ("0A000", "26000")
"""What PostgreSQL says where a column has another type than when a statement was prepared, or where a pooler between us
and it has another server answer, which knows nothing of what was prepared."""


def engine_options(database_url: str) -> dict[str, Any]:
    """What `create_engine` is told for this URL."""
    options: dict[str, Any] = {"pool_size": POOL_SIZE, "max_overflow": POOL_SIZE}
    if database_url.startswith("sqlite"):
        return options | {"connect_args": {"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}}
    return options | {"pool_pre_ping": True, "pool_use_lifo": True}  # the fewest connections, which know the most plans


def prepare_engine(engine: Engine) -> Engine:
    """SQLite in WAL mode, with foreign keys, and transactions that begin when we say."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgres)
        event.listen(engine, "begin", _begin_postgres)
        event.listen(engine, "handle_error", _connect_anew)
    return engine


def make_engine(database_url: str) -> Engine:
    """An engine of our own, for processes that are not the web app."""
    return prepare_engine(create_engine(database_url, **engine_options(database_url)))


def for_reading(engine: Engine) -> Engine:
    """The engine for what is asked outside of transactions that write.

    PostgreSQL is asked without any transaction: each statement sees what is committed when it begins, as it would
    inside of one, and the driver keeps what the database has prepared. It drops all of that with a ROLLBACK, as which
    a session ends what it has only read; planning everything anew took two thirds of the database's time.
    """
    return engine.execution_options(isolation_level="AUTOCOMMIT") if engine.dialect.name == "postgresql" else engine


def for_writing(engine: Engine) -> Engine:
    """The engine for whoever writes without a session."""
    return engine.execution_options(**options_for_writing(engine))


def options_for_writing(engine: Engine | Connection) -> dict[str, Any]:
    """What connections are told for a transaction that will write; in all others the database refuses to."""
    is_postgres = engine.dialect.name == "postgresql"
    postgres = {"isolation_level": "READ COMMITTED", "postgresql_readonly": False}
    return {WRITES_OPTION: True} | (postgres if is_postgres else {})


def is_away(error: BaseException) -> bool:
    """Whether it says that the database did not answer, or not to the end."""
    broke = isinstance(error, DBAPIError) and error.connection_invalidated
    return broke or isinstance(error, OperationalError | InterfaceError | PendingRollbackError)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Per connection: readers beside a writer (WAL), foreign keys, and `synchronous=NORMAL`, which WAL keeps safe."""
    connection.isolation_level = None  # the driver must not begin transactions by its own rules
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgres(connection: Any, _record: object) -> None:
    """Per connection: one process for each statement, plans are not compiled, 32 MB instead of 4 may be used, and
    nothing is written but where a transaction says that it will.

    Compiling takes longer (50 to 90 ms) than any of our statements gains by it, and so does starting processes (10 ms).
    What an index finds of two common words in a million videos takes more than 4 MB; without room for it, each row is
    looked into again (500 ms instead of 57).
    """
    connection.adapters.register_dumper(int, Int8Dumper)  # one size, or a statement is another one for larger numbers
    connection.prepare_threshold, connection.prepared_max = PREPARE_AT, PREPARED_MAX
    connection.autocommit = True  # or it would be forgotten with the transaction that says it
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SET work_mem = '32MB'")
        cursor.execute("SET default_transaction_read_only = on")
    connection.autocommit = False


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the start of a transaction that will write.

    A transaction that reads first and writes later fails at once with "database is locked" when another wrote in
    between; one that begins IMMEDIATE waits its turn instead. One that only reads is refused whatever it tries to
    write: it would be lost.
    """
    will_write = _will_write(connection)
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA query_only={'OFF' if will_write else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if will_write else "BEGIN DEFERRED")


def _begin_postgres(connection: Connection) -> None:
    if _will_write(connection):
        connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = '{STOPPED_WRITER_S}s'")


def _connect_anew(context: ExceptionContext) -> None:
    """Let the pool drop its connections if what they prepared does not hold any more, or they would go on failing."""
    if getattr(context.original_exception, "sqlstate", None) in PLANS_ARE_STALE:
        context.is_disconnect = True


def _will_write(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(WRITES_OPTION))
