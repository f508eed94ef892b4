"""The picture that stands for a video."""

from vod_web.blueprints.studio import blueprint
from vod_web.core.clock import utc_now
from vod_web.services import videos
from vod_web.web.rendering import render
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_video


@blueprint.get("/videos/<video_id>/thumbnail")
def thumbnail(video_id: str) -> str:
    """Which picture it is."""
    video = show_video(videos.get_own_video(current_person(), video_id))
    return render("studio/thumbnail.html", "picture", video=video, now=utc_now())
