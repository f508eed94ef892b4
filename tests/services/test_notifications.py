"""What people are told of, once, and in the ways that they want."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from tests.factories import make_user, make_video
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.db.session import current_session, transaction
from vod_web.models import MailChoice, Notification, NotificationKind, NotificationSetting, User, Video
from vod_web.services.notification_list import MOST_COUNTED, count_unread, mark_all_read
from vod_web.services.notifications import next_digest, notify, withdraw

pytestmark = pytest.mark.usefixtures("database")
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def choose(user: User, kind: NotificationKind, *, on_site: bool, mail: MailChoice) -> None:
    with transaction() as session:
        session.merge(NotificationSetting(user_id=user.id, kind=kind, on_site=on_site, mail=mail))


def told_to(user: User) -> list[Notification]:
    current_session().expire_all()
    return list(current_session().scalars(select(Notification).where(Notification.user_id == user.id)))


def comment(video: Video, to: User, by: User, subject: str = "comment0001", text: str = "Nice") -> None:
    with transaction() as session:
        notify(
            session, NotificationKind.COMMENT, to=[to.id], subject=subject, now=NOON, video=video, by=by, excerpt=text
        )


def test_each_subject_is_told_once_and_never_to_whoever_did_it() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    video = make_video(ada)
    comment(video, ada, bob)
    comment(video, ada, bob)
    comment(video, ada, ada, "comment0002")
    [one] = told_to(ada)
    assert (one.kind, one.subject, one.person_id, one.is_on_site) == (
        NotificationKind.COMMENT,
        "comment0001",
        bob.id,
        True,
    )
    assert one.mail_due_at is None


def test_what_is_not_committed_is_not_told() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    video = make_video(ada)
    with pytest.raises(ValueError, match="broken off"), transaction() as session:
        notify(session, NotificationKind.COMMENT, to=[ada.id], subject="x", now=NOON, video=video, by=bob)
        raise ValueError("broken off")
    assert told_to(ada) == []


@pytest.mark.parametrize(
    ("mail", "due"),
    [(MailChoice.AT_ONCE, NOON), (MailChoice.DAILY, datetime(2026, 5, 2, 6, tzinfo=UTC)), (MailChoice.NEVER, None)],
)
def test_mails_are_due_as_the_person_wants(mail: MailChoice, due: datetime | None) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    choose(ada, NotificationKind.COMMENT, on_site=True, mail=mail)
    comment(make_video(ada), ada, bob)
    [one] = told_to(ada)
    assert (one.mail_due_at, one.is_for_digest) == (due, mail is MailChoice.DAILY)


def test_who_wants_a_mail_alone_finds_nothing_on_the_site_and_who_wants_neither_nothing_at_all() -> None:
    ada, bob, cy = make_user("ada"), make_user("bob"), make_user("cy")
    choose(ada, NotificationKind.COMMENT, on_site=False, mail=MailChoice.AT_ONCE)
    choose(cy, NotificationKind.COMMENT, on_site=False, mail=MailChoice.NEVER)
    video = make_video(ada)
    comment(video, ada, bob)
    comment(video, cy, bob)
    assert [one.is_on_site for one in told_to(ada)] == [False]
    assert told_to(cy) == []


def test_failures_are_mailed_unless_somebody_says_otherwise() -> None:
    ada = make_user("ada")
    with transaction() as session:
        notify(
            session, NotificationKind.VIDEO_FAILED, to=[ada.id], subject="encode00001", now=NOON, video=make_video(ada)
        )
    assert [one.mail_due_at for one in told_to(ada)] == [NOON]


def test_suspended_people_are_told_nothing() -> None:
    ada, bob = make_user("ada", is_suspended=True), make_user("bob")
    comment(make_video(ada), ada, bob)
    assert told_to(ada) == []


def test_a_comment_that_is_gone_is_told_of_no_more() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    video = make_video(ada)
    comment(video, ada, bob, "comment0001")
    comment(video, ada, bob, "comment0002")
    with transaction() as session:
        withdraw(session, NotificationKind.COMMENT, "comment0001", video_id=video.id)
    assert [one.subject for one in told_to(ada)] == ["comment0002"]


def test_long_texts_are_cut_to_one_line() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    comment(make_video(ada), ada, bob, text="a\nb " + "word " * 100)
    [one] = told_to(ada)
    assert one.excerpt.startswith("a b word word")
    assert len(one.excerpt) <= 200
    assert one.excerpt.endswith("…")


def test_the_daily_mail_goes_out_at_six() -> None:
    five = datetime(2026, 5, 1, 5, 59, tzinfo=UTC)
    assert next_digest(five) == datetime(2026, 5, 1, 6, tzinfo=UTC)
    assert next_digest(five + timedelta(minutes=1)) == datetime(2026, 5, 2, 6, tzinfo=UTC)


def test_many_are_told_at_the_same_time() -> None:
    people = [make_user() for _ in range(5)]
    video = make_video(make_user("ada"))
    with transaction() as session:
        notify(
            session,
            NotificationKind.NEW_VIDEO,
            to=[person.id for person in people],
            subject=video.public_id,
            now=utc_now(),
            video=video,
        )
    assert all(len(told_to(person)) == 1 for person in people)


def test_counting_what_is_unread_looks_at_little(database: Engine) -> None:
    person, video = make_user(), make_video(make_user())
    with transaction() as session:
        for number in range(300):
            told = {"kind": NotificationKind.COMMENT, "subject": f"c{number}", "video_id": video.id}
            session.add(Notification(user_id=person.id, **told, read_at=utc_now() if number % 2 else None))
    count_unread(person)  # what a session asks once
    with counted_queries() as statements:
        assert count_unread(person) == MOST_COUNTED + 1
    assert len([one for one in statements if one.startswith("SELECT")]) == 1
    mark_all_read(person, now=utc_now())
    with counted_queries() as statements:
        assert count_unread(person) == 0
    assert len([one for one in statements if one.startswith("SELECT")]) == 1
    if database.dialect.name == "sqlite":  # PostgreSQL takes it when there is more to look at than this
        unread = "user_id = 1 AND read_at IS NULL AND is_on_site = 1 AND created_at > '2000-01-01'"
        last = f"SELECT id FROM notifications WHERE {unread} ORDER BY created_at DESC, id DESC LIMIT 9"
        with database.connect() as connection:
            plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {last}").all())
        assert "ix_notifications_unread (user_id=? AND created_at>?)" in plan
        assert "TEMP B-TREE" not in plan
