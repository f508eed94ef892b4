"""Saying that something is wrong with a video or a comment."""

from typing import Any

from flask import Blueprint, flash
from werkzeug.wrappers import Response

from vod_web.models import ReportReason
from vod_web.resources import resources
from vod_web.schemas.reports import ReportCreate
from vod_web.services import comments, reports, videos
from vod_web.web.forms import blank_form, read_form, redisplay_on_error
from vod_web.web.rendering import go_to, is_fragment_request, render, render_blocks
from vod_web.web.sign_in import asking_browser, current_person

blueprint = Blueprint("reports", __name__)
TEMPLATE = "watch/report.html"


def _of_video(video_id: str) -> dict[str, Any]:
    video = videos.get_video(current_person(), video_id)
    return {"video_id": video_id, "comment_id": None, "excerpt": video.title, "reasons": list(ReportReason)}


def _of_comment(video_id: str, comment_id: str) -> dict[str, Any]:
    comment, _ = comments.get_comment(current_person(), comment_id)
    return {"video_id": video_id, "comment_id": comment_id, "excerpt": comment.text, "reasons": list(ReportReason)}


@blueprint.get("/watch/<video_id>/report")
def video(video_id: str) -> str:
    """The form for a video."""
    return render(TEMPLATE, "form", **_of_video(video_id), **blank_form())


@blueprint.get("/watch/<video_id>/comments/<comment_id>/report")
def comment(video_id: str, comment_id: str) -> str:
    """The form for a comment."""
    return render(TEMPLATE, "form", **_of_comment(video_id, comment_id), **blank_form())


@blueprint.post("/watch/<video_id>/report")
@redisplay_on_error(TEMPLATE, "form", context=_of_video)
def send_video(video_id: str) -> str | Response:
    """Report a video."""
    reports.report_video(current_person(), video_id, read_form(ReportCreate), **_sender())
    return _thank(video_id)


@blueprint.post("/watch/<video_id>/comments/<comment_id>/report")
@redisplay_on_error(TEMPLATE, "form", context=_of_comment)
def send_comment(video_id: str, comment_id: str) -> str | Response:
    """Report a comment."""
    reports.report_comment(current_person(), comment_id, read_form(ReportCreate), **_sender())
    return _thank(video_id)


def _sender() -> dict[str, Any]:
    held = resources()
    return {"address": asking_browser().address, "secret": held.settings.secret_key, "throttle": held.throttle}


def _thank(video_id: str) -> str | Response:
    if is_fragment_request():
        return render_blocks(TEMPLATE, "thanks", is_sent=True)
    flash("Thank you. The people who look after this site will see to it.", "good")
    return go_to("watch.show", video_id=video_id)
