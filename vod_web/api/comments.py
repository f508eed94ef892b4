"""Comments on videos."""

from typing import Any

from vod_web.api.calls import call
from vod_web.core.clock import utc_now
from vod_web.models import Comment, TokenScope
from vod_web.resources import resources
from vod_web.schemas.base import Page
from vod_web.schemas.comments import (
    CommentBulk,
    CommentCreate,
    CommentLikeWrite,
    CommentMarks,
    CommentQuery,
    CommentRead,
    CommentsRead,
    CommentUpdate,
    ReceivedFilter,
    ReceivedRead,
    RepliesQuery,
)
from vod_web.services import comment_care, comment_lists, comments
from vod_web.services.permissions import require_signed_in
from vod_web.web.comments import show_comments
from vod_web.web.sign_in import current_person

ON_ONE: dict[str, Any] = {"scope": TokenScope.UPLOAD, "returns": CommentRead, "errors": (410,)}


@call(
    "GET",
    "/videos/<video_id>/comments",
    scope=TokenScope.READ,
    query=CommentQuery,
    returns=Page[CommentRead],
    errors=(410,),
)
def list_comments(video_id: str, query: CommentQuery) -> Page[CommentRead]:
    """The comments that begin threads under a video; the pinned one comes first on the first page."""
    person = current_person()
    video, found = comment_lists.list_threads(person, video_id, query)
    pinned = None if query.cursor else comment_lists.find_pinned(person, video)
    return Page(items=show_comments(video, [*([pinned] if pinned else []), *found.items]), next=found.next)


@call(
    "POST",
    "/videos/<video_id>/comments",
    scope=TokenScope.UPLOAD,
    body=CommentCreate,
    returns=CommentRead,
    status=201,
    errors=(409, 410),
)
def add_comment(video_id: str, body: CommentCreate) -> CommentRead:
    """Comment on a video, or answer a comment; `state` says whether it is held until its owner has seen it."""
    new = comments.add_comment(current_person(), video_id, body, throttle=resources().throttle, now=utc_now())
    return _tell(new)


@call(
    "GET",
    "/videos/<video_id>/comments/<comment_id>/replies",
    scope=TokenScope.READ,
    query=RepliesQuery,
    returns=Page[CommentRead],
    errors=(410,),
)
def list_replies(video_id: str, comment_id: str, query: RepliesQuery) -> Page[CommentRead]:
    """The replies in a thread, the first one first."""
    video, _, found = comment_lists.list_replies(current_person(), video_id, comment_id, query)
    return Page(items=show_comments(video, found.items), next=found.next)


@call("GET", "/comments/<comment_id>", scope=TokenScope.READ, returns=CommentRead, errors=(410,))
def get_comment(comment_id: str) -> CommentRead:
    """One comment."""
    return _tell_id(comment_id)


@call("PATCH", "/comments/<comment_id>", body=CommentUpdate, **ON_ONE)
def edit_comment(comment_id: str, body: CommentUpdate) -> CommentRead:
    """Change a comment of yours."""
    held = resources()
    return _tell(comments.edit_comment(current_person(), comment_id, body, throttle=held.throttle, now=utc_now()))


@call("DELETE", "/comments/<comment_id>", scope=TokenScope.UPLOAD, errors=(410,))
def delete_comment(comment_id: str) -> None:
    """Delete a comment of yours, or one on a video of yours; for a day you can bring it back."""
    comments.delete_comment(current_person(), comment_id, now=utc_now())


@call("POST", "/comments/<comment_id>/restore", **ON_ONE)
def restore_comment(comment_id: str) -> CommentRead:
    """Bring back a comment that you deleted."""
    return _tell(comments.restore_comment(current_person(), comment_id, now=utc_now()))


@call("PUT", "/comments/<comment_id>/like", body=CommentLikeWrite, **ON_ONE)
def like_comment(comment_id: str, body: CommentLikeWrite) -> CommentRead:
    """Like a comment, or no more."""
    throttle = resources().throttle
    return _tell(comments.like_comment(current_person(), comment_id, is_liked=body.is_liked, throttle=throttle))


@call("PUT", "/comments/<comment_id>/marks", body=CommentMarks, **ON_ONE)
def mark_comment(comment_id: str, body: CommentMarks) -> CommentRead:
    """Pin a comment on a video of yours above all others, or give it a heart."""
    return _tell(comment_care.mark_comment(current_person(), comment_id, body))


@call("POST", "/comments/<comment_id>/approve", **ON_ONE)
def approve_comment(comment_id: str) -> CommentRead:
    """Let everybody see a comment that was held."""
    return _tell(comment_care.approve_comment(current_person(), comment_id, now=utc_now()))


@call("GET", "/comments", scope=TokenScope.READ, query=ReceivedFilter, returns=Page[ReceivedRead])
def list_received(query: ReceivedFilter) -> Page[ReceivedRead]:
    """The comments on all of your videos: those that are held first, then the newest."""
    person = require_signed_in(current_person())
    found = comment_care.list_received(person, query)
    return Page(items=comment_care.read_received(person, found.items), next=found.next)


@call("POST", "/comments/bulk", scope=TokenScope.UPLOAD, body=CommentBulk, returns=CommentsRead)
def change_comments(body: CommentBulk) -> CommentsRead:
    """Approve or delete many comments; those that are gone or not yours to change are left out."""
    return CommentsRead(done=len(comment_care.change_many(current_person(), body, now=utc_now())))


def _tell(comment: Comment) -> CommentRead:
    return _tell_id(comment.public_id)


def _tell_id(public_id: str) -> CommentRead:
    comment, video = comments.get_comment(current_person(), public_id)
    return show_comments(video, [comment])[0]
