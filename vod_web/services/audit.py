"""Who did what with power? Written in the transaction of the deed, so that neither is ever without the other."""

from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from vod_web.db.session import current_session, transaction
from vod_web.models import AuditEvent, Role, User, Video
from vod_web.schemas.admin import AuditFilter
from vod_web.services.paging import Column, Found, Order, find_page
from vod_web.services.permissions import is_owner, require_role

TARGET_LENGTH = 120
"""What is kept of a title."""

Deed = Literal[
    "channel.remove_avatar",
    "channel.remove_banner",
    "comment.approve",
    "comment.remove",
    "comment.restore",
    "job.cancel",
    "job.retry",
    "playlist.delete",
    "playlist.edit",
    "playlist.restore",
    "report.reopen",
    "report.resolve",
    "site.change",
    "site.workers",
    "user.add",
    "user.create_admin",
    "user.make_reset_link",
    "user.set_role",
    "user.suspend",
    "user.unsuspend",
    "video.add_captions",
    "video.block",
    "video.cancel",
    "video.cancel_replacement",
    "video.delete",
    "video.delete_captions",
    "video.delete_version",
    "video.download_original",
    "video.edit",
    "video.edit_captions",
    "video.edit_chapters",
    "video.import",
    "video.mark",
    "video.reencode",
    "video.replace",
    "video.restore",
    "video.restore_captions",
    "video.restore_version",
    "video.retry",
    "video.thumbnail",
    "video.unblock",
    "worker.drain",
]
"""What is kept: whose row it touches, and what was done."""

SORTED_BY: dict[str, Column] = {
    "created_at": AuditEvent.created_at,
    "action": AuditEvent.action,
    "target": AuditEvent.target,
}


def note(actor: User | None, action: Deed, target: str = "", **detail: Any) -> None:
    """Keep what was done (`user.suspend`), by whom (None is the command line), and to whom or what."""
    with transaction() as session:
        session.add(AuditEvent(actor_id=actor.id if actor else None, action=action, target=target, detail=detail))


def note_power(actor: User | None, video: Video, action: Deed, **detail: Any) -> None:
    """Keep what somebody did to a video of another; what people do to their own is nobody's business."""
    if not is_owner(actor, video):
        note(actor, action, video.title[:TARGET_LENGTH], id=video.public_id, **detail)


def list_events(actor: User | None, wanted: AuditFilter) -> Found[AuditEvent]:
    """What was done, with who did it; one query.

    Raises:
        NotAllowed: the actor is not an admin.
    """
    require_role(actor, Role.ADMIN)
    statement = select(AuditEvent).outerjoin(AuditEvent.actor).options(contains_eager(AuditEvent.actor))
    if wanted.action:
        statement = statement.where(AuditEvent.action == wanted.action)
    if wanted.query:
        in_name = User.username_key.contains(wanted.query.lower(), autoescape=True)
        statement = statement.where(in_name | AuditEvent.target.icontains(wanted.query, autoescape=True))
    order = Order(
        name=wanted.sort,
        by=SORTED_BY[wanted.sort.removeprefix("-")],
        id=AuditEvent.id,
        descending=wanted.sort.startswith("-"),
    )
    return find_page(statement, order, cursor=wanted.cursor, limit=wanted.limit)


def list_actions(actor: User | None) -> list[str]:
    """The kinds of deeds that were done so far.

    Raises:
        NotAllowed: the actor is not an admin.
    """
    require_role(actor, Role.ADMIN)
    return list(current_session().scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action)))
