"""Sensitive videos: how they are shown to you, and marking them."""

from vod_web.api.calls import call
from vod_web.models import TokenScope
from vod_web.schemas.sensitivity import SensitiveChoice, SensitiveChoiceRead, SensitivityMark
from vod_web.schemas.videos import VideoRead
from vod_web.services import blocking, sensitivity
from vod_web.web.sign_in import current_person
from vod_web.web.videos import tell_video


@call("GET", "/me/sensitive-videos", scope=TokenScope.READ, returns=SensitiveChoiceRead)
def get_sensitive_choice() -> SensitiveChoiceRead:
    """How sensitive videos are shown to you."""
    return sensitivity.get_choice(current_person())


@call("PUT", "/me/sensitive-videos", scope=TokenScope.UPLOAD, body=SensitiveChoice, returns=SensitiveChoiceRead)
def set_sensitive_choice(body: SensitiveChoice) -> SensitiveChoiceRead:
    """Choose how sensitive videos are shown to you; with `hide`, lists by the API are without them as well."""
    return sensitivity.choose_rule(current_person(), body.rule)


@call(
    "PUT",
    "/videos/<video_id>/sensitivity",
    scope=TokenScope.ADMIN,
    body=SensitivityMark,
    returns=VideoRead,
    errors=(410,),
)
def mark_video(video_id: str, body: SensitivityMark) -> VideoRead:
    """Say, as a moderator, whether a video is sensitive; its owner cannot take back that it is.

    Owners say so of their own videos when they change them.
    """
    return tell_video(blocking.mark_video(current_person(), video_id, is_sensitive=body.is_sensitive))
