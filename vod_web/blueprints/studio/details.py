"""What is said about a video, who may watch it, and how far it is."""

from typing import Any

from flask import flash, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from vod_web.blueprints.studio import blueprint
from vod_web.core.clock import utc_now
from vod_web.models import Video
from vod_web.schemas.videos import VideoUpdate
from vod_web.services import playlists, videos
from vod_web.services.permissions import is_owner
from vod_web.web.forms import VERSION_FIELD, blank_form, read_form, redisplay_on_error
from vod_web.web.publishing import publishing_choices
from vod_web.web.rendering import go_to, render, render_blocks
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_video


@blueprint.get("/videos/<video_id>")
def edit(video_id: str) -> str:
    """What is said about a video, and who may watch it."""
    return render("studio/edit.html", **_form_of(video_id))


@blueprint.get("/videos/<video_id>/progress")
def progress(video_id: str) -> str:
    """How far it is, each of its qualities, and what is known of its file."""
    video = show_video(videos.get_own_video(current_person(), video_id))
    return render_blocks("studio/section.html", "progress", video=video, now=utc_now())


@blueprint.post("/videos/<video_id>")
@redisplay_on_error("studio/edit.html", "form", context=lambda video_id: _context_of(video_id, request.form))
def update(video_id: str) -> Response:
    """Change it."""
    video = videos.get_own_video(current_person(), video_id)
    chosen: dict[str, Any] = {"is_sensitive": "is_sensitive" in request.form} if _may_mark(video) else {}
    if is_owner(current_person(), video):
        chosen["playlists"] = request.form.getlist("playlists")
    seen = request.form.get(VERSION_FIELD, "")
    videos.update_video(current_person(), video_id, read_form(VideoUpdate, **chosen), seen=seen)
    flash("Saved.", "good")
    return go_to("studio.edit", video_id=video_id)


def _may_mark(video: Video) -> bool:
    """Whether the form has a box for being sensitive that can be changed."""
    person = current_person()
    return not video.is_marked_by_moderator or (person is not None and person.is_moderator)


def _form_of(video_id: str) -> dict[str, Any]:
    """The form, filled in with what is known."""
    video = videos.get_own_video(current_person(), video_id)
    return _context_of(video_id) | blank_form(
        title=video.title,
        description=video.description,
        tags=", ".join(tag.name for tag in video.tags),
        visibility=video.visibility.value,
        category=video.category,
        language=video.language,
        licence=video.licence,
        recorded_on=video.recorded_on,
        is_sensitive=video.is_sensitive,
        publish=video.publish_rule.value,
        publish_at=f"{video.publish_at:%Y-%m-%dT%H:%M}" if video.publish_at else "",
        time_zone="UTC",
        viewers=", ".join(viewer.username for viewer in video.viewers),
        comments=video.comment_rule.value,
        downloads=video.download_rule.value,
        embed=video.embed_rule.value,
        embed_sites="\n".join(video.embed_sites),
        version=videos.version_of(video),
    )


def _context_of(video_id: str, typed: "MultiDict[str, str] | None" = None) -> dict[str, Any]:
    """What stands around the form; `typed` is what was sent of it."""
    person = current_person()
    video = videos.get_own_video(person, video_id)
    is_own = is_owner(person, video)
    chosen = playlists.list_playlists_with(person, video) if is_own and typed is None else []
    return {
        "video": show_video(video),
        "now": utc_now(),
        "moment": video.publish_at if typed is None else None,
        "is_own": is_own,
        "may_mark": _may_mark(video),
        "choices": publishing_choices(person if is_own else None, kept_language=video.language),
        "chosen_playlists": chosen if typed is None else typed.getlist("playlists"),
    }
