"""The first account, also when two people send the form at once."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, func, select

from tests.factories import PASSWORD, make_user
from vod_web.core.errors import Conflict, InvalidInput
from vod_web.db.session import close_session, current_session
from vod_web.models import RegistrationPolicy, Role, User
from vod_web.schemas.setup import SetupCreate
from vod_web.services import setup, site


def form(username: str = "ada", **values: object) -> SetupCreate:
    known: dict[str, object] = {
        "site_name": "Films",
        "registration": RegistrationPolicy.CLOSED,
        "email": f"{username}@example.org",
        "username": username,
        "password": PASSWORD,
    }
    return SetupCreate.model_validate(known | values)


def test_set_up_makes_the_admin_and_takes_the_decisions(database: Engine) -> None:
    assert not site.is_set_up()

    person = setup.set_up(form())

    assert person.role is Role.ADMIN
    assert site.is_set_up()
    assert site.get_site() == site.Site(name="Films", registration=RegistrationPolicy.CLOSED)


def test_a_site_with_an_account_is_not_set_up_again(database: Engine) -> None:
    make_user()

    with pytest.raises(Conflict, match="already"):
        setup.set_up(form())

    assert site.get_site() == site.Site()


def test_a_refused_password_leaves_nothing_behind(database: Engine) -> None:
    with pytest.raises(InvalidInput):
        setup.set_up(form("adaadaada", password="adaadaada"))

    assert not site.is_set_up()
    assert site.get_site() == site.Site()


def test_of_two_who_set_up_at_once_one_gets_the_site(database: Engine) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def send(username: str) -> Callable[[], None]:
        def run() -> None:
            start.wait()
            try:
                outcomes.append(setup.set_up(form(username)).username)
            except Conflict:
                outcomes.append("refused")
            finally:
                close_session()

        return run

    threads = [threading.Thread(target=send(name)) for name in ("ada", "grace", "linus", "ken")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count("refused") == 3
    assert current_session().scalar(select(func.count()).select_from(User)) == 1
