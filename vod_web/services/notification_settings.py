"""How does a person want to be told of what, and how does he or she stop the mails?"""

from collections.abc import Sequence

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from vod_web.core.errors import NotFound
from vod_web.db.session import current_session, transaction
from vod_web.db.upserts import upsert
from vod_web.models import MailChoice, Notification, NotificationKind, NotificationSetting, User
from vod_web.schemas.notifications import NotificationChoice
from vod_web.services.notifications import MAIL_BY_DEFAULT
from vod_web.services.permissions import require_signed_in


def list_choices(actor: User | None) -> list[NotificationChoice]:
    """How the person is told of each kind, in the order in which they are shown.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    person = require_signed_in(actor)
    rows = current_session().scalars(
        select(NotificationSetting)
        .where(NotificationSetting.user_id == person.id)
        .execution_options(populate_existing=True)
    )
    made = {row.kind: NotificationChoice(kind=row.kind, on_site=row.on_site, mail=row.mail) for row in rows}
    return [made.get(kind) or _default(kind) for kind in NotificationKind]


def choose(actor: User | None, choices: Sequence[NotificationChoice]) -> list[NotificationChoice]:
    """Take these choices; mails that are still to be sent and are not wanted any more are not sent.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    person = require_signed_in(actor)
    with transaction() as session:
        for choice in choices:
            _set(session, person.id, choice)
        unwanted = [choice.kind for choice in choices if choice.mail is MailChoice.NEVER]
        _drop_mails(session, person.id, Notification.kind.in_(unwanted))
    return list_choices(person)


def mail_stop_token(user_id: int, *, secret_key: str) -> str:
    """What stands in a mail, so that whoever got it can stop all of them without signing in."""
    token = _serializer(secret_key).dumps(user_id)
    return token if isinstance(token, str) else token.decode()


def find_mail_stop(token: str, *, secret_key: str) -> User:
    """Whose mails this token stops.

    Raises:
        NotFound: it is not ours, or the account is gone.
    """
    try:
        user_id = _serializer(secret_key).loads(token)
    except BadSignature:
        user_id = None
    found = current_session().get(User, user_id) if isinstance(user_id, int) else None
    if found is None:
        raise NotFound("This link does not work. Sign in, and choose in your account which mails you get.")
    return found


def stop_mails(token: str, *, secret_key: str) -> User:
    """Send this person no more mails about what happens; on the site, everything stays.

    Raises:
        NotFound: as `find_mail_stop`.
    """
    person = find_mail_stop(token, secret_key=secret_key)
    never = [choice.model_copy(update={"mail": MailChoice.NEVER}) for choice in list_choices(person)]
    choose(person, never)
    return person


def _default(kind: NotificationKind) -> NotificationChoice:
    return NotificationChoice(kind=kind, on_site=True, mail=MAIL_BY_DEFAULT.get(kind, MailChoice.NEVER))


def _set(session: Session, user_id: int, choice: NotificationChoice) -> None:
    key = {"user_id": user_id, "kind": choice.kind}
    upsert(session, NotificationSetting, key, {"on_site": choice.on_site, "mail": choice.mail})


def _drop_mails(session: Session, user_id: int, which: ColumnElement[bool]) -> None:
    waiting = update(Notification).where(Notification.user_id == user_id, Notification.mail_due_at.is_not(None), which)
    session.execute(waiting.values(mail_due_at=None), execution_options={"synchronize_session": False})


def _serializer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt="mail-stop")
