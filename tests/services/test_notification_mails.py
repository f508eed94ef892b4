"""Mails about what happened: once, as people want them, and also when the mail server was away."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import with_settings
from tests.factories import make_user, make_video
from tests.mail_server import Mailbox, mail_server
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, transaction
from vod_web.models import MailChoice, NotificationKind, NotificationSetting, User, Video, Visibility
from vod_web.services.mail import Mailer
from vod_web.services.notification_mails import FIRST_PAUSE, TRIED_FOR, send_due_mails
from vod_web.services.notification_settings import find_mail_stop
from vod_web.services.notifications import notify

pytestmark = pytest.mark.usefixtures("database")
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SIX = datetime(2026, 5, 2, 6, tzinfo=UTC)
NOWHERE = "smtp://127.0.0.1:1"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that is there."""
    with mail_server() as box:
        yield box


def told_by(mail: MailChoice, kind: NotificationKind = NotificationKind.NEW_VIDEO) -> User:
    person = make_user()
    with transaction() as session:
        session.merge(NotificationSetting(user_id=person.id, kind=kind, on_site=True, mail=mail))
    return person


def tell(person: User, title: str = "Film", now: datetime = NOON, **values: object) -> Video:
    video = make_video(make_user(display_name="Bob"), title, **values)
    with transaction() as session:
        by = session.get_one(User, video.owner_id)
        kind = NotificationKind.NEW_VIDEO
        notify(session, kind, to=[person.id], subject=video.public_id, now=now, video=video, by=by)
    return video


def send(settings: Settings, url: str, now: datetime = NOON) -> int:
    settings = with_settings(
        settings, mail_url=url, mail_from="vod@vod.example.org", base_url="https://vod.example.org"
    )
    return send_due_mails(mailer=Mailer(settings), settings=settings, now=now)


def test_a_mail_at_once_says_what_where_and_how_to_stop_it(settings: Settings, mailbox: Mailbox) -> None:
    person = told_by(MailChoice.AT_ONCE)
    video = tell(person, "Film\nof the year")
    assert send(settings, mailbox.url) == 1
    assert send(settings, mailbox.url, NOON + timedelta(days=1)) == 0
    [mail] = mailbox.messages
    assert (mail["To"], mail["Subject"]) == (person.email, "Bob has a new video: Film of the year")
    assert f"https://vod.example.org/watch/{video.public_id}" in mail.get_content()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = mail["List-Unsubscribe"].replace("\n", "").replace(" ", "")
    assert stop.startswith("<https://vod.example.org/notifications/mail/")
    assert find_mail_stop(stop.rpartition("/")[2].rstrip(">"), secret_key=settings.secret_key).id == person.id


def test_the_daily_mail_holds_the_day_and_goes_out_once(settings: Settings, mailbox: Mailbox) -> None:
    person = told_by(MailChoice.DAILY)
    tell(person, "First")
    tell(person, "Second", NOON + timedelta(hours=1))
    assert send(settings, mailbox.url, SIX - timedelta(minutes=1)) == 0
    assert send(settings, mailbox.url, SIX) == 1
    tell(person, "Straggler", SIX - timedelta(seconds=1))
    assert send(settings, mailbox.url, SIX + timedelta(minutes=1)) == 0
    assert send(settings, mailbox.url, SIX + timedelta(days=1)) == 1
    first, second = (mail.get_content() for mail in mailbox.messages)
    assert ("First" in first, "Second" in first, "Straggler" in second) == (True, True, True)
    assert "First" not in second
    assert mailbox.messages[0]["Subject"].startswith("2 news of the day")


def test_nothing_is_lost_while_the_mail_server_is_away(settings: Settings, mailbox: Mailbox) -> None:
    person = told_by(MailChoice.AT_ONCE)
    tell(person)
    assert send(settings, NOWHERE) == 0
    assert send(settings, mailbox.url, NOON + FIRST_PAUSE / 2) == 0
    assert send(settings, mailbox.url, NOON + FIRST_PAUSE) == 1
    assert [mail["To"] for mail in mailbox.messages] == [person.email]


def test_what_could_not_be_sent_for_days_is_news_no_more(settings: Settings, mailbox: Mailbox) -> None:
    tell(told_by(MailChoice.AT_ONCE))
    assert send(settings, mailbox.url, NOON + TRIED_FOR + timedelta(hours=1)) == 0
    assert mailbox.messages == []


def test_nothing_is_sent_without_a_mail_server_and_nothing_to_who_wants_none(
    settings: Settings, mailbox: Mailbox
) -> None:
    tell(told_by(MailChoice.NEVER))
    assert send(settings, mailbox.url) == 0
    tell(told_by(MailChoice.AT_ONCE))
    assert send(settings, "") == 0


def test_what_a_person_may_not_see_any_more_is_not_mailed(settings: Settings, mailbox: Mailbox) -> None:
    hidden, both = told_by(MailChoice.AT_ONCE), told_by(MailChoice.AT_ONCE)
    tell(hidden, "Secret", visibility=Visibility.PRIVATE)
    tell(both, "Secret", visibility=Visibility.UNLISTED)
    tell(both, "Open")
    assert send(settings, mailbox.url) == 1
    [mail] = mailbox.messages
    assert mail["To"] == both.email
    assert "Secret" not in mail.as_string()


def test_suspended_people_get_no_mail(settings: Settings, mailbox: Mailbox) -> None:
    person = told_by(MailChoice.AT_ONCE)
    tell(person)
    with transaction() as session:
        session.get_one(User, person.id, populate_existing=True).is_suspended = True
    assert send(settings, mailbox.url) == 0


def test_workers_who_send_at_the_same_time_send_each_mail_once(settings: Settings, mailbox: Mailbox) -> None:
    people = [told_by(MailChoice.AT_ONCE) for _ in range(4)]
    for person in people:
        tell(person, "One")
        tell(person, "Two")
    close_session()
    ready = threading.Barrier(3)

    def work() -> None:
        ready.wait()
        try:
            send(settings, mailbox.url)
        finally:
            close_session()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mail["To"] for mail in mailbox.messages) == sorted(person.email for person in people)
