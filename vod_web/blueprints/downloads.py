"""Keeping a video: which files there are, having one made, and fetching it."""

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from vod_web.models import DownloadState
from vod_web.services import downloads
from vod_web.web.downloads import send_file, want_file
from vod_web.web.rendering import go_to, is_fragment_request, render, render_blocks
from vod_web.web.sign_in import current_person

blueprint = Blueprint("downloads", __name__)
TEMPLATE = "watch/download.html"


def _context(video_id: str) -> dict[str, Any]:
    video, offers = downloads.list_downloads(current_person(), video_id)
    return {
        "video": video,
        "offers": offers,
        "is_made_now": any(offer.state is DownloadState.WAITING for offer in offers),
    }


@blueprint.get("/watch/<video_id>/download")
def index(video_id: str) -> str:
    """What there is: a page, or a dialog."""
    return render(TEMPLATE, "dialog", **_context(video_id))


@blueprint.get("/watch/<video_id>/download/files")
def files(video_id: str) -> str | Response:
    """The same, while something is being made."""
    context = _context(video_id)
    if not is_fragment_request():
        return go_to("downloads.index", video_id=video_id)
    return render_blocks(TEMPLATE, "files", **context)


@blueprint.post("/watch/<video_id>/download/<name>")
def want(video_id: str, name: str) -> str | Response:
    """Have a file made."""
    want_file(video_id, name)
    if is_fragment_request():
        return render_blocks(TEMPLATE, "files", **_context(video_id))
    return go_to("downloads.index", video_id=video_id)


@blueprint.get("/watch/<video_id>/download/<name>")
def fetch(video_id: str, name: str) -> Response:
    """A file; where it is still to be made, the page on which that can be asked for."""
    return send_file(video_id, name) or go_to("downloads.index", video_id=video_id)
