"""The page of what a person has watched."""

import re
from datetime import timedelta

from flask.testing import FlaskClient

from tests.factories import bearer, make_user, make_video, sign_in
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.models import Role, User, Video
from vod_web.services.positions import find_positions, set_position

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


def watch(person: User, video: Video, *, hours_ago: float = 0, position_s: float = 20.0) -> None:
    set_position(person, video.public_id, position_s, now=utc_now() - timedelta(hours=hours_ago))


def titles(text: str) -> list[str]:
    return re.findall(r'<h3 class="card-title"><a class="clamp-2"[^>]*>(.*?)</a>', text)


def become(client: FlaskClient, person: User) -> dict[str, str]:
    """Sign in; gives what a form or htmx sends with it."""
    sign_in(client, person)
    page = client.get("/account").text
    return {"X-CSRFToken": page.split('name="csrf-token" content="')[1].split('"')[0]}


def test_visitors_are_sent_to_sign_in(client: FlaskClient) -> None:
    make_user()
    assert client.get("/history").status_code == 303
    assert client.post("/history/clear").status_code in (303, 400)


def test_an_empty_history_says_what_will_be_here(client: FlaskClient) -> None:
    become(client, make_user())
    page = client.get("/history").text
    assert "Your history is empty" in page
    assert "Clear all" not in page


def test_days_are_headings_and_the_next_page_does_not_repeat_one(client: FlaskClient) -> None:
    person, ada = make_user(), make_user("ada")
    for number in range(26):
        watch(person, make_video(ada, f"film {number:02}"), hours_ago=24 * 30 + number / 1000)
    watch(person, make_video(ada, "now"))
    become(client, person)
    first = client.get("/history").text
    assert re.findall(r'class="history-day">(.*?)<', first)[0] == "Today"
    assert titles(first)[:2] == ["now", "film 00"]
    address = re.search(r'href="(/history\?[^"]*cursor=[^"]+)"', first)[1].replace("&amp;", "&")
    fragment = client.get(address, headers=FRAGMENT).text
    assert titles(fragment) == ["film 23", "film 24", "film 25"]
    assert "history-day" not in fragment
    assert "<html" not in fragment


def test_one_is_removed_by_form_and_by_htmx_and_comes_back(client: FlaskClient) -> None:
    person, video = make_user(), make_video(make_user("ada"), "film")
    watch(person, video)
    headers = become(client, person)
    answer = client.post(f"/history/{video.public_id}/remove", headers=headers | FRAGMENT)
    assert (answer.status_code, answer.text) == (200, "")
    undo = re.search(r'"url": "([^"]+)"', answer.headers["HX-Trigger"])[1]
    assert titles(client.get("/history").text) == []
    assert client.post(undo, headers=headers | {"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert titles(client.get("/history").text) == ["film"]

    answer = client.post(f"/history/{video.public_id}/remove", headers=headers)
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    undo = re.search(r'action="(/history/restore[^"]+)"', page)[1].replace("&amp;", "&")
    assert client.post(undo, headers=headers).status_code == 303
    assert titles(client.get("/history").text) == ["film"]
    assert client.post("/history/restore?removed=yesterday", headers=headers).status_code == 422
    assert client.post("/history/AAAAAAAAAAA/remove", headers=headers).status_code == 404


def test_all_is_cleared_and_comes_back(client: FlaskClient) -> None:
    person, video = make_user(), make_video(make_user("ada"), "film")
    watch(person, video)
    headers = become(client, person)
    page = client.get(client.post("/history/clear", headers=headers).headers["Location"]).text
    assert titles(page) == []
    undo = re.search(r'action="(/history/restore[^"]+)"', page)[1].replace("&amp;", "&")
    client.post(undo, headers=headers)
    assert titles(client.get("/history").text) == ["film"]
    assert client.post("/history/clear").status_code == 400, "without the token of the page"


def test_the_history_is_paused_and_goes_on(client: FlaskClient) -> None:
    person, video = make_user(), make_video(make_user("ada"), "film")
    headers = become(client, person)
    client.post("/history/pause", headers=headers)
    assert "Your history is paused" in client.get("/history").text
    put = client.put(f"/api/v1/videos/{video.public_id}/position", json={"position_s": 12}, headers=headers)
    assert put.status_code == 200
    assert titles(client.get("/history").text) == []
    client.post("/history/continue", headers=headers)
    client.put(f"/api/v1/videos/{video.public_id}/position", json={"position_s": 12}, headers=headers)
    assert titles(client.get("/history").text) == ["film"]


def test_words_search_the_history(client: FlaskClient) -> None:
    person, ada = make_user(), make_user("ada")
    for title in ("Harbour", "Alps"):
        watch(person, make_video(ada, title))
    become(client, person)
    assert titles(client.get("/history?query=harb").text) == ["Harbour"]
    assert titles(client.get("/history?query=harb", headers=FRAGMENT).text) == ["Harbour"]
    assert "Nothing in your history fits" in client.get("/history?query=zebra").text
    assert client.get("/history?cursor=x").status_code == 422


def test_the_page_makes_as_many_queries_for_many_as_for_few(client: FlaskClient) -> None:
    person, ada = make_user(), make_user("ada")
    become(client, person)
    counts = []
    for _ in range(2):
        for _ in range(4):
            watch(person, make_video(ada))
        client.get("/history")
        with counted_queries() as statements:
            client.get("/history")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12


def test_programs_do_the_same(client: FlaskClient) -> None:
    person, ada = make_user(role=Role.VIEWER), make_user("ada")
    first, second = make_video(ada, "first"), make_video(ada, "second")
    watch(person, first, hours_ago=1)
    watch(person, second)
    headers = bearer(person)
    told = client.get("/api/v1/history", headers=headers).json
    assert [(one["video"]["title"], one["position_s"]) for one in told["items"]] == [("second", 20.0), ("first", 20.0)]
    removal = client.delete(f"/api/v1/history/{first.public_id}", headers=headers)
    assert removal.status_code == 200
    assert find_positions(person, [first]) == {}
    assert client.post("/api/v1/history/restore", json=removal.json, headers=headers).status_code == 204
    assert find_positions(person, [first]) == {first.public_id: 20.0}
    assert client.delete("/api/v1/history", headers=headers).status_code == 200
    assert client.get("/api/v1/history", headers=headers).json["items"] == []
    assert client.put("/api/v1/history/recording", json={"is_paused": True}, headers=headers).status_code == 204
    assert client.get("/api/v1/me", headers=headers).json["is_history_paused"] is True
    assert client.get("/api/v1/history").status_code == 401
