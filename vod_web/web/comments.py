"""What do pages need for showing comments?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from vod_web.core.ids import new_public_id
from vod_web.models import Comment, User, Video
from vod_web.schemas.comments import CommentQuery, CommentRead, RepliesQuery
from vod_web.services import comment_lists
from vod_web.services.comments import takes_comments
from vod_web.services.permissions import can_edit
from vod_web.services.videos import get_video
from vod_web.web.forms import read_query_kindly
from vod_web.web.rendering import address_here
from vod_web.web.sign_in import current_person


@dataclass(frozen=True)
class Place:
    """Where comments stand: what their macros need to know of the video, and of who looks at it."""

    video_id: str
    title: str
    duration_s: float | None
    count: int
    address: str
    person: User | None
    takes_comments: bool
    may_edit: bool


def show_place(video: Video) -> Place:
    """For comments on this video."""
    person = current_person()
    return Place(
        video_id=video.public_id,
        title=video.title,
        duration_s=video.duration_s,
        count=video.comment_count,
        address=url_for("watch.show", video_id=video.public_id),
        person=person,
        takes_comments=takes_comments(video),
        may_edit=can_edit(person, video),
    )


def find_place(video_id: str) -> Place:
    """For comments on the video with this id."""
    return show_place(get_video(current_person(), video_id, options=()))


def show_comment(video: Video, comment: Comment) -> CommentRead:
    """What the person who asks is told of one."""
    return show_comments(video, [comment])[0]


def show_comments(video: Video, comments: Sequence[Comment]) -> list[CommentRead]:
    """What the person who asks is told of these."""
    return comment_lists.read_comments(current_person(), video, comments)


def show_threads(video_id: str) -> dict[str, Any]:
    """What the page of a video's comments needs, as its address says; the first page with the comments on top."""
    wanted, _ = read_query_kindly(CommentQuery)
    person = current_person()
    video, found = comment_lists.list_threads(person, video_id, wanted)
    linked = None if wanted.cursor else comment_lists.find_linked(person, video, request.args.get("comment", ""))
    pinned = None if wanted.cursor else comment_lists.find_pinned(person, video)
    on_top = [linked.thread] if linked else []
    on_top += [pinned] if pinned and pinned not in on_top else []
    replies = [linked.reply] if linked and linked.reply else []
    rows = [*on_top, *(comment for comment in found.items if comment not in on_top)]
    told = show_comments(video, [*rows, *replies])
    return {
        "place": show_place(video),
        "wanted": wanted,
        "comments": told[: len(rows)],
        "linked": (linked.reply or linked.thread).public_id if linked else None,
        "linked_reply": told[len(rows)] if replies else None,
        "next_url": address_here(cursor=found.next, comment=None) if found.next else None,
        "added": None,
    }


def show_thread(video_id: str, comment_id: str) -> dict[str, Any]:
    """What the page of one thread needs."""
    wanted, _ = read_query_kindly(RepliesQuery)
    video, thread, found = comment_lists.list_replies(current_person(), video_id, comment_id, wanted)
    told = show_comments(video, [thread, *found.items])
    return {
        "place": show_place(video),
        "thread": told[0],
        "replies": told[1:],
        "is_first": wanted.cursor is None,
        "next_url": address_here(cursor=found.next) if found.next else None,
    }


def blank_comment(**values: Any) -> dict[str, Any]:
    """The context of a form in which nothing is written yet; its `send_id` makes two presses one comment."""
    return {"values": {"text": "", "reply_to": "", "send_id": new_public_id()} | values, "errors": {}}
