"""Who did what with power? Written in the transaction of the deed, so that neither is ever without the other."""

from typing import Any

from vod_web.db.session import transaction
from vod_web.models import AuditEvent, User


def note(actor: User | None, action: str, target: str = "", **detail: Any) -> None:
    """Keep what was done (`user.suspend`), by whom (None is the command line), and to whom or what."""
    with transaction() as session:
        session.add(AuditEvent(actor_id=actor.id if actor else None, action=action, target=target, detail=detail))
