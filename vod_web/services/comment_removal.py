"""When is what somebody deleted really gone?"""

from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import aliased

from vod_web.db.session import transaction
from vod_web.models import Comment
from vod_web.services.comments import KEPT

MOST_AT_ONCE = 500


def purge_comments(*, now: datetime) -> int:
    """Remove the comments that can come back no more; of those with replies, the text. Returns how many there were."""
    with transaction() as session:
        over = select(Comment.id).where(Comment.deleted_at <= now - KEPT, Comment.text != "")
        ids = session.scalars(over.order_by(Comment.deleted_at).limit(MOST_AT_ONCE)).all()
        reply = aliased(Comment)
        has_replies = exists().where(reply.thread_id == Comment.id)
        quietly = {"synchronize_session": False}
        session.execute(delete(Comment).where(Comment.id.in_(ids), ~has_replies), execution_options=quietly)
        session.execute(update(Comment).where(Comment.id.in_(ids)).values(text=""), execution_options=quietly)
    return len(ids)
