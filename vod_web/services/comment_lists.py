"""Which comments does somebody see under a video, and what are they told of each?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import joinedload

from vod_web.core.errors import NotFound
from vod_web.db.lists import is_one_of
from vod_web.db.session import current_session
from vod_web.models import Comment, CommentLike, CommentRule, User, Video
from vod_web.schemas.accounts import OwnerRead
from vod_web.schemas.comments import CommentQuery, CommentRead, CommentRights, CommentState, RepliesQuery
from vod_web.services.comments import NO_SUCH_COMMENT, takes_comments
from vod_web.services.mentions import find_named, names_in
from vod_web.services.mutes import find_muted
from vod_web.services.paging import Found, Order, find_page
from vod_web.services.permissions import can_care_for_comments, can_edit, is_owner
from vod_web.services.videos import get_video, is_public_id

TOP = Order(name="top", by=Comment.like_count, id=Comment.id)
NEWEST = Order(name="newest", by=Comment.created_at, id=Comment.id)
FIRST_REPLY_FIRST = Order(name="replies", by=Comment.id, id=Comment.id, descending=False)


@dataclass(frozen=True)
class Linked:
    """The thread of a comment to which an address leads, and, if it is one, the reply."""

    thread: Comment
    reply: Comment | None


def list_threads(actor: User | None, video_id: str, wanted: CommentQuery) -> tuple[Video, Found[Comment]]:
    """The comments that begin threads, without the pinned one.

    Raises:
        NotFound, Gone: as `videos.get_video`.
    """
    video = get_video(actor, video_id, options=())
    begins = _of(actor, video).where(Comment.thread_id.is_(None), Comment.is_pinned.is_(False))
    order = NEWEST if wanted.sort == "newest" else TOP
    return video, find_page(begins, order, cursor=wanted.cursor, limit=wanted.limit)


def find_pinned(actor: User | None, video: Video) -> Comment | None:
    """The comment that stands above all others of the video."""
    return current_session().scalar(_of(actor, video).where(Comment.is_pinned))


def list_replies(
    actor: User | None, video_id: str, thread_id: str, wanted: RepliesQuery
) -> tuple[Video, Comment, Found[Comment]]:
    """The video, the comment that begins the thread, and the replies.

    Raises:
        NotFound, Gone: as `videos.get_video`, or there is no such thread.
    """
    video = get_video(actor, video_id, options=())
    thread = _find(actor, video, thread_id)
    if thread is None or thread.thread_id is not None:
        raise NotFound(NO_SUCH_COMMENT)
    replies = _of(actor, video).where(Comment.thread_id == thread.id)
    return video, thread, find_page(replies, FIRST_REPLY_FIRST, cursor=wanted.cursor, limit=wanted.limit)


def find_linked(actor: User | None, video: Video, public_id: str) -> Linked | None:
    """The comment to which an address leads, with its thread; None where this person sees none."""
    comment = _find(actor, video, public_id)
    if comment is None or comment.thread_id is None:
        return Linked(comment, None) if comment else None
    thread = current_session().scalar(_of(actor, video).where(Comment.id == comment.thread_id))
    return Linked(thread, comment) if thread else None


def read_comments(actor: User | None, video: Video, comments: Sequence[Comment]) -> list[CommentRead]:
    """What this person is told of comments on one video; at most five queries, however many they are."""
    liked, muted = find_liked(actor, comments), find_muted(actor)
    named = find_named(comment.text for comment in comments if comment.deleted_at is None)
    held, threads = _count_held_replies(actor, video, comments), find_thread_ids(comments)
    return [
        read_comment(
            actor,
            video,
            comment,
            is_liked=comment.id in liked,
            thread_id=threads.get(comment.thread_id),
            named=named,
            held=held[comment.id],
            is_muted=comment.author_id in muted,
        )
        for comment in comments
    ]


def read_comment(
    actor: User | None,
    video: Video,
    comment: Comment,
    *,
    is_liked: bool,
    thread_id: str | None,
    named: dict[str, User],
    held: int = 0,
    is_muted: bool = False,
) -> CommentRead:
    """What this person is told; its author must be loaded. `held` replies are added to those that all see.

    `is_muted` says whether the person has muted its author.
    """
    is_deleted = comment.deleted_at is not None
    return CommentRead(
        id=comment.public_id,
        video_id=video.public_id,
        thread_id=thread_id,
        state=_state_of(comment),
        author=None if is_deleted else OwnerRead.model_validate(comment.author),
        is_by_owner=comment.author_id == video.owner_id and not is_deleted,
        text=None if is_deleted else comment.text,
        is_muted=is_muted and not is_deleted,
        mentions=[] if is_deleted else [named[key].username for key in names_in(comment.text) if key in named],
        is_pinned=comment.is_pinned,
        is_hearted=comment.is_hearted and not is_deleted,
        likes=0 if is_deleted else comment.like_count,
        is_liked=is_liked and not is_deleted,
        replies=comment.reply_count + held,
        created_at=comment.created_at,
        edited_at=None if is_deleted else comment.edited_at,
        may=CommentRights() if is_deleted else _rights(actor, video, comment),
    )


def find_liked(actor: User | None, comments: Sequence[Comment]) -> set[int]:
    """Those of these comments that the person likes, by row id."""
    if actor is None or not comments:
        return set()
    liked = select(CommentLike.comment_id).where(
        CommentLike.user_id == actor.id, is_one_of(CommentLike.comment_id, [comment.id for comment in comments])
    )
    return set(current_session().scalars(liked))


def find_thread_ids(comments: Sequence[Comment]) -> dict[int | None, str]:
    """The public ids of the threads in which these are replies, by row id."""
    thread_ids = {comment.thread_id for comment in comments if comment.thread_id is not None}
    if not thread_ids:
        return {}
    rows = current_session().execute(select(Comment.id, Comment.public_id).where(is_one_of(Comment.id, thread_ids)))
    return {row_id: public_id for row_id, public_id in rows}  # noqa: C416 - the key may be None where it is looked up


def _of(actor: User | None, video: Video) -> Select[Comment]:
    """The comments on the video that this person sees, with what `read_comment` needs."""
    seen = select(Comment).where(Comment.video_id == video.id, _is_seen(actor, video))
    seen = seen.options(joinedload(Comment.author))
    return seen.execution_options(populate_existing=True)


def _is_seen(actor: User | None, video: Video) -> ColumnElement[bool]:
    """What is deleted keeps its place while it has replies; what is held is its author's and the owner's."""
    if not takes_comments(video):
        return false()
    stands = and_(Comment.deleted_at.is_(None), _may_be_held(actor, video))
    return or_(stands, and_(Comment.deleted_at.is_not(None), Comment.reply_count > 0))


def _may_be_held(actor: User | None, video: Video) -> ColumnElement[bool]:
    if can_care_for_comments(actor, video):
        return true()
    return or_(Comment.is_held.is_(False), Comment.author_id == actor.id) if actor else Comment.is_held.is_(False)


def _find(actor: User | None, video: Video, public_id: str) -> Comment | None:
    if not is_public_id(public_id):
        return None
    return current_session().scalar(_of(actor, video).where(Comment.public_id == public_id))


def _count_held_replies(actor: User | None, video: Video, comments: Sequence[Comment]) -> Counter[int]:
    """How many replies this person sees in each thread that others do not (yet)."""
    begins = [comment.id for comment in comments if comment.thread_id is None]
    if actor is None or not begins:
        return Counter()
    held = select(Comment.thread_id, func.count()).where(
        is_one_of(Comment.thread_id, begins), Comment.is_held, Comment.deleted_at.is_(None)
    )
    if not can_care_for_comments(actor, video):
        held = held.where(Comment.author_id == actor.id)
    rows = current_session().execute(held.group_by(Comment.thread_id))
    return Counter({thread_id: number for thread_id, number in rows if thread_id is not None})


def _state_of(comment: Comment) -> CommentState:
    if comment.deleted_at is not None:
        return "deleted" if comment.deleted_by_id in (None, comment.author_id) else "removed"
    return "held" if comment.is_held else "shown"


def _rights(actor: User | None, video: Video, comment: Comment) -> CommentRights:
    if actor is None:
        return CommentRights(report=not comment.is_held)
    is_mine, cares, is_out = comment.author_id == actor.id, can_care_for_comments(actor, video), not comment.is_held
    may_talk = is_out and video.comment_rule is not CommentRule.OFF
    return CommentRights(
        edit=is_mine,
        delete=is_mine or cares,
        approve=cares and comment.is_held,
        pin=can_edit(actor, video) and is_out and comment.thread_id is None,
        heart=is_owner(actor, video) and is_out,
        like=is_out,
        reply=may_talk,
        report=is_out and not is_mine,
        mute=not is_mine,
    )
