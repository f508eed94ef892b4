"""Where did a person stop watching, and where does watching go on?"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from vod_web.core.errors import NotFound
from vod_web.db.lists import Ids, is_one_of
from vod_web.db.session import current_session, transaction
from vod_web.db.upserts import upsert
from vod_web.models import User, Video, ViewingPosition
from vod_web.services.permissions import require_signed_in
from vod_web.services.reach import is_reachable
from vod_web.services.videos import get_video, is_public_id

_POSITIONS = select(ViewingPosition.video_id, ViewingPosition.position_s).where(
    ViewingPosition.user_id == bindparam("person_id"),
    is_one_of(ViewingPosition.video_id, bindparam("video_ids", type_=Ids())),
    ViewingPosition.removed_at.is_(None),
)
WORTH_RESUMING_S = 10.0
SEEN_PART = 0.95
"""Whoever has seen this much has seen it all."""


def set_position(actor: User | None, public_id: str, position_s: float, *, now: datetime) -> float:
    """Remember how far the person has watched; returns what is kept, which never lies past the end.

    Nothing is kept of people who have paused their history. Of two writers the last one counts.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound, Gone: as `videos.get_video`.
    """
    person = require_signed_in(actor)
    video_id, duration_s = _find_watched(person, public_id)
    kept_s = position_s if duration_s is None else min(position_s, duration_s)
    if person.is_history_paused:
        return kept_s
    kept = {"position_s": kept_s, "watched_at": now, "goes_on": goes_on(kept_s, duration_s), "removed_at": None}
    with transaction() as session:
        upsert(session, ViewingPosition, {"user_id": person.id, "video_id": video_id}, kept)
    return kept_s


def goes_on(position_s: float, duration_s: float | None) -> bool:
    """Whether watching goes on here: not where it has hardly begun, nor where it is as good as over."""
    return WORTH_RESUMING_S <= position_s <= SEEN_PART * (duration_s or 0)


def find_resume_s(actor: User | None, video: Video) -> float | None:
    """Where watching goes on; None when it begins at the start: hardly begun, or as good as seen."""
    position_s = find_positions(actor, [video]).get(video.public_id, 0.0)
    return position_s if goes_on(position_s, video.duration_s) else None


def find_positions(actor: User | None, videos: Sequence[Video]) -> dict[str, float]:
    """How far the person has watched these videos, by their public ids; the ones never begun are left out."""
    if actor is None or not videos:
        return {}
    names = {video.id: video.public_id for video in videos}
    rows = current_session().execute(_POSITIONS, {"person_id": actor.id, "video_ids": names})
    return {names[video_id]: position_s for video_id, position_s in rows}


def _find_watched(actor: User, public_id: str) -> tuple[int, float | None]:
    """Row id and length: players tell every few seconds, so no more than that is read."""
    wanted = select(Video.id, Video.duration_s).where(Video.public_id == public_id, is_reachable(actor))
    found = current_session().execute(wanted).one_or_none() if is_public_id(public_id) else None
    if found is None:
        get_video(actor, public_id)  # knows why not
        raise NotFound("There is no such video, or you may not see it.")
    return found[0], found[1]
