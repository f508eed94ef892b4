"""Files of a video to keep: each quality, the sound, captions, the original."""

from flask import url_for
from werkzeug.wrappers import Response

from vod_web.api.calls import call
from vod_web.core.errors import Conflict
from vod_web.models import TokenScope
from vod_web.schemas.downloads import DownloadRead
from vod_web.services import downloads
from vod_web.services.downloads import Offer
from vod_web.web.downloads import send_file, want_file
from vod_web.web.sign_in import current_person


@call("GET", "/videos/<video_id>/downloads", scope=TokenScope.READ, returns=list[DownloadRead], errors=(410,))
def list_downloads(video_id: str) -> list[DownloadRead]:
    """What you may keep of a video: anything only where its owner allows it (`downloads`), or of your own."""
    _, offers = downloads.list_downloads(current_person(), video_id)
    return [_tell(video_id, offer) for offer in offers]


@call(
    "POST",
    "/videos/<video_id>/downloads/<name>",
    scope=TokenScope.READ,
    returns=DownloadRead,
    status=202,
    errors=(410, 507),
)
def want_download(video_id: str, name: str) -> DownloadRead:
    """Have a file made that is `absent`; ask for the list until it is `ready`.

    It stays for a day after its last use.
    """
    return _tell(video_id, want_file(video_id, name))


@call("GET", "/videos/<video_id>/downloads/<name>", scope=TokenScope.READ, errors=(409, 410))
def get_download(video_id: str, name: str) -> Response:
    """The file itself, in ranges where you like, or a redirect to where it is stored."""
    found = send_file(video_id, name)
    if found is None:
        raise Conflict("This file is not made yet: ask for it by POST, and wait until it is ready.")
    return found


def _tell(video_id: str, offer: Offer) -> DownloadRead:
    address = url_for("api.get_download", video_id=video_id, name=offer.name, _external=True)
    return downloads.read_offer(offer, address)
