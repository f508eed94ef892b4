"""The player on other sites, and how they find out about it."""

from urllib.parse import urlsplit
from xml.etree import ElementTree

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from vod_web.core.errors import NotFound, VodError
from vod_web.models import Video
from vod_web.resources import resources
from vod_web.schemas.embedding import OEmbedQuery, OEmbedRead
from vod_web.services import site, videos
from vod_web.services.embedding import EVERYWHERE, fit_player, frame_ancestors, is_embeddable
from vod_web.web.errors import status_of
from vod_web.web.forms import read_query
from vod_web.web.headers import allow_frames
from vod_web.web.rendering import render
from vod_web.web.sharing import POSTER_WIDTH, tell_oembed
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_video, show_videos

blueprint = Blueprint("embed", __name__)

ON = ("1", "true", "yes")
LONGEST_START_S = 10**6
NOT_OURS = "This is not the address of a video of this site."


@blueprint.get("/embed/<video_id>")
def show(video_id: str) -> Response:
    """The player alone, for frames; `autoplay`, `muted`, `loop` and `title` are 1 or 0, and `t` is where it begins."""
    try:
        video = videos.get_video(current_person(), video_id)
    except VodError as error:
        return _refuse(error, video_id)
    allow_frames(frame_ancestors(video))
    wishes = {name: request.args.get(name) in ON for name in ("autoplay", "muted", "loop")}
    has_title = request.args.get("title", "1") in ON
    page = render("embed/show.html", video=show_video(video), start_s=_start_s(), has_title=has_title, **wishes)
    return current_app.response_class(page)


@blueprint.get("/oembed")
def oembed() -> Response:
    """What a site needs to show the video of which it has the address (https://oembed.com)."""
    wanted = read_query(OEmbedQuery)
    video = _find_public(wanted.url)
    size = (video.width_px, video.height_px)
    settings = resources().settings
    told = tell_oembed(
        show_videos([video], base_url=settings.base_url)[0],
        fit_player(size, wanted.maxwidth, wanted.maxheight) if is_embeddable(video) else None,
        fit_player(size, POSTER_WIDTH),
        site_name=site.get_site().name,
        base_url=settings.base_url,
    )
    response = _as_xml(told) if wanted.format == "xml" else _as_json(told)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _refuse(error: VodError, video_id: str) -> Response:
    """The frame says why there is nothing, and leads to the site, where people may sign in."""
    allow_frames(EVERYWHERE)
    page = render("embed/closed.html", message=error.message, video_id=video_id)
    return current_app.response_class(page, status_of(error))


def _start_s() -> int | None:
    """`start` in seconds, as other sites call it; the player itself reads `t`."""
    typed = request.args.get("start", "")
    return min(int(typed), LONGEST_START_S) if typed.isascii() and typed.isdigit() and len(typed) < 12 else None


def _find_public(address: str) -> Video:
    """The video of a watch or embed address, as anybody may see it: whoever asks shows it to others.

    Raises:
        NotFound: the address is not one of ours, or leads to what not everybody who has it may see.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        raise NotFound(NOT_OURS) from None
    own = {urlsplit(resources().settings.base_url).netloc, request.host}
    folder, _, video_id = parts.path.strip("/").partition("/")
    if parts.netloc not in own or folder not in ("watch", "embed"):
        raise NotFound(NOT_OURS)
    return videos.get_video(None, video_id)


def _as_json(told: OEmbedRead) -> Response:
    return current_app.response_class(told.model_dump_json(exclude_none=True), mimetype="application/json")


def _as_xml(told: OEmbedRead) -> Response:
    root = ElementTree.Element("oembed")
    for name, value in told.model_dump(exclude_none=True).items():
        ElementTree.SubElement(root, name).text = str(value)
    text = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return current_app.response_class(text, mimetype="text/xml")
