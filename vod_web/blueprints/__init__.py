"""The pages: each view parses, calls one service and renders."""

from flask import Flask

from vod_web.blueprints import auth, health, library, media


def register_blueprints(app: Flask) -> None:
    """All pages of the site."""
    for module in (auth, health, library, media):
        app.register_blueprint(module.blueprint)
