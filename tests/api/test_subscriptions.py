"""Following channels by the API."""

from flask.testing import FlaskClient

from tests.factories import bearer, make_user, make_video
from vod_web.models import TokenScope


def test_a_program_follows_lists_and_leaves(client: FlaskClient) -> None:
    ada, vera = make_user("ada"), make_user("vera")
    make_video(ada, "film")
    token = bearer(vera)
    assert client.get("/api/v1/subscriptions/ada", headers=token).status_code == 404
    made = client.put("/api/v1/subscriptions/ada", json={"has_bell": True}, headers=token)
    assert made.status_code == 200
    assert made.json is not None
    assert made.json["channel"] == {"username": "ada", "display_name": "Ada", "avatar_url": None, "follower_count": 1}
    kept = client.put("/api/v1/subscriptions/ada", json={}, headers=token).json
    assert kept is not None
    assert kept["has_bell"] is True
    listed = client.get("/api/v1/subscriptions", headers=token).json
    assert listed is not None
    assert [one["channel"]["username"] for one in listed["items"]] == ["ada"]
    new = client.get("/api/v1/subscriptions/videos", headers=token).json
    assert new is not None
    assert [video["title"] for video in new["items"]] == ["film"]
    for _ in range(2):
        assert client.delete("/api/v1/subscriptions/ada", headers=token).status_code == 204
    channel = client.get("/api/v1/users/ada", headers=token).json
    assert channel is not None
    assert channel["follower_count"] == 0


def test_what_cannot_be_followed_is_refused(client: FlaskClient) -> None:
    vera = make_user("vera")
    token = bearer(vera)
    assert client.put("/api/v1/subscriptions/vera", json={}, headers=token).status_code == 409
    assert client.put("/api/v1/subscriptions/nobody-here", json={}, headers=token).status_code == 404
    assert client.put("/api/v1/subscriptions/vera", json={"bell": 1}, headers=token).status_code == 422
    assert client.put("/api/v1/subscriptions/vera", json={}).status_code == 401
    reading = bearer(vera, TokenScope.READ)
    assert client.put("/api/v1/subscriptions/vera", json={}, headers=reading).status_code == 403
    assert client.get("/api/v1/subscriptions", headers=reading).status_code == 200
