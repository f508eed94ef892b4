"""Who likes a video, how many do, and which videos does somebody like?"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption

from vod_web.core.errors import Conflict
from vod_web.db.session import current_session, transaction
from vod_web.db.upserts import upsert
from vod_web.models import Reaction, ReactionKind, User, Video
from vod_web.schemas.base import PageQuery
from vod_web.services.paging import Found, Order, find_page
from vod_web.services.permissions import require_signed_in
from vod_web.services.reach import is_reachable
from vod_web.services.site import get_site
from vod_web.services.throttle import Limit, Throttle
from vod_web.services.videos import AS_READ, get_video, loading, lock_video

MOST_REACTIONS = Limit("reactions", amount=60, per_s=60, message="That was too often.")

_SAID = select(Reaction.kind).where(
    Reaction.user_id == bindparam("person_id"), Reaction.video_id == bindparam("video_id")
)


def react(actor: User | None, public_id: str, kind: ReactionKind | None, *, throttle: Throttle, now: datetime) -> Video:
    """Let the person like or dislike the video, or (None) neither; returns it with its counters.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound, Gone: as `videos.get_video`.
        Conflict: the site counts no likes.
        RateLimited: too often.
    """
    person = require_signed_in(actor)
    _require_switched_on()
    throttle.hit(MOST_REACTIONS, f"user {person.id}")
    with transaction() as session:
        lock_video(session, public_id)  # one after another: the counters stay right
        video = get_video(person, public_id)
        before = _find_kind(session, person, video)
        if before is not kind:
            _store(session, person, video, kind, now)
            _count(session, video, before, kind)
    return video


def find_reaction(actor: User | None, video: Video) -> ReactionKind | None:
    """What the person has said of the video."""
    return _find_kind(current_session(), actor, video) if actor else None


def list_liked(actor: User | None, wanted: PageQuery, *, options: Sequence[ORMOption] = AS_READ) -> Found[Video]:
    """The videos that the person likes and may still see, the last liked first.

    Raises:
        NotSignedIn: nobody is signed in.
        Conflict: the site counts no likes.
    """
    person = require_signed_in(actor)
    _require_switched_on()
    liked = (
        select(Video)
        .join(Reaction, Reaction.video_id == Video.id)
        .where(Reaction.user_id == person.id, Reaction.kind == ReactionKind.LIKE, is_reachable(person))
    )
    order = Order(name="liked", by=Reaction.created_at, id=Reaction.video_id)
    return find_page(loading(liked, options), order, cursor=wanted.cursor, limit=wanted.limit)


def _require_switched_on() -> None:
    if not get_site().has_reactions:
        raise Conflict("There are no likes on this site.")


def _find_kind(session: Session, person: User, video: Video) -> ReactionKind | None:
    return session.scalar(_SAID, {"person_id": person.id, "video_id": video.id})


def _store(session: Session, person: User, video: Video, kind: ReactionKind | None, now: datetime) -> None:
    if kind is not None:
        key = {"user_id": person.id, "video_id": video.id}
        upsert(session, Reaction, key, {"kind": kind, "created_at": now})
    else:
        session.execute(delete(Reaction).where(Reaction.user_id == person.id, Reaction.video_id == video.id))


def _count(session: Session, video: Video, before: ReactionKind | None, now: ReactionKind | None) -> None:
    likes = (now is ReactionKind.LIKE) - (before is ReactionKind.LIKE)
    dislikes = (now is ReactionKind.DISLIKE) - (before is ReactionKind.DISLIKE)
    counted = {
        "like_count": Video.like_count + likes,
        "dislike_count": Video.dislike_count + dislikes,
        "updated_at": Video.updated_at,  # nobody has changed the video itself
    }
    session.execute(update(Video).where(Video.id == video.id).values(counted))
    session.refresh(video, ["like_count", "dislike_count"])
