"""What people say about a video: reading, writing, and looking after it."""

import json
from typing import Any

from flask import Blueprint, flash, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from vod_web.core.clock import utc_now
from vod_web.models import Comment, Video
from vod_web.resources import resources
from vod_web.schemas.comments import CommentCreate, CommentLikeWrite, CommentMarks, CommentUpdate
from vod_web.services import comment_care, comments, mentions
from vod_web.services.permissions import require_signed_in
from vod_web.web.comments import blank_comment, find_place, show_comment, show_place, show_thread, show_threads
from vod_web.web.forms import read_form, redisplay_on_error
from vod_web.web.rendering import go_to_address, is_fragment_request, render, render_blocks
from vod_web.web.sign_in import current_person

blueprint = Blueprint("comments", __name__, url_prefix="/watch/<video_id>/comments")


@blueprint.get("")
def index(video_id: str) -> str:
    """The comments that begin threads."""
    context = show_threads(video_id) | blank_comment() | {"deleted": request.args.get("deleted")}
    return render("watch/comments.html", "items" if request.args.get("cursor") else "comments", **context)


@blueprint.post("")
@redisplay_on_error("watch/comments.html", "form", context=lambda video_id: show_threads(video_id) | {"deleted": None})
def add(video_id: str) -> Response:
    """Say something, or answer somebody."""
    new, held = read_form(CommentCreate), resources()
    comment = comments.add_comment(current_person(), video_id, new, throttle=held.throttle, now=utc_now())
    said = (
        "Your comment is shown when the owner of the video has seen it."
        if comment.is_held
        else "Your comment is there."
    )
    if not is_fragment_request():
        flash(said, "good")
        return go_to_address(_address_of(video_id, comment))
    comment, video = comments.get_comment(current_person(), comment.public_id)
    context = {"place": show_place(video), "added": show_comment(video, comment)} | blank_comment()
    blocks = ("added",) if new.reply_to else ("form", "added")
    answer = make_response(render_blocks("watch/comments.html", *blocks, **context))
    answer.headers["HX-Trigger"] = json.dumps({"toast": {"message": said, "kind": "good"}})
    return answer


@blueprint.get("/<comment_id>")
def thread(video_id: str, comment_id: str) -> str:
    """One thread, with its replies."""
    return render("watch/thread.html", "replies", **show_thread(video_id, comment_id))


@blueprint.get("/<comment_id>/reply")
def reply(video_id: str, comment_id: str) -> str:
    """The form of an answer; whom it answers is named in it, where that is a reply itself."""
    comment, video = comments.get_comment(require_signed_in(current_person()), comment_id)
    name = f"@{comment.author.username} " if comment.thread_id is not None else ""
    return render("watch/reply.html", "form", **_show(comment, video), **blank_comment(reply_to=comment_id, text=name))


@blueprint.get("/<comment_id>/edit")
def edit(video_id: str, comment_id: str) -> str:
    """The form in which one's comment is changed."""
    context = _own(comment_id)
    return render("watch/edit_comment.html", "form", **context, **blank_comment(text=context["comment"].text))


def _own(comment_id: str, **_more: str) -> dict[str, Any]:
    return _show(*comments.get_own_comment(current_person(), comment_id))


def _show(comment: Comment, video: Video) -> dict[str, Any]:
    return {"place": show_place(video), "comment": show_comment(video, comment)}


@blueprint.post("/<comment_id>/edit")
@redisplay_on_error("watch/edit_comment.html", "form", context=_own)
def save(video_id: str, comment_id: str) -> str | Response:
    """Say it otherwise."""
    changes, held = read_form(CommentUpdate), resources()
    comment = comments.edit_comment(current_person(), comment_id, changes, throttle=held.throttle, now=utc_now())
    return _answer(video_id, comment)


@blueprint.get("/<comment_id>/one")
def one(video_id: str, comment_id: str) -> str | Response:
    """A comment by itself, in place of the form in which it was changed."""
    comment, _ = comments.get_comment(current_person(), comment_id)
    return _answer(video_id, comment)


@blueprint.post("/<comment_id>/delete")
def delete(video_id: str, comment_id: str) -> str | Response:
    """Take it away; it can come back."""
    comment = comments.delete_comment(current_person(), comment_id, now=utc_now())
    if is_fragment_request():
        return render_template("watch/_deleted.html", place=find_place(video_id), comment_id=comment.public_id)
    return go_to_address(url_for("comments.index", video_id=video_id, deleted=comment.public_id))


@blueprint.post("/<comment_id>/restore")
def restore(video_id: str, comment_id: str) -> str | Response:
    """Bring it back."""
    return _answer(video_id, comments.restore_comment(current_person(), comment_id, now=utc_now()))


@blueprint.post("/<comment_id>/like")
def like(video_id: str, comment_id: str) -> str | Response:
    """Like it, or no more."""
    is_liked, held = read_form(CommentLikeWrite).is_liked, resources()
    comment = comments.like_comment(current_person(), comment_id, is_liked=is_liked, throttle=held.throttle)
    return _answer(video_id, comment)


@blueprint.post("/<comment_id>/marks")
def mark(video_id: str, comment_id: str) -> str | Response:
    """Pin it, give it a heart, or no more."""
    return _answer(video_id, comment_care.mark_comment(current_person(), comment_id, read_form(CommentMarks)))


@blueprint.post("/<comment_id>/approve")
def approve(video_id: str, comment_id: str) -> str | Response:
    """Let everybody see it."""
    return _answer(video_id, comment_care.approve_comment(current_person(), comment_id, now=utc_now()))


@blueprint.get("/mentions")
def suggest(video_id: str) -> str:
    """The people who may be meant by what has been typed after an `@`."""
    typed = request.args.get("typed", "")[:60]
    people = mentions.suggest_people(current_person(), video_id, typed, throttle=resources().throttle)
    return render_template("watch/_mentions.html", people=people)


def _answer(video_id: str, comment: Comment) -> str | Response:
    """The comment as it is now, in its place, or the page on which it stands."""
    if not is_fragment_request():
        return go_to_address(_address_of(video_id, comment))
    shown = _show(*comments.get_comment(current_person(), comment.public_id))
    return render_blocks("watch/edit_comment.html", "shown", **shown)


def _address_of(video_id: str, comment: Comment) -> str:
    address = url_for("comments.index", video_id=video_id, comment=comment.public_id)
    return f"{address}#comment-{comment.public_id}"
