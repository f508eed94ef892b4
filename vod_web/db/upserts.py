"""How is a row written, whether it is there or not, also by two at the same moment?"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Insert, Select, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from vod_web.db.base import Base

_INSERTS: dict[str, Callable[[type[Base]], postgresql.Insert | sqlite.Insert]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


def upsert(session: Session, model: type[Base], key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Give the row of this primary key these values; of two writers the last one counts.

    Rows of the model that the session has loaded before keep their old values.
    """
    insert = _INSERTS[session.get_bind().dialect.name](model).values(**key, **values)
    session.execute(insert.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def add_missing(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add the rows that are not there yet; those that are, as a unique key says, stay as they are."""
    if rows:
        insert = _INSERTS[session.get_bind().dialect.name](model)
        session.connection().execute(insert.on_conflict_do_nothing(), [dict(row) for row in rows])


def add_if_missing(session: Session, model: type[Base], row: Mapping[str, Any]) -> bool:
    """Add this row, unless one with its unique key is there; whether it was added."""
    insert = _INSERTS[session.get_bind().dialect.name](model).values(**row).on_conflict_do_nothing()
    return session.scalar(insert.returning(literal(1))) is not None


def insert_missing_from(session: Session, model: type[Base], rows: Select[Any]) -> Insert:
    """The statement that adds the selected rows which are not there yet; they are named as the columns they are for."""
    insert = _INSERTS[session.get_bind().dialect.name](model)
    names = [column.name for column in rows.selected_columns]
    return insert.from_select(names, rows, include_defaults=False).on_conflict_do_nothing()


def add_up(session: Session, model: type[Base], key: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add the numbers of these rows to those that are there under the same key; a row that is missing is made."""
    if rows:
        insert = _INSERTS[session.get_bind().dialect.name](model)
        numbers = [name for name in rows[0] if name not in key]
        sums = {name: getattr(model, name) + insert.excluded[name] for name in numbers}
        added = insert.on_conflict_do_update(index_elements=list(key), set_=sums)
        session.connection().execute(added, [dict(row) for row in rows])
