"""People of whom you want to hear no more."""

from vod_web.api.calls import call
from vod_web.core.clock import utc_now
from vod_web.models import Mute, TokenScope
from vod_web.schemas.base import Page, PageQuery
from vod_web.schemas.mutes import MuteRead
from vod_web.services import mutes
from vod_web.services.video_telling import read_owner
from vod_web.web.sign_in import current_person
from vod_web.web.videos import own_address


@call("GET", "/me/muted", scope=TokenScope.READ, query=PageQuery, returns=Page[MuteRead])
def list_muted(query: PageQuery) -> Page[MuteRead]:
    """Whom you have muted, the last one first."""
    return mutes.list_muted(current_person(), query).read(_tell)


@call("PUT", "/me/muted/<username>", scope=TokenScope.UPLOAD, returns=MuteRead, errors=(409,))
def mute_person(username: str) -> MuteRead:
    """Mute somebody, who does not learn of it.

    You are told nothing of what they do, their comments are marked `is_muted`, and their videos are not suggested.
    """
    return _tell(mutes.mute(current_person(), username, now=utc_now()))


@call("DELETE", "/me/muted/<username>", scope=TokenScope.UPLOAD)
def unmute_person(username: str) -> None:
    """Mute somebody no more; it is no mistake if you had not."""
    mutes.unmute(current_person(), username)


def _tell(row: Mute) -> MuteRead:
    return MuteRead(person=read_owner(row.muted, base_url=own_address()), created_at=row.created_at)
