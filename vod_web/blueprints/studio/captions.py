"""The caption tracks of a video: those of its file, and those that people add."""

import json
from typing import Any

from flask import current_app, flash, make_response, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from vod_web.blueprints.studio import blueprint
from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, InvalidInput
from vod_web.media.caption_names import guess_caption
from vod_web.media.caption_reading import ENDINGS
from vod_web.media.languages import list_written_languages
from vod_web.models import Caption, CaptionKind, Video
from vod_web.resources import resources
from vod_web.schemas.captions import CaptionCreate, CaptionHints, CaptionUpdate
from vod_web.schemas.uploads import clean_filename
from vod_web.services import captions, videos
from vod_web.services.caption_files import shown_captions
from vod_web.web.forms import read_form
from vod_web.web.rendering import go_to, is_fragment_request, is_from_htmx, render, render_blocks, tell
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_video

MOST_FILES = 20
MOST_SENT_BYTES = 24 * 1024**2
LIST_CHANGED = "captions-changed"
NO_LANGUAGE = "Its name does not say in which language it is: choose one, and add it again."


@blueprint.url_value_preprocessor
def allow_caption_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Files of captions are larger than other forms; this is known before the form is read."""
    if endpoint == "studio.add_captions":
        request.max_content_length = MOST_SENT_BYTES


@blueprint.get("/videos/<video_id>/captions", endpoint="captions")
def caption_tracks(video_id: str) -> str:
    """All tracks, and the form for more."""
    part = "tracks" if request.args.get("part") == "tracks" else "captions"
    return render("studio/captions.html", part, **_context_of(video_id))


@blueprint.post("/videos/<video_id>/captions")
def add_captions(video_id: str) -> Response | str:
    """Add files; those that cannot be added are named, with the reason."""
    video = videos.get_own_video(current_person(), video_id)
    try:
        hints = read_form(CaptionHints)
    except InvalidInput as error:
        return _refuse(video_id, [error.message])
    files = [file for file in request.files.getlist("files") if file.filename]
    wrong = [] if files else ["Choose a file first."]
    wrong += [f"Send at most {MOST_FILES} files at once."] if len(files) > MOST_FILES else []
    added: list[str] = []
    for file in files[:MOST_FILES]:
        try:
            added.append(_add_file(video, file, hints).label)
        except (InvalidInput, Conflict) as error:
            wrong.append(f"{_name_of(file)}: {error.message}")
    if wrong:
        return _refuse(video_id, wrong, added)
    flash(f"Added: {', '.join(added)}.", "good")
    return _show(video_id, "captions", f"Added: {', '.join(added)}.")


def _add_file(video: Video, file: FileStorage, hints: CaptionHints) -> Caption:
    guess = guess_caption(_name_of(file))
    language = hints.language or guess.language or video.language
    if language is None or language == "zxx":
        raise InvalidInput(NO_LANGUAGE)
    guessed = CaptionKind.CAPTIONS if guess.tells_sounds else CaptionKind.SUBTITLES
    new = CaptionCreate(language=language, kind=hints.kind or guessed, is_forced=guess.is_forced)
    with file.stream as stream:  # a large one is a temporary file, which should not wait for somebody to find it
        content = stream.read(captions.MOST_FILE_BYTES + 1)
    storage = resources().storage
    return captions.add_caption(
        current_person(), video.public_id, new, content, storage=storage, filename=_name_of(file)
    )


def _name_of(file: FileStorage) -> str:
    return str(clean_filename(file.filename or ""))


@blueprint.post("/videos/<video_id>/captions/<caption_id>")
def update_caption(video_id: str, caption_id: str) -> Response | str:
    """Change what is said of one."""
    flags = {name: name in request.form for name in ("is_default", "is_forced")}
    try:
        changes = read_form(CaptionUpdate, **flags)
        captions.update_caption(current_person(), video_id, caption_id, changes, storage=resources().storage)
    except InvalidInput as error:
        return _refuse(video_id, list(error.fields.values()) or [error.message])
    return _show(video_id, "tracks", "Saved.")


@blueprint.post("/videos/<video_id>/captions/<caption_id>/delete")
def delete_caption(video_id: str, caption_id: str) -> Response | str:
    """Take one out."""
    storage = resources().storage
    caption = captions.delete_caption(current_person(), video_id, caption_id, storage=storage)
    if not is_fragment_request():
        return go_to("studio.captions", video_id=video_id, taken_out=caption_id)
    undo = url_for("studio.restore_caption", video_id=video_id, caption_id=caption_id)
    answer = tell(f"Taken out: {caption.label}.", action="Undo", url=undo)
    answer.set_data(_render_part(video_id, "tracks"))
    return answer


@blueprint.post("/videos/<video_id>/captions/<caption_id>/restore")
def restore_caption(video_id: str, caption_id: str) -> Response | str:
    """Bring one back."""
    captions.restore_caption(current_person(), video_id, caption_id, storage=resources().storage)
    if is_from_htmx():
        return current_app.response_class(status=204, headers={"HX-Trigger": LIST_CHANGED})
    flash("The captions are back.", "good")
    return go_to("studio.captions", video_id=video_id)


@blueprint.get("/videos/<video_id>/captions/<caption_id>/preview")
def preview_caption(video_id: str, caption_id: str) -> str:
    """The first lines of one."""
    storage = resources().storage
    lines = captions.preview_caption(current_person(), video_id, caption_id, storage=storage)
    return render("studio/captions.html", "preview", lines=lines, previewed=caption_id, **_context_of(video_id))


@blueprint.get("/videos/<video_id>/captions/<caption_id>/file")
def send_caption(video_id: str, caption_id: str) -> Response:
    """One as a file to keep."""
    video = videos.get_own_video(current_person(), video_id)
    caption, content = captions.read_file(current_person(), video_id, caption_id, storage=resources().storage)
    response = current_app.response_class(content, mimetype="text/vtt")
    title = "".join(letter if letter.isalnum() else " " for letter in video.title)
    name = f"{' '.join(title.split())[:80] or 'captions'}.{caption.language}.vtt"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _show(video_id: str, part: str, message: str) -> Response | str:
    """After a change: the part to htmx, with a word; the page anew to a plain form."""
    if not is_fragment_request():
        return go_to("studio.captions", video_id=video_id)
    headers = {"HX-Trigger": json.dumps({"toast": {"message": message, "kind": "good"}})}
    return current_app.response_class(_render_part(video_id, part), headers=headers)


def _refuse(video_id: str, wrong: list[str], added: list[str] | None = None) -> Response:
    """What is wrong; to htmx that alone, so that the form keeps what was chosen in it."""
    page = render("studio/captions.html", "messages", wrong=wrong, added=added or [], **_context_of(video_id))
    response = make_response(page, 422)
    if is_fragment_request():
        response.headers["HX-Retarget"] = f"#captions-messages-{video_id}"
        response.headers["HX-Reswap"] = "outerHTML"
        response.headers["HX-Trigger"] = LIST_CHANGED
    return response


def _render_part(video_id: str, part: str) -> str:
    return render_blocks("studio/captions.html", part, **_context_of(video_id))


def _context_of(video_id: str) -> dict[str, Any]:
    person = current_person()
    video = videos.get_own_video(person, video_id)
    taken_out = [row for row in captions.list_taken_out(person, video_id) if not captions.is_over(row, utc_now())]
    return {
        "video": show_video(video),
        "now": utc_now(),
        "tracks": shown_captions(video),
        "taken_out": taken_out,
        "undo": next((row for row in taken_out if row.public_id == request.args.get("taken_out")), None),
        "languages": list_written_languages(),
        "automatic": {
            row.public_id: captions.default_label(row.language, row.kind, is_forced=row.is_forced)
            for row in video.captions
        },
        "endings": ENDINGS,
        "most_bytes": captions.MOST_FILE_BYTES,
    }
