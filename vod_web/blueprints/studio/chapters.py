"""The chapters of a video, as a list that is typed or pasted."""

import json
from typing import Any

from flask import current_app, flash, make_response, request, url_for
from werkzeug.wrappers import Response

from vod_web.blueprints.studio import blueprint
from vod_web.core.clock import utc_now
from vod_web.core.errors import EditedMeanwhile, InvalidInput
from vod_web.media.chapters import MOST_CHAPTERS, ChapterText, format_chapters, format_time
from vod_web.models import ChapterSet
from vod_web.services import chapters, videos
from vod_web.web.forms import VERSION_FIELD
from vod_web.web.rendering import go_to, is_fragment_request, is_from_htmx, render, render_blocks
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_video

CHANGED = "chapters-changed"


@blueprint.get("/videos/<video_id>/chapters", endpoint="chapters")
def chapter_list(video_id: str) -> str:
    """The chapters in a form."""
    return render("studio/chapters.html", "chapters", **_context_of(video_id))


@blueprint.post("/videos/<video_id>/chapters/check")
def check_chapters(video_id: str) -> str:
    """What the text that is being typed would mean; nothing is saved."""
    typed = request.form.get("chapters", "")
    found = chapters.check_text(current_person(), video_id, typed)
    return render("studio/chapters.html", "check", **(_context_of(video_id) | {"typed": typed, "check": found}))


@blueprint.post("/videos/<video_id>/chapters")
def write_chapters(video_id: str) -> Response | str:
    """Save them."""
    typed, seen = request.form.get("chapters", ""), request.form.get(VERSION_FIELD, "")
    try:
        before = chapters.write_chapters(current_person(), video_id, typed, seen=seen)
    except InvalidInput as error:
        return _refuse(video_id, typed, error)
    return _show(video_id, "Saved.", undo=before)


@blueprint.post("/videos/<video_id>/chapters/choose/<wanted>")
def choose_chapters(video_id: str, wanted: str) -> Response | str:
    """Show those of the file, or those that a person wrote, or wrote before."""
    chosen = ChapterSet(wanted) if wanted in list(ChapterSet) else ChapterSet.SOURCE
    before = videos.get_own_video(current_person(), video_id).chapter_set
    chapters.choose_chapters(current_person(), video_id, chosen)
    if is_from_htmx() and not is_fragment_request():  # the button of a toast, which does not know where they are shown
        return current_app.response_class(status=204, headers={"HX-Trigger": CHANGED})
    return _show(
        video_id, "The chapters are changed.", undo=ChapterSet.FORMER if wanted == ChapterSet.FORMER else before
    )


def _show(video_id: str, message: str, *, undo: ChapterSet) -> Response | str:
    """After a change: the form anew, with a word and a way back."""
    if not is_fragment_request():
        flash(message, "good")
        return go_to("studio.chapters", video_id=video_id, undo=undo.value)
    way_back = {"label": "Undo", "url": url_for("studio.choose_chapters", video_id=video_id, wanted=undo.value)}
    told = {"message": message, "kind": "good", "about": f"chapters {video_id}", "action": way_back}
    headers = {"HX-Trigger": json.dumps({"toast": told})}
    part = render_blocks("studio/chapters.html", "chapters", **_context_of(video_id))
    return current_app.response_class(part, headers=headers)


def _refuse(video_id: str, typed: str, error: InvalidInput) -> Response:
    """The form as it was sent, with what is wrong in it."""
    shown = {"typed": typed, "wrong": error.fields.get("chapters", error.message).splitlines()}
    if isinstance(error, EditedMeanwhile):
        shown |= {"version": error.version, "edited": error.message}
    return make_response(render("studio/chapters.html", "chapters", **(_context_of(video_id) | shown)), 422)


def _context_of(video_id: str) -> dict[str, Any]:
    video = videos.get_own_video(current_person(), video_id)
    editing = chapters.get_editing(current_person(), video_id)
    undo = request.args.get("undo", "")
    return {
        "video": show_video(video),
        "now": utc_now(),
        "editing": editing,
        "found_text": format_chapters(editing.found),
        "typed": editing.text,
        "version": editing.version,
        "check": ChapterText(editing.marks, ()),
        "undo": undo if undo in list(ChapterSet) else "",
        "most": MOST_CHAPTERS,
        "clock": format_time,
    }
