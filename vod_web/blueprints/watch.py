"""Watching one video, also while it is still being made."""

from typing import Any

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response

from vod_web.models import Video
from vod_web.resources import resources
from vod_web.schemas.videos import SearchFilter
from vod_web.services import library, positions, processing, videos, views
from vod_web.services.permissions import can_edit
from vod_web.web.live_text import make_live
from vod_web.web.rendering import go_to, render, render_blocks
from vod_web.web.sign_in import asking_browser, current_person
from vod_web.web.videos import show_list, show_video

blueprint = Blueprint("watch", __name__)
blueprint.add_app_template_filter(make_live, "live")

MOST_OTHERS = 12


@blueprint.get("/watch/<video_id>")
def show(video_id: str) -> str:
    """The video and what belongs to it."""
    video = videos.get_video(current_person(), video_id)
    return render("watch/show.html", **_state_of(video), **_around(video))


@blueprint.get("/watch/<video_id>/status")
def status(video_id: str) -> str:
    """How far it is; a page without a player gets the player's place as well, until there is one."""
    video = videos.get_video(current_person(), video_id)
    blocks = ("status", "player") if request.args.get("shown") == "place" else ("status",)
    return render_blocks("watch/show.html", *blocks, is_update=True, **_state_of(video))


@blueprint.post("/watch/<video_id>/retry")
def retry(video_id: str) -> Response:
    """Process it once more."""
    held = resources()
    processing.retry_video(current_person(), video_id, queue=held.queue, settings=held.settings)
    flash("The video is being processed again.", "good")
    return go_to("watch.show", video_id=video_id)


@blueprint.post("/watch/<video_id>/views")
def count_view(video_id: str) -> tuple[str, int]:
    """The player has played for a while."""
    views.count_view(current_person(), video_id, browser=asking_browser(), throttle=resources().throttle)
    return "", 204


def _state_of(video: Video) -> dict[str, Any]:
    """What the player's place and the line under it say."""
    person = current_person()
    return {
        "video": show_video(video),
        "may_edit": can_edit(person, video),
        "start_s": positions.find_resume_s(person, video) if video.is_playable else None,
    }


def _around(video: Video) -> dict[str, Any]:
    """What else is on the page: the newest of the other videos, and its address for search engines."""
    newest = library.list_listed(current_person(), SearchFilter(limit=MOST_OTHERS + 1))
    newest.items[:] = [other for other in newest.items if other.id != video.id][:MOST_OTHERS]
    return {"others": show_list(newest), "base_url": resources().settings.base_url, "is_update": False}
