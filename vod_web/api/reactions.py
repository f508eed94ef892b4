"""Liking videos."""

from vod_web.api.calls import call
from vod_web.core.clock import utc_now
from vod_web.models import TokenScope, User, Video
from vod_web.resources import resources
from vod_web.schemas.base import Page, PageQuery
from vod_web.schemas.reactions import ReactionRead, ReactionWrite
from vod_web.schemas.videos import VideoRead
from vod_web.services import reactions, videos
from vod_web.web.sign_in import current_person
from vod_web.web.videos import tell_page


@call("GET", "/videos/<video_id>/reaction", scope=TokenScope.READ, returns=ReactionRead, errors=(410,))
def get_reaction(video_id: str) -> ReactionRead:
    """Whether you like a video, and how many people do."""
    person = current_person()
    return _tell(person, videos.get_video(person, video_id))


@call(
    "PUT",
    "/videos/<video_id>/reaction",
    scope=TokenScope.UPLOAD,
    body=ReactionWrite,
    returns=ReactionRead,
    errors=(409, 410),
)
def set_reaction(video_id: str, body: ReactionWrite) -> ReactionRead:
    """Like a video, dislike it, or neither; 409 where the site counts no likes."""
    person = current_person()
    return _tell(person, reactions.react(person, video_id, body.kind, throttle=resources().throttle, now=utc_now()))


@call("GET", "/liked", scope=TokenScope.READ, query=PageQuery, returns=Page[VideoRead], errors=(409,))
def list_liked(query: PageQuery) -> Page[VideoRead]:
    """The videos that you like, the last liked first."""
    return tell_page(reactions.list_liked(current_person(), query))


def _tell(person: User | None, video: Video) -> ReactionRead:
    kind = reactions.find_reaction(person, video)
    return ReactionRead(kind=kind, likes=video.like_count, dislikes=video.dislike_count)
