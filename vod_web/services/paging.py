"""Which rows come next in a list that may change while somebody pages through it?

A page is found by the sort value and id of the last row of the page before it (keyset), not by counting rows:
the millionth page costs as much as the first, and nothing is shown twice when rows are added.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, TypeDecorator, and_, false, literal, or_, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from vod_web.core.errors import InvalidInput
from vod_web.db.session import current_session
from vod_web.schemas.base import Page

Row = TypeVar("Row")
Item = TypeVar("Item")
Column = InstrumentedAttribute[Any] | ColumnElement[Any]
"""What a list is sorted by."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """How a list is sorted: by a value, then by the row id, both in the same direction.

    `name` is the order's name in the address (`-created_at`), so that a cursor of one order is refused in another.
    `nullable` says that the value may be absent; such rows come last in either direction.
    """

    name: str
    by: Column
    id: Column
    descending: bool = True
    nullable: bool = False


@dataclass(frozen=True)
class Found(Generic[Row]):
    """One page of rows, and the cursor of the page after it (None on the last)."""

    items: list[Row]
    next: str | None

    def read(self, read: Callable[[Row], Item]) -> Page[Item]:
        """The same page as what goes out."""
        return Page(items=[read(item) for item in self.items], next=self.next)


def find_page(statement: Select[Row], order: Order, *, cursor: str | None, limit: int) -> Found[Row]:
    """The `limit` rows of an unsorted statement that come after the cursor, or the first ones.

    Raises:
        InvalidInput: the cursor is not one of this list in this order.
    """
    first = first_after(statement, order, cursor=cursor, limit=limit)
    wanted = first.add_columns(order.by.label("sorted_by"), order.id.label("row_id"))
    rows = current_session().execute(wanted).unique().all()
    more = len(rows) > limit
    return Found([row[0] for row in rows[:limit]], _format_cursor(order, *rows[limit - 1][-2:]) if more else None)


def first_after(
    statement: Select[Row], order: Order, *, cursor: str | None, limit: int, is_never_absent: bool = False
) -> Select[Row]:
    """The statement with the rows of the page after the cursor, and one more.

    Where the rows of this statement always have a value that others of the list may lack, an index gives their order.

    Raises:
        InvalidInput: as `find_page`.
    """
    here = replace(order, nullable=False) if is_never_absent else order
    after: ColumnElement[bool] = true()
    if cursor:
        value, row_id = _parse_cursor(order, cursor)
        after = false() if value is None and is_never_absent else _is_after(here, value, row_id)
    return statement.where(after).order_by(*_sorting(here)).limit(limit + 1)


def condition_after(order: Order, cursor: str | None) -> ColumnElement[bool]:
    """Whether a row comes after the cursor; every row does where there is none.

    Raises:
        InvalidInput: as `find_page`.
    """
    return _is_after(order, *_parse_cursor(order, cursor)) if cursor else true()


def cut_page(
    places: Sequence[tuple[Any, int]], order: Order, *, cursor: str | None, limit: int
) -> Found[tuple[Any, int]]:
    """As `find_page`, of a list at hand: sort values with row ids, already sorted, the greatest first.

    Raises:
        InvalidInput: as `find_page`.
    """
    if cursor:
        after = _parse_cursor(order, cursor)
        places = [place for place in places if place < after]
    shown = list(places[:limit])
    return Found(shown, _format_cursor(order, *shown[-1]) if len(places) > limit else None)


def cursor_of(order: Order, value: Any, row_id: int) -> str:
    """The cursor of what comes after this row."""
    return _format_cursor(order, value, row_id)


def row_in_cursor(order: Order, cursor: str) -> int:
    """The row id of the last row before the page.

    Raises:
        InvalidInput: as `find_page`.
    """
    return _parse_cursor(order, cursor)[1]


def name_in_cursor(cursor: str) -> str:
    """The name of the order that a cursor says it belongs to; empty where it says none."""
    try:
        name = json.loads(_decode(cursor))[0]
    except (ValueError, TypeError, LookupError, RecursionError):
        return ""
    return name if isinstance(name, str) else ""


def _sorting(order: Order) -> list[Any]:
    if order.by is order.id:
        return [order.id.desc() if order.descending else order.id.asc()]
    by = order.by.desc() if order.descending else order.by.asc()
    return [by.nulls_last() if order.nullable else by, order.id.desc() if order.descending else order.id.asc()]


def _is_after(order: Order, value: Any, row_id: int) -> ColumnElement[bool]:
    if value is None:
        return and_(order.by.is_(None), order.id < row_id if order.descending else order.id > row_id)
    if order.by is order.id:
        return order.id < row_id if order.descending else order.id > row_id
    here = tuple_(literal(value, order.by.type), literal(row_id, order.id.type))
    place = tuple_(order.by, order.id)
    beyond = place < here if order.descending else place > here
    return or_(beyond, order.by.is_(None)) if order.nullable else beyond


def _format_cursor(order: Order, value: Any, row_id: int) -> str:
    told = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([order.name, told, row_id]).encode()).decode().rstrip("=")


def _parse_cursor(order: Order, cursor: str) -> tuple[Any, int]:
    """What the cursor holds; it comes from outside, so every part of it is checked."""
    try:
        name, told, row_id = json.loads(_decode(cursor))
        value = _parse_value(order, told)
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise _not_ours() from None
    if name != order.name or type(row_id) is not int or not 0 <= row_id < 2**63:
        raise _not_ours()
    return value, row_id


def _decode(cursor: str) -> bytes:
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


def _parse_value(order: Order, told: Any) -> Any:
    if told is None and order.nullable:
        return None
    kind = order.by.type
    wanted = (kind.impl_instance if isinstance(kind, TypeDecorator) else kind).python_type
    if wanted is datetime:
        moment = datetime.fromisoformat(told)
        if moment.tzinfo is None:
            raise ValueError("a datetime without a zone")
        return moment.astimezone(UTC)
    if wanted is float and type(told) is int:
        return float(told)
    if not isinstance(told, wanted) or (isinstance(told, int) and not -(2**63) <= told < 2**63):
        raise TypeError(f"not a {wanted}")
    return _plain_text(told) if isinstance(told, str) else told


def _plain_text(told: str) -> str:
    """The text itself, if databases can take it."""
    if "\0" in told:
        raise ValueError("a character that no text holds")
    told.encode()  # half of a surrogate pair has no bytes
    return told


def _not_ours() -> InvalidInput:
    sentence = "This cursor does not belong to this list. Begin again without one."
    return InvalidInput(sentence, {"cursor": sentence})
