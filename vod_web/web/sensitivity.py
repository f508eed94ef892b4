"""Which sensitive videos does this browser show, because somebody has asked for them?"""

from flask import request, session

from vod_web.models import Video
from vod_web.resources import resources
from vod_web.services.sensitivity import is_blurred, is_revealed_by
from vod_web.web.sign_in import current_person

REVEALED = "revealed"
"""In the session, which ends with the visit: the ids of the videos that are shown."""
MOST_REVEALED = 100
"""A session is a cookie, and those have a size."""


def is_covered(video: Video) -> bool:
    """Whether a cover lies over the player of the watch page."""
    return is_blurred(current_person(), video) and video.public_id not in session.get(REVEALED, [])


def is_covered_in_frame(video: Video) -> bool:
    """The same in a frame of another site, where browsers keep no session: its address says what was asked for."""
    if not is_blurred(current_person(), video):
        return False
    secret_key = resources().settings.secret_key
    return not is_revealed_by(request.args.get("reveal", ""), video, secret_key=secret_key)


def reveal(video: Video) -> None:
    """From now on, and as long as the visit lasts, it is shown in this browser."""
    others = [video_id for video_id in session.get(REVEALED, []) if video_id != video.public_id]
    session[REVEALED] = [*others, video.public_id][-MOST_REVEALED:]
