"""Videos: finding them, changing them, and where a person stopped watching."""

from vod_web.api.calls import call
from vod_web.core.clock import utc_now
from vod_web.models import TokenScope
from vod_web.resources import resources
from vod_web.schemas.base import Page
from vod_web.schemas.video_lists import RelatedQuery, VideoFilter
from vod_web.schemas.videos import PositionRead, PositionUpdate, VideoRead, VideoUpdate
from vod_web.schemas.viewing import PlayReport, PopularFilter
from vod_web.services import bin as video_bin
from vod_web.services import channels, library, positions, processing, related, videos
from vod_web.services.popular import list_popular
from vod_web.web.sign_in import current_person
from vod_web.web.videos import tell_page, tell_video, tell_videos
from vod_web.web.viewing import note_report


@call("GET", "/videos", scope=TokenScope.READ, query=VideoFilter, returns=Page[VideoRead])
def list_videos(query: VideoFilter) -> Page[VideoRead]:
    """The videos that you may find, and all of your own.

    Unlisted and private videos of others are in no list.
    """
    return tell_page(library.list_videos(current_person(), query))


@call("GET", "/popular", scope=TokenScope.READ, query=PopularFilter, returns=Page[VideoRead])
def list_popular_videos(query: PopularFilter) -> Page[VideoRead]:
    """The videos that are watched most, of those that you may find."""
    return tell_page(list_popular(current_person(), query))


@call("GET", "/users/<username>/videos", scope=TokenScope.READ, query=VideoFilter, returns=Page[VideoRead])
def list_channel_videos(username: str, query: VideoFilter) -> Page[VideoRead]:
    """The videos of one channel; all of them, if it is yours."""
    owner = channels.get_owner(current_person(), username)
    return tell_page(library.list_channel(current_person(), owner, query))


@call("GET", "/videos/<video_id>", scope=TokenScope.READ, returns=VideoRead, errors=(410,))
def get_video(video_id: str) -> VideoRead:
    """One video: how far it is, and where it plays.

    `urls.hls` is the multivariant playlist; it and all that it names play without any further header.
    """
    return tell_video(videos.get_video(current_person(), video_id))


@call(
    "GET",
    "/videos/<video_id>/related",
    scope=TokenScope.READ,
    query=RelatedQuery,
    returns=list[VideoRead],
    errors=(410,),
)
def list_related(video_id: str, query: RelatedQuery) -> list[VideoRead]:
    """Videos that go with this one, the best first: of the same tags, words, channel or category."""
    return tell_videos(related.list_related(current_person(), video_id, limit=query.limit))


@call("PATCH", "/videos/<video_id>", scope=TokenScope.UPLOAD, body=VideoUpdate, returns=VideoRead, errors=(410,))
def update_video(video_id: str, body: VideoUpdate) -> VideoRead:
    """Change a video of yours; what is left out stays as it is.

    A change of visibility holds at once, also for players that are open.
    """
    return tell_video(videos.update_video(current_person(), video_id, body))


@call("DELETE", "/videos/<video_id>", scope=TokenScope.UPLOAD, errors=(410,))
def delete_video(video_id: str) -> None:
    """Put a video into the bin.

    It stops to play at once; for seven days it can be brought back on the site.
    """
    video_bin.delete_video(current_person(), video_id, now=utc_now())


@call("POST", "/videos/<video_id>/retry", scope=TokenScope.UPLOAD, returns=VideoRead, status=202, errors=(409, 410))
def retry_video(video_id: str) -> VideoRead:
    """Process a video that failed once more."""
    held = resources()
    return tell_video(processing.retry_video(current_person(), video_id, queue=held.queue, settings=held.settings))


@call("PUT", "/videos/<video_id>/position", scope=TokenScope.READ, body=PositionUpdate, returns=PositionRead)
def set_position(video_id: str, body: PositionUpdate) -> PositionRead:
    """Remember how far you have watched."""
    position_s = positions.set_position(current_person(), video_id, body.position_s, now=utc_now())
    return PositionRead(position_s=position_s)


@call("POST", "/videos/<video_id>/plays", scope=TokenScope.READ, body=PlayReport, errors=(410, 503))
def note_playing(video_id: str, body: PlayReport) -> None:
    """Tell what you have played since you told last; views, watch time and retention are counted by it.

    Begin with `played_s` = 0 when playing begins, then tell every fifteen seconds or so, and at its end.
    """
    note_report(video_id, body)
