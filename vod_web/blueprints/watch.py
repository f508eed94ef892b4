"""Watching one video, also while it is still being made."""

import math
from typing import Any

from flask import Blueprint, current_app, flash, request, url_for
from werkzeug.wrappers import Response

from vod_web.core.errors import NotFound
from vod_web.models import Video, Visibility
from vod_web.resources import resources
from vod_web.schemas.base import parse_input
from vod_web.schemas.viewing import PlayReport
from vod_web.services import positions, premieres, processing, reactions, videos
from vod_web.services.downloads import can_download
from vod_web.services.embedding import fit_player, is_embeddable
from vod_web.services.mentions import list_named
from vod_web.services.paging import Found
from vod_web.services.permissions import can_edit
from vod_web.services.related import find_related
from vod_web.services.subscriptions import get_standing
from vod_web.services.transcripts import find_beginning
from vod_web.web.playing import begins_at, show_playing
from vod_web.web.premieres import show_premiere
from vod_web.web.rendering import go_to, render, render_blocks
from vod_web.web.sensitivity import is_covered
from vod_web.web.sharing import describe_video, draw_qr, embed_code
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_list, show_video, show_videos
from vod_web.web.viewing import note_report

blueprint = Blueprint("watch", __name__)

MOST_RELATED = 16
LARGEST_FRAME = (1280, 720)
"""Of the player in the embed code that is offered, in pixels."""


@blueprint.get("/watch/<video_id>")
def show(video_id: str) -> str:
    """The video and what belongs to it; of one whose time is still to come, when that is."""
    try:
        video = videos.get_video(current_person(), video_id)
    except NotFound:
        return render("watch/premiere.html", **show_premiere(premieres.get_premiere(current_person(), video_id)))
    reaction, playing = reactions.find_reaction(current_person(), video), show_playing(video)
    told = {"reaction": reaction, "playing": playing, "mentions": list_named(video.description)}
    context = _around(video) | _shared(video) | told
    return render("watch/show.html", **begins_at(_state_of(video), playing), **context)


@blueprint.get("/watch/<video_id>/status")
def status(video_id: str) -> str:
    """How far it is; a page without a player gets the player's place as well, until there is one."""
    video = videos.get_video(current_person(), video_id)
    blocks = ("status", "chapters", "player") if request.args.get("shown") == "place" else ("status", "chapters")
    return render_blocks("watch/show.html", *blocks, is_update=True, **_state_of(video))


@blueprint.post("/watch/<video_id>/retry")
def retry(video_id: str) -> Response:
    """Process it once more."""
    held = resources()
    processing.retry_video(current_person(), video_id, queue=held.queue, settings=held.settings)
    flash("The video is being processed again.", "good")
    return go_to("watch.show", video_id=video_id)


@blueprint.get("/watch/<video_id>/qr.svg")
def qr(video_id: str) -> Response:
    """The address of the video for cameras of phones; `t` is where it begins."""
    video = videos.get_video(current_person(), video_id)
    address = resources().settings.base_url + url_for("watch.show", video_id=video.public_id)
    time_s = min(request.args.get("t", 0, int), math.ceil(video.duration_s or 0))
    return current_app.response_class(draw_qr(address, time_s=max(0, time_s)), mimetype="image/svg+xml")


@blueprint.post("/watch/<video_id>/plays")
def note_playing(video_id: str) -> tuple[str, int]:
    """A player tells what it has played."""
    report = parse_input(PlayReport, request.get_json(silent=True) or {})
    note_report(video_id, report)
    return "", 204


def _state_of(video: Video) -> dict[str, Any]:
    """What the player's place and the line under it say."""
    person = current_person()
    return {
        "video": show_video(video),
        "may_edit": can_edit(person, video),
        "is_covered": is_covered(video),
        "start_s": positions.find_resume_s(person, video) if video.is_playable else None,
    }


def _around(video: Video) -> dict[str, Any]:
    """What else is on the page: what goes with it, the first of which comes up next."""
    related = find_related(current_person(), video, limit=MOST_RELATED)
    standing = get_standing(current_person(), video.owner)
    may_download = can_download(current_person(), video)
    return {
        "may_download": may_download,
        "others": show_list(Found(related, None)),
        "standing": standing,
        "is_update": False,
    }


def _shared(video: Video) -> dict[str, Any]:
    """What other sites, search engines and messengers get to know, with whole addresses."""
    base_url = resources().settings.base_url
    told = show_videos([video], base_url=base_url)[0]
    may_embed = is_embeddable(video)
    transcript = find_beginning(video) if video.visibility is Visibility.PUBLIC else None
    size = fit_player((video.width_px, video.height_px), *LARGEST_FRAME)
    return {
        "shared": told,
        "frame_size": size,
        "embed_code": embed_code(told, size) if may_embed else None,
        "structured": describe_video(told, base_url=base_url, is_embeddable=may_embed, transcript=transcript),
    }
