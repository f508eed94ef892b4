"""What counts as a view of a video?

One for each person, or each browser of a visitor, in six hours, once the player has really played for a while; the
owner's own do not count. Programs that fetch pages run no player, so they are not counted either.
"""

from sqlalchemy import update

from vod_web.core.errors import RateLimited
from vod_web.db.session import transaction
from vod_web.models import User, Video
from vod_web.services.permissions import is_owner
from vod_web.services.sign_ins import Browser
from vod_web.services.throttle import Limit, Throttle
from vod_web.services.videos import get_video

ONE_VIEW = Limit("view", amount=1, per_s=6 * 3600, message="This view was counted already.")
MOST_VIEWS = Limit("views", amount=200, per_s=3600, message="Too many views from one place.")
"""From one address in an hour, so that nobody counts up a video by pretending to be many browsers."""


def count_view(actor: User | None, public_id: str, *, browser: Browser, throttle: Throttle) -> bool:
    """Count a view, and say whether it counted.

    Raises:
        NotFound, Gone: as `videos.get_video`.
    """
    video = get_video(actor, public_id)
    if is_owner(actor, video) or not video.is_playable:
        return False
    viewer = f"user {actor.id}" if actor else f"browser {browser.address} {browser.user_agent}"
    try:
        throttle.hit(MOST_VIEWS, browser.address)
        throttle.hit(ONE_VIEW, public_id, viewer)
    except RateLimited:
        return False
    raised = {"view_count": Video.view_count + 1, "updated_at": Video.updated_at}  # a view changes nothing of the video
    with transaction() as session:
        session.execute(update(Video).where(Video.id == video.id).values(raised))
    return True
