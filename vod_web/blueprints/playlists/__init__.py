"""Lists of videos: the pages of each, what is done to their items, and saving videos from wherever one meets them."""

from flask import Blueprint

blueprint = Blueprint("playlists", __name__)

from vod_web.blueprints.playlists import items, lists, saving  # noqa: E402 - they add their views

__all__ = ["blueprint", "items", "lists", "saving"]
