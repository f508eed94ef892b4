"""Every address against every kind of person, for a video of every visibility: exactly the right ones get through."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.rights.people import WHO, People, Things
from tests.rights.table import ELSEWHERE, TABLE, Row
from vod_web.models import Visibility

REFUSED = {401, 403, 404, 410, 429}
PASSED = {400, 409, 415, 422}
"""Let in, and told that what was sent does not fit; a right is asked for before."""


@pytest.fixture
def people(app: Flask) -> People:
    """One person of each kind."""
    return People(app)


def ask(people: People, who: str, address: str, row: Row, things: Things) -> TestResponse:
    """One request of this person."""
    method, _, rule = address.partition(" ")
    sent = row.sends(things)
    headers = (people.headers[who] if is_api(address) else {}) | sent.pop("headers", {})
    browser = people.browsers["visitor" if is_api(address) else who]
    path = things.address(rule, row.known) + row.query
    return browser.open(path, method=method, headers=headers, buffered=True, **sent)


def is_api(address: str) -> bool:
    """Whether it is a call of the API, for which a token speaks."""
    return " /api/" in address


def has_passed(answer: TestResponse) -> bool:
    """Whether somebody got through."""
    if answer.status_code == 303:
        return not answer.headers["Location"].startswith("/login")
    return answer.status_code < 400 or answer.status_code in PASSED


def find_wrong(people: People, address: str, row: Row, visibility: Visibility) -> list[str]:
    """What is not as the row says, in words."""
    things, wrong = Things(people, visibility), []
    passers = row.rule.passers(visibility)
    for who in sorted(WHO, key=lambda one: one in passers):  # whoever changes something comes last
        if who in passers and not address.startswith("GET"):
            things = Things(people, visibility)
        answer = ask(people, who, address, row, things)
        if who in passers:
            is_right = has_passed(answer)
        else:
            wanted = row.rule.refusal(who, visibility, is_api=is_api(address))
            is_right = answer.status_code == wanted and not has_passed(answer)
        if not is_right:
            may = "may" if who in passers else "may not"
            wrong.append(f"{address}: {who} {may} ({visibility}), but got {answer.status_code}")
    return wrong


@pytest.mark.parametrize("visibility", list(Visibility))
def test_what_depends_on_visibility(people: People, visibility: Visibility) -> None:
    rows = {address: row for address, row in TABLE.items() if row.rule.sees}
    wrong = [line for address, row in rows.items() for line in find_wrong(people, address, row, visibility)]
    assert not wrong, "\n".join(wrong)


ENDS_SIGN_INS = ("POST /logout", "POST /account/sign-ins")


def test_what_does_not(app: Flask, people: People) -> None:
    rows = {address: row for address, row in TABLE.items() if not row.rule.sees}
    wrong = []
    for address, row in rows.items():
        wrong += find_wrong(people, address, row, Visibility.PUBLIC)
        if address.startswith(ENDS_SIGN_INS):
            people.sign_in(app)
    assert not wrong, "\n".join(wrong)


def test_every_address_has_its_row(app: Flask) -> None:
    addresses = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    missing = sorted(addresses - TABLE.keys() - ELSEWHERE.keys())
    assert missing == [], "say in tests/rights/table.py who gets through"
    assert sorted((TABLE.keys() | ELSEWHERE.keys()) - addresses) == []
