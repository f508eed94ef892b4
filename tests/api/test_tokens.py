"""Getting in: tokens, scopes, browsers, limits, and what is answered to what cannot be read."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import PASSWORD, bearer, make_admin, make_token, make_user, sign_in
from tests.queries import counted_queries
from vod_web.api.calls import ANY_CALL
from vod_web.core.clock import utc_now
from vod_web.models import TokenScope
from vod_web.resources import resources
from vod_web.services import accounts, people

CREDENTIALS = {"email": "ada@example.org", "password": PASSWORD, "name": "script"}


def ask(client: FlaskClient, **changes: Any) -> Any:
    return client.post("/api/v1/tokens", json=CREDENTIALS | changes)


def headers_for(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_a_password_gives_a_token_that_works(client: FlaskClient) -> None:
    make_user("ada")
    answer = ask(client)
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "private, no-store"
    told = answer.json
    assert set(told) == {"id", "name", "scopes", "created_at", "last_used_at", "expires_at", "token"}
    assert (told["scopes"], told["expires_at"]) == (["read", "upload"], None)
    assert told["created_at"].endswith("Z")
    me = client.get("/api/v1/me", headers=headers_for(told["token"]))
    assert me.status_code == 200
    assert (me.json["username"], me.json["email"], me.json["role"]) == ("ada", "ada@example.org", "uploader")
    assert not [key for key in me.json if "password" in key or "hash" in key]


def test_a_user_name_will_do(client: FlaskClient) -> None:
    make_user("ada")
    assert ask(client, email="ADA").status_code == 201


def test_a_token_can_be_made_to_end(client: FlaskClient) -> None:
    make_user("ada")
    told = ask(client, expires_in_s=3600, scopes=["read"]).json
    assert told["scopes"] == ["read"]
    assert told["expires_at"] > told["created_at"]


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(client: FlaskClient) -> None:
    make_user("ada")
    answers = [ask(client, password="wrong password"), ask(client, email="nobody@example.org")]
    for answer in answers:
        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"
        assert answer.json["code"] == "wrong_password"
    assert answers[0].json == answers[1].json


def test_guessing_is_limited_here_as_on_the_page(client: FlaskClient) -> None:
    make_user("ada")
    for _ in range(accounts.TRIES_PER_ACCOUNT.amount):
        resources().throttle.hit(accounts.TRIES_PER_ACCOUNT, "ada")
    answer = ask(client)
    assert (answer.status_code, answer.json["code"]) == (429, "rate_limited")
    assert 0 < int(answer.headers["Retry-After"]) <= 900


def test_the_suspended_get_no_token_and_theirs_stop(client: FlaskClient) -> None:
    ada, admin = make_user("ada"), make_admin()
    headers = bearer(ada)
    people.suspend_user(admin, "ada")
    assert ask(client).status_code == 403
    assert client.get("/api/v1/me", headers=headers).status_code == 401


def test_only_admins_get_the_scope_admin(client: FlaskClient) -> None:
    make_user("ada")
    answer = ask(client, scopes=["read", "admin"])
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"scopes"}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": "{", "content_type": "application/json"}, 400),
        ({"data": b"\xff\xfe", "content_type": "application/json"}, 400),
        ({"data": "[" * 100_000, "content_type": "application/json"}, 400),
        ({"json": [1, 2]}, 400),
        ({"data": "null", "content_type": "application/json"}, 400),
        ({"data": "email=a", "content_type": "application/x-www-form-urlencoded"}, 415),
        ({"data": "{}", "content_type": "text/plain"}, 415),
        ({}, 422),
        ({"json": {}}, 422),
        ({"json": CREDENTIALS | {"scopes": ["everything"]}}, 422),
        ({"json": CREDENTIALS | {"scopes": []}}, 422),
        ({"json": CREDENTIALS | {"expires_in_s": -1}}, 422),
        ({"json": CREDENTIALS | {"expires_in_s": 10**30}}, 422),
        ({"json": CREDENTIALS | {"name": {"a": 1}}}, 422),
        ({"json": CREDENTIALS | {"more": 1}}, 422),
        ({"data": "{" + " " * 3_000_000 + "}", "content_type": "application/json"}, 413),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_a_sentence(
    client: FlaskClient, sent: dict[str, Any], status: int
) -> None:
    answer = client.post("/api/v1/tokens", **sent)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    told = answer.json
    assert told["status"] == status
    assert told["detail"]
    assert told["code"]
    if status == 422:
        assert all(told["errors"].values())


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer made_up", "Basic YWRhOmFkYQ==", "Bearer a b", "x", "Bearer " + "x" * 5000],
)
def test_what_is_no_token_is_refused(client: FlaskClient, header: str) -> None:
    sign_in(client, make_user("ada"))
    for path in ("/api/v1/me", "/api/v1/tokens"):
        answer = client.get(path, headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.mimetype == "application/problem+json"


def test_without_a_token_one_is_told_to_send_one(client: FlaskClient) -> None:
    answer = client.get("/api/v1/me")
    assert answer.status_code == 401
    assert "Authorization: Bearer" in answer.json["detail"]


def test_a_token_without_the_scope_is_refused(client: FlaskClient) -> None:
    ada = make_user("ada")
    reader, uploader = bearer(ada, TokenScope.READ), bearer(ada, TokenScope.UPLOAD)
    assert client.get("/api/v1/tokens", headers=reader).status_code == 200
    assert client.get("/api/v1/tokens", headers=uploader).status_code == 403
    refused = client.delete("/api/v1/tokens/x", headers=reader)
    assert (refused.status_code, refused.json["code"]) == (403, "not_allowed")
    assert "upload" in refused.json["detail"]


def test_an_expired_token_is_refused(client: FlaskClient) -> None:
    ada = make_user("ada")
    old = make_token(ada, expires_at=utc_now() - timedelta(seconds=1))
    answer = client.get("/api/v1/me", headers=headers_for(old))
    assert answer.status_code == 401
    assert "expired" in answer.json["detail"]


def test_tokens_are_listed_without_their_secrets_and_end_at_once(client: FlaskClient) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    headers = bearer(ada)
    make_token(bob)
    made = ask(client, name="second").json
    told = client.get("/api/v1/tokens", headers=headers).json
    assert [item["name"] for item in told["items"]] == ["second", "test"]
    assert told["next"] is None
    assert made["token"] not in str(told)
    ended = client.delete(f"/api/v1/tokens/{made['id']}", headers=headers)
    assert (ended.status_code, ended.data) == (204, b"")
    assert client.get("/api/v1/me", headers=headers_for(made["token"])).status_code == 401
    assert client.delete(f"/api/v1/tokens/{made['id']}", headers=headers).status_code == 404


def test_somebody_elses_token_is_not_found(client: FlaskClient) -> None:
    make_user("ada")
    made = ask(client).json
    eve = bearer(make_user("eve"))
    assert client.delete(f"/api/v1/tokens/{made['id']}", headers=eve).status_code == 404
    assert client.get("/api/v1/me", headers=headers_for(made["token"])).status_code == 200


def test_a_browser_may_read_with_its_cookie_alone_and_change_with_the_csrf_token(
    client: FlaskClient,
) -> None:
    sign_in(client, make_user("ada"))
    assert client.get("/api/v1/me").json["username"] == "ada"
    made = client.post("/api/v1/tokens", json=CREDENTIALS)
    assert (made.status_code, made.json["code"]) == (400, "csrf")
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/account").text)
    assert found is not None
    headers = {"X-CSRFToken": found[1]}
    made = client.post("/api/v1/tokens", json=CREDENTIALS, headers=headers)
    assert made.status_code == 201
    assert client.delete(f"/api/v1/tokens/{made.json['id']}").status_code == 400
    assert client.delete(f"/api/v1/tokens/{made.json['id']}", headers=headers).status_code == 204


def test_a_token_acts_for_its_person_whoever_is_signed_in(client: FlaskClient) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    sign_in(client, ada)
    assert client.get("/api/v1/me", headers=bearer(bob)).json["username"] == "bob"
    assert client.get("/api/v1/me").json["username"] == "ada"


def test_a_token_is_for_the_api_alone(client: FlaskClient) -> None:
    make_admin()
    answer = client.get("/account", headers=bearer(make_user("ada")))
    assert answer.status_code == 303


def test_calls_are_limited_by_person_and_by_address(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    for _ in range(ANY_CALL.amount):
        resources().throttle.hit(ANY_CALL, "person", str(ada.id))
    refused = client.get("/api/v1/me", headers=bearer(ada))
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= ANY_CALL.per_s
    assert client.get("/api/v1/me", headers=bearer(bob)).status_code == 200
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer made_up"}).status_code == 401
    for _ in range(ANY_CALL.amount - 1):
        resources().throttle.hit(ANY_CALL, "address", "127.0.0.1")
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer made_up"}).status_code == 429
    assert client.get("/api/v1/me", headers=bearer(bob)).status_code == 200


def test_a_person_is_found_by_user_name(client: FlaskClient) -> None:
    headers = bearer(make_user("ada", about="Hello."))
    told = client.get("/api/v1/users/ADA", headers=headers).json
    assert (told["username"], told["about"]) == ("ada", "Hello.")
    assert "email" not in told
    for name in ("nobody", "a%00b", "%F0%9F%8E%AC"):
        assert client.get(f"/api/v1/users/{name}", headers=headers).status_code == 404


def test_a_call_costs_one_query_to_let_in(client: FlaskClient) -> None:
    headers = bearer(make_user("ada"))
    client.get("/api/v1/me", headers=headers)
    with counted_queries() as statements:
        client.get("/api/v1/me", headers=headers)
    assert len([statement for statement in statements if not statement.startswith("BEGIN")]) == 1
