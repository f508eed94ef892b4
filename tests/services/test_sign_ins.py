"""Sign-ins: how long they last, and how they end."""

from datetime import timedelta

import pytest

from tests.factories import make_user
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import SignIn
from vod_web.services import accounts, sign_ins
from vod_web.services.sign_ins import Browser

pytestmark = pytest.mark.usefixtures("database")

NOW = utc_now()


def test_the_secret_is_not_in_the_database() -> None:
    _, secret = sign_ins.begin_sign_in(make_user(), Browser("Firefox", "192.0.2.1"))
    kept = current_session().query(SignIn).one()
    assert secret not in str(vars(kept))
    assert sign_ins.find_sign_in(secret + "x") is None
    assert sign_ins.find_sign_in("") is None


@pytest.mark.parametrize(("remember", "lasts"), [(True, timedelta(days=14)), (False, timedelta(days=1))])
def test_a_sign_in_lasts_as_long_as_it_is_used(remember: bool, lasts: timedelta) -> None:
    almost = lasts - timedelta(minutes=5)
    row, secret = sign_ins.begin_sign_in(make_user(), Browser(), remember=remember, now=NOW)
    assert sign_ins.note_seen(row, now=NOW + almost)
    close_session()
    assert sign_ins.find_sign_in(secret, now=NOW + 2 * almost) is not None
    assert sign_ins.find_sign_in(secret, now=NOW + almost + lasts) is None


def test_being_seen_is_written_once_a_minute() -> None:
    user = make_user("ada")
    row, secret = sign_ins.begin_sign_in(user, Browser(), now=NOW)
    with counted_queries() as statements:
        assert not sign_ins.note_seen(row, now=NOW + timedelta(seconds=59))
    assert statements == []
    later = NOW + timedelta(seconds=61)
    assert sign_ins.note_seen(row, now=later)
    close_session()
    found = sign_ins.find_sign_in(secret, now=later)
    assert found is not None
    assert found.last_seen_at == later
    assert found.user.last_seen_at == later


def test_a_sign_in_is_found_with_its_person_in_one_query() -> None:
    _, secret = sign_ins.begin_sign_in(make_user("ada"), Browser())
    close_session()
    with counted_queries() as statements:
        found = sign_ins.find_sign_in(secret)
        assert found is not None
        assert found.user.username == "ada"
    assert len([statement for statement in statements if statement.startswith("SELECT")]) == 1


def test_the_list_shows_the_living_sign_ins_of_this_person_the_last_used_first() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    for owner, agent, hours in ((ada, "old", 30), (ada, "first", 2), (ada, "second", 1), (bob, "other", 1)):
        sign_ins.begin_sign_in(owner, Browser(agent), now=NOW - timedelta(hours=hours))
    assert [row.user_agent for row in sign_ins.list_sign_ins(ada, now=NOW)] == ["second", "first"]


def test_one_sign_in_can_be_ended_but_not_somebody_elses() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    row, secret = sign_ins.begin_sign_in(ada, Browser())
    with pytest.raises(NotFound):
        sign_ins.end_sign_in(bob, row.public_id)
    assert sign_ins.find_sign_in(secret) is not None
    sign_ins.end_sign_in(ada, row.public_id)
    assert sign_ins.find_sign_in(secret) is None


def test_all_others_or_all_can_be_ended() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    here, here_secret = sign_ins.begin_sign_in(ada, Browser())
    _, there_secret = sign_ins.begin_sign_in(ada, Browser())
    _, bobs_secret = sign_ins.begin_sign_in(bob, Browser())
    sign_ins.end_sign_ins(ada, but=here)
    assert sign_ins.find_sign_in(there_secret) is None
    assert sign_ins.find_sign_in(here_secret) is not None
    sign_ins.end_sign_ins(ada)
    assert sign_ins.find_sign_in(here_secret) is None
    assert sign_ins.find_sign_in(bobs_secret) is not None


def test_the_suspended_are_not_signed_in() -> None:
    ada = make_user("ada")
    _, secret = sign_ins.begin_sign_in(ada, Browser())
    assert sign_ins.find_sign_in(secret) is not None
    with transaction():
        accounts.get_user("ada").is_suspended = True
    assert sign_ins.find_sign_in(secret) is None


def test_expired_sign_ins_are_forgotten() -> None:
    ada = make_user("ada")
    sign_ins.begin_sign_in(ada, Browser("old"), now=NOW - timedelta(days=2))
    sign_ins.begin_sign_in(ada, Browser("new"), now=NOW)
    sign_ins.purge_sign_ins(now=NOW)
    assert [row.user_agent for row in current_session().query(SignIn)] == ["new"]


def test_a_long_name_of_a_browser_is_cut() -> None:
    row, _ = sign_ins.begin_sign_in(make_user(), Browser("x" * 5000, "y" * 500))
    assert (len(row.user_agent), len(row.address)) == (300, 45)
