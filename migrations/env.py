"""How Alembic reaches the database: through the app's own engine and the models' metadata."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import DateTime, Enum, TypeDecorator
from sqlalchemy.engine import Connection

from vod_web.db.engine import for_writing

database = current_app.extensions["migrate"].db


def render_type(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write plain types into migrations: they must not change when the app's code does."""
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    if kind == "type" and isinstance(item, TypeDecorator) and isinstance(item.impl, DateTime):
        return "sa.DateTime(timezone=True)"
    return False


def is_ours(_item: Any, name: str | None, kind: str, is_reflected: bool, _other: object) -> bool:
    """Leave out what full-text search needs and no model describes: tables and indexes whose names begin with `fts_`."""
    return not (is_reflected and kind in ("table", "index") and (name or "").startswith("fts_"))


def check_foreign_keys(connection: Connection, is_on: bool) -> None:
    """SQLite heeds this only outside of a transaction, and SQLAlchemy has begun one."""
    connection.exec_driver_sql("COMMIT")
    connection.exec_driver_sql(f"PRAGMA foreign_keys={'ON' if is_on else 'OFF'}")


def run_offline() -> None:
    """Write the SQL instead of running it (`flask db upgrade --sql`)."""
    context.configure(url=database.engine.url, target_metadata=database.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Run the migrations, all in one transaction.

    SQLite changes a table by making it anew, which needs the foreign keys unchecked while it lasts.
    """
    with for_writing(database.engine).connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            check_foreign_keys(connection, False)
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:  # a step may think for as long as it takes
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_type,
            include_object=is_ours,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        if is_sqlite:
            check_foreign_keys(connection, True)


if context.is_offline_mode():
    run_offline()
else:
    run_online()
