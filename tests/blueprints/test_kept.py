"""Signing out in one tab while typing in another loses nothing."""

import html
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import PASSWORD, make_user, make_video, sign_in
from vod_web.models import User, Video

HERE = {"Origin": "http://localhost"}
TEXT = 'Two\nlines & "more"'


@pytest.fixture
def ada(client: FlaskClient) -> User:
    """Somebody who was signed in a moment ago; the form of the other tab is still open."""
    user = make_user("ada")
    sign_in(client, user)
    return user


@pytest.fixture
def video(ada: User) -> Video:
    """A video of hers."""
    return make_video(ada, "Before")


def fields_in(page: TestResponse, action: str) -> dict[str, str]:
    """What a form of the page would send."""
    form = re.search(rf'<form action="{action}".*?</form>', page.text, re.DOTALL)
    assert form is not None, page.text
    pairs = re.findall(r'name="([^"]+)"[^>]* value="([^"]*)"', form[0])
    return {name: html.unescape(value) for name, value in pairs}


def test_what_was_typed_comes_back_after_signing_in(client: FlaskClient, video: Video) -> None:
    address = f"/studio/videos/{video.public_id}"
    typed = {"csrf_token": fields_in(client.get(address), address)["csrf_token"], "title": "After", "description": TEXT}
    client.post("/logout", data={"csrf_token": typed["csrf_token"]})

    refused = client.post(address, data=typed, headers=HERE)
    assert refused.status_code == 401
    assert "What you typed is kept" in refused.text

    sent = fields_in(refused, "/login") | {"email": "ada", "password": "wrong"}
    wrong = client.post("/login", data=sent)
    assert wrong.status_code == 422
    again = client.post("/login", data=fields_in(wrong, "/login") | {"email": "ada", "password": PASSWORD})
    assert "Two" in again.text

    kept = fields_in(again, address)
    assert (kept["title"], kept["description"]) == ("After", TEXT)
    assert client.post(address, data=kept, headers=HERE).status_code == 303
    page = client.get(address).text
    assert 'value="After"' in page
    assert html.escape(TEXT, quote=True).replace("&quot;", "&#34;") in page


def test_a_form_of_the_sign_in_before_is_sent_again_by_one_press(client: FlaskClient, video: Video) -> None:
    address = f"/studio/videos/{video.public_id}"

    old = client.post(address, data={"csrf_token": "of before", "title": "After"}, headers=HERE)

    assert old.status_code == 400
    assert client.post(address, data=fields_in(old, address), headers=HERE).status_code == 303


@pytest.mark.parametrize(
    ("path", "fields", "headers"),
    [
        ("/studio/videos/aaaaaaaaaaa", {"title": "Of a stranger"}, {"Origin": "https://evil.example"}),
        ("/studio/videos/aaaaaaaaaaa", {"title": "Of nobody"}, {}),
        ("/account/password", {"old_password": PASSWORD, "password": "another long one"}, HERE),
        ("/studio/videos/aaaaaaaaaaa/delete", {}, HERE),
    ],
)
def test_what_strangers_sent_and_passwords_are_not_kept(
    client: FlaskClient, ada: User, path: str, fields: dict[str, str], headers: dict[str, str]
) -> None:
    answer = client.post(path, data=fields | {"csrf_token": "of before"}, headers=headers)

    assert answer.status_code == 400
    assert "This page is too old to send that" in answer.text
    assert f'action="{path}"' not in answer.text


@pytest.mark.parametrize(
    "kept", ["", "x", "[]", '["//evil.example", []]', '["https://evil.example/", []]', "[1, [[]]]"]
)
def test_nothing_else_is_taken_for_what_was_kept(client: FlaskClient, ada: User, kept: str) -> None:
    client.delete_cookie("vod_sign_in")
    form = fields_in(client.get("/login"), "/login") | {"email": "ada", "password": PASSWORD, "kept": kept}

    assert client.post("/login", data=form).status_code == 303
