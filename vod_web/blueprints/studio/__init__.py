"""The pages of those who upload: their videos, and what can be changed about each.

Every section of a video's editor is a module here, a template that extends `studio/section.html`, and a tab there.
"""

from flask import Blueprint

blueprint = Blueprint("studio", __name__, url_prefix="/studio")

from vod_web.blueprints.studio import analytics, captions, chapters, comments, details, file, thumbnail, videos  # noqa: E402 - they add their views

__all__ = ["analytics", "blueprint", "captions", "chapters", "comments", "details", "file", "thumbnail", "videos"]
