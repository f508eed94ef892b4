"""What a person has been told, as pages show it, and how he or she wants to be told."""

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.factories import bearer, make_user, make_video, sign_in, sign_out
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.db.session import current_session, transaction
from vod_web.models import Notification, NotificationKind, Role, User, Video, VideoStatus, Visibility
from vod_web.resources import open_resources, resources
from vod_web.services.notification_list import remove_old
from vod_web.services.notification_settings import mail_stop_token
from vod_web.services.notifications import notify

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
MOST_QUERIES = 9


@pytest.fixture
def ada(client: FlaskClient) -> User:
    """Somebody who uploads, whose browser asks. Forms need no token."""
    client.application.config["WTF_CSRF_ENABLED"] = False
    ada = make_user("ada")
    sign_in(client, ada)
    return ada


def tell(person: User, video: Video, kind: NotificationKind, subject: str = "", **more: object) -> str:
    """Tell the person of it; gives the path of the notification."""
    subject = subject or video.public_id
    with transaction() as session:
        notify(session, kind, to=[person.id], subject=subject, now=utc_now(), video=video, **more)  # type: ignore[arg-type]
    return f"/notifications/{kind.value}/{subject}"


def bell(client: FlaskClient) -> str:
    """The name of the bell on a page."""
    found = re.search(r'<a class="icon-button bell"[^>]*aria-label="([^"]*)"', client.get("/account").text)
    return found[1] if found else ""


def test_the_page_tells_what_happened_and_leads_there(client: FlaskClient, ada: User) -> None:
    bob = make_user("bob")
    film, own = make_video(bob, "Film <i>"), make_video(ada, "Harbour")
    new = tell(ada, film, NotificationKind.NEW_VIDEO, by=bob)
    tell(ada, own, NotificationKind.VIDEO_FAILED, "encode00001", excerpt="It is not a video.")
    comment = tell(ada, own, NotificationKind.COMMENT, "comment0001", by=bob, excerpt="Nice <b>")
    assert bell(client) == "Notifications, 3 new"
    page = html.unescape(client.get("/notifications").text)
    for said in ("Bob has a new video: Film <i>", "could not be processed: Harbour", "It is not a video.", "Nice <b>"):
        assert said in page
    assert "Film <i>" not in client.get("/notifications").text
    assert client.get(new).location == f"/watch/{film.public_id}"
    assert client.get(comment).location == f"/watch/{own.public_id}?comment=comment0001#comment-comment0001"
    assert client.get("/notifications").text.count("Unread: ") == 1


def test_the_bell_counts_what_came_since_the_last_look(client: FlaskClient, ada: User) -> None:
    token = bearer(ada)
    for _ in range(30):
        tell(ada, make_video(make_user()), NotificationKind.NEW_VIDEO)
    assert bell(client) == "Notifications, 30 new"
    page = client.get("/notifications").text
    assert 'aria-label="Notifications"' in page
    assert "Unread: " in page
    assert bell(client) == "Notifications"
    assert client.get("/api/v1/notifications/unread", headers=token).json == {"unread": 30}
    paths = [tell(ada, make_video(make_user()), NotificationKind.NEW_VIDEO) for _ in range(2)]
    client.get("/api/v1/notifications", headers=token)
    assert bell(client) == "Notifications, 2 new"
    client.post(paths[0] + "/read")
    assert bell(client) == "Notifications, 1 new"


def test_one_or_all_are_marked_as_read(client: FlaskClient, ada: User) -> None:
    paths = [tell(ada, make_video(make_user()), NotificationKind.NEW_VIDEO) for _ in range(3)]
    assert client.post(paths[0] + "/read").status_code == 303
    fragment = client.post(paths[1] + "/read", headers=FRAGMENT)
    assert "<html" not in fragment.text
    assert "Unread" not in fragment.text
    assert "notifications-changed" in fragment.headers["HX-Trigger"]
    assert "1 new" in client.get("/notifications/bell", headers=FRAGMENT).text
    assert client.post("/notifications/read").status_code == 303
    assert bell(client) == "Notifications"


def test_what_a_person_may_not_see_any_more_is_neither_shown_nor_counted(client: FlaskClient, ada: User) -> None:
    bob = make_user("bob")
    hidden = [
        make_video(bob, "private", visibility=Visibility.PRIVATE),
        make_video(bob, "unlisted", visibility=Visibility.UNLISTED),
        make_video(bob, "deleted", status=VideoStatus.DELETED),
        make_video(bob, "blocked", status=VideoStatus.BLOCKED),
    ]
    paths = [tell(ada, video, NotificationKind.NEW_VIDEO) for video in hidden]
    page = client.get("/notifications").text
    assert not [video.title for video in hidden if video.title in page]
    assert bell(client) == "Notifications"
    assert [client.get(path).status_code for path in paths] == [404] * 4
    answer = tell(ada, hidden[1], NotificationKind.REPLY, "comment0001", by=bob)  # who wrote there has the link
    assert client.get(answer).status_code == 303
    assert client.get(tell(ada, hidden[0], NotificationKind.REPLY, "comment0002", by=bob)).status_code == 404


