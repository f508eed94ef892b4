"""How does somebody look after the comments on his or her videos: let them out, delete, pin, mark them?"""

from datetime import datetime

from sqlalchemy import Select, false, select, update
from sqlalchemy.orm import joinedload

from vod_web.core.errors import NotAllowed, VodError
from vod_web.db.session import current_session
from vod_web.models import Comment, User, Video, VideoStatus
from vod_web.schemas.comments import (
    CommentBulk,
    CommentDeed,
    CommentMarks,
    ReceivedFilter,
    ReceivedRead,
    ReceivedState,
)
from vod_web.services import audit
from vod_web.services.comment_lists import find_liked, find_thread_ids, read_comment
from vod_web.services.comment_news import announce
from vod_web.services.comments import Held, change, count, delete_comment, restore_comment
from vod_web.services.mentions import find_named
from vod_web.services.paging import Found, Order, find_page
from vod_web.services.permissions import can_care_for_comments, can_edit, is_owner, require_signed_in
from vod_web.services.videos import is_public_id

HELD_FIRST = Order(name="held-first", by=Comment.is_held, id=Comment.id)
NOT_YOURS = "Only the owner of the video may do this."


def approve_comment(actor: User | None, public_id: str, *, now: datetime) -> Comment:
    """Let everybody see a comment that was held; one that is not stays as it is.

    Raises:
        NotFound, Gone: as `comments.get_comment`.
        NotSignedIn, NotAllowed: the person does not look after the comments of the video.
    """
    person = require_signed_in(actor)

    def approve(held: Held) -> None:
        comment, video = held.comment, held.video
        if not can_care_for_comments(person, video):
            raise NotAllowed(NOT_YOURS)
        if comment.is_held:
            comment.is_held = False
            count(held.session, comment, +1)
            announce(held.session, comment, video, now=now)
            if not is_owner(person, video):
                excerpt = " ".join(comment.text.split())[: audit.TARGET_LENGTH]
                audit.note(person, "comment.approve", excerpt, id=video.public_id, author=comment.author.username)

    return change(person, public_id, approve)


def mark_comment(actor: User | None, public_id: str, marks: CommentMarks) -> Comment:
    """Pin it above all others, or mark it with a heart, or no more.

    Raises:
        NotFound, Gone: as `comments.get_comment`.
        NotSignedIn, NotAllowed: it is not the person's video, it is a reply (which is not pinned), or held.
    """
    person = require_signed_in(actor)

    def mark(held: Held) -> None:
        comment, video = held.comment, held.video
        if marks.is_pinned is not None:
            if not can_edit(person, video) or comment.thread_id is not None or comment.is_held:
                raise NotAllowed(NOT_YOURS if not can_edit(person, video) else "This comment cannot be pinned.")
            if marks.is_pinned:
                others = update(Comment).where(Comment.video_id == video.id, Comment.is_pinned)
                held.session.execute(others.values(is_pinned=False))
            comment.is_pinned = marks.is_pinned
        if marks.is_hearted is not None:
            if not is_owner(person, video) or comment.is_held:
                raise NotAllowed(NOT_YOURS)
            comment.is_hearted = marks.is_hearted

    return change(person, public_id, mark)


DEEDS = {
    CommentDeed.APPROVE: approve_comment,
    CommentDeed.DELETE: delete_comment,
    CommentDeed.RESTORE: restore_comment,
}


def change_many(actor: User | None, bulk: CommentBulk, *, now: datetime) -> list[str]:
    """Approve, delete or restore all of these; gives those for which it was done: others are gone, or not theirs."""
    person = require_signed_in(actor)
    done = []
    for public_id in dict.fromkeys(bulk.ids):
        try:
            DEEDS[bulk.deed](person, public_id, now=now)
        except VodError:
            continue
        done.append(public_id)
    return done


def list_received(actor: User | None, wanted: ReceivedFilter) -> Found[Comment]:
    """The comments on the person's videos, held ones first, then the newest.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    person = require_signed_in(actor)
    received = (
        select(Comment)
        .join(Comment.video)
        .join(Comment.author)
        .where(Comment.channel_id == person.id, Comment.deleted_at.is_(None), Video.status != VideoStatus.DELETED)
        .options(joinedload(Comment.author), joinedload(Comment.video))
        .execution_options(populate_existing=True)
    )
    return find_page(_narrowed(received, wanted), HELD_FIRST, cursor=wanted.cursor, limit=wanted.limit)


def has_received(actor: User | None) -> bool:
    """Whether anybody ever commented on the person's videos."""
    person = require_signed_in(actor)
    of_person = select(Comment.id).where(Comment.channel_id == person.id, Comment.deleted_at.is_(None))
    return current_session().scalar(of_person.limit(1)) is not None


def read_received(actor: User, comments: list[Comment]) -> list[ReceivedRead]:
    """What the owner of the videos is told of them."""
    liked = find_liked(actor, comments)
    named = find_named(comment.text for comment in comments)
    threads = find_thread_ids(comments)
    told = []
    for comment in comments:
        is_liked, thread_id = comment.id in liked, threads.get(comment.thread_id)
        read = read_comment(actor, comment.video, comment, is_liked=is_liked, thread_id=thread_id, named=named)
        told.append(ReceivedRead(**read.model_dump(), video_title=comment.video.title))
    return told


def _narrowed(received: Select[Comment], wanted: ReceivedFilter) -> Select[Comment]:
    if wanted.state is not None:
        received = received.where(Comment.is_held.is_(wanted.state is ReceivedState.HELD))
    if wanted.video:
        is_wanted = Video.public_id == wanted.video if is_public_id(wanted.video) else false()
        received = received.where(is_wanted)
    if wanted.query:
        in_name = User.username_key.contains(wanted.query.lower().removeprefix("@"), autoescape=True)
        received = received.where(in_name | Comment.text.icontains(wanted.query, autoescape=True))
    return received
