"""Where did a person stop watching, and where does watching go on?"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from vod_web.db.session import current_session, transaction
from vod_web.db.upserts import upsert
from vod_web.models import User, Video, ViewingPosition
from vod_web.services.permissions import require_signed_in
from vod_web.services.videos import get_video

WORTH_RESUMING_S = 10.0
SEEN_PART = 0.95
"""Whoever has seen this much has seen it all."""


def set_position(actor: User | None, public_id: str, position_s: float, *, now: datetime) -> float:
    """Remember how far the person has watched; returns what is kept, which never lies past the end.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound, Gone: as `videos.get_video`.
    """
    person = require_signed_in(actor)
    with transaction() as session:
        video = get_video(actor, public_id)
        kept_s = position_s if video.duration_s is None else min(position_s, video.duration_s)
        key = {"user_id": person.id, "video_id": video.id}
        upsert(session, ViewingPosition, key, {"position_s": kept_s, "watched_at": now})
    return kept_s


def find_resume_s(actor: User | None, video: Video) -> float | None:
    """Where watching goes on; None when it begins at the start: hardly begun, or as good as seen."""
    position_s = find_positions(actor, [video]).get(video.public_id)
    if position_s is None or position_s < WORTH_RESUMING_S:
        return None
    return None if position_s > SEEN_PART * (video.duration_s or 0) else position_s


def find_positions(actor: User | None, videos: Sequence[Video]) -> dict[str, float]:
    """How far the person has watched these videos, by their public ids; the ones never begun are left out."""
    if actor is None or not videos:
        return {}
    names = {video.id: video.public_id for video in videos}
    rows = select(ViewingPosition.video_id, ViewingPosition.position_s).where(
        ViewingPosition.user_id == actor.id, ViewingPosition.video_id.in_(names)
    )
    return {names[video_id]: position_s for video_id, position_s in current_session().execute(rows)}
