"""Which picture stands for a video: one of its frames, or one of one's own."""

from typing import Any

from flask import flash, request
from werkzeug.wrappers import Response

from vod_web.blueprints.studio import blueprint
from vod_web.core.clock import utc_now
from vod_web.core.errors import InvalidInput, TooLarge
from vod_web.media.uploaded_pictures import MOST_BYTES
from vod_web.resources import resources
from vod_web.schemas.thumbnails import PicturePlace, ThumbnailChoice
from vod_web.services import thumbnails, videos
from vod_web.web.forms import read_form
from vod_web.web.rendering import go_to, is_fragment_request, render, render_blocks
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_video, tell_frames

FORM_BYTES = 64 * 1024
"""What a form with a picture has beside it."""
NO_FILE = "Choose a picture first."


@blueprint.url_value_preprocessor
def allow_pictures(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Pictures are larger than other forms; this is known before the form is read."""
    if endpoint == "studio.thumbnail_picture":
        request.max_content_length = MOST_BYTES + FORM_BYTES


@blueprint.get("/videos/<video_id>/thumbnail")
def thumbnail(video_id: str) -> str:
    """Which picture it is, and which others it could be."""
    part = {"now": "now", "frames": "frames"}.get(request.args.get("part", ""), "picture")
    return render("studio/thumbnail.html", part, **_context_of(video_id))


@blueprint.post("/videos/<video_id>/thumbnail/frame")
def thumbnail_frame(video_id: str) -> Response | str:
    """Take a frame."""
    person, held = current_person(), resources()
    try:
        at_s = read_form(ThumbnailChoice).at_s
        thumbnails.choose_frame(person, video_id, at_s, queue=held.queue, now=utc_now())
    except InvalidInput as error:
        return _refuse(video_id, error)
    return _answer(video_id)


@blueprint.post("/videos/<video_id>/thumbnail/picture")
def thumbnail_picture(video_id: str) -> Response | str:
    """Take a picture of one's own."""
    videos.get_own_video(current_person(), video_id)
    try:
        position = read_form(PicturePlace).position
        file = request.files.get("picture")
        content = file.read() if file else b""
        if not content:
            raise InvalidInput(NO_FILE, {"picture": NO_FILE})
        thumbnails.upload_picture(
            current_person(), video_id, content, position=position, storage=resources().storage, now=utc_now()
        )
    except (InvalidInput, TooLarge) as error:
        return _refuse(video_id, error)
    return _answer(video_id)


@blueprint.post("/videos/<video_id>/thumbnail/automatic")
def thumbnail_automatic(video_id: str) -> Response | str:
    """Let us choose again."""
    thumbnails.choose_automatically(current_person(), video_id, now=utc_now())
    return _answer(video_id)


def _answer(video_id: str) -> Response | str:
    """The section as it is now; without htmx, its page."""
    if is_fragment_request():
        return render_blocks("studio/thumbnail.html", "picture", **_context_of(video_id))
    flash("Saved.", "good")
    return go_to("studio.thumbnail", video_id=video_id)


def _refuse(video_id: str, error: InvalidInput) -> Response:
    errors = error.fields or {"picture": error.message}
    page = render("studio/thumbnail.html", "picture", **_context_of(video_id, errors))
    return Response(page, 422, content_type="text/html; charset=utf-8")


def _context_of(video_id: str, errors: dict[str, str] | None = None) -> dict[str, Any]:
    video = videos.get_own_video(current_person(), video_id)
    return {
        "video": show_video(video),
        "now": utc_now(),
        "offer": tell_frames(video_id, with_host=False),
        "has_failed": thumbnails.has_failed(video),
        "errors": errors or {},
        "most_mib": MOST_BYTES // 1024**2,
    }
