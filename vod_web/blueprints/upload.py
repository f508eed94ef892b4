"""The page on which people choose files and send them (by the API), and what their uploads begin with."""

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from vod_web.blueprints.imports import list_shown
from vod_web.resources import resources
from vod_web.schemas.subscriptions import PodcastChoice
from vod_web.schemas.uploads import UploadDefaultsWrite
from vod_web.services import podcasts, upload_defaults, uploads
from vod_web.web.forms import blank_form, read_form, redisplay_on_error
from vod_web.web.publishing import publishing_choices
from vod_web.web.rendering import go_to, render
from vod_web.web.sign_in import current_person

blueprint = Blueprint("upload", __name__)


@blueprint.get("/upload")
def index() -> str:
    """What may be uploaded, what is unfinished, and where to drop files."""
    person = current_person()
    limits = uploads.get_limits(person, settings=resources().settings)
    unfinished = uploads.list_open_uploads(person)
    defaults = upload_defaults.get_defaults(person)
    return render_template(
        "upload/index.html",
        limits=limits,
        unfinished=[upload for upload in unfinished if not upload.is_replacement],
        replacing=[upload for upload in unfinished if upload.is_replacement],
        defaults=defaults,
        takes_imports=resources().settings.imports > 0,
        imports=list_shown(),
        choices=publishing_choices(person, kept_language=defaults.language),
    )


@blueprint.get("/account/uploads")
def defaults() -> str:
    """What one's uploads begin with."""
    kept = upload_defaults.get_defaults(current_person())
    values = kept.model_dump(mode="json") | {"tags": ", ".join(kept.tags)}
    return render("upload/defaults.html", **blank_form(**values), **_choices(kept.language))


def _choices(language: str | None = None) -> dict[str, object]:
    choices = publishing_choices(current_person(), kept_language=language)
    return {"choices": choices, "base_url": resources().settings.base_url}


@blueprint.post("/account/uploads")
@redisplay_on_error("upload/defaults.html", "form", context=_choices)
def save_defaults() -> Response:
    """Keep it."""
    upload_defaults.set_defaults(current_person(), read_form(UploadDefaultsWrite, tags=request.form.get("tags", "")))
    flash("Saved.", "good")
    return go_to("upload.defaults")


@blueprint.post("/account/podcast")
def save_podcast() -> Response:
    """Offer a podcast, or do so no more."""
    podcasts.offer_podcast(current_person(), is_on=read_form(PodcastChoice).is_on)
    flash("Saved.", "good")
    return go_to("upload.defaults")
