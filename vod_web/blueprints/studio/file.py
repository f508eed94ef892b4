"""The file of a video: what it is, another one in its place, and the earlier ones."""

from typing import Any

from flask import flash
from werkzeug.wrappers import Response

from vod_web.blueprints.studio import blueprint
from vod_web.core.clock import utc_now
from vod_web.models import SourceState, User, Video
from vod_web.resources import resources
from vod_web.services import processing, replacement, uploads, versions, videos
from vod_web.web.delivery import deliver_original, is_first_request
from vod_web.web.rendering import go_to, render
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_video

FILE = "studio.file"


@blueprint.get("/videos/<video_id>/file")
def file(video_id: str) -> str:
    """The file in use, the one that is about to come, and the earlier versions."""
    person, settings = current_person(), resources().settings
    video = videos.get_own_video(person, video_id)
    found = versions.list_versions(person, video_id, settings=settings)
    return render(
        "studio/file.html",
        "file",
        video=show_video(video),
        now=utc_now(),
        current=next((version for version in found if version.state is SourceState.CURRENT), None),
        former=[version for version in found if version.state is SourceState.FORMER],
        keep_days=settings.keep_versions_days,
        **_sending(person, video),
    )


def _sending(person: User | None, video: Video) -> dict[str, Any]:
    """What somebody needs who sends another file."""
    may_send = person is not None and person.can_upload
    limits = uploads.get_limits(person, settings=resources().settings, stores=video.owner) if may_send else None
    return {"limits": limits, "open_upload": replacement.find_own_upload(person, video) if may_send else None}


@blueprint.post("/videos/<video_id>/file/<version_id>/restore")
def restore_version(video_id: str, version_id: str) -> Response:
    """Bring an earlier version back."""
    held = resources()
    video = versions.restore_version(
        current_person(), video_id, version_id, storage=held.storage, queue=held.queue, settings=held.settings
    )
    flash("It is processed again first." if video.incoming_source else "This version is in use again.", "good")
    return go_to(FILE, video_id=video_id)


@blueprint.post("/videos/<video_id>/file/<version_id>/delete")
def delete_version(video_id: str, version_id: str) -> Response:
    """Remove an earlier version, or give up the file that was to come."""
    held = resources()
    versions.delete_version(current_person(), video_id, version_id, storage=held.storage, settings=held.settings)
    flash("Removed. The file in use stays as it is.", "good")
    return go_to(FILE, video_id=video_id)


@blueprint.post("/videos/<video_id>/file/retry")
def retry_file(video_id: str) -> Response:
    """Process the new file once more."""
    held = resources()
    processing.retry_video(current_person(), video_id, queue=held.queue, settings=held.settings)
    return go_to(FILE, video_id=video_id)


@blueprint.get("/videos/<video_id>/file/<version_id>/download")
def download_version(video_id: str, version_id: str) -> Response:
    """The file as it was uploaded."""
    settings = resources().settings
    original = versions.find_original(
        current_person(), video_id, version_id, settings=settings, is_noted=is_first_request()
    )
    return deliver_original(original)
