"""How is a scheduled video told to those who wait for it?"""

from typing import Any

from vod_web.core.clock import utc_now
from vod_web.resources import resources
from vod_web.schemas.premieres import PremiereRead
from vod_web.services.premieres import Premiere
from vod_web.services.sensitivity import is_blurred
from vod_web.services.subscriptions import get_standing
from vod_web.services.video_telling import poster_address, read_owner
from vod_web.web.sign_in import current_person


def tell_premiere(premiere: Premiere, *, base_url: str = "") -> PremiereRead:
    """What whoever asks is told; addresses begin with `base_url`."""
    video, person = premiere.video, current_person()
    known = {"secret_key": resources().settings.secret_key, "base_url": base_url}
    return PremiereRead(
        id=video.public_id,
        title=video.title,
        owner=read_owner(video.owner, base_url=base_url),
        publish_at=video.publish_at or utc_now(),
        poster_url=None if is_blurred(person, video) else poster_address(video, person, **known),
        has_reminder=premiere.has_reminder,
    )


def show_premiere(premiere: Premiere) -> dict[str, Any]:
    """What its page needs."""
    return {
        "premiere": tell_premiere(premiere),
        "visibility": premiere.video.visibility,
        "standing": get_standing(current_person(), premiere.video.owner),
        "now": utc_now(),
    }
