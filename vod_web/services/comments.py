"""Who says what under a video? Writing, editing, deleting and liking comments.

Whatever changes a comment holds the row of its video: so two deeds at the same moment come one after the other, and the
counters of video, thread and comment stay right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from vod_web.core.errors import Conflict, Gone, InvalidInput, NotAllowed, NotFound
from vod_web.db.session import current_session, transaction
from vod_web.models import Comment, CommentLike, CommentRule, User, Video
from vod_web.schemas.comments import CommentCreate, CommentUpdate
from vod_web.services import audit
from vod_web.services.comment_news import announce, take_back, tell_mentioned
from vod_web.services.permissions import can_care_for_comments, require_signed_in
from vod_web.services.site import get_site
from vod_web.services.throttle import Limit, Throttle
from vod_web.services.videos import get_video, is_public_id, lock_video

KEPT = timedelta(days=1)
"""How long a deleted comment can be brought back; after that its text is gone."""

MOST_AT_ONCE = Limit("comments-minute", amount=8, per_s=60, message="You write very fast.")
MOST_COMMENTS = Limit("comments", amount=100, per_s=3600, message="You have written a lot of comments.")
MOST_EDITS = Limit("comment-edits", amount=60, per_s=600, message="That was too often.")
MOST_LIKES = Limit("comment-likes", amount=90, per_s=60, message="That was too often.")

NOT_THE_AUTHOR = "Only its author may change a comment."
NO_SUCH_COMMENT = "There is no such comment, or you may not see it."


@dataclass(frozen=True)
class Held:
    """A comment with its video, in a transaction in which nobody else changes either."""

    session: Session
    comment: Comment
    video: Video


def add_comment(actor: User | None, video_id: str, new: CommentCreate, *, throttle: Throttle, now: datetime) -> Comment:
    """Say something; with the same `send_id` again, give what was said the first time.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound, Gone: as `videos.get_video`.
        Conflict: comments are switched off.
        InvalidInput: what it answers is not there (any more).
        RateLimited: too often.
    """
    person = require_signed_in(actor)
    sent = _find_sent(person, new.send_id)
    if sent is not None:
        return sent
    throttle.hit(MOST_AT_ONCE, f"user {person.id}")
    throttle.hit(MOST_COMMENTS, f"user {person.id}")
    with transaction() as session:
        lock_video(session, video_id)
        video = get_video(person, video_id)
        require_comments(video)
        sent = _find_sent(person, new.send_id)
        return sent or _add(session, person, video, new, now)


def edit_comment(
    actor: User | None, public_id: str, changes: CommentUpdate, *, throttle: Throttle, now: datetime
) -> Comment:
    """Say it otherwise. Where comments are held, it is held anew.

    Raises:
        NotFound, Gone: as `get_comment`.
        NotSignedIn, NotAllowed: it is somebody else's.
        RateLimited: too often.
    """
    person = require_signed_in(actor)
    throttle.hit(MOST_EDITS, f"user {person.id}")

    def edit(held: Held) -> None:
        comment, video = held.comment, held.video
        if comment.author_id != person.id:
            raise NotAllowed(NOT_THE_AUTHOR)
        if comment.text == changes.text:
            return
        comment.text, comment.edited_at = changes.text, now
        if not comment.is_held and _is_to_be_held(person, video):
            comment.is_held, comment.is_pinned = True, False
            count(held.session, comment, -1)
            take_back(held.session, comment)
        elif not comment.is_held:
            tell_mentioned(held.session, comment, video, now=now)

    return change(person, public_id, edit)


def delete_comment(actor: User | None, public_id: str, *, now: datetime) -> Comment:
    """Take it away; for a day, whoever did so can bring it back. Replies stay.

    Raises:
        NotFound, Gone: as `get_comment`.
        NotSignedIn, NotAllowed: the person neither wrote it, nor looks after the comments of the video.
    """
    person = require_signed_in(actor)

    def remove(held: Held) -> None:
        if held.comment.author_id != person.id and not can_care_for_comments(person, held.video):
            raise NotAllowed("Only its author and the owner of the video may delete a comment.")
        _delete(held, person, now)

    return change(person, public_id, remove)


def restore_comment(actor: User | None, public_id: str, *, now: datetime) -> Comment:
    """Bring back what the same person deleted; what is not deleted stays as it is.

    Raises:
        NotFound: as `get_comment`, or somebody else deleted it.
        NotSignedIn: nobody is signed in.
        Gone: it was deleted long ago.
    """
    person = require_signed_in(actor)

    def bring_back(held: Held) -> None:
        comment = held.comment
        if comment.deleted_at is None:
            return
        if comment.deleted_by_id != person.id:
            raise NotFound(NO_SUCH_COMMENT)
        if comment.deleted_at + KEPT <= now:
            raise Gone("This comment was deleted too long ago to come back.")
        comment.deleted_at = comment.deleted_by_id = None
        if not comment.is_held:
            count(held.session, comment, +1)
        announce(held.session, comment, held.video, now=now)
        _note_power(person, held, "comment.restore")

    return change(person, public_id, bring_back, is_deleted=True)


def like_comment(actor: User | None, public_id: str, *, is_liked: bool, throttle: Throttle) -> Comment:
    """Like it, or no more.

    Raises:
        NotFound, Gone: as `get_comment`.
        NotSignedIn: nobody is signed in.
        RateLimited: too often.
    """
    person = require_signed_in(actor)
    throttle.hit(MOST_LIKES, f"user {person.id}")

    def like(held: Held) -> None:
        session, comment = held.session, held.comment
        key = {"user_id": person.id, "comment_id": comment.id}
        before = session.get(CommentLike, key, populate_existing=True)
        if (before is not None) == is_liked:
            return
        if before is None:
            session.add(CommentLike(**key))
        else:
            session.execute(delete(CommentLike).filter_by(**key))
        comment.like_count += 1 if is_liked else -1

    return change(person, public_id, like)


def get_comment(actor: User | None, public_id: str, *, is_deleted: bool = False) -> tuple[Comment, Video]:
    """The comment with its author, and the video that it is about.

    Raises:
        NotFound: there is none, or this person may not see it, or its video.
        Gone: it was deleted (unless it may be: `is_deleted`).
    """
    query = select(Comment, Video.public_id).join(Comment.video).where(Comment.public_id == public_id)
    query = query.options(joinedload(Comment.author))
    loaded = current_session().execute(query.execution_options(populate_existing=True)).one_or_none()
    if not is_public_id(public_id) or loaded is None:
        raise NotFound(NO_SUCH_COMMENT)
    comment, video_id = loaded
    video = get_video(actor, video_id)
    is_hidden = not get_site().has_comments or video.comment_rule is CommentRule.OFF
    is_mine = actor is not None and comment.author_id == actor.id
    if (is_hidden or (comment.is_held and not is_mine)) and not can_care_for_comments(actor, video):
        raise NotFound(NO_SUCH_COMMENT)
    if comment.deleted_at is not None and not is_deleted:
        raise Gone("This comment was deleted.")
    return comment, video


def get_own_comment(actor: User | None, public_id: str) -> tuple[Comment, Video]:
    """The same, for its author, who may change it.

    Raises:
        NotFound, Gone: as `get_comment`.
        NotSignedIn, NotAllowed: it is somebody else's.
    """
    person = require_signed_in(actor)
    comment, video = get_comment(person, public_id)
    if comment.author_id != person.id:
        raise NotAllowed(NOT_THE_AUTHOR)
    return comment, video


def change(actor: User, public_id: str, deed: Callable[[Held], None], *, is_deleted: bool = False) -> Comment:
    """Do something to a comment that this person may see, with nobody else at it; returns it as it is then."""
    with transaction() as session:
        if is_public_id(public_id):
            of_comment = select(Video.public_id).join(Comment, Comment.video_id == Video.id)
            video_id = session.scalar(of_comment.where(Comment.public_id == public_id))
            lock_video(session, video_id or "")
        comment, video = get_comment(actor, public_id, is_deleted=is_deleted)
        deed(Held(session, comment, video))
    return comment


def require_comments(video: Video) -> None:
    """Go on only where people may comment on the video.

    Raises:
        Conflict: they may not.
    """
    if not takes_comments(video):
        raise Conflict("Comments are switched off here.")


def takes_comments(video: Video) -> bool:
    """Whether people may comment on the video."""
    return video.comment_rule is not CommentRule.OFF and get_site().has_comments


def count(session: Session, comment: Comment, difference: int) -> None:
    """One comment more or less is seen by everybody; the video is held by this transaction."""
    counted = {"comment_count": Video.comment_count + difference, "updated_at": Video.updated_at}
    session.execute(update(Video).where(Video.id == comment.video_id).values(counted))
    if comment.thread_id is not None:
        thread = update(Comment).where(Comment.id == comment.thread_id)
        session.execute(thread.values(reply_count=Comment.reply_count + difference))


def _find_sent(person: User, send_id: str | None) -> Comment | None:
    if send_id is None:
        return None
    sent = select(Comment).where(Comment.author_id == person.id, Comment.send_id == send_id)
    return current_session().scalar(sent.options(joinedload(Comment.author)))


def _add(session: Session, person: User, video: Video, new: CommentCreate, now: datetime) -> Comment:
    answered = _get_answered(session, video, new.reply_to) if new.reply_to else None
    comment = Comment(
        video_id=video.id,
        channel_id=video.owner_id,
        author=session.merge(person, load=False),
        thread_id=(answered.thread_id or answered.id) if answered else None,
        text=new.text,
        send_id=new.send_id,
        is_held=_is_to_be_held(person, video),
        is_pinned=False,
        is_hearted=False,
        like_count=0,
        reply_count=0,
        created_at=now,
    )
    session.add(comment)
    session.flush()
    if not comment.is_held:
        count(session, comment, +1)
    announce(session, comment, video, answered=answered, now=now)
    return comment


def _get_answered(session: Session, video: Video, public_id: str) -> Comment:
    query = select(Comment).where(Comment.public_id == public_id, Comment.video_id == video.id)
    found = session.scalar(query.execution_options(populate_existing=True)) if is_public_id(public_id) else None
    if found is None or found.is_held or found.deleted_at is not None:
        sentence = "The comment that you answer is not there any more."
        raise InvalidInput(sentence, {"text": sentence})
    return found


def _is_to_be_held(person: User, video: Video) -> bool:
    return video.comment_rule is CommentRule.HELD and not can_care_for_comments(person, video)


def _delete(held: Held, person: User, now: datetime) -> None:
    comment = held.comment
    comment.deleted_at, comment.deleted_by_id, comment.is_pinned = now, person.id, False
    if not comment.is_held:
        count(held.session, comment, -1)
    take_back(held.session, comment)
    _note_power(person, held, "comment.remove")


def _note_power(person: User, held: Held, action: audit.Deed) -> None:
    """What people do to their own comments, and owners under their videos, is nobody's business."""
    if person.id not in (held.comment.author_id, held.video.owner_id):
        excerpt = " ".join(held.comment.text.split())[: audit.TARGET_LENGTH]
        audit.note(person, action, excerpt, id=held.video.public_id, author=held.comment.author.username)
