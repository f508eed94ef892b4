"""The pages: each view parses, calls one service and renders."""

from flask import Flask

from vod_web.blueprints import library


def register_blueprints(app: Flask) -> None:
    """All pages of the site."""
    for module in (library,):
        app.register_blueprint(module.blueprint)
