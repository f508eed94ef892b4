"""Videos whose time is still to come, and being reminded of them."""

from flask import Blueprint
from werkzeug.wrappers import Response

from vod_web.core.clock import utc_now
from vod_web.resources import resources
from vod_web.schemas.premieres import ReminderForm
from vod_web.services import premieres, videos
from vod_web.web.forms import read_form
from vod_web.web.premieres import show_premiere
from vod_web.web.rendering import go_to, is_fragment_request, reload_page, render, render_blocks
from vod_web.web.sign_in import current_person

blueprint = Blueprint("premieres", __name__)

TEMPLATE = "watch/premiere.html"


@blueprint.get("/watch/<video_id>/premiere")
def show(video_id: str) -> str | Response:
    """What is told of the video until its time has come; the page asks for it again and again, until it plays."""
    found = premieres.find_premiere(current_person(), video_id)
    if found is not None:
        return render(TEMPLATE, "place", **show_premiere(found))
    videos.get_video(current_person(), video_id)
    return reload_page() if is_fragment_request() else go_to("watch.show", video_id=video_id)


@blueprint.post("/watch/<video_id>/reminder")
def remind(video_id: str) -> str | Response:
    """Be told when the video is published, or not."""
    person = current_person()
    if read_form(ReminderForm).is_wanted:
        found = premieres.remind(person, video_id, throttle=resources().throttle, now=utc_now())
    else:
        found = premieres.stop_reminding(person, video_id)
    if is_fragment_request():
        return render_blocks(TEMPLATE, "reminder", **show_premiere(found))
    return go_to("watch.show", video_id=video_id)
