"""What is decided about the site in the browser."""

from dataclasses import asdict

from flask import flash
from werkzeug.wrappers import Response

from vod_web.blueprints.admin import blueprint
from vod_web.schemas.admin import SiteChange
from vod_web.services import site
from vod_web.web.forms import blank_form, read_form, redisplay_on_error
from vod_web.web.rendering import go_to, render
from vod_web.web.sign_in import current_person


@blueprint.get("/settings")
def settings() -> str:
    """The decisions as they stand."""
    return render("admin/settings.html", **blank_form(**asdict(site.get_site())))


@blueprint.post("/settings")
@redisplay_on_error("admin/settings.html", "form")
def change_settings() -> Response:
    """Take other decisions; they hold at once."""
    site.decide(current_person(), read_form(SiteChange))
    flash("Saved. It holds at once.", "good")
    return go_to("admin.settings")