def test_nobody_reads_or_marks_what_others_were_told(client: FlaskClient, ada: User) -> None:
    path = tell(make_user("bob"), make_video(ada), NotificationKind.NEW_VIDEO)
    assert client.get(path).status_code == 404
    assert client.post(path + "/read").status_code == 404
    assert client.get("/notifications/odd/AAAAAAAAAAA").status_code == 404
    sign_out(client)
    assert "/login" in (client.get("/notifications").location or "")
    assert 'class="icon-button bell"' not in client.get("/").text


def test_the_list_goes_on_and_costs_the_same_however_long_it_is(client: FlaskClient, ada: User) -> None:
    for _ in range(3):
        tell(ada, make_video(make_user()), NotificationKind.NEW_VIDEO)
    client.get("/notifications")
    with counted_queries() as few:
        first = client.get("/notifications").text
    for _ in range(30):
        tell(ada, make_video(make_user()), NotificationKind.NEW_VIDEO)
    client.get("/notifications")
    with counted_queries() as many:
        first = client.get("/notifications").text
    assert len([text for text in few if text != "BEGIN"]) == len([text for text in many if text != "BEGIN"])
    assert len(many) <= MOST_QUERIES + 4
    link = re.search(r'href="(/notifications\?[^"]*cursor=[^"]+)"', first)
    assert link is not None
    fragment = client.get(html.unescape(link[1]), headers=FRAGMENT).text
    assert fragment.count('<li class="notification ') == 33 - first.count('<li class="notification ')


def test_what_is_old_is_removed_and_nothing_else(client: FlaskClient, ada: User) -> None:
    now = utc_now()
    for days in (91, 89):
        path = tell(ada, make_video(ada, f"{days} days"), NotificationKind.NEW_VIDEO)
        with transaction() as session:
            row = session.query(Notification).filter_by(subject=path.rpartition("/")[2]).one()
            row.created_at = now - timedelta(days=days)
    assert remove_old(now=now) == 1
    assert "89 days" in client.get("/notifications").text


def test_choices_are_kept_and_mail_is_offered_only_where_there_is_any(client: FlaskClient, ada: User) -> None:
    page = client.get("/account/notifications").text
    assert "This site sends no mail" in page
    assert "new_video_mail" not in page
    open_resources(replace(resources().settings, mail_url="smtp://127.0.0.1:1"))
    assert "new_video_mail" in client.get("/account/notifications").text
    client.post("/account/notifications", data={"new_video_mail": "daily", "comment_site": "1"})
    page = client.get("/account/notifications").text
    assert re.search(r'name="new_video_site"[^>]*checked', page) is None
    assert re.search(r'name="comment_site"[^>]*checked', page)
    assert re.search(r'name="new_video_mail".*?<option value="daily" selected', page, re.DOTALL)
    assert client.post("/account/notifications", data={"new_video_mail": "odd"}).status_code == 422
    tell(ada, make_video(make_user()), NotificationKind.NEW_VIDEO)
    assert bell(client) == "Notifications"


def test_viewers_are_not_asked_about_uploads(client: FlaskClient, ada: User) -> None:
    sign_in(client, make_user("vera", Role.VIEWER))
    assert "video_failed" not in client.get("/account/notifications").text


def test_mails_are_stopped_by_their_link_without_signing_in_and_never_by_looking(
    client: FlaskClient, ada: User
) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True
    tell(ada, make_video(ada), NotificationKind.VIDEO_FAILED, "encode00001")
    sign_out(client)
    path = f"/notifications/mail/{mail_stop_token(ada.id, secret_key=resources().settings.secret_key)}"
    assert "Send no more mails" in client.get(path).text
    assert waiting_mails(ada) == 1
    page = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert page.status_code == 200
    assert "No more mails" in page.text
    assert waiting_mails(ada) == 0
    tell(ada, make_video(ada), NotificationKind.VIDEO_FAILED, "encode00002")
    assert waiting_mails(ada) == 0
    assert client.get(path[:-2]).status_code == 404
    assert client.post("/notifications/mail/x").status_code == 404


def waiting_mails(person: User) -> int:
    """How many mails are still to be sent."""
    rows = current_session().query(Notification).filter_by(user_id=person.id)
    return rows.filter(Notification.mail_due_at.is_not(None)).count()


def test_programs_read_mark_and_choose(client: FlaskClient, ada: User) -> None:
    film = make_video(make_user("bob"), "Film")
    tell(ada, film, NotificationKind.NEW_VIDEO)
    token = bearer(ada)
    listed = client.get("/api/v1/notifications", headers=token).json
    assert listed is not None
    [one] = listed["items"]
    assert (one["id"], one["is_read"]) == (f"new_video/{film.public_id}", False)
    assert one["url"].endswith(f"/watch/{film.public_id}")
    assert client.get("/api/v1/notifications/unread", headers=token).json == {"unread": 1}
    read = client.post(f"/api/v1/notifications/{one['id']}/read", headers=token).json
    assert read is not None
    assert read["is_read"] is True
    assert client.post("/api/v1/notifications/new_video/AAAAAAAAAAA/read", headers=token).status_code == 404
    assert client.post("/api/v1/notifications/read", headers=token).json == {"unread": 0}
    wanted = {"choices": [{"kind": "reply", "on_site": False, "mail": "daily"}]}
    told = client.put("/api/v1/me/notification-choices", json=wanted, headers=token).json
    assert told is not None
    assert not told["has_mail"]
    assert wanted["choices"][0] in told["choices"]
    assert client.get("/api/v1/me/notification-choices", headers=token).json == told
