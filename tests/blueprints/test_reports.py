"""The form of a report, and the page on which moderators decide."""

import re

import pytest
from flask.testing import FlaskClient

from tests.factories import bearer, make_admin, make_user, make_video, sign_in, sign_out
from tests.queries import counted_queries
from vod_web.models import Role, Video

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def video(client: FlaskClient) -> Video:
    """A video of Ada's with a comment by Bob; forms need no token."""
    client.application.config["WTF_CSRF_ENABLED"] = False
    video = make_video(make_user("ada"), "Harbour")
    sign_in(client, make_user("bob"))
    client.post(f"/watch/{video.public_id}/comments", data={"text": "Buy now"})
    sign_out(client)
    return video


def comment_of(client: FlaskClient, video: Video) -> str:
    """The id of the comment."""
    found = re.search(r'id="comment-(\S{11})"', client.get(f"/watch/{video.public_id}/comments").text)
    assert found
    return found[1]


def test_a_visitor_reports_with_and_without_a_script(client: FlaskClient, video: Video) -> None:
    page = client.get(f"/watch/{video.public_id}").text
    address = f"/watch/{video.public_id}/report"
    assert f'href="{address}"' in page
    assert "Harbour" in client.get(address).text
    assert "<html" not in client.get(address, headers=FRAGMENT).text
    missing = client.post(address, data={"words": "Typed"}, headers=FRAGMENT)
    assert missing.status_code == 422
    assert "Typed" in missing.text
    answer = client.post(address, data={"reason": "spam", "words": "<b>"}, headers=FRAGMENT)
    assert "Thank you" in answer.text
    of_comment = f"/watch/{video.public_id}/comments/{comment_of(client, video)}/report"
    assert "Buy now" in client.get(of_comment).text
    assert client.post(of_comment, data={"reason": "abuse"}).location == f"/watch/{video.public_id}"


def test_moderators_reach_reports_and_nothing_else_of_admin(client: FlaskClient, video: Video) -> None:
    client.post(f"/watch/{video.public_id}/report", data={"reason": "spam", "words": "<b>Look</b>"})
    moderator = make_user("mod", Role.MODERATOR)
    sign_in(client, moderator)
    page = client.get("/admin/reports").text
    assert "&lt;b&gt;Look" in page
    assert 'href="/admin/reports"' in client.get("/").text
    assert "/admin/users" not in page
    views = [rule for rule in client.application.url_map.iter_rules() if rule.endpoint.startswith("admin.")]
    for rule in views:
        address = re.sub(r"<[^>]+>", "AAAAAAAAAAA", re.sub(r"<int:[^>]+>", "1", rule.rule))
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        expected = {200, 404, 422} if rule.rule.startswith("/admin/reports") else {403}
        assert client.open(address, method=method).status_code in expected, rule
    for person, status in ((make_user("eve"), 403), (None, 303)):
        sign_out(client)
        if person:
            sign_in(client, person)
        assert client.get("/admin/reports").status_code == status


def test_a_moderator_decides(client: FlaskClient, video: Video) -> None:
    comment_id = comment_of(client, video)
    client.post(f"/watch/{video.public_id}/comments/{comment_id}/report", data={"reason": "spam"})
    sign_in(client, make_admin())
    page = client.get("/admin/reports").text
    decide = re.search(r'action="(/admin/reports/\S+/decide)"', page)
    assert decide
    answer = client.post(decide[1], data={"decision": "remove"}, headers=FRAGMENT)
    assert "The comment is deleted." in answer.headers["HX-Trigger"]
    assert "No open reports" in client.get("/admin/reports").text
    settled = client.get("/admin/reports?state=resolved").text
    assert "Buy now" in settled
    assert "Buy now" not in client.get(f"/watch/{video.public_id}/comments").text
    reopen = re.search(r'action="(/admin/reports/\S+/reopen)"', settled)
    assert reopen
    assert client.post(reopen[1]).status_code == 303
    assert "Deleted a comment" in client.get("/admin/audit").text


def test_the_queue_makes_the_same_queries_for_one_and_for_many(client: FlaskClient, video: Video) -> None:
    moderator, counts = make_user("mod", Role.MODERATOR), []
    sign_in(client, moderator)
    client.get("/admin/reports")
    for number in range(3):
        sign_in(client, make_user(f"eve{number}"))
        client.post(f"/watch/{video.public_id}/report", data={"reason": "spam"})
        sign_in(client, moderator)
        with counted_queries() as statements:
            assert client.get("/admin/reports").text.count('class="panel report"') == number + 1
        counts.append(len(statements))
    assert len(set(counts)) == 1


def test_programs_report_and_decide(client: FlaskClient, video: Video) -> None:
    eve, moderator = bearer(make_user("eve")), bearer(make_user("mod", Role.MODERATOR))
    comment_id = comment_of(client, video)
    body = {"reason": "spam"}
    assert client.post(f"/api/v1/videos/{video.public_id}/reports", json=body, headers=eve).status_code == 204
    assert client.post(f"/api/v1/comments/{comment_id}/reports", json=body, headers=eve).status_code == 204
    assert client.get("/api/v1/admin/reports", headers=eve).status_code == 403
    listed = client.get("/api/v1/admin/reports", headers=moderator).get_json()["items"]
    assert [one["comment_id"] for one in listed] == [comment_id, None]
    address = f"/api/v1/admin/reports/{listed[1]['id']}"
    refused = client.post(f"{address}/decision", json={"decision": "remove"}, headers=moderator)
    assert refused.status_code == 422
    decided = client.post(f"{address}/decision", json={"decision": "keep", "note": "Fine"}, headers=moderator)
    assert (decided.get_json()["is_open"], decided.get_json()["resolved_by"]) == (False, "mod")
    assert client.post(f"{address}/reopen", headers=moderator).get_json()["is_open"]
