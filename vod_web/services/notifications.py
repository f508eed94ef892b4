"""What are people told of, and who wants to be told how?

Whoever makes something happen calls `notify` inside the transaction in which it happens, so that nobody is told of what
did not come about, and nothing is told twice: of one kind, a person is told once of each subject.
What a person may no longer see is neither listed nor counted nor mailed.
"""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Insert, Select, case, delete, func, literal, not_, or_, select, true
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from vod_web.db.upserts import insert_missing_from
from vod_web.models import MailChoice, Mute, Notification, NotificationKind, NotificationSetting, User, Video

DIGEST_HOUR = 6
"""When the daily mail goes out, in UTC."""
LONGEST_EXCERPT = 200

MAIL_BY_DEFAULT = {
    NotificationKind.VIDEO_FAILED: MailChoice.AT_ONCE,
    NotificationKind.REMINDER: MailChoice.AT_ONCE,
}
"""What nobody asked for is mailed only where something must be done about it; a reminder is asked for by a button."""


def notify(
    session: Session,
    kind: NotificationKind,
    *,
    to: Collection[int],
    subject: str,
    now: datetime,
    video: Video | None = None,
    by: User | None = None,
    excerpt: str = "",
) -> None:
    """Tell the people of these row ids, in the ways that they want; inside a transaction.

    Nobody is told of what they did themselves. `subject` is the public id of what it is about: who was told of it
    before, in this kind, is not told again. `excerpt` is what somebody wrote; it is cut where it is long.
    """
    others = {user_id for user_id in to if by is None or user_id != by.id}
    if others:
        about = {
            "subject": subject,
            "video_id": video.id if video else None,
            "person_id": by.id if by else None,
            "excerpt": _cut(excerpt),
        }
        tell(session, kind, select(User.id).where(User.id.in_(others)), about=about, now=now)


def tell_owner(
    session: Session, video: Video, kind: NotificationKind, subject: str, now: datetime, reason: str = ""
) -> None:
    """Tell whose video it is how its processing ended; inside a transaction."""
    notify(session, kind, to=[video.owner_id], subject=subject, now=now, video=video, excerpt=reason)


def withdraw(session: Session, kind: NotificationKind, subject: str, *, video_id: int) -> None:
    """Let it be as if nobody had been told: a comment was deleted; inside a transaction. Mails that are out are out."""
    session.execute(
        delete(Notification).where(
            Notification.video_id == video_id, Notification.kind == kind, Notification.subject == subject
        ),
        execution_options={"synchronize_session": False},
    )


def tell(
    session: Session, kind: NotificationKind, people: Select[Any], *, about: dict[str, Any], now: datetime
) -> None:
    """Write a notification for each of the people whose row ids are selected; one statement, however many they are.

    `about` has the values of its columns `subject`, `video_id`, `person_id` and `excerpt`.
    """
    session.execute(_insert(session, kind, people, about, now))


def _insert(
    session: Session, kind: NotificationKind, people: Select[Any], about: dict[str, Any], now: datetime
) -> Insert:
    default_mail = MAIL_BY_DEFAULT.get(kind, MailChoice.NEVER)
    on_site = func.coalesce(NotificationSetting.on_site, True)
    mail: ColumnElement[Any] = func.coalesce(
        NotificationSetting.mail, literal(default_mail, NotificationSetting.mail.type)
    )
    due = case(
        (mail == MailChoice.AT_ONCE, literal(now, Notification.mail_due_at.type)),
        (mail == MailChoice.DAILY, literal(next_digest(now), Notification.mail_due_at.type)),
    )
    values = {
        "kind": kind,
        "created_at": now,
        **about,
    }
    columns = [literal(value, Notification.__table__.c[name].type).label(name) for name, value in values.items()]
    chosen = NotificationSetting.user_id == User.id
    told = (
        select(
            User.id.label("user_id"),
            on_site.label("is_on_site"),
            due.label("mail_due_at"),
            (mail == MailChoice.DAILY).label("is_for_digest"),
            *columns,
        )
        .outerjoin(NotificationSetting, chosen & (NotificationSetting.kind == kind))
        .where(User.id.in_(people), not_(User.is_suspended), or_(on_site, mail != MailChoice.NEVER))
        .where(_has_not_muted(about["person_id"]))
    )
    return insert_missing_from(session, Notification, told)


def _has_not_muted(person_id: int | None) -> ColumnElement[bool]:
    """Whether a person wants to hear of who did it; of nobody in particular, always."""
    if person_id is None:
        return true()
    muted = select(Mute.muted_id).where(Mute.person_id == User.id, Mute.muted_id == person_id)
    return not_(muted.exists())


def next_digest(now: datetime) -> datetime:
    """When the next daily mail goes out."""
    today = datetime.combine(now.date(), time(DIGEST_HOUR), now.tzinfo)
    return today if now < today else today + timedelta(days=1)


def _cut(text: str) -> str:
    """One line, no longer than there is room for."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_EXCERPT else line[: LONGEST_EXCERPT - 1].rstrip() + "…"
