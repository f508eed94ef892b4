"""The player on other sites, and how they find out about it."""

import math
from urllib.parse import urlsplit
from xml.etree import ElementTree

from flask import Blueprint, current_app, request, url_for
from werkzeug.wrappers import Response

from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound, VodError
from vod_web.models import Video
from vod_web.resources import resources
from vod_web.schemas.embedding import OEmbedQuery, OEmbedRead
from vod_web.services import playlists, premieres, site, videos
from vod_web.services.embedding import EVERYWHERE, fit_player, frame_ancestors, is_embeddable
from vod_web.services.playlist_playing import find_start
from vod_web.services.premieres import Premiere
from vod_web.services.sensitivity import make_reveal
from vod_web.web.errors import status_of
from vod_web.web.forms import read_query
from vod_web.web.headers import allow_frames
from vod_web.web.playing import begins_at, read_wish, show_playing
from vod_web.web.playlists import show_playlist as tell_list
from vod_web.web.premieres import tell_premiere
from vod_web.web.rendering import address_here, go_to, render
from vod_web.web.sensitivity import is_covered_in_frame
from vod_web.web.sharing import PLAYLIST_SIZE, POSTER_WIDTH, tell_oembed, tell_playlist_oembed
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_video, show_videos

blueprint = Blueprint("embed", __name__)

EMBED_WISHES = ("autoplay", "muted", "title", "shuffle", "loop")
ON = ("1", "true", "yes")
LONGEST_START_S = 10**6
SHORTEST_WAIT_S, LONGEST_WAIT_S = 15, 300
"""Before a frame looks again whether its video has come."""
PLAYLISTS = "playlists"
NOT_OURS = "This is not the address of a video of this site."


@blueprint.get("/embed/<video_id>")
def show(video_id: str) -> Response:
    """The player alone, for frames; `autoplay`, `muted`, `loop` and `title` are 1 or 0, and `t` is where it begins."""
    try:
        video = videos.get_video(current_person(), video_id)
    except VodError as error:
        awaited = premieres.find_premiere(current_person(), video_id)
        return _announce(awaited) if awaited else _refuse(error, url_for("watch.show", video_id=video_id))
    allow_frames(frame_ancestors(video))
    wishes = {name: request.args.get(name) in ON for name in ("autoplay", "muted", "loop")}
    has_title = request.args.get("title", "1") in ON
    playing = show_playing(video, is_embedded=True)
    state = begins_at({"start_s": _start_s()}, playing)
    state |= {"is_covered": is_covered_in_frame(video), "reveal_url": _reveal_url(video)}
    page = render("embed/show.html", video=show_video(video), has_title=has_title, playing=playing, **state, **wishes)
    return current_app.response_class(page)


def _reveal_url(video: Video) -> str:
    return address_here(reveal=make_reveal(video, secret_key=resources().settings.secret_key))


@blueprint.get("/embed/playlists/<playlist_id>")
def show_playlist(playlist_id: str) -> Response:
    """A playlist from its first video on; `shuffle` and `loop` as on the site, all else as for a video."""
    address = url_for("playlists.show", playlist_id=playlist_id)
    try:
        first = find_start(current_person(), read_wish(playlist_id, is_embedded=True))
    except VodError as error:
        return _refuse(error, address)
    if first is None:
        return _refuse(NotFound("Nothing in this playlist can be played here."), address)
    wishes = {name: value for name, value in request.args.items() if name in EMBED_WISHES}
    return go_to("embed.show", video_id=first.video.public_id, **wishes, list=playlist_id)


@blueprint.get("/oembed")
def oembed() -> Response:
    """What a site needs to show the video of which it has the address (https://oembed.com)."""
    wanted = read_query(OEmbedQuery)
    folder, thing_id = _parse_address(wanted.url)
    told = _tell_playlist(wanted, thing_id) if folder == PLAYLISTS else _tell_video(wanted, thing_id)
    response = _as_xml(told) if wanted.format == "xml" else _as_json(told)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _announce(awaited: Premiere) -> Response:
    """When the video comes; the frame looks again then, and every few minutes before, since its time may be changed."""
    allow_frames(frame_ancestors(awaited.video))
    told, now = tell_premiere(awaited), utc_now()
    left_s = math.ceil((told.publish_at - now).total_seconds())
    wait_s = min(max(left_s, SHORTEST_WAIT_S), LONGEST_WAIT_S)
    return current_app.response_class(render("embed/premiere.html", premiere=told, now=now, next_look_s=wait_s))


def _refuse(error: VodError, address: str) -> Response:
    """The frame says why there is nothing, and leads to the site, where people may sign in."""
    allow_frames(EVERYWHERE)
    page = render("embed/closed.html", message=error.message, address=address)
    return current_app.response_class(page, status_of(error))


def _start_s() -> int | None:
    """`start` in seconds, as other sites call it; the player itself reads `t`."""
    typed = request.args.get("start", "")
    return min(int(typed), LONGEST_START_S) if typed.isascii() and typed.isdigit() and len(typed) < 12 else None


def _tell_video(wanted: OEmbedQuery, video_id: str) -> OEmbedRead:
    """A video, as anybody may see it: whoever asks shows it to others."""
    video = videos.get_video(None, video_id)
    size, base_url = (video.width_px, video.height_px), resources().settings.base_url
    return tell_oembed(
        show_videos([video], base_url=base_url)[0],
        fit_player(size, wanted.maxwidth, wanted.maxheight) if is_embeddable(video) else None,
        fit_player(size, POSTER_WIDTH),
        site_name=site.get_site().name,
        base_url=base_url,
    )


def _tell_playlist(wanted: OEmbedQuery, playlist_id: str) -> OEmbedRead:
    """A playlist, likewise."""
    base_url = resources().settings.base_url
    told = tell_list(playlists.get_playlist(None, playlist_id), base_url=base_url)
    size = fit_player(PLAYLIST_SIZE, wanted.maxwidth, wanted.maxheight)
    return tell_playlist_oembed(told, size, site_name=site.get_site().name, base_url=base_url)


def _parse_address(address: str) -> tuple[str, str]:
    """What a watch, playlist or embed address of this site leads to: "watch" or "playlists", and an id.

    Raises:
        NotFound: the address is not one of ours.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        raise NotFound(NOT_OURS) from None
    own = {urlsplit(resources().settings.base_url).netloc, request.host}
    folder, _, thing_id = parts.path.strip("/").rpartition("/")
    kinds = {"watch": "watch", "embed": "watch", PLAYLISTS: PLAYLISTS, f"embed/{PLAYLISTS}": PLAYLISTS}
    if parts.netloc not in own or folder not in kinds:
        raise NotFound(NOT_OURS)
    return kinds[folder], thing_id


def _as_json(told: OEmbedRead) -> Response:
    return current_app.response_class(told.model_dump_json(exclude_none=True), mimetype="application/json")


def _as_xml(told: OEmbedRead) -> Response:
    root = ElementTree.Element("oembed")
    for name, value in told.model_dump(exclude_none=True).items():
        ElementTree.SubElement(root, name).text = str(value)
    text = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return current_app.response_class(text, mimetype="text/xml")
