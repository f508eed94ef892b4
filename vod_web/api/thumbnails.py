"""Thumbnails: the picture that stands for a video, and which one it is."""

from flask import request

from vod_web.api.calls import call
from vod_web.core.clock import utc_now
from vod_web.media.uploaded_pictures import MOST_BYTES
from vod_web.models import TokenScope
from vod_web.resources import resources
from vod_web.schemas.thumbnails import FramesRead, PicturePlace, ThumbnailChoice
from vod_web.schemas.videos import VideoRead
from vod_web.services import thumbnails
from vod_web.services.throttle import Limit
from vod_web.web.sign_in import current_person
from vod_web.web.videos import tell_frames, tell_video

PICTURES_LIMIT = Limit("thumbnail", 60, 60, "That was too often for one minute.")


@call(
    "PUT",
    "/videos/<video_id>/thumbnail",
    scope=TokenScope.UPLOAD,
    body=ThumbnailChoice,
    raw="image/*",
    query=PicturePlace,
    returns=VideoRead,
    errors=(410, 413, 503),
    limit=PICTURES_LIMIT,
)
def set_thumbnail(video_id: str, body: ThumbnailChoice | None, query: PicturePlace) -> VideoRead:
    """Choose the picture of a video: one of its frames, or a picture of your own.

    A frame is named by its time, as JSON; it may be named before the file has arrived, and holds for each file that
    takes its place. A picture is sent as it is: JPEG, PNG, WebP or AVIF, of at most 20 MiB and 64 million pixels. It
    is cut to the shape of the video and encoded anew, without its metadata.
    """
    held, person = resources(), current_person()
    if body is not None:
        return tell_video(thumbnails.choose_frame(person, video_id, body.at_s, queue=held.queue, now=utc_now()))
    request.max_content_length = MOST_BYTES + 1
    content = request.get_data(cache=False)
    return tell_video(
        thumbnails.upload_picture(
            person, video_id, content, position=query.position, storage=held.storage, now=utc_now()
        )
    )


@call("DELETE", "/videos/<video_id>/thumbnail", scope=TokenScope.UPLOAD, returns=VideoRead, errors=(410,))
def delete_thumbnail(video_id: str) -> VideoRead:
    """Let the site choose the picture again."""
    return tell_video(thumbnails.choose_automatically(current_person(), video_id, now=utc_now()))


@call("GET", "/videos/<video_id>/thumbnail/frames", scope=TokenScope.UPLOAD, returns=FramesRead, errors=(410,))
def list_thumbnail_frames(video_id: str) -> FramesRead:
    """Some frames from good places of the video, to choose from.

    They are made when they are asked for the first time: `making` means to ask again in a second.
    """
    return tell_frames(video_id)
