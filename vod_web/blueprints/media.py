"""Playlists, segments and pictures, at addresses that say by themselves who may have them."""

from dataclasses import replace

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from vod_web.resources import resources
from vod_web.services import playback, processing
from vod_web.services.throttle import network_of
from vod_web.web.delivery import deliver

blueprint = Blueprint("media", __name__)

ANY_SITE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Players on other sites may read what they may have: the address decides, no cookie does."""

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, If-Range, If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}


@blueprint.route("/media/<token>/<video_id>/<encode_id>/<path:path>", methods=["GET", "OPTIONS"])
def send(token: str, video_id: str, encode_id: str, path: str) -> Response:
    """One file of one encode, to whoever may have it at this moment."""
    if request.method == "OPTIONS":
        return current_app.response_class(status=204, headers=PREFLIGHT)
    held = resources()
    found = playback.authorize(token, video_id, encode_id, path, secret_key=held.settings.secret_key)
    key = processing.find_file(
        found.key,
        is_finished=found.is_finished,
        client=network_of(request.remote_addr or ""),
        storage=held.storage,
        queue=held.queue,
    )
    return deliver(replace(found, key=key))


@blueprint.after_request
def let_any_site(response: Response) -> Response:
    """CORS, on refusals as well, so that a player on another site can say what happened."""
    response.headers.update(ANY_SITE)
    if response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    return response
