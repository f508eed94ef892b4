"""How is a file that somebody keeps asked for and sent, by pages and programs alike?"""

from typing import Any

from flask import current_app
from werkzeug.wrappers import Response

from vod_web.core.clock import utc_now
from vod_web.resources import resources
from vod_web.services import downloads
from vod_web.services.downloads import Offer
from vod_web.services.versions import Original
from vod_web.web.delivery import deliver_original, is_first_request, name_attachment
from vod_web.web.sign_in import asking_browser, current_person


def _asking() -> dict[str, Any]:
    held = resources()
    return {
        "address": asking_browser().address,
        "throttle": held.throttle,
        "storage": held.storage,
        "now": utc_now(),
    }


def want_file(video_id: str, name: str) -> Offer:
    """Whoever asks wants this file to be made."""
    return downloads.want_download(current_person(), video_id, name, **_asking())


def send_file(video_id: str, name: str) -> Response | None:
    """The answer with the file; None where it is still to be made."""
    kept = downloads.open_download(current_person(), video_id, name, is_first=is_first_request(), **_asking())
    if kept is None:
        return None
    if kept.text is None:
        return deliver_original(Original(kept.key, kept.filename))
    mimetype = "text/vtt" if kept.filename.endswith(".vtt") else "application/x-subrip"
    headers = {"Content-Disposition": name_attachment(kept.filename), "Cache-Control": "private, no-store"}
    return current_app.response_class(kept.text, mimetype=mimetype, headers=headers)
