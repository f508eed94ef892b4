"""One's own videos in a table with their states, and the bin."""

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from vod_web.blueprints.studio import blueprint
from vod_web.core.clock import utc_now
from vod_web.resources import resources
from vod_web.schemas.video_lists import OwnFilter
from vod_web.services import bin as video_bin
from vod_web.services import library, processing
from vod_web.web.forms import read_query_kindly
from vod_web.web.rendering import go_to, is_fragment_request, is_from_htmx, reload_page, render, render_blocks, tell
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_table, show_videos


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
    return render("studio/index.html", "videos", wanted=wanted, now=utc_now(), **context, **show_table(found))


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
    return render("studio/bin.html", videos=show_videos(found), gone_at=gone_at)


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
