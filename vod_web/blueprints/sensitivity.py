"""Sensitive videos: how they are shown, to see one, and to mark one."""

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response

from vod_web.schemas.sensitivity import SensitiveChoice, SensitivityMark
from vod_web.services import blocking, sensitivity, videos
from vod_web.web.forms import blank_form, read_form, redisplay_on_error
from vod_web.web.rendering import go_to, go_to_address, render
from vod_web.web.sensitivity import reveal as reveal_here
from vod_web.web.sign_in import current_person, safe_next

blueprint = Blueprint("sensitivity", __name__)
TEMPLATE = "auth/watching.html"


def _choice() -> dict[str, object]:
    return {"choice": sensitivity.get_choice(current_person())}


@blueprint.get("/account/watching")
def settings() -> str:
    """How sensitive videos are shown to the person."""
    context = _choice()
    return render(TEMPLATE, **context, **blank_form())


@blueprint.post("/account/watching")
@redisplay_on_error(TEMPLATE, "form", context=_choice)
def save_settings() -> Response:
    """Keep it."""
    sensitivity.choose_rule(current_person(), read_form(SensitiveChoice).rule)
    flash("Saved. It holds at once.", "good")
    return go_to("sensitivity.settings")


@blueprint.post("/watch/<video_id>/reveal")
def reveal(video_id: str) -> Response:
    """Take the cover off, for this visit."""
    video = videos.get_video(current_person(), video_id)
    reveal_here(video)
    here = safe_next(request.form.get("next"))
    return go_to_address(here) if here else go_to("watch.show", video_id=video_id)


@blueprint.post("/watch/<video_id>/sensitive")
def mark(video_id: str) -> Response:
    """A moderator says whether it is."""
    video = blocking.mark_video(current_person(), video_id, is_sensitive=read_form(SensitivityMark).is_sensitive)
    flash("Marked as sensitive." if video.is_sensitive else "No longer marked as sensitive.", "good")
    return go_to("watch.show", video_id=video_id)
