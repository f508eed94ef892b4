"""Liking videos, and the list of those that one likes."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from vod_web.core.clock import utc_now
from vod_web.resources import resources
from vod_web.schemas.base import PageQuery
from vod_web.schemas.reactions import ReactionWrite
from vod_web.services import reactions
from vod_web.services.videos import AS_CARD
from vod_web.web.forms import read_form, read_query_kindly
from vod_web.web.rendering import go_to, is_fragment_request, render, render_blocks
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_list, show_video

blueprint = Blueprint("reactions", __name__)


@blueprint.post("/watch/<video_id>/reaction")
def react(video_id: str) -> str | Response:
    """Like the video, dislike it, or neither."""
    kind = read_form(ReactionWrite).kind
    video = reactions.react(current_person(), video_id, kind, throttle=resources().throttle, now=utc_now())
    if is_fragment_request():
        return render_blocks("watch/show.html", "reactions", video=show_video(video), reaction=kind)
    return go_to("watch.show", video_id=video_id)


@blueprint.get("/liked")
def liked() -> str:
    """The videos that one likes, the last one first."""
    wanted, _ = read_query_kindly(PageQuery)
    found = reactions.list_liked(current_person(), wanted, options=AS_CARD)
    return render("library/liked.html", "videos", is_later=bool(request.args.get("cursor")), **show_list(found))
