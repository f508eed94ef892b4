"""How is a video hidden or marked by those who look after the site, and how does it come back?"""

from vod_web.core.errors import InvalidInput
from vod_web.db.session import transaction
from vod_web.models import Role, User, Video, VideoStatus
from vod_web.services import audit, sensitivity
from vod_web.services.bin import status_of_work
from vod_web.services.permissions import require_role
from vod_web.services.videos import get_video, lock_video


def block_video(actor: User | None, public_id: str, reason: str) -> Video:
    """Hide it from everybody but its owner and moderators, at once; its owner reads the reason.

    Raises:
        NotSignedIn, NotAllowed: the actor does not moderate.
        NotFound, Gone: as `videos.get_video`.
        InvalidInput: there is no reason.
    """
    moderator = require_role(actor, Role.MODERATOR)
    if not reason.strip():
        sentence = "Say why: the owner of the video reads it."
        raise InvalidInput(sentence, {"reason": sentence})
    with transaction() as session:
        lock_video(session, public_id)
        video = get_video(moderator, public_id)
        if video.status is not VideoStatus.BLOCKED:
            video.access_epoch += 1
            audit.note(moderator, "video.block", video.title[: audit.TARGET_LENGTH], id=public_id, reason=reason)
        video.status, video.status_reason = VideoStatus.BLOCKED, reason.strip()
    return video


def unblock_video(actor: User | None, public_id: str) -> Video:
    """Show it again, as what its files are by now; one that is not blocked stays as it is.

    Raises:
        NotSignedIn, NotAllowed: the actor does not moderate.
        NotFound, Gone: as `videos.get_video`.
    """
    moderator = require_role(actor, Role.MODERATOR)
    with transaction() as session:
        lock_video(session, public_id)
        video = get_video(moderator, public_id)
        if video.status is VideoStatus.BLOCKED:
            video.status, video.status_reason = status_of_work(session, video)
            video.access_epoch += 1
            audit.note(moderator, "video.unblock", video.title[: audit.TARGET_LENGTH], id=public_id)
    return video


def mark_video(actor: User | None, public_id: str, *, is_sensitive: bool) -> Video:
    """Say whether it is sensitive; that it is, its owner cannot take back.

    Raises:
        NotSignedIn, NotAllowed: the actor does not moderate.
        NotFound, Gone: as `videos.get_video`.
    """
    moderator = require_role(actor, Role.MODERATOR)
    with transaction() as session:
        lock_video(session, public_id)
        video = get_video(moderator, public_id)
        sensitivity.mark(moderator, video, is_sensitive)
        video.is_marked_by_moderator = is_sensitive
        audit.note_power(moderator, video, "video.mark", is_sensitive=is_sensitive)
    return video
