"""Home, search and channels."""

from flask import Blueprint

from vod_web.web.rendering import render

blueprint = Blueprint("library", __name__)


@blueprint.get("/")
def home() -> str:
    """The newest videos."""
    return render("library/home.html", "videos")
