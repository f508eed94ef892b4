"""The API's calls about channels."""

from flask.testing import FlaskClient

from tests.api.test_thumbnails import picture
from tests.factories import bearer, make_admin, make_user, make_video
from vod_web.models import TokenScope, Visibility
from vod_web.services import people
from vod_web.services.accounts import get_user


def test_a_channel_is_told_with_its_pictures_links_and_views(client: FlaskClient) -> None:
    ada, eve = make_user("ada"), make_user("eve")
    make_video(ada, view_count=3)
    make_video(ada, view_count=40, visibility=Visibility.INTERNAL)
    make_video(ada, view_count=500, visibility=Visibility.PRIVATE)
    headers = bearer(ada)
    changes = {"about": "Films", "links": [{"title": "Shop", "url": "shop.example.org"}]}
    told = client.patch("/api/v1/me", json=changes, headers=headers).get_json()
    assert (told["display_name"], told["about"], told["email"]) == ("Ada", "Films", "ada@example.org")
    for kind, size in (("avatar", (200, 200)), ("banner", (1200, 300))):
        answer = client.put(f"/api/v1/me/{kind}?position=0", data=picture(size=size), headers=headers)
        url = answer.get_json()[f"{kind}_url"]
        assert url.startswith("http://localhost/pictures/")
        assert client.get(url, buffered=True).content_type == "image/jpeg"

    channel = client.get("/api/v1/users/ADA", headers=bearer(eve)).get_json()
    assert "email" not in channel
    assert channel["links"] == [{"title": "Shop", "url": "https://shop.example.org"}]
    assert (channel["view_count"], channel["avatar_url"]) == (43, told_avatar(client, headers))
    video = client.get("/api/v1/users/ada/videos", headers=bearer(eve)).get_json()["items"][0]
    assert video["owner"] == {"username": "ada", "display_name": "Ada", "avatar_url": channel["avatar_url"]}

    for kind in ("avatar", "banner"):
        assert client.delete(f"/api/v1/me/{kind}", headers=headers).get_json()[f"{kind}_url"] is None


def told_avatar(client: FlaskClient, headers: dict[str, str]) -> str:
    url: str = client.get("/api/v1/me", headers=headers).get_json()["avatar_url"]
    return url


def test_what_is_wrong_is_said_by_field(client: FlaskClient) -> None:
    headers = bearer(make_user("ada"))
    answer = client.patch("/api/v1/me", json={"links": [{"url": "javascript:x"}]}, headers=headers)
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["links.0.url"])
    assert client.patch("/api/v1/me", json={"display_name": ""}, headers=headers).status_code == 422
    assert client.put("/api/v1/me/avatar", data=b"GIF89a", headers=headers).status_code == 422
    assert client.put("/api/v1/me/avatar?position=2", data=b"", headers=headers).status_code == 422


def test_visitors_and_tokens_that_only_read_change_nothing(client: FlaskClient) -> None:
    ada = make_user("ada")
    reading = bearer(ada, TokenScope.READ)
    for method, address in (("PATCH", ""), ("PUT", "/avatar"), ("DELETE", "/avatar"), ("PUT", "/banner")):
        assert client.open(f"/api/v1/me{address}", method=method, headers=reading).status_code == 403
        assert client.open(f"/api/v1/me{address}", method=method).status_code == 401
    assert get_user("ada").avatar_name is None


def test_the_channel_of_who_is_shut_out_is_not_there(client: FlaskClient) -> None:
    root = make_admin()
    make_video(make_user("eve"))
    people.suspend_user(root, "eve")
    for address in ("/api/v1/users/eve", "/api/v1/users/eve/videos", "/api/v1/users/nobody"):
        assert client.get(address, headers=bearer(make_user())).status_code == 404
