"""The caption tracks of a video, and its chapters."""

from flask import request

from vod_web.api.calls import call
from vod_web.core.errors import NotFound
from vod_web.models import TokenScope
from vod_web.resources import resources
from vod_web.schemas.base import parse_input
from vod_web.schemas.captions import CaptionChoice, CaptionCreate, CaptionOptions
from vod_web.schemas.chapters import ChapterRead, ChaptersWrite
from vod_web.schemas.videos import CaptionRead
from vod_web.services import captions, chapters, videos
from vod_web.web.sign_in import current_person
from vod_web.web.videos import tell_video


@call("GET", "/videos/<video_id>/captions", scope=TokenScope.READ, returns=list[CaptionRead], errors=(410,))
def list_captions(video_id: str) -> list[CaptionRead]:
    """The caption tracks of a video: those of its file, then those that were added."""
    return tell_video(videos.get_video(current_person(), video_id)).captions


@call(
    "PUT",
    "/videos/<video_id>/captions/<language>",
    scope=TokenScope.UPLOAD,
    query=CaptionOptions,
    returns=CaptionRead,
    raw="text/vtt",
    errors=(409, 410, 413, 422),
)
def put_captions(video_id: str, language: str, query: CaptionOptions) -> CaptionRead:
    """Add a caption track, or replace the one of this language and kind that was added before.

    The body is the file itself: WebVTT, SubRip or SubStation, at most 4 MB. `language` is as BCP 47 writes it.
    A file with captions that cannot be read is refused; the answer names the lines.
    """
    request.max_content_length = captions.MOST_FILE_BYTES + 1
    new = parse_input(CaptionCreate, {"language": language, **query.model_dump()})
    content, storage = request.get_data(), resources().storage
    added = captions.add_caption(current_person(), video_id, new, content, storage=storage)
    told = tell_video(videos.get_video(current_person(), video_id)).captions
    found = next((one for one in told if one.id == added.public_id), None)
    if found is None:
        raise NotFound("Somebody has taken these captions out meanwhile.")
    return found


@call(
    "DELETE",
    "/videos/<video_id>/captions/<language>",
    scope=TokenScope.UPLOAD,
    query=CaptionChoice,
    errors=(410,),
)
def delete_captions(video_id: str, language: str, query: CaptionChoice) -> None:
    """Take a caption track out; one that was added goes before one of the file.

    For seven days it can be brought back on the site.
    """
    captions.delete_language(current_person(), video_id, language, query, storage=resources().storage)


@call(
    "PUT",
    "/videos/<video_id>/chapters",
    scope=TokenScope.UPLOAD,
    body=ChaptersWrite,
    returns=list[ChapterRead],
    errors=(410,),
)
def put_chapters(video_id: str, body: ChaptersWrite) -> list[ChapterRead]:
    """Say which chapters a video has: all of them, in their order, the first at 0.

    An empty list takes them away; null brings those of the file back.
    """
    return [ChapterRead.model_validate(one) for one in chapters.set_chapters(current_person(), video_id, body)]
