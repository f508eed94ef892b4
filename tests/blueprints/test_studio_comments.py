"""The table of comments on one's own videos, and the same by the API."""

import re

import pytest
from flask.testing import FlaskClient

from tests.factories import bearer, make_user, make_video, sign_in
from tests.queries import counted_queries
from vod_web.db.session import transaction
from vod_web.models import CommentRule, TokenScope, User, Video, VideoStatus


@pytest.fixture
def ada(client: FlaskClient) -> User:
    """Whose videos they are; forms need no token."""
    client.application.config["WTF_CSRF_ENABLED"] = False
    return make_user("ada")


def say(client: FlaskClient, who: User, video: Video, text: str) -> str:
    """A comment by this person; gives its id."""
    body, headers = {"text": text}, bearer(who)
    told = client.post(f"/api/v1/videos/{video.public_id}/comments", json=body, headers=headers).get_json()
    said: str = told["id"]
    return said


def shown(client: FlaskClient, query: str = "") -> list[str]:
    """The texts in the table."""
    return re.findall(r'clamp-4">([^<]*)<', client.get(f"/studio/comments{query}").text)


def test_held_ones_come_first_and_are_found(client: FlaskClient, ada: User) -> None:
    bob = make_user("bob")
    sign_in(client, ada)
    assert "No comments yet" in client.get("/studio/comments").text
    held, shown_at_once = make_video(ada, "Harbour", comment_rule=CommentRule.HELD), make_video(ada, "Lake")
    gone, others = make_video(ada, "Gone"), make_video(bob, "Not hers")
    for video, text in ((held, "First"), (shown_at_once, "Second"), (held, "Third"), (gone, "Fourth"), (others, "No")):
        say(client, bob, video, text)
    with transaction() as session:
        session.get_one(Video, gone.id).status = VideoStatus.DELETED
    sign_in(client, ada)
    assert shown(client) == ["Third", "First", "Second"]
    assert shown(client, "?state=held") == ["Third", "First"]
    assert shown(client, "?state=shown") == ["Second"]
    assert shown(client, "?query=third") == ["Third"]
    assert shown(client, "?query=%40bob&state=shown") == ["Second"]
    assert shown(client, f"?video={shown_at_once.public_id}") == ["Second"]
    assert shown(client, "?video=x") == []
    first = client.get("/api/v1/comments?limit=2", headers=bearer(ada)).get_json()
    second = client.get(f"/api/v1/comments?limit=2&cursor={first['next']}", headers=bearer(ada)).get_json()
    assert [one["text"] for one in first["items"] + second["items"]] == ["Third", "First", "Second"]
    assert first["items"][0]["video_title"] == "Harbour"


def test_many_are_approved_deleted_and_brought_back(client: FlaskClient, ada: User) -> None:
    bob, video, headers = make_user("bob"), make_video(ada, comment_rule=CommentRule.HELD), bearer(ada)
    elsewhere = say(client, bob, make_video(bob), "Not hers")
    said = [say(client, bob, video, f"Number {number}") for number in range(3)]
    sign_in(client, ada)
    approve = client.post("/studio/comments", data={"deed": "approve", "ids": [*said[:2], elsewhere, "x"]})
    assert approve.status_code == 303
    assert "2 comments approved." in client.get("/studio/comments").text
    assert shown(client) == ["Number 2", "Number 1", "Number 0"]
    deleted = client.post("/studio/comments", data={"deed": "delete", "ids": said[:2]})
    assert "2 comments are deleted." in client.get(deleted.location).text
    assert shown(client) == ["Number 2"]
    client.post("/studio/comments", data={"deed": "restore", "ids": said[:2]})
    assert len(shown(client)) == 3
    assert client.post("/studio/comments", data={"deed": "delete"}).status_code == 303
    bulk = {"deed": "delete", "ids": [said[0], elsewhere]}
    assert client.post("/api/v1/comments/bulk", json=bulk, headers=headers).get_json() == {"done": 1}


def test_the_table_makes_the_same_queries_for_one_and_for_many(client: FlaskClient, ada: User) -> None:
    bob, counts = make_user("bob"), []
    sign_in(client, ada)
    client.get("/studio/comments")
    for number in range(3):
        say(client, bob, make_video(ada), f"Number {number} @ada @bob")
        with counted_queries() as statements:
            assert len(shown(client)) == number + 1
        counts.append(len(statements))
    assert len(set(counts)) == 1


def test_programs_comment(client: FlaskClient, ada: User) -> None:
    bob, video = make_user("bob"), make_video(ada)
    said = say(client, bob, video, "Helo @ada")
    headers, one = bearer(bob), f"/api/v1/comments/{said}"
    edited = client.patch(one, json={"text": "Hello @ada"}, headers=headers).get_json()
    assert (edited["text"], edited["mentions"], edited["state"]) == ("Hello @ada", ["ada"], "shown")
    assert edited["may"] == {
        "edit": True, "delete": True, "approve": False, "pin": False, "heart": False, "like": True, "reply": True,
        "report": False, "mute": False,
    }  # fmt: skip
    assert client.put(f"{one}/like", json={"is_liked": True}, headers=headers).get_json()["likes"] == 1
    assert client.put(f"{one}/marks", json={"is_pinned": True}, headers=headers).status_code == 403
    assert client.put(f"{one}/marks", json={"is_pinned": True}, headers=bearer(ada)).get_json()["is_pinned"]
    list_address = f"/api/v1/videos/{video.public_id}/comments"
    reply = {"text": "Hi", "reply_to": said}
    assert client.post(list_address, json=reply, headers=bearer(ada)).get_json()["thread_id"] == said
    listed = client.get(list_address, headers=headers).get_json()["items"]
    assert [(one["id"], one["replies"]) for one in listed] == [(said, 1)]
    replies = client.get(f"{list_address}/{said}/replies", headers=headers).get_json()["items"]
    assert [one["text"] for one in replies] == ["Hi"]
    reader = bearer(bob, TokenScope.READ)
    assert client.post(list_address, json=reply, headers=reader).status_code == 403
    assert client.delete(one, headers=headers).status_code == 204
    assert client.get(one, headers=headers).status_code == 410
    assert client.post(f"{one}/restore", headers=headers).get_json()["text"] == "Hello @ada"
    assert client.post(list_address, json={"text": " "}, headers=headers).status_code == 422
    assert client.post(f"{one}/approve", headers=headers).status_code == 403
