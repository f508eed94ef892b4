"""Registering, signing in and out, forgotten passwords and the account pages, as a browser does them."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import with_settings
from tests.databases import on_both
from tests.factories import PASSWORD, make_admin, make_user, make_video, sign_in
from tests.mail_server import Mailbox, mail_server
from tests.queries import counted_queries
from tests.servers import wait_until
from vod_web.app import create_app
from vod_web.core.settings import Settings
from vod_web.models import RegistrationPolicy, User
from vod_web.resources import resources
from vod_web.services import accounts, passwords, people, sign_ins, site
from vod_web.web.sign_in import COOKIE, safe_next
from vod_web.web.sign_in_reasons import OF_ENDPOINTS, WISHES

NEW_PASSWORD = "another long one"


@pytest.fixture(autouse=True)
def admin(app: Flask) -> User:
    """A site with an admin, so that pages do not lead to the set-up page."""
    return make_admin()


def token_in(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return found[1]


def send(client: FlaskClient, page: str, action: str | None = None, **fields: str) -> TestResponse:
    """Open a page and send a form of it, as a browser without scripts does."""
    fields["csrf_token"] = token_in(client.get(page))
    return client.post(action or page, data=fields)


def log_in(client: FlaskClient, name: str = "ada", password: str = PASSWORD, **fields: str) -> TestResponse:
    return send(client, "/login", email=name, password=password, **fields)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def path_of(answer: TestResponse) -> str:
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def test_a_newcomer_registers_and_is_signed_in(client: FlaskClient) -> None:
    fields = {"username": "ada", "email": "ada@example.org", "password": PASSWORD}
    answer = send(client, "/register", **fields)
    assert (answer.status_code, path_of(answer)) == (303, "/")
    assert is_signed_in(client)
    assert accounts.get_user("ada").can_upload


def test_a_form_comes_back_with_what_was_typed_but_not_the_password(client: FlaskClient) -> None:
    answer = send(client, "/register", username="ada", email="not an address", password="hunter22 secret")
    assert answer.status_code == 422
    assert 'value="ada"' in answer.text
    assert "This is not an e-mail address" in answer.text
    assert "hunter22" not in answer.text


def test_nobody_registers_where_it_is_closed(client: FlaskClient) -> None:
    token = token_in(client.get("/login"))
    site.change_site(site.Site(registration=RegistrationPolicy.CLOSED))
    assert client.get("/register").status_code == 403
    fields = {"username": "ada", "email": "ada@example.org", "password": PASSWORD, "csrf_token": token}
    answer = client.post("/register", data=fields)
    assert answer.status_code == 403
    assert "Registration is closed" in answer.text
    assert "/register" not in client.get("/login").text


def test_signing_in_leads_to_where_one_wanted_to_be(client: FlaskClient) -> None:
    make_user("ada")
    asked = client.get("/account/tokens?x=1")
    assert asked.status_code == 303
    login = path_of(asked)
    assert login == "/login?next=/account/tokens?x%3D1"
    answer = send(client, login, email="ada", password=PASSWORD)
    assert path_of(answer) == "/account/tokens?x=1"
    assert path_of(client.get(login)) == "/account/tokens?x=1"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/save?video=aaaaaaaaaaa", "save this video"),
        ("/notifications", "see your notifications"),
        ("/upload", "upload videos"),
    ],
)
def test_signing_in_says_what_for(client: FlaskClient, path: str, words: str) -> None:
    make_user("ada")
    login = path_of(client.get(path))
    for page in (client.get(login), send(client, login, email="ada", password="wrong")):
        assert f"<h1>Sign in to {words}</h1>" in page.text
    register = re.search(r'href="(/register[^"]+)"', client.get(login).text)
    assert register is not None
    assert f"<h1>Make an account to {words}</h1>" in client.get(unescape(register[1])).text
    assert path_of(send(client, login, email="ada", password=PASSWORD)) == path


def test_what_presses_of_visitors_are_for_is_known(client: FlaskClient) -> None:
    video = make_video(make_user("ada"))
    page = client.get(f"/watch/{video.public_id}").text
    for reason in ("like", "dislike", "subscribe"):
        assert f"/login?next=/watch/{video.public_id}&amp;reason={reason}" in page
    assert set(OF_ENDPOINTS) <= set(client.application.view_functions)
    assert set(OF_ENDPOINTS.values()) <= set(WISHES)


def test_no_page_says_a_reason_that_a_stranger_wrote(client: FlaskClient) -> None:
    page = client.get("/login?reason=win a million").text
    assert "<h1>Sign in</h1>" in page
    assert "million" not in page


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\\b",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
        "",
    ],
)
def test_signing_in_never_leads_elsewhere(client: FlaskClient, address: str) -> None:
    make_user("ada")
    assert safe_next(address) is None
    token = token_in(client.get("/login"))
    fields = {"email": "ada", "password": PASSWORD, "csrf_token": token}
    assert path_of(client.post("/login", query_string={"next": address}, data=fields)) == "/"


def test_a_wrong_name_and_a_wrong_password_look_the_same(client: FlaskClient) -> None:
    make_user("ada")
    pages = []
    for name in ("ada", "nobody"):
        answer = log_in(client, name, "wrong password")
        page = re.sub(r'content="[^"]+"|X-CSRFToken[^}]+|value="[^"]*"', "", answer.text)
        pages.append((answer.status_code, page, answer.headers.getlist("Set-Cookie")))
    assert pages[0][:2] == pages[1][:2]
    assert pages[0][0] == 422
    assert "The name or the password is not right." in pages[0][1]
    assert not is_signed_in(client)


def test_guessing_ends_with_a_page_that_says_when_to_try_again(client: FlaskClient) -> None:
    make_user("ada")
    token = token_in(client.get("/login"))
    fields = {"email": "ada", "password": "wrong password", "csrf_token": token}
    assert client.post("/login", data=fields).status_code == 422
    for _ in range(accounts.TRIES_PER_ACCOUNT.amount - 2):
        resources().throttle.hit(accounts.TRIES_PER_ACCOUNT, "ada")
    assert client.post("/login", data=fields).status_code == 422
    refused = client.post("/login", data=fields | {"password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "Try again in" in refused.text


@pytest.mark.parametrize(("remember", "lasts"), [({"remember": "1"}, True), ({}, False)])
def test_the_cookie_lasts_as_long_as_was_wished(client: FlaskClient, remember: dict[str, str], lasts: bool) -> None:
    make_user("ada")
    log_in(client, **remember)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    assert (cookie.max_age == 14 * 24 * 3600) is lasts
    assert (cookie.max_age is None) is not lasts
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_cookies_are_for_https_alone_where_the_site_is(settings: Settings, database: object) -> None:
    app = create_app(with_settings(settings, base_url="https://video.example.org"))
    client = app.test_client()
    make_user("ada")
    page = client.get("/login", base_url="https://video.example.org")
    fields = {"email": "ada", "password": PASSWORD, "csrf_token": token_in(page)}
    answer = client.post("/login", base_url="https://video.example.org", data=fields)
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    assert all("Secure" in cookie and "HttpOnly" in cookie for cookie in cookies)
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def test_signing_in_begins_a_new_session(client: FlaskClient) -> None:
    make_user("ada")
    with client.session_transaction() as session:
        session["planted"] = "by eve"
    log_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session


def test_signing_in_again_ends_the_sign_in_before(client: FlaskClient) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    token = token_in(client.get("/login"))
    client.post("/login", data={"email": "ada", "password": PASSWORD, "csrf_token": token})
    send(client, "/account", "/login", email="bob", password=PASSWORD)
    assert sign_ins.list_sign_ins(ada) == []
    assert len(sign_ins.list_sign_ins(bob)) == 1


@on_both
def test_signing_out_ends_the_sign_in_itself(client: FlaskClient) -> None:
    ada = make_user("ada")
    log_in(client)
    stolen = client.get_cookie(COOKIE)
    assert stolen is not None
    assert path_of(send(client, "/account", "/logout")) == "/"
    assert client.get_cookie(COOKIE) is None
    client.set_cookie(COOKIE, stolen.value)
    assert not is_signed_in(client)
    assert sign_ins.list_sign_ins(ada) == []


@pytest.mark.parametrize(
    "path",
    [
        "/login",
        "/register",
        "/logout",
        "/password",
        "/password/x",
        "/account",
        "/account/password",
        "/account/tokens",
        "/account/sign-ins/end-all",
    ],
)
def test_every_change_needs_the_csrf_token(client: FlaskClient, path: str) -> None:
    sign_in(client, make_user("ada"))
    for fields in ({}, {"csrf_token": "made up"}):
        answer = client.post(path, data=fields)
        assert answer.status_code == 400
        assert "This page is too old to send that" in answer.text
    assert is_signed_in(client)


@pytest.mark.parametrize("path", ["/account", "/account/email", "/account/password", "/account/sign-ins"])
def test_visitors_are_led_to_sign_in(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, path_of(answer)) == (303, f"/login?next={path}")
    page = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": "http://localhost/watch/abc?t=5"}
    fragment = client.get(path, headers=page)
    assert fragment.status_code == 204
    assert fragment.headers["HX-Redirect"] == "/login?next=/watch/abc?t%3D5"


def test_a_visitor_who_sends_a_form_is_led_to_sign_in(client: FlaskClient) -> None:
    token = token_in(client.get("/login"))
    answer = client.post("/account", data={"csrf_token": token}, headers={"Referer": "http://localhost/account"})
    assert (answer.status_code, path_of(answer)) == (303, "/login?next=/account")


def test_the_profile_is_shown_and_kept(client: FlaskClient) -> None:
    sign_in(client, make_user("ada"))
    answer = send(client, "/account", display_name="Ada <L>", about="Hello")
    assert path_of(answer) == "/account"
    page = client.get("/account").text
    assert "Ada &lt;L&gt;" in page
    assert "Ada <L>" not in page
    assert "Saved." in page
    refused = send(client, "/account", display_name="", about="")
    assert refused.status_code == 422
    assert "This is needed." in refused.text


def test_another_address_needs_the_password_and_what_was_typed_stays(client: FlaskClient) -> None:
    sign_in(client, make_user("ada"))
    wrong = send(client, "/account/email", email="new@example.org", password="wrong")
    assert (wrong.status_code, "This is not your password." in wrong.text) == (422, True)
    assert 'value="new@example.org"' in wrong.text
    for _ in range(accounts.ADDRESS_CHANGES.amount):
        assert path_of(send(client, "/account/email", email="new@example.org", password=PASSWORD)) == "/account/email"
    assert "Your e-mail address is changed." in client.get("/account/email").text
    often = send(client, "/account/email", email="newer@example.org", password=PASSWORD)
    assert (often.status_code, int(often.headers["Retry-After"]) > 0) == (429, True)
    assert "Too many changes" in often.text
    assert 'value="newer@example.org"' in often.text


def test_a_changed_password_signs_the_other_browsers_out(app: Flask, client: FlaskClient) -> None:
    ada = make_user("ada")
    other = app.test_client()
    sign_in(client, ada)
    sign_in(other, ada)
    refused = send(client, "/account/password", old_password="wrong password", password=NEW_PASSWORD)
    assert refused.status_code == 422
    assert is_signed_in(other)
    send(client, "/account/password", old_password=PASSWORD, password=NEW_PASSWORD)
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert log_in(other, password=NEW_PASSWORD).status_code == 303


def test_sign_ins_are_listed_and_ended_one_by_one_or_together(app: Flask, client: FlaskClient) -> None:
    ada = make_user("ada")
    sign_in(client, ada)
    others = [app.test_client() for _ in range(3)]
    for other in others:
        sign_in(other, ada)
    page = client.get("/account/sign-ins").text
    assert page.count("This browser") == 1
    assert page.count("127.0.0.1") == 4
    last = sign_ins.list_sign_ins(ada)[0].public_id
    send(client, "/account/sign-ins", f"/account/sign-ins/{last}/end")
    assert [is_signed_in(other) for other in others] == [True, True, False]
    send(client, "/account/sign-ins", "/account/sign-ins/end-others")
    assert [is_signed_in(other) for other in others] == [False, False, False]
    assert is_signed_in(client)
    answer = send(client, "/account/sign-ins", "/account/sign-ins/end-all")
    assert path_of(answer) == "/login"
    assert not is_signed_in(client)


def test_the_suspended_are_out_with_the_next_request(client: FlaskClient, admin: User) -> None:
    sign_in(client, make_user("ada"))
    assert is_signed_in(client)
    people.suspend_user(admin, "ada", "Spam.")
    assert not is_signed_in(client)
    answer = log_in(client)
    assert answer.status_code == 403
    assert "suspended. Spam." in answer.text


def test_a_token_is_shown_once_and_can_be_revoked(client: FlaskClient) -> None:
    sign_in(client, make_user("ada"))
    made = send(client, "/account/tokens", name="upload script", scopes="read", expires_in_s="")
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    found = re.search(r"vod_[\w-]{43}", made.text)
    assert found is not None
    page = client.get("/account/tokens").text
    assert "upload script" in page
    assert found[0] not in page
    headers = {"Authorization": f"Bearer {found[0]}"}
    program = client.application.test_client()
    assert program.get("/api/v1/me", headers=headers).status_code == 200
    action = re.search(r'action="(/account/tokens/[\w-]{11}/revoke)"', page)
    assert action is not None
    send(client, "/account/tokens", action[1])
    assert program.get("/api/v1/me", headers=headers).status_code == 401


def test_a_token_that_may_nothing_is_refused(client: FlaskClient) -> None:
    sign_in(client, make_user("ada"))
    answer = send(client, "/account/tokens", name="script")
    assert answer.status_code == 422
    assert "Give at least 1." in answer.text


def test_without_mail_the_page_says_whom_to_ask(client: FlaskClient) -> None:
    page = client.get("/password").text
    assert "An admin can make a link for you" in page
    assert 'name="email"' not in page


def test_an_admins_link_gives_a_new_password(client: FlaskClient, settings: Settings, admin: User) -> None:
    make_user("ada")
    link = urlsplit(passwords.make_reset_link(admin, "ada", settings=settings)).path
    assert "@ada" in client.get(link).text
    refused = send(client, link, password="short")
    assert refused.status_code == 422
    answer = send(client, link, password=NEW_PASSWORD)
    assert path_of(answer) == "/login"
    assert client.get(link).status_code == 410
    assert log_in(client, password=NEW_PASSWORD).status_code == 303


class TestWithMail:
    """A site that sends mail."""

    @pytest.fixture
    def mailbox(self) -> Iterator[Mailbox]:
        """A mail server that keeps what it gets."""
        with mail_server() as box:
            yield box

    @pytest.fixture
    def settings(self, settings: Settings, mailbox: Mailbox) -> Settings:
        """The site's settings, with that mail server."""
        return with_settings(settings, mail_url=mailbox.url, mail_from="video@example.org")

    def test_asking_is_answered_alike_whoever_asks(self, client: FlaskClient, mailbox: Mailbox) -> None:
        make_user("ada")
        answers = []
        for email in ("ada@example.org", "nobody@example.org"):
            answer = send(client, "/password", email=email)
            page = client.get(path_of(answer)).text
            answers.append((answer.status_code, path_of(answer), "If there is an account" in page, email in page))
        assert answers[0] == answers[1] == (303, "/password?sent=", True, False)
        wait_until(lambda: len(mailbox.messages) == 1, what="the mail arrives")
        assert mailbox.messages[0]["To"] == "ada@example.org"

    def test_the_former_address_hears_of_another(self, client: FlaskClient, mailbox: Mailbox) -> None:
        sign_in(client, make_user("ada"))
        send(client, "/account/email", email="new@example.org", password=PASSWORD)
        wait_until(lambda: len(mailbox.messages) == 1, what="the mail arrives")
        assert mailbox.messages[0]["To"] == "ada@example.org"
        assert "has another e-mail address now" in mailbox.messages[0].get_content()


def test_the_pages_of_an_account_ask_the_database_little(client: FlaskClient) -> None:
    ada = make_user("ada")
    sign_in(client, ada)
    for _ in range(5):
        sign_ins.begin_sign_in(ada, sign_ins.Browser())
    for path, most in (("/login", 2), ("/account", 4), ("/account/sign-ins", 4), ("/account/tokens", 4)):
        with counted_queries() as statements:
            client.get(path)
        asked = [statement for statement in statements if not statement.startswith("BEGIN")]
        assert len(asked) <= most, (path, asked)
