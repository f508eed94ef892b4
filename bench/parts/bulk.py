"""How do millions of rows get into a database in minutes?

PostgreSQL: by COPY, without the indexes that are not needed meanwhile. What a row leaves out is filled in as the models
say, so that a column that is new has its usual value.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from typing import Any

import psycopg
from sqlalchemy import Column, Connection, Table, text
from sqlalchemy.dialects import postgresql, sqlite

from vod_web.db.base import Base

SECONDARY = """
SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT IN (
    SELECT conname FROM pg_constraint
) AND indexname <> 'fts_words_near' AND (%(table)s::text IS NULL OR tablename = %(table)s)
"""


def copy_rows(connection: "psycopg.Connection[Any]", name: str, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows into a table of PostgreSQL."""
    table: Table = Base.metadata.tables[name]
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    columns = [column for column in table.columns if column.name in first or _default(column)]
    makers = [(column.name, _default(column)) for column in columns]
    names = ", ".join(f'"{column.name}"' for column in columns)
    with connection.cursor().copy(f'COPY "{name}" ({names}) FROM STDIN') as copy:  # type: ignore[arg-type] # names of tables
        for row in _chain(first, rows):
            copy.write_row(
                [_plain(row[key] if key in row else make()) for key, make in makers]  # type: ignore[misc] # what is not in the row has a maker
            )


def _chain(first: dict[str, Any], rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rest


def _default(column: Column[Any]) -> Callable[[], Any] | None:
    """What makes the value that the model gives by itself."""
    default = column.default
    if default is None:
        return None
    if default.is_scalar:
        return lambda: default.arg
    return lambda: default.arg(None) if default.is_callable else None


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return json.dumps(value) if isinstance(value, list | dict) else value


@contextmanager
def without_indexes(connection: "psycopg.Connection[Any]", table: str | None = None) -> Iterator[None]:
    """Drop the indexes (of one table) that no constraint needs, and make them again afterwards, in one transaction."""
    connection.execute("SET LOCAL session_replication_role = replica")  # foreign keys hold by the way the rows are made
    connection.execute("SET LOCAL maintenance_work_mem = '1GB'")
    connection.execute("SET LOCAL work_mem = '512MB'")
    found = connection.execute(SECONDARY, {"table": table}).fetchall()
    for name, _ in found:
        connection.execute(f'DROP INDEX "{name}"')  # type: ignore[arg-type] # the name is from the catalogue
    yield
    for name, definition in found:
        connection.execute(definition)
        if name.startswith("fts_"):
            connection.execute(f'ALTER INDEX "{name}" ALTER COLUMN 1 SET STATISTICS 1000')  # type: ignore[arg-type] # as the migration does


@contextmanager
def quickly(connection: Connection, table: str) -> Iterator[None]:
    """Inside the block many rows are put into the table: without what slows that down, where it can be left out."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "postgresql":
        yield
        return
    with without_indexes(driver, table):
        yield


def insert_select(connection: Connection, name: str, values: dict[str, str], source: str) -> None:
    """`INSERT INTO name SELECT ... FROM source` with SQL for each value; the models' plain values for the others."""
    table: Table = Base.metadata.tables[name]
    usual = {
        column.name: _literal(connection, column)
        for column in table.columns
        if column.name not in values and not column.nullable and column.default is not None
    }
    columns = usual | values
    names = ", ".join(f'"{column}"' for column in columns)
    statement = f'INSERT INTO "{name}" ({names}) SELECT {", ".join(columns.values())} FROM {source}'
    connection.execute(text(statement.replace(":", "\\:")))


def _literal(connection: Connection, column: Column[Any]) -> str:
    make = _default(column)
    value = _plain(make() if make else None)
    if isinstance(value, datetime):
        return f"'{value:%Y-%m-%d %H:%M:%S}'"
    dialect = postgresql.dialect() if connection.dialect.name == "postgresql" else sqlite.dialect()
    if isinstance(value, bool):
        return ("true" if value else "false") if dialect.name == "postgresql" else str(int(value))
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
