"""How is a database asked by a list, in one statement however long the list is, so that it plans only once?

PostgreSQL takes lists as arrays, SQLite as JSON.
"""

import json
from collections.abc import Callable, Collection
from typing import Any, Self

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Dialect,
    Integer,
    Select,
    String,
    TypeDecorator,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Boolean, TypeEngine


class _List(TypeDecorator[Collection[Any]]):
    """A list that is given to a statement as one value."""

    impl = String
    cache_ok = True
    item: TypeEngine[Any]

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        return list(value or ()) if dialect.name == "postgresql" else json.dumps(list(value or ()))


class Ids(_List):
    """Row ids."""

    cache_ok = True
    item = BigInteger()


class Texts(_List):
    """Words, or questions to an index."""

    cache_ok = True
    item = String()


class _IsOneOf(FunctionElement[bool]):
    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> Self:
        """A condition as it stands: compared with 1, as SQLite's other booleans are, no index would serve it."""
        return self


@compiles(_IsOneOf, "postgresql")
def _by_array(element: _IsOneOf, compiler: SQLCompiler, **more: Any) -> str:
    column, ids = (compiler.process(part, **more) for part in element.clauses)
    return f"{column} = ANY ({ids})"


@compiles(_IsOneOf, "sqlite")
def _by_json(element: _IsOneOf, compiler: SQLCompiler, **more: Any) -> str:
    column, ids = element.clauses
    return compiler.process(column.in_(select(func.json_each(ids).table_valued("value").c.value)), **more)


def is_one_of(column: InstrumentedAttribute[Any], ids: Collection[int] | BindParameter[Any]) -> ColumnElement[bool]:
    """The same as `column.in_(ids)`, which is another statement for every number of ids."""
    return _IsOneOf(column, ids if isinstance(ids, BindParameter) else literal(ids, Ids()))


def first_for_each(
    dialect: Dialect,
    values: BindParameter[Any],
    wanted: Callable[[ColumnElement[Any]], Select[int]],
    among: InstrumentedAttribute[int],
    *,
    limit: int,
) -> Select[int, int]:
    """For each of the values, by its place in the list from 0, the first few row ids that are `wanted` for it.

    SQLite has no LATERAL: it looks the ids up once more, in the column `among` whose values they all are.
    """
    if dialect.name == "postgresql":
        given = func.unnest(values).table_valued("value", with_ordinality="key").render_derived()
        each = wanted(given.c.value).limit(limit).lateral()
        return select(cast(given.c.key - 1, Integer), each.c[0]).select_from(given).join(each, true())
    given = func.json_each(values).table_valued("key", "value")
    few = wanted(given.c.value).limit(limit).correlate(given)
    return select(given.c.key, among).select_from(given).join(among.class_, among.in_(few))
