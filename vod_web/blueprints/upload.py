"""The page on which people choose files and send them; the sending itself goes through the API."""

from flask import Blueprint, render_template

from vod_web.models import Visibility
from vod_web.resources import resources
from vod_web.services import uploads
from vod_web.web.sign_in import current_person

blueprint = Blueprint("upload", __name__)


@blueprint.get("/upload")
def index() -> str:
    """What may be uploaded, what is unfinished, and where to drop files."""
    person = current_person()
    limits = uploads.get_limits(person, settings=resources().settings)
    unfinished = uploads.list_open_uploads(person)
    return render_template("upload/index.html", limits=limits, unfinished=unfinished, visibilities=list(Visibility))
