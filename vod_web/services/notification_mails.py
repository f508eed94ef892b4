"""Who is to get a mail about what, at once or with the day's, and how is none of them lost or sent twice?

What is to be mailed stands in the notifications. Whoever sends takes a person's turn first, so that no two workers
write to one person at the same time, sends, and then notes that it was sent. A mail server that is away is tried again
later, for some days. Should a worker die between the sending and the note, the same mail goes out once more, under the
same Message-ID, by which mailboxes know it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.orm import Session

from vod_web.core.logging import get_logger
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, transaction
from vod_web.db.upserts import add_if_missing
from vod_web.models import MailTurn, Notification, User, Video
from vod_web.services import site
from vod_web.services.mail import Mailer, Refused
from vod_web.services.notification_list import AS_TOLD, is_about_what_is_seen
from vod_web.services.notification_settings import mail_stop_token
from vod_web.services.notification_words import Told, tell_notification
from vod_web.services.notifications import next_digest

HELD = timedelta(minutes=10)
FIRST_PAUSE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=3)
TRIED_FOR = timedelta(days=7)
"""What could not be mailed for so long is news no more."""
BETWEEN_DIGESTS = timedelta(hours=20)
MOST_TOLD = 50
"""In one mail; of more, their number is told."""

log = get_logger(__name__)

TEXT = """\
Hello {name},

{news}

--
{site} sends this because you want to be told of it.
Choose which mails you get: {choose}
Stop all of them: {stop}
"""


@dataclass(frozen=True)
class Turn:
    """What one person is to be told in one mail."""

    person: User
    ids: tuple[int, ...]
    """Of the notifications."""
    told: tuple[Told, ...]
    is_digest: bool


def send_due_mails(*, mailer: Mailer, settings: Settings, now: datetime) -> int:
    """Send what is due, to one person after another; returns how many mails went out."""
    sent = 0
    while mailer.is_on and (taken := _take_turn(now)) is not None:
        close_session()  # nothing is held open while a mail server is listened to
        if not taken.ids:
            continue
        try:
            _send(taken, mailer=mailer, settings=settings)
        except Refused:
            log.warning("mail_refused", person=taken.person.username)
            _note_sent(taken, now)
        except OSError as error:
            log.warning("mail_not_sent", error=f"{type(error).__name__}: {error}")
            _put_off(taken, now)
            break  # the others would fare no better
        else:
            _note_sent(taken, now)
            sent += 1
    return sent


def _take_turn(now: datetime) -> Turn | None:
    """The next person whose mail is due, and whom nobody else writes to; None where there is none.

    The turn is empty where nothing of what was to be told is left.
    """
    with transaction() as session:
        user_id = session.scalar(_next_person(now))
        if user_id is None:
            return None
        add_if_missing(session, MailTurn, {"user_id": user_id, "failures": 0})
        turn = session.get_one(MailTurn, user_id, populate_existing=True, with_for_update=True)
        person = session.get_one(User, user_id, populate_existing=True)
        if turn.held_until is not None and turn.held_until > now:  # somebody was quicker
            return Turn(person, (), (), is_digest=False)
        _drop_what_is_not_told(session, person, now)
        if turn.digest_sent_at is not None and turn.digest_sent_at > now - BETWEEN_DIGESTS:
            due = _is_due(person, now) & Notification.is_for_digest
            _set_due(session, due, next_digest(now))
        rows = session.scalars(
            select(Notification).where(_is_due(person, now)).order_by(Notification.id).options(*AS_TOLD)
        ).all()
        if rows:
            turn.held_until = now + HELD
        return Turn(
            person,
            tuple(row.id for row in rows),
            tuple(tell_notification(row) for row in rows[:MOST_TOLD]),
            is_digest=any(row.is_for_digest for row in rows),
        )


def _next_person(now: datetime) -> Select[int]:
    return (
        select(Notification.user_id)
        .outerjoin(MailTurn, MailTurn.user_id == Notification.user_id)
        .where(Notification.mail_due_at <= now, or_(MailTurn.held_until.is_(None), MailTurn.held_until <= now))
        .order_by(Notification.mail_due_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=Notification)
    )


def _is_due(person: User, now: datetime) -> ColumnElement[bool]:
    return (Notification.user_id == person.id) & (Notification.mail_due_at <= now)


def _drop_what_is_not_told(session: Session, person: User, now: datetime) -> None:
    """Mail nothing that is too old, nothing that the person may not see any more, and nothing to who is shut out."""
    due = _is_due(person, now)
    if person.is_suspended:
        _set_due(session, due, None)
        return
    seen = select(Notification.id).outerjoin(Video, Video.id == Notification.video_id)
    seen = seen.where(due, is_about_what_is_seen(person))
    _set_due(session, due & (Notification.created_at < now - TRIED_FOR), None)
    _set_due(session, due & Notification.id.not_in(seen), None)


def _set_due(session: Session, which: ColumnElement[bool], due_at: datetime | None) -> None:
    session.execute(
        update(Notification).where(which).values(mail_due_at=due_at), execution_options={"synchronize_session": False}
    )


def _send(turn: Turn, *, mailer: Mailer, settings: Settings) -> None:
    site_name = site.get_site().name
    close_session()
    stop = f"{settings.base_url}/notifications/mail/{mail_stop_token(turn.person.id, secret_key=settings.secret_key)}"
    text = TEXT.format(
        name=turn.person.display_name or turn.person.username,
        news=_format_news(turn, settings.base_url),
        site=site_name,
        choose=f"{settings.base_url}/account/notifications",
        stop=stop,
    )
    headers = {
        "Message-ID": "news-" + hashlib.sha256(repr((turn.person.id, turn.ids)).encode()).hexdigest()[:32],
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
        "Auto-Submitted": "auto-generated",
    }
    mailer.send(turn.person.email, _subject(turn, site_name), text, headers)


def _subject(turn: Turn, site_name: str) -> str:
    if len(turn.ids) == 1:
        return turn.told[0].sentence
    return f"{len(turn.ids)} news {'of the day ' if turn.is_digest else ''}from {site_name}"


def _format_news(turn: Turn, base_url: str) -> str:
    parts = ["\n".join(filter(None, (one.sentence, one.excerpt, base_url + one.path))) for one in turn.told]
    rest = len(turn.ids) - len(turn.told)
    return "\n\n".join([*parts, f"And {rest} more: {base_url}/notifications"] if rest else parts)


def _note_sent(turn: Turn, now: datetime) -> None:
    with transaction() as session:
        _set_due(session, Notification.id.in_(turn.ids), None)
        held = session.get_one(MailTurn, turn.person.id, populate_existing=True)
        held.held_until, held.failures = None, 0
        held.digest_sent_at = now if turn.is_digest else held.digest_sent_at


def _put_off(turn: Turn, now: datetime) -> None:
    """Try again later; the longer it goes on, the later."""
    with transaction() as session:
        held = session.get_one(MailTurn, turn.person.id, populate_existing=True)
        held.held_until = now + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(held.failures, 10))
        held.failures += 1
