"""The files of a video: which it has, bringing an earlier one back, and having one's own file again.

To replace the file, begin an upload with `replaces`.
"""

from werkzeug.wrappers import Response

from vod_web.api.calls import call
from vod_web.models import TokenScope
from vod_web.resources import resources
from vod_web.schemas.versions import VersionRead
from vod_web.schemas.videos import VideoRead
from vod_web.services import versions
from vod_web.web.delivery import deliver_original, is_first_request
from vod_web.web.sign_in import current_person
from vod_web.web.videos import tell_video


@call("GET", "/videos/<video_id>/versions", scope=TokenScope.UPLOAD, returns=list[VersionRead], errors=(410,))
def list_versions(video_id: str) -> list[VersionRead]:
    """The file in use, the one that is about to take its place, and the earlier ones that are kept."""
    return versions.list_versions(current_person(), video_id, settings=resources().settings)


@call(
    "POST",
    "/videos/<video_id>/versions/<version_id>/restore",
    scope=TokenScope.UPLOAD,
    returns=VideoRead,
    status=202,
    errors=(409, 410),
)
def restore_version(video_id: str, version_id: str) -> VideoRead:
    """Let an earlier version take the place of the file in use.

    It plays at once where `is_instant` says so; otherwise it is processed again first, while what plays goes on.
    """
    held = resources()
    video = versions.restore_version(
        current_person(), video_id, version_id, storage=held.storage, queue=held.queue, settings=held.settings
    )
    return tell_video(video)


@call("DELETE", "/videos/<video_id>/versions/<version_id>", scope=TokenScope.UPLOAD, errors=(409, 410))
def delete_version(video_id: str, version_id: str) -> None:
    """Remove an earlier version before its time, or give up the file that was to take the place of the one in use."""
    held = resources()
    versions.delete_version(current_person(), video_id, version_id, storage=held.storage, settings=held.settings)


@call("GET", "/videos/<video_id>/versions/<version_id>/file", scope=TokenScope.UPLOAD, status=200, errors=(410,))
def download_version(video_id: str, version_id: str) -> Response:
    """The file as it was uploaded, or a redirect to where it is.

    Takes ranges.
    """
    original = versions.find_original(
        current_person(), video_id, version_id, settings=resources().settings, is_noted=is_first_request()
    )
    return deliver_original(original)
