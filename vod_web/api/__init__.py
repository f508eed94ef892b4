"""The JSON API, `/api/v1`: the same services and rights as the pages."""

from flask import Flask
from flask_wtf import CSRFProtect

from vod_web.api import (
    admin,
    analytics,
    captions,
    channels,
    comments,
    docs,
    downloads,
    history,
    imports,
    mutes,
    notifications,
    playlists,
    premieres,
    reactions,
    reports,
    sensitivity,
    subscriptions,
    thumbnails,
    tokens,
    uploads,
    users,
    versions,
    videos,
)
from vod_web.api.calls import api

MODULES = (
    docs,
    tokens,
    users,
    channels,
    uploads,
    imports,
    videos,
    downloads,
    history,
    analytics,
    captions,
    versions,
    thumbnails,
    playlists,
    premieres,
    reactions,
    reports,
    sensitivity,
    subscriptions,
    mutes,
    notifications,
    comments,
    admin,
)
"""Importing a module declares its calls."""


def register_api(app: Flask, csrf: CSRFProtect) -> None:
    """All calls of the API; each checks the CSRF token by itself where a browser is the caller."""
    app.register_blueprint(api)
    csrf.exempt(api)
