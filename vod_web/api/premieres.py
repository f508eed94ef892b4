"""Videos whose time is still to come."""

from vod_web.api.calls import call
from vod_web.core.clock import utc_now
from vod_web.models import TokenScope
from vod_web.resources import resources
from vod_web.schemas.premieres import PremiereRead
from vod_web.services import premieres
from vod_web.web.premieres import tell_premiere
from vod_web.web.sign_in import current_person
from vod_web.web.videos import own_address


@call("GET", "/videos/<video_id>/premiere", scope=TokenScope.READ, returns=PremiereRead)
def get_premiere(video_id: str) -> PremiereRead:
    """What may be known of a scheduled video; 404 as soon as it is published, as the video itself is there then."""
    return tell_premiere(premieres.get_premiere(current_person(), video_id), base_url=own_address())


@call("PUT", "/videos/<video_id>/reminder", scope=TokenScope.UPLOAD, returns=PremiereRead)
def set_reminder(video_id: str) -> PremiereRead:
    """Be told when a scheduled video is published."""
    found = premieres.remind(current_person(), video_id, throttle=resources().throttle, now=utc_now())
    return tell_premiere(found, base_url=own_address())


@call("DELETE", "/videos/<video_id>/reminder", scope=TokenScope.UPLOAD)
def remove_reminder(video_id: str) -> None:
    """Do not be told of it; it is no mistake if you were not going to be."""
    premieres.stop_reminding(current_person(), video_id)
