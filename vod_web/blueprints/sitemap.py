"""What search engines may find, and what they need not look at."""

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from vod_web.core.errors import NotFound
from vod_web.resources import resources
from vod_web.services import sitemap
from vod_web.web.feeds import only_xml
from vod_web.web.rendering import render
from vod_web.web.sitemap import tell_entry

blueprint = Blueprint("sitemap", __name__)

KEPT_S = 3600


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Pages that differ from person to person are not for search engines.

    Neither are those of searches, but they are not forbidden here: each tag leads to one, and an address that must not
    be read is listed all the same, without a word of what is there. They say `noindex, nofollow` themselves.
    """
    return _answer(render("sitemap/robots.txt", base_url=resources().settings.base_url), "text/plain")


@blueprint.get("/sitemap.xml")
def index() -> Response:
    """Where the pages of the sitemap are."""
    pages = range(sitemap.count_pages())
    return _answer(render("sitemap/index.xml", base_url=resources().settings.base_url, pages=pages), "application/xml")


@blueprint.get("/sitemap-<int:page>.xml")
def show(page: int) -> Response:
    """The videos of one page, their channels, and playlists."""
    if page >= sitemap.count_pages():
        raise NotFound("The sitemap has no such page.")
    found = {
        "videos": [tell_entry(video) for video in sitemap.list_videos(page)],
        "channels": sitemap.list_channels(page),
        "playlists": sitemap.list_playlists(page),
    }
    text = render("sitemap/page.xml", base_url=resources().settings.base_url, page=page, **found)
    return _answer(only_xml(text), "application/xml")


def _answer(text: str, mimetype: str) -> Response:
    headers = {"Cache-Control": f"public, max-age={KEPT_S}"}
    return current_app.response_class(text, headers=headers, mimetype=mimetype)
