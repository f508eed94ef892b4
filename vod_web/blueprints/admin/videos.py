"""Everybody's videos: states, sizes, and what can be done about them."""

from werkzeug.wrappers import Response

from vod_web.blueprints.admin import blueprint, done
from vod_web.core.clock import utc_now
from vod_web.models import VideoStatus, Visibility
from vod_web.resources import resources
from vod_web.schemas.admin import EveryVideoFilter
from vod_web.schemas.sensitivity import SensitivityMark
from vod_web.services import admin, blocking, processing
from vod_web.web.forms import choices, read_form, read_query
from vod_web.web.rendering import render
from vod_web.web.sign_in import current_person


@blueprint.get("/videos")
def videos() -> str:
    """The table of all videos."""
    wanted = read_query(EveryVideoFilter)
    page = admin.list_every_video(current_person(), wanted)
    return render(
        "admin/videos.html",
        "rows",
        page=page,
        wanted=wanted,
        status_choices=choices(VideoStatus),
        visibility_choices=choices(Visibility),
    )


@blueprint.post("/videos/<video_id>/retry")
def retry_video(video_id: str) -> Response:
    """Process a failed video anew."""
    at_hand = resources()
    video = processing.retry_video(current_person(), video_id, queue=at_hand.queue, settings=at_hand.settings)
    return _said(f"“{video.title}” is processed again.")


@blueprint.post("/videos/<video_id>/reencode")
def reencode_video(video_id: str) -> Response:
    """Make everything of a video anew; what there is plays on meanwhile."""
    at_hand = resources()
    video = processing.reencode_video(current_person(), video_id, queue=at_hand.queue, settings=at_hand.settings)
    return _said(f"“{video.title}” is encoded anew; it plays on meanwhile.")


@blueprint.post("/videos/<video_id>/cancel")
def cancel_video(video_id: str) -> Response:
    """Stop the processing of a video."""
    video = processing.cancel_video(current_person(), video_id)
    return _said(f"The processing of “{video.title}” was stopped. Its source is kept.")


@blueprint.post("/videos/<video_id>/delete")
def delete_video(video_id: str) -> Response:
    """Put a video into the bin."""
    video = admin.delete_video(current_person(), video_id, now=utc_now())
    return _said(f"“{video.title}” is in the bin; it can be restored from this table.")


@blueprint.post("/videos/<video_id>/restore")
def restore_video(video_id: str) -> Response:
    """Take a video out of the bin."""
    video = admin.restore_video(current_person(), video_id, now=utc_now())
    return _said(f"“{video.title}” is back.")


@blueprint.post("/videos/<video_id>/sensitive")
def mark_video(video_id: str) -> Response:
    """Say whether a video is sensitive."""
    wanted = read_form(SensitivityMark)
    video = blocking.mark_video(current_person(), video_id, is_sensitive=wanted.is_sensitive)
    return _said(f"“{video.title}” is {'now' if video.is_sensitive else 'no longer'} marked as sensitive.")


def _said(sentence: str) -> Response:
    return done(sentence, "admin.videos")
