"""Muting in the browser: from the menu of a comment, on a channel, and in the list."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import bearer, make_user, make_video, sign_in
from vod_web.core.clock import utc_now
from vod_web.models import User
from vod_web.resources import resources
from vod_web.schemas.comments import CommentCreate
from vod_web.services.comments import add_comment

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
SUMMARY = "A comment of somebody you have muted"


@pytest.fixture
def ada(app: Flask, client: FlaskClient) -> User:
    """Somebody who is signed in."""
    app.config["WTF_CSRF_ENABLED"] = False
    ada = make_user("ada")
    sign_in(client, ada)
    return ada


def test_from_the_menu_of_a_comment_without_leaving_the_page(client: FlaskClient, ada: User) -> None:
    bob, video = make_user("bob"), make_video(make_user())
    text = CommentCreate(text="Rude words")
    add_comment(bob, video.public_id, text, throttle=resources().throttle, now=utc_now())
    page = f"/watch/{video.public_id}/comments"
    before = client.get(page).text
    assert 'hx-post="/account/muted/bob"' in before
    assert SUMMARY not in before
    answer = client.post("/account/muted/bob", data={"is_muted": "true"}, headers=FRAGMENT)
    events = json.loads(answer.headers["HX-Trigger"])
    assert events["toast"]["message"] == "You have muted Bob."
    assert "people-muted" in events
    assert "people-muted from:body" in before
    assert SUMMARY in client.get(page).text
    client.post(events["toast"]["action"]["url"], headers={"HX-Request": "true"})
    assert SUMMARY not in client.get(page).text


def test_on_a_channel_and_in_the_list_without_script(client: FlaskClient, ada: User) -> None:
    make_user("bob")
    answer = client.post("/account/muted/bob", data={"is_muted": "true"}, headers={"Referer": "http://localhost/@bob"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/@bob")
    channel = client.get("/@bob").text
    assert "You have muted Bob:" in channel
    assert 'name="is_muted" value="false"' in channel
    assert 'action="/account/muted/bob"' in client.get("/account/muted").text
    client.post("/account/muted/bob", data={"is_muted": "false"})
    assert "You have muted nobody" in client.get("/account/muted").text
    assert 'action="/account/muted/ada"' not in client.get("/@ada").text


def test_wrong_wishes_are_told(client: FlaskClient, ada: User) -> None:
    make_user("bob")
    assert client.post("/account/muted/bob", data={"is_muted": "perhaps"}).status_code == 422
    assert client.post("/account/muted/nobody", data={"is_muted": "true"}).status_code == 404
    assert client.post("/account/muted/ada", data={"is_muted": "true"}).status_code == 409


def test_by_the_api(client: FlaskClient, ada: User) -> None:
    make_user("bob")
    headers = bearer(ada)
    assert client.put("/api/v1/me/muted/bob", headers=headers).get_json()["person"]["username"] == "bob"
    (row,) = client.get("/api/v1/me/muted", headers=headers).get_json()["items"]
    assert row["person"]["username"] == "bob"
    assert client.delete("/api/v1/me/muted/bob", headers=headers).status_code == 204
    assert client.get("/api/v1/me/muted", headers=headers).get_json()["items"] == []
