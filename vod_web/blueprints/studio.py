"""One's own videos: their state, what is said about them, and the bin."""

from typing import Any

from flask import Blueprint, flash, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from vod_web.core.clock import utc_now
from vod_web.resources import resources
from vod_web.schemas.videos import OwnFilter, VideoUpdate
from vod_web.services import bin as video_bin
from vod_web.services import library, playlists, processing, videos
from vod_web.services.permissions import is_owner
from vod_web.web.forms import VERSION_FIELD, blank_form, read_form, read_query_kindly, redisplay_on_error
from vod_web.web.publishing import publishing_choices
from vod_web.web.rendering import go_to, is_fragment_request, is_from_htmx, reload_page, render, render_blocks, tell
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_list, show_video, show_videos

blueprint = Blueprint("studio", __name__, url_prefix="/studio")


@blueprint.get("")
def index() -> str:
    """My videos."""
    wanted, left_out = read_query_kindly(OwnFilter)
    found = library.list_own_videos(current_person(), wanted)
    deleted = video_bin.find_deleted(current_person(), request.args.get("deleted", ""))
    context = {
        "has_any": bool(found.items) or library.has_own_videos(current_person()),
        "deleted": deleted,
        "left_out": left_out,
    }
    return render("studio/index.html", "videos", wanted=wanted, now=utc_now(), **context, **show_list(found))


@blueprint.get("/status")
def status() -> str:
    """The states of those rows of the table that were still changing."""
    found = library.list_own_of(current_person(), request.args.getlist("id"))
    return render_blocks("studio/index.html", "live", "states", videos=show_videos(found), is_update=True)


@blueprint.get("/bin")
def deleted_videos() -> str:
    """What was deleted in the last days, and can come back."""
    found = video_bin.list_bin(current_person())
    gone_at = {video.public_id: video.deleted_at + video_bin.KEPT for video in found if video.deleted_at}
    return render("studio/bin.html", "videos", videos=show_videos(found), gone_at=gone_at)


@blueprint.get("/videos/<video_id>")
def edit(video_id: str) -> str:
    """What is said about a video, and who may watch it."""
    return render("studio/edit.html", **_form_of(video_id))


@blueprint.get("/videos/<video_id>/progress")
def progress(video_id: str) -> str:
    """How far it is, and each of its qualities."""
    return render_blocks(
        "studio/edit.html", "progress", video=show_video(videos.get_own_video(current_person(), video_id))
    )


@blueprint.post("/videos/<video_id>")
@redisplay_on_error("studio/edit.html", "form", context=lambda video_id: _context_of(video_id, request.form))
def update(video_id: str) -> Response:
    """Change it."""
    video = videos.get_own_video(current_person(), video_id)
    chosen = {"playlists": request.form.getlist("playlists")} if is_owner(current_person(), video) else {}
    seen = request.form.get(VERSION_FIELD, "")
    videos.update_video(current_person(), video_id, read_form(VideoUpdate, **chosen), seen=seen)
    flash("Saved.", "good")
    return go_to("studio.edit", video_id=video_id)


@blueprint.post("/videos/<video_id>/delete")
def delete(video_id: str) -> Response:
    """Put it into the bin."""
    deleted = video_bin.delete_video(current_person(), video_id, now=utc_now())
    if is_fragment_request():
        return tell("Moved to the bin.", action="Undo", url=url_for("studio.restore", video_id=video_id))
    return go_to("studio.index", deleted=deleted.public_id)


@blueprint.post("/videos/<video_id>/restore")
def restore(video_id: str) -> Response:
    """Take it out of the bin."""
    video_bin.restore_video(current_person(), video_id, now=utc_now())
    flash("The video is back.", "good")
    return reload_page() if is_from_htmx() else go_to("studio.index")


@blueprint.post("/videos/<video_id>/retry")
def retry(video_id: str) -> Response:
    """Process it once more."""
    held = resources()
    processing.retry_video(current_person(), video_id, queue=held.queue, settings=held.settings)
    flash("The video is being processed again.", "good")
    return go_to("studio.index")


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
        publish=video.publish_rule.value,
        publish_at=f"{video.publish_at:%Y-%m-%dT%H:%M}" if video.publish_at else "",
        time_zone="UTC",
        viewers=", ".join(viewer.username for viewer in video.viewers),
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
        "choices": publishing_choices(person if is_own else None, kept_language=video.language),
        "chosen_playlists": chosen if typed is None else typed.getlist("playlists"),
    }
