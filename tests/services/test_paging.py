"""Keyset paging: every row once, in order, whatever happens between two pages."""

import base64
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import make_user, make_video
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.core.errors import InvalidInput
from vod_web.models import User, Video
from vod_web.schemas.accounts import OwnerRead
from vod_web.services.paging import Found, Order, find_page

pytestmark = pytest.mark.usefixtures("database")

NOW = utc_now()
BY_AGE = Order(name="-created_at", by=User.created_at, id=User.id)
BY_NAME = Order(name="name", by=func.lower(User.display_name), id=User.id, descending=False)


def names(order: Order, *, limit: int) -> list[str]:
    """All user names, by paging to the end."""
    found: list[str] = []
    cursor = None
    for _ in range(20):
        page = find_page(select(User), order, cursor=cursor, limit=limit)
        found += [user.username for user in page.items]
        cursor = page.next
        if cursor is None:
            return found
    raise AssertionError("the list never ends")


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
def test_every_row_comes_once_and_in_order_also_where_values_are_equal(limit: int) -> None:
    for name, age in (("a", 3), ("b", 1), ("c", 1), ("d", 2)):
        make_user(name, created_at=NOW - timedelta(days=age))
    assert names(BY_AGE, limit=limit) == ["c", "b", "d", "a"]


def test_a_list_is_sorted_by_any_expression() -> None:
    for name, shown in (("a", "Zoe"), ("b", "adam"), ("c", "Eve"), ("d", "eve")):
        make_user(name, display_name=shown)
    assert names(BY_NAME, limit=1) == ["b", "c", "d", "a"]


@pytest.mark.parametrize(
    ("descending", "wanted"), [(True, [3.5, 2.0, 1.0, None, None]), (False, [1.0, 2.0, 3.5, None, None])]
)
def test_absent_values_come_last(descending: bool, wanted: list[float | None]) -> None:
    owner = make_user()
    for duration_s in (1.0, None, 3.5, None, 2.0):
        make_video(owner, duration_s=duration_s)
    order = Order(name="x", by=Video.duration_s, id=Video.id, descending=descending, nullable=True)
    found, cursor = [], None
    for _ in range(5):
        page: Found[Video] = find_page(select(Video), order, cursor=cursor, limit=1)
        found += [video.duration_s for video in page.items]
        cursor = page.next
    assert found == wanted
    assert cursor is None


def test_rows_that_come_and_go_between_two_pages_shift_nothing() -> None:
    for number in range(4):
        make_user(f"u{number}", created_at=NOW - timedelta(days=number))
    first = find_page(select(User), BY_AGE, cursor=None, limit=2)
    make_user("new", created_at=NOW + timedelta(days=1))
    second = find_page(select(User), BY_AGE, cursor=first.next, limit=2)
    assert [user.username for user in second.items] == ["u2", "u3"]
    assert second.next is None


def test_a_page_is_one_query_and_reads_into_what_goes_out() -> None:
    for name in ("ada", "bob", "eve"):
        make_user(name)
    with counted_queries() as statements:
        page = find_page(select(User), BY_NAME, cursor=None, limit=2).read(OwnerRead.model_validate)
    assert len([statement for statement in statements if statement.startswith("SELECT")]) == 1
    assert [item.username for item in page.items] == ["ada", "bob"]
    assert page.next is not None


MOMENT = "2026-01-01T00:00:00+00:00"


def cursor_of(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "????",
        "ü",
        cursor_of(),
        cursor_of("-created_at", MOMENT),
        cursor_of("-created_at", "yesterday", 1),
        cursor_of("-created_at", "2026-01-01T00:00:00", 1),
        cursor_of("-created_at", None, 1),
        cursor_of("-created_at", 5, 1),
        cursor_of("-created_at", MOMENT, "1"),
        cursor_of("-created_at", MOMENT, True),
        cursor_of("-created_at", MOMENT, 2**70),
        cursor_of("name", "ada", 1),
        cursor_of("-created_at", "0001-01-01T00:00:00+14:00", 1),
        base64.urlsafe_b64encode(b"[" * 5000).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_what_is_no_cursor_of_this_list_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        find_page(select(User), BY_AGE, cursor=cursor, limit=2)
    assert "cursor" in refused.value.fields


@pytest.mark.parametrize(
    ("order", "value"),
    [
        (Order(name="title", by=Video.title, id=Video.id), "\0"),
        (Order(name="title", by=Video.title, id=Video.id), "\ud800"),
        (Order(name="duration_s", by=Video.duration_s, id=Video.id), 10**400),
    ],
)
def test_values_that_no_database_takes_are_refused(order: Order, value: object) -> None:
    with pytest.raises(InvalidInput):
        find_page(select(Video), order, cursor=cursor_of(order.name, value, 1), limit=2)
