import pytest
from sqlalchemy import ColumnElement, Engine, Select, bindparam, select

from tests.queries import counted_queries
from vod_web.db.lists import Ids, Texts, first_for_each, is_one_of
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import Tag


@pytest.fixture
def tags(database: Engine) -> list[int]:
    """Ids of tags t0 to t9."""
    with transaction() as session:
        made = [Tag(name=f"t{number}") for number in range(10)]
        session.add_all(made)
        session.flush()
        ids = [tag.id for tag in made]
    close_session()
    return ids


def test_any_number_of_ids_is_one_statement(tags: list[int]) -> None:
    found: list[list[int]] = []
    with counted_queries() as statements:
        for ids in ([], tags[:1], tags[2:7], [*tags, 2**62]):
            found.append(sorted(current_session().scalars(select(Tag.id).where(is_one_of(Tag.id, ids)))))
    assert found == [[], tags[:1], tags[2:7], tags]
    assert len({one for one in statements if one.startswith("SELECT")}) == 1


def test_a_list_can_be_given_later_and_beside_other_conditions(tags: list[int]) -> None:
    wanted = select(Tag.name).where(is_one_of(Tag.id, bindparam("ids", type_=Ids())), Tag.name != "t3")
    assert set(current_session().scalars(wanted, {"ids": tags[2:5]})) == {"t2", "t4"}
    assert set(current_session().scalars(wanted, {"ids": set(tags[:1])})) == {"t0"}


def test_the_ids_are_found_by_the_key(tags: list[int], database: Engine) -> None:
    wanted = select(Tag.name).where(is_one_of(Tag.id, tags[:3]))
    with counted_queries() as statements:
        current_session().scalars(wanted).all()
    if database.dialect.name == "sqlite":
        with database.connect() as connection:
            plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statements[-1]}", ("[1, 2]",)).all())
        assert "SEARCH tags USING INTEGER PRIMARY KEY" in plan


def test_the_first_few_are_found_for_each(tags: list[int], database: Engine) -> None:
    texts = bindparam("texts", type_=Texts())

    def from_there(text: ColumnElement[str]) -> Select[int]:
        return select(Tag.id).where(Tag.name >= text).order_by(Tag.name)

    wanted = first_for_each(database.dialect, texts, from_there, Tag.id, limit=2)
    rows = current_session().execute(wanted, {"texts": ["t3", "t9", "x", "t'\"]"]}).all()
    assert sorted((place, tags.index(found)) for place, found in rows) == [(0, 3), (0, 4), (1, 9), (3, 0), (3, 1)]
    assert current_session().execute(wanted, {"texts": []}).all() == []
